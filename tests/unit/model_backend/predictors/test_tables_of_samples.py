"""The sample project's pages as a person gets them: read by OCR, tables proposed, no others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from model_backend import sources
from model_backend.document import Page, Table, with_words
from model_backend.document_json import from_json
from model_backend.predictors import tables_auto
from model_backend.predictors.predictor import PredictorInput

SAMPLES = Path(__file__).parents[4] / "resources" / "samples"


def proposed(name: str, number: int = 0) -> tuple[Table, ...]:
    path = SAMPLES / name
    read = sources.read_page(path, number, ocr="auto")
    page = Page(1, 1, number, read.width, read.height, read.unit, read.geometry)
    page = replace(with_words(page, read.words), is_scan=read.is_scan)
    return tables_auto.create()([PredictorInput(path, page)])[0].tables


def true_table(name: str, number: int = 0) -> Table:
    pages = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["pages"]
    (table,) = from_json(Page, pages[number]).tables
    return table


def shape(table: Table) -> tuple[object, ...]:
    size = len(table.rows), len(table.columns)
    return (*size, table.header_rows, table.projected_rows, sorted(map(str, table.spans)))


def test_form_has_its_expenses_and_no_other_table() -> None:
    (table,), true = proposed("form.png"), true_table("form")
    assert shape(table) == shape(true)
    assert table.box.iou(true.box) > 0.98
    assert table.rotation == pytest.approx(true.rotation, abs=0.05)
    for band, other in zip(table.rows + table.columns, true.rows + true.columns, strict=True):
        assert (band.start, band.end) == pytest.approx((other.start, other.end), abs=1.5)


def test_korean_form_has_its_boxes_as_one_grid() -> None:
    (table,) = proposed("korean_form.jpg")
    assert (len(table.rows), len(table.columns), table.header_rows) == (7, 4, 0)
    assert table.rotation == pytest.approx(359.4, abs=0.05)
    wide = [(span.row0, span.column0, span.column1) for span in table.spans]
    assert sorted(wide) == [(2, 1, 4), (5, 1, 4), (6, 1, 4)]


def test_letter_has_no_table() -> None:
    assert proposed("letter.jpg") == ()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_report_has_the_true_table_on_each_page(number: int) -> None:
    (table,), true = proposed("report.pdf", number), true_table("report", number)
    assert shape(table) == shape(true)
    assert table.box.iou(true.box) > 0.9
