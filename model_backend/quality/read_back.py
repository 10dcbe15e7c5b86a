"""Independent readers of exported data sets: they share nothing with the writers and read like
the sets' users do."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

from model_backend.document import Box, Entity, Page, Word
from model_backend.errors import UserError
from model_backend.formats.values import ExportPage


def fail(file: Path, detail: str) -> NoReturn:
    """Stop the export: what lies on the disk is not what was to be written."""
    raise UserError(
        "The exported file {file} does not read back as it was written ({detail}). Nothing was"
        " exported. Retry on another disk; if it happens again, report it.",
        file=file,
        detail=detail,
    )


PICTURES = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
"""What exports hold; for other formats Pillow may start programs."""


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a picture, opened by its header as every reader would."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=PICTURES) as image:
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
    check_entities(file, data["form"], page)


def check_entities(file: Path, form: Sequence[Any], page: Page) -> None:
    """Compare a list of entities with those of the page (in pixels): texts, boxes, words, links."""
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
    box, xs, ys = box.normalized(), found[0::2], found[1::2]
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


def check_forms(folder: Path, pages: Mapping[str, int]) -> None:
    """Walk the folder of each part ("": the set's own) as LayoutLM's loaders do: every annotation
    has its picture, and all are there."""
    for part, wanted in pages.items():
        names = sorted(os.listdir(folder / part / "annotations"))
        for name in names:
            if not (folder / part / "images" / name.replace("json", "png")).is_file():
                fail(folder / part / "annotations" / name, "no picture of that name")
        if len(names) != wanted:
            fail(folder / part, f"{len(names)} pages of {wanted}")


# Proofdesk's own pages


def check_page_file(folder: Path, stem: str, item: ExportPage) -> None:
    """Read one page file and compare every field with the page; its picture must be there."""
    file = folder / "pages" / f"{stem}.json"
    data = json.loads(file.read_bytes())
    for found, value in ((data["page"], item.page), (data["document"], item.document)):
        if difference := _first_difference(found, value):
            fail(file, difference)
    if (data.get("record", {}), data["split"]) != (item.record, item.split):
        fail(file, "record")
    if data["image"] is not None:
        picture_size(folder / data["image"])
    if item.file is not None and not (folder / "documents" / data["file"]).is_file():
        fail(file, "file")


def check_lines(file: Path, *, lines: int, sha256: str) -> None:
    """Read a file of JSON lines: each is whole, none is missing, and every byte is as written."""
    digest, count = hashlib.sha256(), 0
    with file.open("rb") as opened:
        for line in opened:
            digest.update(line)
            json.loads(line)
            count += 1
    if count != lines or digest.hexdigest() != sha256:
        fail(file, "lines")


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


# PubTables-1M

STRUCTURE_CLASSES = {
    "table": 0,
    "table column": 1,
    "table row": 2,
    "table column header": 3,
    "table projected row header": 4,
    "table spanning cell": 5,
}
DETECTION_CLASSES = {"table": 0, "table rotated": 1}


def pascal_voc(file: Path) -> tuple[list[tuple[float, ...]], list[str], tuple[int, int]]:
    """Boxes, names and picture size of a VOC file, read as the reference's `read_pascal_voc`
    does."""
    boxes: list[tuple[float, ...]] = []
    names: list[str] = []
    root = ElementTree.parse(file).getroot()
    for item in root.iter("object"):
        for box in item.findall("bndbox"):
            sides = (box.findtext(side) for side in ("xmin", "ymin", "xmax", "ymax"))
            boxes.append(tuple(float(side or "nan") for side in sides))
        names.append(item.findtext("name") or "")
    width, height = (root.findtext(f"size/{side}") or "0" for side in ("width", "height"))
    return boxes, names, (int(width), int(height))


def check_sample(root: Path, split: str, stem: str, expected: Sequence[tuple[str, Box]]) -> None:
    """Read one sample as the reference's loader does, and compare its objects."""
    file = root / split / f"{stem}.xml"
    boxes, names, size = pascal_voc(file)
    classes = DETECTION_CLASSES if "Detection" in root.name else STRUCTURE_CLASSES
    if not names or any(name not in classes for name in names):
        fail(file, "classes")
    if picture_size(root / "images" / f"{stem}.jpg") != size:
        fail(file, "size of the picture")
    if names != [name for name, _ in expected]:
        fail(file, "names of objects")
    for found, (_, box) in zip(boxes, expected, strict=True):
        wanted = (box.x0, box.y0, box.x1, box.y1)
        if any(not abs(a - b) < 1e-6 for a, b in zip(found, wanted, strict=True)):
            fail(file, f"box {found}")


def check_grid(file: Path, *, rows: int, columns: int) -> None:
    """Whether the sample has one table and as many rows and columns as the grid."""
    names = pascal_voc(file)[1]
    counts = [names.count(name) for name in ("table", "table row", "table column")]
    if counts != [1, rows, columns]:
        fail(file, "rows and columns")


def check_words(file: Path, expected: Sequence[Mapping[str, Any]]) -> None:
    """Read a words file: a list of boxes with text, equal to what was to be written."""
    words = json.loads(file.read_text("utf-8"))
    if not isinstance(words, list) or words != list(expected):
        fail(file, "words")
    for word in words:
        x0, y0, x1, y1 = map(float, word["bbox"])
        if not math.isfinite(x0 + y0 + x1 + y1) or not isinstance(word.get("span_num", 0), int):
            fail(file, "words")


def check_sample_set(root: Path, *, samples: int) -> None:
    """Count what the reference's loader finds: names in the file lists that have both files."""
    listed = (root / "images" / "filelist.txt").read_text("utf-8").split("\n")
    images = {line.rpartition("/")[2].replace(".jpg", "") for line in listed if line}
    found = 0
    for split in ("train", "val", "test"):
        lines = (root / f"{split}_filelist.txt").read_text("utf-8").split("\n")
        stems = {line.rpartition("/")[2].replace(".xml", "") for line in lines if line}
        there = {name.replace(".xml", "") for name in os.listdir(root / split)}
        if stems != there:
            fail(root / f"{split}_filelist.txt", "file list")
        found += len(stems & images)
    if found != samples:
        fail(root, f"{found} samples of {samples}")
