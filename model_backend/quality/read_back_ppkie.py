"""An independent reader of exported PP-KIE lists: what PaddleOCR's loader does with a line."""

from __future__ import annotations

import json
from pathlib import Path

from model_backend.document import Page
from model_backend.quality.read_back import fail, picture_size


def check_line(line: str, image: Path, page: Page) -> None:
    """Read one line as the loader does, and compare it with the page (in pixels)."""
    parts = line.encode("utf-8").decode("utf-8").strip("\n").split("\t")
    if len(parts) != 2 or parts[0] != f"{image.parent.name}/{image.name}":
        fail(image, "the name in its line")
    if picture_size(image) != (round(page.width), round(page.height)):
        fail(image, "size of the picture")
    items = json.loads(parts[1])
    found = [
        (item["transcription"], item.get("label", item.get("key_cls", "other"))) for item in items
    ]
    if found != [(entity.text, entity.label) for entity in page.entities]:
        fail(image, "texts and classes of its entities")
    for item, entity in zip(items, page.entities, strict=True):
        xs, ys = zip(*item["points"], strict=True)
        box = entity.box.normalized()
        sides = (min(xs), min(ys), max(xs), max(ys))
        near = zip(sides, (box.x0, box.y0, box.x1, box.y1), strict=True)
        if len(item["points"]) < 2 or any(abs(side - wanted) > 1 for side, wanted in near):
            fail(image, f"points of {entity.text!r}")
    _check_links(image, items, page)


def _check_links(image: Path, items: list[dict[str, object]], page: Page) -> None:
    """Every link of the page once or more in both of its entities, and no other between them."""
    ids = [item.get("id") for item in items]
    if page.relations and len(set(map(repr, ids))) != len(ids):
        fail(image, "ids of its entities")
    place = {entity.id: index for index, entity in enumerate(page.entities)}
    expected = {(place[link.from_id], place[link.to_id]) for link in page.relations}
    at = {repr(number): index for index, number in enumerate(ids) if number is not None}
    found: dict[tuple[int, int], set[int]] = {}
    for index, item in enumerate(items):
        linking = item.get("linking", [])
        assert isinstance(linking, list)
        for start, end in linking:
            if repr(start) in at and repr(end) in at:
                found.setdefault((at[repr(start)], at[repr(end)]), set()).add(index)
    if set(found) != expected:
        fail(image, "links of its entities")


def check_list(file: Path, root: Path, *, pages: int) -> None:
    """Walk the whole list: as many lines as pages, each with a picture of its own."""
    with file.open("rb") as opened:
        names = [line.decode("utf-8").split("\t")[0] for line in opened]
    if len(names) != pages or len(set(names)) != pages:
        fail(file, f"{len(names)} lines of {pages}")
    if missing := [name for name in names if not (root / name).is_file()]:
        fail(root / missing[0], "no picture of that name")
