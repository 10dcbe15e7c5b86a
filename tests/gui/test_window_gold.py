"""Pages that models are measured with: the window changes them only when one says so."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop.application import Application
from desktop.document import edits
from desktop.jobs.freezing import Freezing, freeze
from desktop.window.workbench import Workbench
from model_backend.document import PageStatus


def said(application: Application) -> str:
    return application.window.status.message.text()


def test_a_gold_page_is_changed_after_one_said_so(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    folder, page_id = bench.document.store.folder, bench.document.store.page_ids()[0]
    page = bench.document.page(page_id)
    page = edits.add_entity(page, "question", [page.words[0].id])
    page = edits.set_page_status(edits.accept_rest(page), PageStatus.ACCEPTED)
    bench.document.apply("Accept", page)
    freeze(folder, Freezing("gold", is_gold=True))
    application.leave_project()
    application.open_project(str(folder))
    again = application.bench
    assert again is not None
    qtbot.waitUntil(lambda: again.selection.page_id != 0, timeout=5000)
    again.selection.set_page(page_id)
    again.selection.select((page.entities[-1].id,))
    by_id = application.window.actions_table.by_id
    by_id["delete"].trigger()
    assert "gold" in said(application)
    assert len(again.document.page(page_id).entities) == len(page.entities)
    by_id["open_gold"].trigger()
    assert "can be changed now" in said(application)
    by_id["delete"].trigger()
    assert len(again.document.page(page_id).entities) == len(page.entities) - 1
    other = again.document.store.page_ids()[1]
    again.selection.set_page(other)
    by_id["open_gold"].trigger()
    assert "not gold" in said(application)
