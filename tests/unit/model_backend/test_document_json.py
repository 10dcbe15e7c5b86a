"""Values to JSON and back, for every kind of value."""

from __future__ import annotations

import json

import pytest

from model_backend.document import (
    Band,
    Box,
    Entity,
    Mask,
    Page,
    PageGeometry,
    PageStatus,
    Region,
    Relation,
    Span,
    Status,
    Table,
    Word,
)
from model_backend.document_json import from_json, to_json

PAGE = Page(
    1,
    2,
    0,
    612.0,
    792.0,
    "pt",
    PageGeometry("pymupdf 2.0", 612.0, 792.0, crop_box=(0.0, 0.0, 612.0, 792.0)),
    rotation=90,
    status=PageStatus.RETURNED,
    words=(
        Word(1, "성명", Box(0.1, 0.2, 1 / 3, 1e-9), 0.5, is_illegible=True, source_data='{"a":1}'),
    ),
    entities=(
        Entity(2, "question", (1,), "성명:", Box(0, 0, 1, 1), 0.25, Status.PROPOSED, "rules"),
    ),
    relations=(Relation(3, 2, 2),),
    tables=(
        Table(
            4,
            Box(0, 0, 9, 9),
            (Band(0, 9),),
            (Band(0, 3), Band(3, 9)),
            (Span(0, 1, 0, 2),),
            1,
            continues=7,
        ),
    ),
    regions=(
        Region(
            5,
            "stamp",
            Box(0, 0, 4, 4),
            (((0.0, 0.0), (4.0, 0.5), (2.0, 4.0)),),
            Mask(3, 3, b"01\\`", (1.0, 0.0, 0.0, 1.0, 0.5, -2.0)),
        ),
    ),
    next_id=6,
    accepted_warnings=("0123456789abcdef",),
)


def test_page_survives_json() -> None:
    assert from_json(Page, json.loads(json.dumps(to_json(PAGE)))) == PAGE


def test_pages_written_before_tables_went_on_are_read() -> None:
    data = to_json(PAGE)
    del data["accepted_warnings"], data["tables"][0]["continues"]
    old = from_json(Page, data)
    assert (old.accepted_warnings, old.tables[0].continues) == ((), 0)


def test_defaults_are_left_out() -> None:
    assert to_json(Relation(3, 1, 2)) == {"id": 3, "from_id": 1, "to_id": 2}


@pytest.mark.parametrize("data", [{}, {"id": 1, "text": "a", "box": {}, "colour": 1}])
def test_foreign_data_is_an_error(data: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        from_json(Word, data)


def test_unknown_status_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        from_json(Relation, {"id": 1, "from_id": 1, "to_id": 1, "status": "nonsense"})
