"""Table predictors on pages drawn for the test, digital and as pictures, and on real ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from model_backend import sources, table_grid
from model_backend.document import Box, Page, Status, Table, with_words
from model_backend.predictors import tables_auto, tables_layout, tables_rulings
from model_backend.predictors.predictor import PredictorInput

ROWS = [
    ("Item", "Quantity", "Price", "Sum"),
    ("Paper, white", "12", "3.50", "42.00"),
    ("Pencils", "100", "0.20", "20.00"),
    ("Ink, black", "7", "11.00", "77.00"),
    ("Staples", "30", "1.10", "33.00"),
    ("Total", "149", "15.80", "172.00"),
]
PROSE = "This report tells how the office bought paper, pencils and ink in the past year and why."


def report(path: Path, *, is_ruled: bool, rotation: int = 0) -> Path:
    """A page of prose with one table, ruled or not."""
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    for number in range(5):
        page.insert_text((60, 80 + 14 * number), PROSE, fontsize=10)
        page.insert_text((60, 420 + 14 * number), PROSE, fontsize=10)
    for row, texts in enumerate(ROWS):
        for column, text in enumerate(texts):
            page.insert_text((70 + 115 * column, 216 + 24 * row), text, fontsize=10)
    if is_ruled:
        for row in range(len(ROWS) + 1):
            page.draw_line((62, 200 + 24 * row), (522, 200 + 24 * row))
        for column in range(5):
            page.draw_line((62 + 115 * column, 200), (62 + 115 * column, 344))
    page.set_rotation(rotation)
    document.save(path)
    document.close()
    return path


def page_of(path: Path, number: int = 0) -> Page:
    read = sources.read_page(path, number, ocr="never")
    page = Page(1, 1, number, read.width, read.height, read.unit, read.geometry)
    return replace(with_words(page, read.words), is_scan=read.is_scan)


def pictured(path: Path, folder: Path, *, skew: float = 0.0) -> PredictorInput:
    """The page as a picture of 150 dpi, turned by `skew` degrees, with the words where they are."""
    from model_backend.document import rotation_about, transform_point

    page = page_of(path)
    scale = 150 / 72
    image = sources.render_image(path, 0, scale=scale).convert("L")
    image = image.rotate(-skew, fillcolor=255, resample=2)
    picture = folder / "scan.png"
    image.save(picture, dpi=(150, 150))
    turn = rotation_about((image.width / 2, image.height / 2), skew)

    def placed(box: Box) -> Box:
        x, y = transform_point(turn, box.scaled(scale, scale).center)
        width, height = box.width * scale / 2, box.height * scale / 2
        return Box(x - width, y - height, x + width, y + height)

    words = tuple(replace(word, box=placed(word.box)) for word in page.words)
    scan = page_of(picture)
    return PredictorInput(picture, with_words(scan, words))


def texts_of(table: Table, given: PredictorInput) -> list[tuple[str, ...]]:
    inside = table_grid.words_of_cells(table, given.page.words)
    texts = [table_grid.cell_text(words) for words in inside.values()]
    width = len(table.columns)
    return [tuple(texts[start : start + width]) for start in range(0, len(texts), width)]


@pytest.mark.parametrize("is_ruled", [True, False])
def test_table_of_a_digital_page_is_proposed_cell_by_cell(tmp_path: Path, is_ruled: bool) -> None:
    path = report(tmp_path / "report.pdf", is_ruled=is_ruled)
    given = PredictorInput(path, page_of(path))
    (proposals,) = tables_layout.create()([given])
    (table,) = proposals.tables
    assert proposals.model == "layout"
    assert texts_of(table, given) == ROWS
    assert table.header_rows == 1
    assert (table.status, table.source) == (Status.PROPOSED, "layout")
    assert table.score is not None
    assert 0.5 < table.score <= 1
    assert table_grid.problems(table) == ()


@pytest.mark.parametrize("rotation", [90, 270])
def test_turned_page_s_table_lies_on_its_words(tmp_path: Path, rotation: int) -> None:
    path = report(tmp_path / "turned.pdf", is_ruled=True, rotation=rotation)
    page = page_of(path)
    (proposals,) = tables_layout.create()([PredictorInput(path, page)])
    words = [word.box for word in page.words if word.text in ("Item", "172.00")]
    for table in proposals.tables:
        outline = table_grid.box_to_page(table, table.box)
        assert all(outline.grown(20).contains(box.center) for box in words)
    with pymupdf.open(path) as document:
        assert document[0].rotation == rotation


@pytest.mark.parametrize("is_ruled", [True, False])
@pytest.mark.parametrize("skew", [0.0, 1.5])
def test_table_of_a_scan_is_found_without_a_layout_analysis(
    tmp_path: Path, is_ruled: bool, skew: float
) -> None:
    given = pictured(report(tmp_path / "report.pdf", is_ruled=is_ruled), tmp_path, skew=skew)
    (proposals,) = tables_rulings.create()([given])
    (table,) = proposals.tables
    assert texts_of(table, given) == ROWS
    assert table.rotation == pytest.approx(skew, abs=0.25)
    assert table.source == "rulings"


def test_page_of_prose_has_no_table(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for number in range(20):
        page.insert_text((60, 80 + 14 * number), PROSE, fontsize=10)
    path = tmp_path / "prose.pdf"
    document.save(path)
    document.close()
    given = PredictorInput(path, page_of(path))
    assert tables_layout.create()([given])[0].tables == ()
    assert tables_rulings.create()([pictured(path, tmp_path)])[0].tables == ()


def test_empty_pages_have_no_tables(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page()
    path = tmp_path / "empty.pdf"
    document.save(path)
    document.close()
    given = PredictorInput(path, page_of(path))
    for predictor in (tables_layout, tables_rulings, tables_auto):
        assert predictor.create()([given])[0].tables == ()


def test_auto_chooses_by_what_the_page_is(tmp_path: Path) -> None:
    path = report(tmp_path / "report.pdf", is_ruled=True)
    digital = PredictorInput(path, page_of(path))
    scan = pictured(path, tmp_path)
    models = [proposals.model for proposals in tables_auto.create()([digital, scan])]
    assert models == ["layout", "rulings"]


def test_user_s_turn_of_the_page_turns_the_proposals(tmp_path: Path) -> None:
    path = report(tmp_path / "report.pdf", is_ruled=True)
    upright = page_of(path)
    turn = sources.values.shown_from_file(upright.width, upright.height, 180, 0.0)
    from model_backend.document import bounding_box, transform_point

    words = tuple(
        replace(word, box=bounding_box(transform_point(turn, c) for c in word.box.corners))
        for word in upright.words
    )
    page = replace(with_words(upright, words), rotation=180)
    (table,) = tables_layout.create()([PredictorInput(path, page)])[0].tables
    assert table.box.y0 == pytest.approx(842 - 344, abs=4)


def test_header_with_merged_headings_is_read_from_a_real_page(shared_data: Path) -> None:
    path = shared_data / "icdar2013" / "competition-dataset-us" / "us-017.pdf"
    given = PredictorInput(path, page_of(path, 1))
    (table,) = tables_auto.create()([given])[0].tables
    inside = table_grid.words_of_cells(table, given.page.words)
    heads = {
        table_grid.cell_text(inside[cell.span]): cell.span.column1 - cell.span.column0
        for cell in table_grid.cells(table)
        if cell.is_column_header and cell.span.row0 == 0
    }
    assert table.header_rows == 2
    assert heads == {"Year": 1, "Total": 3, "Public": 3, "Private": 3}
