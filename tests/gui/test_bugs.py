"""A bug of ours: one line, one dialog, no word of a document, and the work goes on."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from desktop import bugs
from desktop.application import Application
from desktop.dialogs.bug_dialog import BugDialog
from desktop.errors import explain
from desktop.window.workbench import Workbench

pytestmark = pytest.mark.usefixtures("wanted_bugs")
SECRET = "Kim Minsu, 1,250.00"


@pytest.fixture(autouse=True)
def hooks() -> Iterator[None]:
    """The hooks of a started application, and nothing left of them."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    bugs.catch_all(stop=lambda: None)
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = before
    for dialog in dialogs():
        dialog.close()


def dialogs() -> list[BugDialog]:
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if isinstance(widget, BugDialog) and widget.isVisible()
    ]


def bug(name: str, kind: str = "ValueError") -> Callable[[], None]:
    """A mistake in a function of this name: each test has its own."""
    made: dict[str, Callable[[], None]] = {}
    exec(f"def {name}():\n    raise {kind}(text)", {"text": SECRET}, made)
    return made[name]


def told(qtbot: QtBot) -> BugDialog:
    qtbot.waitUntil(lambda: len(dialogs()) == 1, timeout=5_000)
    return dialogs()[0]


def test_thread_that_ends_itself_is_no_bug() -> None:
    before = bugs.counts()
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    assert bugs.counts() == before


def test_bug_in_a_slot_is_told_in_one_dialog_without_words(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    QTimer.singleShot(0, bug("step_0"))
    dialog = told(qtbot)
    assert "ValueError" in dialog.text
    assert "<string>:2 step_0" in dialog.text
    assert SECRET not in dialog.text
    assert "Kim" not in dialog.text
    (number,) = dialog.ids
    assert any(number in text for text in application.window.messages.texts)
    assert not any(SECRET in text for text in application.window.messages.texts)


def test_second_bug_is_counted_in_the_dialog_that_is_open(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    again = bug("step_1")
    for _time in range(8):
        QTimer.singleShot(0, again)
    QTimer.singleShot(0, bug("other_1", "KeyError"))
    dialog = told(qtbot)
    qtbot.waitUntil(lambda: len(dialog.ids) == 2, timeout=5_000)
    assert "9" in dialog.count.text()
    assert {"KeyError", "ValueError"} <= set(dialog.text.split())


def test_same_bug_is_not_told_again_after_its_dialog_was_closed(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    again = bug("step_2")
    QTimer.singleShot(0, again)
    told(qtbot).accept()
    for _time in range(20):
        QTimer.singleShot(0, again)
    qtbot.wait(100)
    assert dialogs() == []
    QTimer.singleShot(0, bug("other_2", "KeyError"))
    told(qtbot)


def test_text_that_is_being_written_stays_and_takes_the_next_keys(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    view = application.window.project_view
    assert view is not None
    bench.selection.select((7,))
    application.window.activateWindow()
    qtbot.waitUntil(application.window.isActiveWindow, timeout=5_000)
    view.canvas.setFocus()
    view.canvas.edit_text()
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "abc")
    QTimer.singleShot(0, bug("step_3"))
    told(qtbot)
    assert QApplication.focusWidget() is field
    QTest.keyClicks(field, "def")
    QTest.keyClick(field, Qt.Key.Key_Return)
    page = bench.editor.page
    assert page is not None
    assert "abcdef" in {entity.text for entity in page.entities}


def test_drag_that_is_under_way_ends_as_usual(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    view = application.window.project_view
    assert view is not None
    canvas = view.canvas
    application.window.actions_table.by_id["tool_box"].trigger()
    page = bench.editor.page
    assert page is not None
    start, end = (canvas.page_place(QPointF(x, y)).toPoint() for x, y in ((60, 560), (200, 700)))
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas.viewport(), end)
    QTimer.singleShot(0, bug("step_4"))
    told(qtbot)
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=end)
    after = bench.editor.page
    assert after is not None
    assert len(after.regions) == len(page.regions) + 1


def test_bugs_of_threads_and_of_things_being_freed_arrive(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    class Falls:
        def __del__(self) -> None:
            raise RuntimeError(SECRET)

    thread = threading.Thread(target=bug("step_5"))
    thread.start()
    thread.join()
    Falls()
    dialog = told(qtbot)
    qtbot.waitUntil(lambda: len(dialog.ids) == 2, timeout=5_000)
    assert SECRET not in dialog.text


def test_dialog_before_a_modal_one_can_be_used_and_comes_back_when_that_goes(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    seen: list[bool] = []

    def inside() -> None:
        modal = QApplication.activeModalWidget()
        assert isinstance(modal, QDialog)
        QTimer.singleShot(0, bug("step_6"))
        qtbot.waitUntil(lambda: len(dialogs()) == 1, timeout=5_000)
        seen.append(dialogs()[0].parentWidget() is modal)
        modal.reject()

    QTimer.singleShot(0, inside)
    application.window.actions_table.by_id["about"].trigger()
    assert seen == [True]
    window = application.window
    qtbot.waitUntil(lambda: [dialog.parentWidget() for dialog in dialogs()] == [window])
    assert "step_6" in dialogs()[0].text


def test_details_are_copied(qtbot: QtBot, application: Application, bench: Workbench) -> None:
    QTimer.singleShot(0, bug("step_7"))
    dialog = told(qtbot)
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert copied == dialog.text
    assert dialog.ids[0] in copied
    assert "Python 3" in copied


def test_log_that_cannot_be_written_is_one_line(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    application.reports.tell_log_trouble(OSError(errno.ENOSPC, SECRET, SECRET))
    messages = application.window.messages
    qtbot.waitUntil(lambda: any("No log is written" in text for text in messages.texts))
    assert dialogs() == []
    assert SECRET not in messages.texts[-1]


def test_failed_job_with_a_bug_is_told_too(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    def broken(**_options: object) -> None:
        raise LookupError(SECRET)

    job = bench.runner.in_thread("Test", broken)
    with qtbot.waitSignal(job.finished, timeout=10_000):
        pass
    dialog = told(qtbot)
    assert "LookupError" in dialog.text
    assert SECRET not in dialog.text


def test_bug_that_is_explained_and_raised_on_is_one_bug(
    qtbot: QtBot, application: Application
) -> None:
    def explained() -> None:
        try:
            bug("step_twice")()
        except ValueError as error:
            explain(error)
            raise

    def outer() -> None:
        explained()

    QTimer.singleShot(0, outer)
    dialog = told(qtbot)
    qtbot.wait(50)
    assert len(dialog.ids) == 1
    assert "step_twice" in dialog.text
    assert bugs.counts()[dialog.ids[0]] == 1


def test_bug_just_after_its_dialog_was_closed_has_one_dialog(
    qtbot: QtBot, application: Application
) -> None:
    QTimer.singleShot(0, bug("step_before"))
    first = told(qtbot)

    def close_and_fail() -> None:
        first.reject()
        application.reports._show(bugs.Bug("abcdef", "ValueError", ("ValueError",)))

    QTimer.singleShot(0, close_and_fail)
    qtbot.wait(100)
    (dialog,) = dialogs()
    assert dialog.ids == ("abcdef",)


def test_bug_of_a_worker_process_brings_its_places_from_there(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    future = bench.runner.workers.submit("batch", broken_step, SECRET, timeout=30.0)
    errors: list[BaseException] = []
    bench.runner.call(future, lambda _result: None, errors.append)
    qtbot.waitUntil(lambda: bool(errors), timeout=30_000)
    bugs.report(errors[0])
    dialog = told(qtbot)
    assert "in a worker process" in dialog.text
    assert "broken_step" in dialog.text
    assert SECRET not in dialog.text


def broken_step(text: str) -> None:
    raise ZeroDivisionError(text)


@pytest.mark.timeout(120)
def test_errors_in_methods_that_qt_calls_arrive_in_a_running_program() -> None:
    """In a real event loop, where nothing of a test stands between Qt and the hook."""
    script = """
import sys
from PySide6.QtCore import QTimer, QAbstractListModel
from PySide6.QtWidgets import QApplication, QListView, QWidget
from desktop import bugs
from desktop.guards import guarded
told = []
bugs.watch(told.append)
bugs.catch_all(stop=lambda: None)
qt = QApplication([])
@guarded
class Model(QAbstractListModel):
    def rowCount(self, parent=None):
        return 3
    def data(self, index, role=0):
        raise ValueError("secret")
class Unguarded(QWidget):
    def paintEvent(self, event):
        raise KeyError("secret")
    def eventFilter(self, watched, event):
        raise IndexError("secret")
model, view, other = Model(), QListView(), Unguarded()
view.setModel(model)
other.installEventFilter(other)
QTimer.singleShot(0, view.show)
QTimer.singleShot(0, other.show)
QTimer.singleShot(300, lambda: other.removeEventFilter(other))
QTimer.singleShot(600, qt.quit)
status = qt.exec()
names = {bug.name for bug in told}
assert {"ValueError", "IndexError"} <= names, names
assert model.data(model.index(0)) is None
assert not any("secret" in line for bug in told for line in bug.lines)
print("fine", status)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.stdout.endswith("fine 0\n"), done.stdout + done.stderr
