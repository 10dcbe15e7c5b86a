"""The checks of the page in view: they follow it, jump to what is wrong, and repair it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.application import Application
from desktop.panels.checks import Checks
from desktop.window.workbench import Workbench
from model_backend.document import Box, Entity, Page, Status


def page_of(bench: Workbench) -> Page:
    assert bench.editor.page is not None
    return bench.editor.page


@pytest.fixture
def checks(application: Application, bench: Workbench, qtbot: QtBot) -> Checks:
    """The panel on the second page, which has words and nothing else."""
    view = application.window.project_view
    assert view is not None
    qtbot.waitUntil(lambda: bench.selection.page_id == 1, timeout=5000)
    panel = view.panels["checks"]
    assert isinstance(panel, Checks)
    bench.selection.set_page(2)
    application.window.docks["checks"].raise_()
    qtbot.waitUntil(lambda: panel.isVisible() and bool(panel.verdict.text()), timeout=5000)
    return panel


def lines(panel: Checks) -> list[str]:
    return [panel.view.item(row).text() for row in range(panel.view.count())]


def with_small_entity(page: Page) -> Page:
    entity = Entity(7, "question", (1,), "Name:", Box(50, 50, 100, 80))
    return replace(page, entities=(entity,), next_id=8)


def test_findings_follow_the_page_and_are_repaired_by_a_step_that_is_undone(
    bench: Workbench, checks: Checks, qtbot: QtBot
) -> None:
    assert lines(checks) == []
    assert not checks.repair_button.isEnabled()
    bench.editor.change("Add", with_small_entity)
    line = 'Warning: the word "Name:" is outside the box of its entity 7'
    qtbot.waitUntil(lambda: lines(checks) == [line], timeout=3000)
    checks.view.setCurrentRow(0)
    assert bench.selection.ids == (7, 1)
    assert checks.repair_button.text() == "Make entity boxes hold their words"
    QTest.mouseClick(checks.repair_button, Qt.MouseButton.LeftButton)
    assert page_of(bench).entities[0].box == Box(50, 50, 150, 80)
    assert lines(checks) == []
    assert bench.document.undo() == "Make entity boxes hold their words"
    qtbot.waitUntil(lambda: lines(checks) == [line], timeout=3000)


def test_finding_that_only_a_person_can_judge_has_no_repair(
    bench: Workbench, checks: Checks, qtbot: QtBot
) -> None:
    def blank(page: Page) -> Page:
        word = replace(page.words[1], text=" ")
        entity = Entity(7, "question", (2,), " ", word.box, status=Status.ACCEPTED)
        words = (page.words[0], word, *page.words[2:])
        return replace(page, words=words, entities=(entity,), next_id=8)

    bench.editor.change("Add", blank)
    qtbot.waitUntil(lambda: "Warning: the entity 7 has no text" in lines(checks))
    checks.view.setCurrentRow(lines(checks).index("Warning: the entity 7 has no text"))
    assert bench.selection.ids == (7,)
    assert not checks.repair_button.isEnabled()
    assert checks.accept_button.isEnabled()
    bench.selection.set_page(3)
    qtbot.waitUntil(lambda: lines(checks) == [])
    assert checks.verdict.text() == "Nothing wrong was found on this page."
