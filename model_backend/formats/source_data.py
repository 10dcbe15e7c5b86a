"""What a file said and our fields cannot hold: packed as JSON text beside the value; and checks
of raw values."""

from __future__ import annotations

import json
from typing import Any

from model_backend.document import Box, Page
from model_backend.table_grid import box_to_page

LARGEST_COORDINATE = 1e7


def pack(format_name: str, **values: Any) -> str:  # noqa: ANN401 - any JSON values
    """Text for `source_data`, marked with the format it belongs to."""
    return json.dumps({"format": format_name, **values}, ensure_ascii=False, separators=(",", ":"))


def unpack(text: str, format_name: str) -> dict[str, Any]:
    """The values that `pack` kept; empty for text of another format or none."""
    if not text.startswith('{"format":' + json.dumps(format_name)):
        return {}
    values: dict[str, Any] = json.loads(text)
    return values


def is_number(value: object) -> bool:
    """Whether this is a number that can be a coordinate (not a bool, not absurdly large)."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) <= LARGEST_COORDINATE
    )


def is_id(value: object) -> bool:
    """Whether this can be an id: a whole number or a text."""
    return isinstance(value, int | str) and not isinstance(value, bool)


def numbers(value: object, *counts: int) -> list[float] | None:
    """The value as a list of numbers of one of these lengths; None when it is not one."""
    if not isinstance(value, list) or len(value) not in counts or not all(map(is_number, value)):
        return None
    return [float(item) for item in value]


def boxes_outside(page: Page) -> int:
    """How many words, entities, regions and tables reach out of the page by more than a unit."""
    room = page.box.grown(1.0)
    boxes = [word.box for word in page.words] + [entity.box for entity in page.entities]
    boxes += [region.box for region in page.regions]
    boxes += [box_to_page(table, table.box) for table in page.tables]
    return sum(box.normalized().intersection(room) != box.normalized() for box in boxes)


def whole_box(box: Box) -> list[int]:
    """The box in whole pixels, never without extent."""
    box = box.normalized()
    x0, y0 = round(box.x0), round(box.y0)
    return [x0, y0, max(round(box.x1), x0 + 1), max(round(box.y1), y0 + 1)]
