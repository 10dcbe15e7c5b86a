"""The dialog that reads a place again: both readings shown, each to choose, read once more."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.dialogs.read_again_dialog import READ, ReadAgainDialog, ReadSettings
from desktop.jobs.course import Outcome
from desktop.jobs.runner import Job
from model_backend.document import Box, Page, PageGeometry, Word, with_words


class Reader:
    """Answers when it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[ReadSettings] = []
        self.jobs: list[Job] = []
        self.cancelled: list[Job] = []

    def __call__(self, settings: ReadSettings) -> Job:
        self.asked.append(settings)
        self.jobs.append(Job("Read", self.cancelled.append))
        return self.jobs[-1]


def make(qtbot: QtBot) -> tuple[ReadAgainDialog, Reader]:
    words = [Word(1, "Tota1", Box(0, 0, 40, 10), 0.5), Word(2, "due", Box(50, 0, 80, 10), 0.9)]
    page = with_words(Page(1, 1, 0, 200, 100, "px", PageGeometry("t", 200, 100)), words)
    reader = Reader()
    dialog = ReadAgainDialog(page, None, reader, None, "eng")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog, reader


def new(*texts: str) -> tuple[Word, ...]:
    return tuple(Word(n, t, Box(50.0 * n, 0, 50.0 * n + 35, 10), 0.8) for n, t in enumerate(texts))


def test_both_readings_are_shown_and_chosen_one_by_one(qtbot: QtBot) -> None:
    dialog, reader = make(qtbot)
    assert reader.asked == [ReadSettings("eng", 11, 1.0)]
    assert not dialog.accept_button.isEnabled()
    reader.jobs[0].end(Outcome(1, result=new("Total", "duo")))
    cells = [[dialog.table.item(row, column).text() for column in range(2)] for row in range(2)]
    assert cells == [["Tota1", "Total"], ["due", "duo"]]
    dialog.table.selectRow(1)
    dialog.table.setFocus()
    QTest.keyClick(dialog.table, Qt.Key.Key_Space)
    assert [one.after for one in dialog.chosen] == ["Total"]
    assert dialog.accept_button.isEnabled()
    dialog.none_button.click()
    assert dialog.chosen == ()
    assert not dialog.accept_button.isEnabled()


def test_other_settings_read_again_and_an_old_answer_is_dropped(qtbot: QtBot) -> None:
    dialog, reader = make(qtbot)
    dialog.layout_of_text.setCurrentIndex(3)
    dialog.enlarge.setCurrentIndex(2)
    dialog.read()
    assert reader.asked[-1] == ReadSettings("eng", 7, 2.0)
    assert reader.cancelled == reader.jobs[:1]
    reader.jobs[0].end(Outcome(1, result=new("late", "late")))
    assert dialog.table.rowCount() == 0
    reader.jobs[1].end(Outcome(1, result=new("Tota1", "due")))
    assert dialog.state.text() == "The same text was read."


def test_what_went_wrong_is_told(qtbot: QtBot) -> None:
    dialog, reader = make(qtbot)
    reader.jobs[0].end(Outcome(failed=(("page", "No data for the language xxx."),)))
    assert dialog.problem.text() == "No data for the language xxx."
    assert dialog.table.item(0, READ) is None
