"""Independent readers of exported data sets: they share nothing with the writers and read like
the sets' users do."""

from __future__ import annotations

import contextlib
import io
import json
import os
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, NoReturn

from model_backend import masks
from model_backend.document import Box, Entity, Page, Word
from model_backend.errors import UserError
from model_backend.table_grid import box_to_page


def fail(file: Path, detail: str) -> NoReturn:
    """Stop the export: what lies on the disk is not what was to be written."""
    raise UserError(
        "The exported file {file} does not read back as it was written ({detail}). Nothing was"
        " exported. Retry on another disk; if it happens again, report it.",
        file=file,
        detail=detail,
    )


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a picture, opened by its header as every reader would."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return image.size
    except (OSError, UnidentifiedImageError) as error:
        fail(path, str(error))


# FUNSD


def check_form(folder: Path, stem: str, page: Page) -> None:
    """Read one form as LayoutLM's loaders do and compare it with the page (in pixels)."""
    file = folder / "annotations" / f"{stem}.json"
    data = json.loads(file.read_text("utf-8"))
    picture = folder / "images" / file.name.replace("json", "png")
    if picture_size(picture) != (round(page.width), round(page.height)):
        fail(picture, "size of the picture")
    form = data["form"]
    if len(form) != len(page.entities):
        fail(file, "number of entities")
    words = {word.id: word for word in page.words}
    for item, entity in zip(form, page.entities, strict=True):
        _check_entity(file, item, entity, [words[key] for key in entity.word_ids if key in words])
    _check_links(file, form, page)


def _check_entity(file: Path, item: Any, entity: Entity, words: Sequence[Word]) -> None:  # noqa: ANN401 - JSON
    if (item["label"], item.get("text", "")) != (entity.label, entity.text):
        fail(file, f"entity {item.get('id')}: label or text")
    _check_box(file, item["box"], entity.box)
    texts = [word["text"] for word in item.get("words", ())]
    if texts != [word.text for word in words] and (words or texts not in ([], [entity.text])):
        fail(file, f"entity {item.get('id')}: words")
    for found, word in zip(item.get("words", ()), words, strict=False):
        _check_box(file, found["box"], word.box)


def _check_box(file: Path, found: Sequence[float], box: Box) -> None:
    xs, ys = found[0::2], found[1::2]
    sides = zip((min(xs), min(ys), max(xs), max(ys)), (box.x0, box.y0, box.x1, box.y1), strict=True)
    if any(abs(side - wanted) > 1.0 for side, wanted in sides):
        fail(file, f"box {list(found)}")


def _check_links(file: Path, form: Sequence[Any], page: Page) -> None:
    places = {item.get("id", index): index for index, item in enumerate(form)}
    if len(places) != len(form):
        fail(file, "ids")
    order = {entity.id: index for index, entity in enumerate(page.entities)}
    wanted = {(order[link.from_id], order[link.to_id]) for link in page.relations}
    pairs = [(pair, item) for item in form for pair in item.get("linking", ())]
    found = {(places[a], places[b]) for (a, b), _ in pairs if a in places and b in places}
    if found != wanted:
        fail(file, "links")


def check_forms(folder: Path, *, pages: int) -> None:
    """Walk the folders as LayoutLM's loaders do: every annotation has its picture, and all are
    there."""
    count = 0
    for root in (folder, folder / "training_data", folder / "testing_data"):
        annotations = root / "annotations"
        for name in sorted(os.listdir(annotations)) if annotations.is_dir() else ():
            if not (root / "images" / name.replace("json", "png")).is_file():
                fail(annotations / name, "no picture of that name")
            count += 1
    if count != pages:
        fail(folder, f"{count} pages of {pages}")


# Proofdesk's own pages


def check_page_file(folder: Path, stem: str, page: Page) -> None:
    """Read one page file and compare every field with the page."""
    file = folder / "pages" / f"{stem}.json"
    data = json.loads(file.read_bytes())
    if difference := _first_difference(data["page"], page):
        fail(file, difference)
    if data["image"] is not None:
        picture_size(folder / data["image"])


def _first_difference(found: Any, value: Any) -> str:  # noqa: ANN401 - JSON against a frozen value
    """The name of the first field that is not there as it should be; empty where all is equal."""
    if is_dataclass(value):
        for part in fields(value):
            wanted = getattr(value, part.name)
            if part.name not in found:
                if wanted != part.default:
                    return part.name
            elif _first_difference(found[part.name], wanted):
                return part.name
        return ""
    if isinstance(value, tuple):
        is_equal = len(found) == len(value) and not any(map(_first_difference, found, value))
        return "" if is_equal else "list"
    wanted = value.decode("ascii") if isinstance(value, bytes) else value
    return "" if found == wanted else "value"


# COCO


@dataclass
class ExpectedBoxes:
    """What a COCO file must say about one image: labels, boxes (x, y, width, height) and ink."""

    has_picture: bool
    labels: list[str] = field(default_factory=list)
    boxes: array[float] = field(default_factory=lambda: array("d"))
    ink: array[float] = field(default_factory=lambda: array("d"))
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
        self.boxes.extend((box.x0, box.y0, box.width, box.height))
        self.ink.append(ink)


def check_coco(file: Path, images: Path, expected: Mapping[str, ExpectedBoxes]) -> None:
    """Load the file with pycocotools and compare every annotation; pictures must be there."""
    from pycocotools.coco import COCO

    with contextlib.redirect_stdout(io.StringIO()):  # it prints as it loads
        coco = COCO(str(file))
    ids = [annotation["id"] for annotation in coco.dataset["annotations"]]
    if len(set(ids)) != len(ids) or len(coco.imgs) != len(expected):
        fail(file, "ids")
    found = {image["file_name"]: image for image in coco.imgs.values()}
    if found.keys() != expected.keys():
        fail(file, "images")
    for name, image in found.items():
        _check_image(file, images / name, image, expected[name])
        annotations = coco.imgToAnns.get(image["id"], [])
        if len(annotations) != len(expected[name].labels):
            fail(file, f"{name}: number of annotations")
        for place, annotation in enumerate(annotations):
            label = coco.cats[annotation["category_id"]]["name"]
            if label != expected[name].labels[place]:
                fail(file, f"annotation {annotation['id']}: category")
            _check_annotation(file, coco, annotation, expected[name], place)


def _check_image(file: Path, picture: Path, image: Any, expected: ExpectedBoxes) -> None:  # noqa: ANN401
    size = (image["width"], image["height"])
    if size != (expected.width, expected.height):
        fail(file, f"size of {picture.name}")
    if expected.has_picture and picture_size(picture) != size:
        fail(picture, "size of the picture")


def _check_annotation(
    file: Path,
    coco: Any,  # noqa: ANN401 - pycocotools has no types
    annotation: Any,  # noqa: ANN401 - JSON
    expected: ExpectedBoxes,
    place: int,
) -> None:
    from pycocotools import mask

    wanted = expected.boxes[4 * place : 4 * place + 4]
    left, top, width, height = annotation["bbox"]
    found = (min(left, left + width), min(top, top + height), abs(width), abs(height))
    if any(abs(a - b) > 0.01 for a, b in zip(found, wanted, strict=True)):
        fail(file, f"annotation {annotation['id']}: box")
    if not annotation.get("segmentation"):
        return
    ink = float(mask.area(coco.annToRLE(annotation)))
    wanted_ink = expected.ink[place]
    if wanted_ink >= 0 and abs(ink - wanted_ink) > 0.02 * wanted_ink + 64:
        fail(file, f"annotation {annotation['id']}: mask")
