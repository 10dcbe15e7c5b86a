"""An independent reader of exported COCO files: pycocotools, a part of the file at a time where it
is large, beside what was to be written."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from operator import sub
from pathlib import Path
from typing import Any

from model_backend import masks
from model_backend.document import Box, Page
from model_backend.formats.safe_json import ElementReader
from model_backend.quality.read_back import fail, picture_size
from model_backend.table_grid import box_to_page

LOADED_WHOLE = 2 * 2**20
"""Bytes of the largest file that pycocotools loads at once: it takes ten times as much memory."""
PART = 2000
_LONGEST_OUTLINE = 4_000_000
"""Pixels across and down along a polygon: more than 200 MB in pycocotools' hands."""


@dataclass
class ExpectedBoxes:
    """What a COCO file must say about one image: labels, boxes (x, y, width, height) and ink."""

    name: str
    has_picture: bool
    labels: list[str] = field(default_factory=list)
    boxes: list[float] = field(default_factory=list)
    ink: list[float] = field(default_factory=list)
    width: int = 0
    height: int = 0

    def take(self, page: Page) -> None:
        """Note the page's regions, entities and tables, in this order; ink is -1 without a mask."""
        self.width, self.height = round(page.width), round(page.height)
        for region in page.regions:
            self._add(region.box, -1.0 if region.mask is None else masks.area(region.mask))
        for entity in page.entities:
            self._add(entity.box, -1.0)
        for table in page.tables:
            self._add(box_to_page(table, table.box), -1.0)

    def _add(self, box: Box, ink: float) -> None:
        box = box.normalized()
        self.boxes.extend((box.x0, box.y0, box.width, box.height))
        self.ink.append(ink)


Expected = Callable[[], Iterator[ExpectedBoxes]]


def check_coco(file: Path, folder: Path, expected: Expected) -> None:
    """Load the file with pycocotools and compare every annotation; pictures must be there.

    `expected` gives what the file must say, image for image in its order; it is asked twice.
    """
    categories = _check_images(file, folder, expected())
    wanted = _places(expected())
    ids = _Ids()
    for coco, found in _loaded(file, categories):
        for annotation in found:
            image, place = next(wanted, (None, 0))
            if image is None or coco.imgs[annotation["image_id"]]["file_name"] != image.name:
                fail(file, f"annotation {annotation['id']}: image")
            _check_annotation(file, coco, annotation, image, place)
            if not ids.add(annotation["id"]):
                fail(file, f"annotation {annotation['id']}: id")
    if next(wanted, None) is not None:
        fail(file, "number of annotations")


class _Ids:
    """Ids that were there; numbers that only grow need not be remembered one by one."""

    def __init__(self) -> None:
        self._first = self._last = 0
        self._others: set[Any] = set()

    def add(self, key: Any) -> bool:  # noqa: ANN401 - a number or a text
        """Whether the id was not there yet."""
        if key == self._last + 1:
            self._first = self._first or key
            self._last = key
            return key not in self._others
        is_new = key not in self._others
        if isinstance(key, int) and self._first <= key <= self._last:
            is_new = False
        self._others.add(key)
        return is_new


def _places(expected: Iterator[ExpectedBoxes]) -> Iterator[tuple[ExpectedBoxes, int]]:
    """Every annotation that there must be: its image, and which one of it."""
    return ((image, place) for image in expected for place in range(len(image.labels)))


def _loaded(file: Path, categories: list[Any]) -> Iterator[tuple[Any, list[Any]]]:
    """The file in pycocotools' hands: as it is, or in parts where it would fill the memory."""
    from pycocotools.coco import COCO

    with contextlib.redirect_stdout(io.StringIO()):  # it prints as it loads
        if file.stat().st_size <= LOADED_WHOLE:
            coco = COCO(str(file))
            yield coco, coco.dataset["annotations"]
            return
        for dataset in _parts(file, categories):
            coco = COCO()
            coco.dataset = dataset
            coco.createIndex()
            yield coco, dataset["annotations"]


def _parts(file: Path, categories: list[Any]) -> Iterator[dict[str, list[Any]]]:
    """The file in pieces, each with its annotations and their images."""
    images = (value for key, value, _ in ElementReader(file).elements() if key == "images")
    found = (value for key, value, _ in ElementReader(file).elements() if key == "annotations")
    image: dict[str, Any] = {}
    while part := list(islice(found, PART)):
        own = [image] if image else []
        for annotation in part:
            while not image or image["id"] != annotation["image_id"]:
                image = next(images, {})
                if not image:
                    fail(file, f"annotation {annotation['id']}: image")
                own.append(image)
        yield {"images": own, "categories": categories, "annotations": part}


def _check_images(file: Path, folder: Path, expected: Iterator[ExpectedBoxes]) -> list[Any]:
    """Every image is there, in its order, with its size and picture; the categories that follow."""
    categories: list[Any] = []
    for key, value, _place in ElementReader(file).elements():
        if key == "annotations":
            break
        if key == "categories":
            categories.append(value)
        if key == "images":
            _check_image(file, folder, value, next(expected, None))
    if next(expected, None) is not None:
        fail(file, "images")
    return categories


def _check_image(file: Path, folder: Path, image: Any, wanted: ExpectedBoxes | None) -> None:  # noqa: ANN401 - JSON
    if wanted is None or image["file_name"] != wanted.name:
        fail(file, "images")
    size = (image["width"], image["height"])
    if size != (wanted.width, wanted.height):
        fail(file, f"size of {wanted.name}")
    if wanted.has_picture and picture_size(folder / wanted.name) != size:
        fail(folder / wanted.name, "size of the picture")


def _check_annotation(
    file: Path,
    coco: Any,  # noqa: ANN401 - pycocotools has no types
    annotation: Any,  # noqa: ANN401 - JSON
    expected: ExpectedBoxes,
    place: int,
) -> None:
    from pycocotools import mask

    label = coco.cats[annotation["category_id"]]["name"]
    if expected.labels[place] != label:
        fail(file, f"annotation {annotation['id']}: category")
    wanted = expected.boxes[4 * place : 4 * place + 4]
    left, top, width, height = annotation["bbox"]
    found = (min(left, left + width), min(top, top + height), abs(width), abs(height))
    if len(wanted) != 4 or any(abs(a - b) > 0.01 for a, b in zip(found, wanted, strict=True)):
        fail(file, f"annotation {annotation['id']}: box")
    if not annotation.get("segmentation") or not _can_be_filled(annotation["segmentation"]):
        return
    ink = float(mask.area(coco.annToRLE(annotation)))
    wanted_ink = expected.ink[place]
    if wanted_ink >= 0 and abs(ink - wanted_ink) > 0.02 * wanted_ink + 64:
        fail(file, f"annotation {annotation['id']}: mask")


def _can_be_filled(segmentation: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether pycocotools can make a mask of it: it takes memory for each pixel of an outline,
    also far out of the image."""
    polygons = segmentation if isinstance(segmentation, list) else ()
    return all(
        sum(map(abs, map(sub, flat, (*flat[2:], *flat[:2])))) <= _LONGEST_OUTLINE
        for flat in polygons
    )
