"""Tables as wholes in the window: proposed again, copied and continued on the next page, turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest
from pytestqt.qtbot import QtBot

from desktop.application import Application
from desktop.document import edits
from desktop.document.edits.parts import put
from desktop.store.store import Store
from desktop.window.workbench import Workbench
from model_backend import sources, table_grid
from model_backend.document import Box, Document, Page, Status, Table
from model_backend.formats.values import WriteOptions
from model_backend.sources import inspect

HEADER = ("Name", "First", "Second")


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pages: a table, its second part a little to the right, and prose."""
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    with pymupdf.open() as document:
        for number, x in enumerate((60, 75)):
            page = document.new_page(width=400, height=400)
            rows = [HEADER, *((f"item{number}{n}", f"{n}0", f"{n}00") for n in range(4))]
            for line, texts in enumerate(rows):
                for column, text in enumerate(texts):
                    page.insert_text((x + 100 * column, 80 + 40 * number + 20 * line), text)
        document.new_page(width=400, height=400).insert_text((60, 80), "Only a line of prose")
        document.save(path)
    return path


@pytest.fixture
def project(application: Application, pdf: Path, tmp_path: Path, qtbot: QtBot) -> Workbench:
    """The document, with a table on its first page, selected."""
    folder = tmp_path / "Report.proofdesk"
    info = inspect(pdf)
    with Store.create(folder) as store:
        read = [sources.read_page(pdf, number, ocr="never") for number in range(3)]
        pages = [
            Page(0, 0, number, one.width, one.height, one.unit, one.geometry, words=one.words,
                 next_id=len(one.words) + 1, is_scan=False)
            for number, one in enumerate(read)
        ]  # fmt: skip
        document = Document(0, "report.pdf", info.sha256, "application/pdf", 3)
        store.add_document(pdf, document, pages, read=True)
    application.open_project(str(folder))
    bench = application.bench
    assert bench is not None
    qtbot.waitUntil(lambda: bench.selection.page_id == 1, timeout=5000)
    page = bench.document.page(1)
    table = table_grid.propose_grid(1, Box(50, 65, 350, 170), page.words)
    bench.document.apply("Draw", edits.add_table(page, table))
    bench.selection.select((page.next_id,))
    return bench


@pytest.fixture(autouse=True)
def _leave(application: Application) -> Iterator[None]:
    yield
    application.leave_project()


def do(application: Application, name: str) -> None:
    application.window.actions_table.by_id[name].trigger()


def said(application: Application) -> str:
    return application.window.status.message.text()


def test_grid_is_proposed_again_in_one_step_that_says_what_changed(
    application: Application, project: Workbench, qtbot: QtBot
) -> None:
    good = project.document.page(1).tables[0]
    assert (len(good.rows), len(good.columns), good.header_rows) == (5, 3, 1)
    spoiled = table_grid.add_column_edge(table_grid.delete_row_edge(good, 3), 300)
    for name, text in (
        ("propose_again", "Proposed again: rows: 4 → 5, columns: 4 → 3"),
        ("propose_rows", "Proposed again: rows: 4 → 5"),
        ("propose_columns", "Proposed again: columns: 4 → 3"),
    ):
        project.editor.change("Spoil", lambda page: edits.replace(page, spoiled))
        do(application, name)
        qtbot.waitUntil(lambda: said(application) == text, timeout=20000)  # noqa: B023
        project.document.undo()
        assert project.document.page(1).tables[0] == spoiled
        project.document.undo()
        assert project.document.page(1).tables[0] == good


def test_table_goes_on_on_the_next_page_and_leaves_as_one(
    application: Application, project: Workbench, qtbot: QtBot, tmp_path: Path
) -> None:
    table_id = project.selection.ids[0]
    do(application, "continue_table")
    qtbot.waitUntil(lambda: project.selection.page_id == 2, timeout=20000)
    part = project.document.page(2).tables[0]
    assert (part.continues, part.status) == (table_id, Status.ACCEPTED)
    assert (len(part.rows), len(part.columns), part.header_rows) == (5, 3, 1)
    assert project.selection.ids == (part.id,)
    assert said(application).startswith("Continued and fitted: 5 rows, 3 columns")
    view = application.window.project_view
    assert view is not None
    assert view.inspector.selection_form.parts.text() == "continued from page 1"
    do(application, "part_before")
    assert (project.selection.page_id, project.selection.ids) == (1, (table_id,))
    assert view.inspector.selection_form.parts.text() == "goes on on page 2"
    do(application, "part_after")
    assert project.selection.page_id == 2
    from desktop.jobs.exporting import export_project

    exported = export_project(
        project.document.store.folder, "html", tmp_path / "html", WriteOptions(),
        include_proposed=True,
    )  # fmt: skip
    assert exported.report.counts["tables"] == exported.report.counts["whole_tables"] == 1
    html = (tmp_path / "html" / "tables" / "report_1_table_0.html").read_text("utf-8")
    assert html.count("Second") == 1
    assert html.count("<tr>") == 9
    do(application, "part_before")
    do(application, "continue_table")
    assert project.document.page(2).tables[0].continues == 0
    assert project.document.undo() == "No longer continue the table"


def test_copied_grid_is_no_part_and_nothing_is_put_on_prose(
    application: Application, project: Workbench, qtbot: QtBot
) -> None:
    do(application, "copy_grid")
    qtbot.waitUntil(lambda: project.selection.page_id == 2, timeout=20000)
    part = project.document.page(2).tables[0]
    assert part.continues == 0
    do(application, "copy_grid")
    qtbot.waitUntil(lambda: said(application).startswith("Nothing on page 3"), timeout=20000)
    assert project.selection.page_id == 2
    assert project.document.undo() == "Copy the grid to the next page"
    assert project.document.page(2).tables == ()


def test_frame_turns_and_comes_back(application: Application, project: Workbench) -> None:
    table = project.document.page(1).tables[0]
    do(application, "turn_table_right")
    turned = project.document.page(1).tables[0]
    assert (turned.rotation, len(turned.rows), len(turned.columns)) == (90, 3, 5)
    do(application, "turn_table_left")
    back = project.document.page(1).tables[0]
    assert back.rotation == 0
    assert table_grid.row_edges(back) == pytest.approx(table_grid.row_edges(table))
    assert table_grid.column_edges(back) == pytest.approx(table_grid.column_edges(table))
    do(application, "fit_slant")
    assert said(application) == "The words of this table are not slanted."


def test_a_table_is_shown_as_it_could_also_be_read_and_comes_back(
    application: Application, project: Workbench, qtbot: QtBot
) -> None:
    good = replace(project.document.page(1).tables[0], status=Status.PROPOSED, source="auto")
    project.document.apply("Propose", put(project.document.page(1), good))
    project.selection.select((good.id,))

    def table() -> Table:
        return project.document.page(1).tables[0]

    do(application, "next_reading")
    qtbot.waitUntil(lambda: said(application).startswith("Reading 2 of "), timeout=20000)
    count = int(said(application).split(" of ")[1].split(":")[0])
    assert count >= 2
    assert table() != good
    assert table().status is Status.CORRECTED
    assert project.selection.ids == (good.id,)
    for number in range(3, count + 1):
        do(application, "next_reading")
        assert said(application).startswith(f"Reading {number} of {count}: ")
    do(application, "next_reading")
    assert said(application).startswith(f"Reading 1 of {count}: as it was; ")
    assert table() == good  # still a proposal
    do(application, "previous_reading")
    assert said(application).startswith(f"Reading {count} of {count}: ")
    last = table()
    assert project.document.undo() == "Another reading of the grid"
    assert table() == good
    assert project.document.redo() == "Another reading of the grid"
    assert table() == last

    word = project.document.page(1).words[-1]
    moved = replace(word, box=word.box.moved(0, 40))
    project.document.apply("Move", put(project.document.page(1), moved))
    do(application, "next_reading")  # other words: read anew
    qtbot.waitUntil(lambda: said(application).startswith("Reading 2 of "), timeout=20000)
    assert project.document.undo() == "Another reading of the grid"
    assert project.document.undo() == "Move"
    assert table() == last

    changed = table_grid.add_column_edge(last, last.box.x0 + 5)
    project.editor.change("Edge", lambda page: edits.replace(page, changed))
    do(application, "next_reading")  # it is another table now: read anew
    qtbot.waitUntil(lambda: said(application).startswith("Reading 2 of "), timeout=20000)
    assert project.document.undo() == "Another reading of the grid"
    assert table() == replace(changed, status=table().status)


def test_a_page_that_is_left_while_a_table_is_read_stays_as_it_is(
    application: Application, project: Workbench, qtbot: QtBot
) -> None:
    before = project.document.page(1)
    do(application, "next_reading")
    assert said(application).startswith("Looking at the lines")  # it is under way
    project.selection.set_page(2)
    qtbot.wait(800)
    assert project.document.page(1) == before
