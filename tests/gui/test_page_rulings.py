"""Ruling lines of the page in view: found by a worker, used by the outline of a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from canvas_stand import Stand
from pytestqt.qtbot import QtBot

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.jobs import work
from desktop.jobs.page_rulings import PageRulings
from desktop.jobs.passwords import Passwords
from desktop.jobs.runner import Runner
from desktop.store.store import Store
from model_backend import table_grid
from model_backend.document import Box, Page
from model_backend.predictors.ruling_lines import Rulings
from model_backend.service import Workers
from model_backend.table_grid.runs import Rule

REPORT = Path(__file__).parents[2] / "resources" / "samples" / "report.pdf"


class KnownRulings:
    """Rulings that are known at once, where the white gaps between words are not."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def ask(self, page: Page) -> None:
        self.asked.append(page.id)

    def of(self, page: Page) -> Rulings:
        across = tuple(Rule(at, 20, 460) for at in (40, 76, 116, 156, 200))
        return Rulings(across, tuple(Rule(at, 40, 200) for at in (20, 130, 330, 460)))


def test_the_grid_lies_on_the_rulings(stand: Stand) -> None:
    rulings = KnownRulings()
    stand.view.set_rulings(rulings)
    assert rulings.asked == []  # only for who draws tables
    stand.view.set_tool("table")
    stand.drag((23, 37), (464, 203))
    (table,) = stand.page.tables
    assert table.box == Box(20, 40, 460, 200)
    assert table_grid.row_edges(table) == (40, 76, 116, 156, 200)
    assert table_grid.column_edges(table) == (20, 130, 330, 460)
    stand.selection.set_page(stand.page_ids[1])
    assert set(rulings.asked) == set(stand.page_ids)


def test_an_outline_on_a_table_selects_it_and_adds_none(stand: Stand) -> None:
    stand.view.set_tool("table")
    stand.drag((25, 40), (460, 200))
    (table,) = stand.page.tables
    stand.selection.clear()
    stand.drag((22, 42), (462, 202))
    assert stand.page.tables == (table,)
    assert stand.selection.ids == (table.id,)
    assert stand.said[-1] == "There is a table here already. It is selected now."


@pytest.fixture
def report(tmp_path: Path, qtbot: QtBot) -> Iterator[tuple[OpenDocument, Runner]]:
    document = OpenDocument(Store.create(tmp_path / "report.proofdesk"))
    workers = Workers(batch=1)
    work.run(work.ImportFiles(document, [REPORT]), workers)
    runner = Runner(workers)
    yield document, runner
    runner.close()
    document.close()
    workers.close()


def test_a_worker_finds_the_rulings_of_a_page_and_of_it_turned(
    report: tuple[OpenDocument, Runner], qtbot: QtBot
) -> None:
    document, runner = report
    rulings = PageRulings(document, runner, Passwords())
    page = document.page(document.store.page_ids()[0])
    assert rulings.of(page) == Rulings()
    with qtbot.waitSignal(rulings.found, timeout=30_000):
        rulings.ask(page)
        rulings.ask(page)
    found = rulings.of(page)
    assert [rule.at for rule in found.down] == pytest.approx([72, 186, 262, 338, 422, 540], abs=0.7)
    turned = edits.rotate(page, 90)
    assert rulings.of(turned) == Rulings()
    with qtbot.waitSignal(rulings.found, timeout=30_000):
        rulings.ask(turned)
    assert len(rulings.of(turned).across) == len(found.down)
