"""Independent readers of exported data sets: they share nothing with the writers and read like
the sets' users do."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NoReturn

from model_backend.document import Box, Entity, Page, Word
from model_backend.errors import UserError


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
