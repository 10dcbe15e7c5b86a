"""What is rare at the screen but happens: garbage freed at each event, things that go in the middle
of a gesture, held keys, other screens, everything done twice, and anything at all.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from window_project import make_project

from desktop.application import Application
from desktop.canvas.view import CanvasView
from desktop.document import edits
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from desktop.window.actions import ACTIONS
from desktop.window.workbench import Workbench
from model_backend.document import Page, Point

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))
from random_hand import Hand, move  # noqa: E402 - beside the drivers that use it

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
"""Of menus and tips on the offscreen platform, never on a real one."""


def canvas_of(application: Application) -> CanvasView:
    view = application.window.project_view
    assert view is not None
    return view.canvas


def page_of(bench: Workbench) -> Page:
    page = bench.editor.page
    assert page is not None
    return page


def trigger(application: Application, *names: str) -> None:
    for name in names:
        application.window.actions_table.by_id[name].trigger()


class Leaver(QObject):
    """Leaves each dialog and menu that opens, after a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.left: list[str] = []
        self._timer = QTimer(self, interval=10)
        self._timer.timeout.connect(self._leave)
        self._timer.start()

    def _leave(self) -> None:
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if front is not None:
            self.left.append(type(front).__name__)
            front.reject() if isinstance(front, QDialog) else front.close()


@pytest.fixture
def leaver() -> Iterator[Leaver]:
    found = Leaver()
    yield found
    found.deleteLater()


class Collector(QObject):
    """Frees all garbage before each event that anything in the application gets."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        gc.collect(1)
        return False


@pytest.mark.timeout(300)
def test_garbage_may_be_freed_at_every_event(
    qtbot: QtBot, application: Application, bench: Workbench, tmp_path: Path, leaver: Leaver
) -> None:
    before, limits = page_of(bench), gc.get_threshold()
    collector, hand = Collector(), Hand(application, Random(5), tmp_path / "out")
    qt = QApplication.instance()
    assert qt is not None
    gc.set_threshold(1, 1, 1)
    qt.installEventFilter(collector)
    try:
        for _step in range(60):
            hand.step()
            QApplication.processEvents()
    finally:
        qt.removeEventFilter(collector)
        gc.set_threshold(*limits)
    settle(qtbot, application)
    take_all_back(bench)
    bench.selection.set_page(before.id)
    assert page_of(bench).annotations == before.annotations


def settle(qtbot: QtBot, application: Application) -> None:
    """No dialog, no menu, no gesture, no job."""
    qtbot.waitUntil(
        lambda: not (QApplication.activePopupWidget() or QApplication.activeModalWidget()),
        timeout=20_000,
    )
    canvas_of(application).tool.cancel()
    if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
        QTest.mouseRelease(canvas_of(application).viewport(), LEFT)
    canvas_of(application).setFocus()
    assert application.bench is not None
    for job in application.bench.runner.jobs:
        job.cancel()
    qtbot.waitUntil(application.is_calm, timeout=60_000)


def take_all_back(bench: Workbench) -> None:
    while bench.document.undo_text:
        bench.document.undo()


def put_all_back(bench: Workbench) -> None:
    while bench.document.redo_text:
        bench.document.redo()


def drag(canvas: CanvasView, start: Point, end: Point, between: Callable[[], None]) -> None:
    """A drag in the middle of which something happens."""
    view = canvas.viewport()
    first, last = (canvas.page_place(QPointF(*point)).toPoint() for point in (start, end))
    QTest.mousePress(view, LEFT, pos=first)
    move(view, (first + last) / 2, LEFT)
    between()
    view.grab()
    move(view, last, LEFT)
    QTest.mouseRelease(view, LEFT, pos=last)
    view.grab()


BETWEEN: dict[str, Callable[[Application, Workbench], None]] = {
    "deleted by key": lambda application, bench: trigger(application, "delete"),
    "deleted by a job": lambda application, bench: bench.document.apply(
        "Delete", edits.delete(page_of(bench), [12])
    ),
    "page turned": lambda application, bench: trigger(application, "next_page"),
    "page turned about": lambda application, bench: trigger(application, "rotate_left"),
    "undone": lambda application, bench: trigger(application, "undo"),
    "all hidden": lambda application, bench: trigger(application, "hide_all"),
    "other tool": lambda application, bench: trigger(application, "tool_brush"),
    "nothing selected": lambda application, bench: bench.selection.clear(),
    "project closed": lambda application, bench: application.leave_project(),
    "theme changed": lambda application, bench: application.window.use_theme(),
}


TOOLS = ("select", "box", "brush", "table", "relation", "polygon")


@pytest.mark.parametrize("what", BETWEEN)
def test_anything_may_happen_in_the_middle_of_a_drag(
    qtbot: QtBot, application: Application, bench: Workbench, what: str
) -> None:
    folder, first = bench.document.store.folder, page_of(bench)
    for tool in TOOLS:
        if application.bench is None:
            application.open_project(str(folder))
        assert application.bench is not None
        here = application.bench
        here.selection.set_page(first.id)
        trigger(application, f"tool_{tool}")
        here.selection.select((12,))
        canvas = canvas_of(application)
        drag(canvas, (490, 650), (430, 560), partial(BETWEEN[what], application, here))
        if application.bench is not None:
            take_all_back(here)
            assert page_of(here) is not None
    application.leave_project()
    with Store.open(folder, read_only=True) as store:
        assert store.page(first.id).annotations == first.annotations
    assert problem_of(folder / FILE) == ""


@pytest.mark.timeout(180)
def test_window_closes_while_many_jobs_run(qtbot: QtBot, tmp_path: Path) -> None:
    from desktop.settings.settings import Settings
    from desktop.settings.settings_file import SettingsFile

    application = Application(Settings(SettingsFile(tmp_path / "settings.json")))
    application.window.show()
    folder = make_project(tmp_path / "Test.proofdesk")
    application.open_project(str(folder))
    bench = application.bench
    assert bench is not None
    ends: list[object] = []
    jobs = []
    for number in range(16):
        if number % 2:
            jobs.append(bench.runner.in_thread("Wait", wait_until_stopped))
        else:
            bench.prelabel(bench.document.store.page_ids())
    jobs = list(bench.runner.jobs)
    assert len(jobs) == 16
    for job in jobs:
        job.finished.connect(ends.append)
    application.window.close()
    assert len(ends) == 16
    assert all(job.outcome is not None for job in jobs)
    assert problem_of(folder / FILE) == ""
    application.window.deleteLater()


def wait_until_stopped(
    *, on_progress: Callable[[int, int], None], is_cancelled: Callable[[], bool]
) -> None:
    while not is_cancelled():
        time.sleep(0.01)


def test_page_may_be_turned_while_its_text_is_read(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    from desktop.dialogs.read_again_dialog import ReadSettings

    first = page_of(bench)
    job = bench.recognize(first.id, None, ReadSettings("eng", 11, 1.0))
    for _turn in range(20):
        trigger(application, "next_page")
        canvas_of(application).viewport().grab()
        trigger(application, "previous_page", "previous_page")
    if job.outcome is None:
        with qtbot.waitSignal(job.finished, timeout=60_000):
            pass
    assert bench.document.page(first.id) == first


@pytest.mark.timeout(180)
def test_thousand_undos_and_redos_of_held_keys_return_exactly(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    canvas = canvas_of(application)
    first = page_of(bench)
    changed: dict[int, Page] = {}
    for number in range(60):
        bench.selection.set_page(first.id + number % 3)
        page = page_of(bench)
        bench.document.apply("Move", edits.move(page, (1,), 1.0, 0.5))
        changed[page.id] = page_of(bench)
    canvas.setFocus()
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    for number in range(1000):
        held = control | shift if (number // 60) % 2 else control
        QTest.keyClick(canvas, Qt.Key.Key_Z, held)
        if number % 7 == 0:
            bench.selection.set_page(first.id + number % 3)
        if number % 20 == 0:
            canvas.viewport().grab()
    while bench.document.redo_text:
        bench.document.redo()
    assert {key: bench.document.page(key) for key in changed} == changed
    take_all_back(bench)
    assert bench.document.page(first.id).annotations == first.annotations
    assert bench.document.page(first.id).words == first.words


def test_other_screens_and_fonts_may_come_at_any_time(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    window, canvas = application.window, canvas_of(application)
    font, size = QApplication.font(), window.size()
    page = page_of(bench)
    kinds = QEvent.Type
    for points, wide in ((6, 640), (30, 3800), (9, 320), (12, 1280)):
        larger = QApplication.font()
        larger.setPointSize(points)
        QApplication.setFont(larger)
        window.resize(QSize(wide, wide // 2))
        for kind in (kinds.DevicePixelRatioChange, kinds.ScreenChangeInternal, kinds.StyleChange):
            for widget in (window, canvas, canvas.viewport()):
                QApplication.sendEvent(widget, QEvent(kind))
        QApplication.processEvents()
        window.grab()
        drag(canvas, (490, 650), (480, 640), lambda: None)
    QApplication.setFont(font)
    window.resize(size)
    take_all_back(bench)
    assert page_of(bench).annotations == page.annotations


@pytest.mark.timeout(240)
def test_everything_may_be_done_twice_at_once(
    qtbot: QtBot, application: Application, bench: Workbench, leaver: Leaver
) -> None:
    apart = {"quit", "close_project", "open_sample", "log_folder"}
    apart |= {"prelabel", "prelabel_all"}  # what jobs bring is no undo step
    before = page_of(bench)
    for chosen in ((11,), (7,)):
        for action in ACTIONS:
            if action.id in apart:
                continue
            bench.selection.set_page(before.id)
            bench.selection.select(chosen)
            made = application.window.actions_table.by_id[action.id]
            for _time in range(2):
                if made.isEnabled():
                    made.trigger()
            QApplication.processEvents()
            while bench.document.undo_text:
                bench.document.undo()
    settle(qtbot, application)
    assert application.window.isVisible()
    bench.selection.set_page(before.id)
    assert page_of(bench).annotations == before.annotations
    assert {"SettingsDialog", "AboutDialog", "ExportDialog"} <= set(leaver.left)


def test_project_may_be_closed_and_opened_twice_at_once(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    folder = str(bench.document.store.folder)
    for _time in range(2):
        trigger(application, "close_project")
    for _time in range(2):
        application.open_project(folder)
    assert application.bench is not None
    assert application.bench is not bench


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1])
def test_random_hand_breaks_nothing(
    qtbot: QtBot,
    application: Application,
    bench: Workbench,
    tmp_path: Path,
    leaver: Leaver,
    seed: int,
) -> None:
    use_at_random(qtbot, application, bench, Hand(application, Random(seed), tmp_path / "out"), 150)


def use_at_random(
    qtbot: QtBot, application: Application, bench: Workbench, hand: Hand, steps: int
) -> None:
    first = {key: bench.document.page(key) for key in bench.document.store.page_ids()}
    for _step in range(steps):
        hand.step()
        QApplication.processEvents()
    settle(qtbot, application)
    put_all_back(bench)
    shown = {key: bench.document.page(key) for key in first}
    folder = bench.document.store.folder
    take_all_back(bench)
    undone = {key: bench.document.page(key) for key in first}
    put_all_back(bench)
    assert {key: bench.document.page(key) for key in first} == shown
    for key, page in first.items():
        assert [one.id for one in undone[key].annotations if one.id < page.next_id] == [
            one.id for one in page.annotations
        ]
    application.leave_project()
    with Store.open(folder, read_only=True) as store:
        assert {key: store.page(key) for key in store.page_ids()} == shown
    assert problem_of(folder / FILE) == ""


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 110))
def test_random_hand_breaks_nothing_for_long(
    qtbot: QtBot,
    application: Application,
    bench: Workbench,
    tmp_path: Path,
    leaver: Leaver,
    seed: int,
) -> None:
    hand = Hand(application, Random(seed), tmp_path / "out")
    use_at_random(qtbot, application, bench, hand, 2000)
