"""A mistake put into every place that Qt or a person's hand calls: seen, and the work goes on."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from window_project import make_project

from desktop import bugs
from desktop.application import Application
from desktop.canvas.style import LAYER_ORDER
from desktop.canvas.tools import TOOLS
from desktop.canvas.view import CanvasView
from desktop.dialogs.bug_dialog import BugDialog
from desktop.guards import ANSWERS, is_virtual
from desktop.panels import annotation_model, history_list, marked_model, page_model
from desktop.window.actions import ACTIONS
from desktop.window.workbench import Workbench

pytestmark = pytest.mark.usefixtures("wanted_bugs")
SECRET = "Kim Minsu, 1,250.00"
PACKAGES = ("window", "panels", "canvas", "dialogs")


@pytest.fixture(autouse=True)
def hooks() -> Iterator[None]:
    """The hooks of a started application, and nothing left of them."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    bugs.catch_all(stop=lambda: None)
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = before
    for dialog in bug_dialogs():
        dialog.close()


def bug_dialogs() -> list[BugDialog]:
    found = QApplication.topLevelWidgets()
    return [one for one in found if isinstance(one, BugDialog) and one.isVisible()]


def failing(name: str) -> Callable[..., None]:
    """A mistake in a function of this name, with a text of a document in its message."""
    made: dict[str, Callable[..., None]] = {}
    name = "".join(letter if letter.isalnum() else "_" for letter in name)
    exec(
        f"def {name}(*_arguments, **_options):\n    raise ValueError(text)", {"text": SECRET}, made
    )
    return made[name]


@contextmanager
def reported() -> Iterator[list[str]]:
    """The bugs that were reported in this block."""
    before, found = bugs.counts(), list[str]()
    yield found
    found += (bugs.counts() - before).elements()


def canvas_of(application: Application) -> CanvasView:
    view = application.window.project_view
    assert view is not None
    return view.canvas


def classes() -> list[type]:
    """All classes of the window that are made from Qt's."""
    found: list[type] = []
    for package in PACKAGES:
        parent = importlib.import_module(f"desktop.{package}")
        for info in pkgutil.walk_packages(parent.__path__, f"{parent.__name__}."):
            module = importlib.import_module(info.name)
            found += [
                made
                for _name, made in inspect.getmembers(module, inspect.isclass)
                if made.__module__ == module.__name__
            ]
    return found


def virtual_methods() -> list[tuple[type, str]]:
    return [
        (made, name)
        for made in classes()
        for name, method in vars(made).items()
        if callable(method) and is_virtual(made, name)
    ]


def test_every_method_that_qt_calls_is_guarded() -> None:
    found = virtual_methods()
    assert len(found) > 80
    bare = [
        f"{made.__module__}.{made.__name__}.{name}"
        for made, name in found
        if not hasattr(vars(made)[name], "is_guarded")
    ]
    assert bare == []


@pytest.mark.parametrize(("made", "name"), virtual_methods(), ids=str)
def test_guarded_method_reports_and_answers(made: type, name: str) -> None:
    """It is called with nothing at all, which no method can work on."""
    with reported() as found:
        answer = getattr(made, name)()
    assert len(found) == 1
    assert answer == ANSWERS.get(name, lambda: None)()


def test_every_action_that_fails_is_told_and_changes_nothing(
    qtbot: QtBot, application: Application, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = application.window.actions_table
    bench.selection.select((11,))  # a table: all that a page offers can be chosen
    page = bench.editor.page
    missed = []
    for action in ACTIONS:
        if action.id == "quit":
            continue
        target, _dot, method = action.handler.partition(".")
        with monkeypatch.context() as patch:
            patch.setattr(table._targets[target], method, failing(f"action_{action.id}"))
            with reported() as found:
                table.by_id[action.id].setEnabled(True)
                table.by_id[action.id].trigger()
                QApplication.processEvents()
        if len(found) != 1:
            missed.append(action.id)
    assert missed == []
    assert bench.editor.page == page
    assert len(bug_dialogs()) == 1
    assert SECRET not in bug_dialogs()[0].text
    assert not any(SECRET in text for text in application.window.messages.texts)
    bench.selection.select((7,))
    table.by_id["delete"].trigger()
    assert bench.editor.page != page
    table.by_id["undo"].trigger()
    assert bench.editor.page == page


@pytest.mark.parametrize("tool", sorted(TOOLS))
@pytest.mark.parametrize(
    "method", ["press", "move", "release", "hover", "key", "cancel", "double_click", "adjust",
               "wants_key", "wants_wheel", "paint", "previews"]
)  # fmt: skip
def test_tool_that_fails_is_told_and_the_next_gesture_works(
    qtbot: QtBot,
    application: Application,
    tools_bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
    tool: str,
    method: str,
) -> None:
    canvas, bench = canvas_of(application), tools_bench
    canvas.set_tool(tool)
    before = annotations(bench)
    with monkeypatch.context() as patch:
        patch.setattr(type(canvas.tool), method, failing(f"{tool}_{method}"))
        with reported() as found:
            play(canvas)
    assert found
    take_back(canvas, bench, before)
    with reported() as found:
        canvas.set_tool(tool)
        play(canvas)
    assert found == []
    take_back(canvas, bench, before)


def annotations(bench: Workbench) -> tuple[object, ...]:
    page = bench.editor.page
    assert page is not None
    return page.annotations


def take_back(canvas: CanvasView, bench: Workbench, before: tuple[object, ...]) -> None:
    """What a gesture made is whole: it can be undone."""
    canvas.set_tool("select")
    while bench.document.undo_text and annotations(bench) != before:
        bench.document.undo()
    assert annotations(bench) == before


@pytest.fixture(scope="module")
def tools_bench(
    application: Application, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workbench]:
    """One project for all tools: each leaves it as it was."""
    application.open_project(str(make_project(tmp_path_factory.mktemp("tools") / "T.proofdesk")))
    assert application.bench is not None
    yield application.bench
    application.leave_project()


def play(canvas: CanvasView) -> None:
    """A hover, a drag, a double click, a wheel, a key, Escape; each event as Qt would send it."""
    view = canvas.viewport()
    start, end = (canvas.page_place(QPointF(*at)).toPoint() for at in ((60, 60), (330, 420)))
    view.grab()
    for place in (start, end):
        hover(view, place)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    hover(view, (start + end) / 2, Qt.MouseButton.LeftButton)
    hover(view, end, Qt.MouseButton.LeftButton)
    view.grab()
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start)
    wheel(canvas)
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    QTest.keyClick(canvas, Qt.Key.Key_BracketLeft)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    view.grab()


def hover(view: QWidget, place: QPoint, held: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    where = QPointF(place)
    kind, nothing = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    none = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(kind, where, view.mapToGlobal(where), nothing, held, none)
    QApplication.sendEvent(view, event)


def wheel(canvas: CanvasView) -> None:
    view = canvas.viewport()
    where = QPointF(view.rect().center())
    event = QWheelEvent(
        where,
        view.mapToGlobal(where),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - Qt's own
    )
    QApplication.sendEvent(view, event)


@pytest.mark.parametrize("name", ["picture", *LAYER_ORDER, "live", "changes"])
def test_layer_that_fails_is_tried_once_a_page_and_the_others_stay(
    qtbot: QtBot,
    application: Application,
    bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    canvas = canvas_of(application)
    scene, calls = canvas.canvas, list[int]()
    fail = failing(f"layer_{name}")

    def paint(*arguments: object) -> None:
        calls.append(1)
        fail()

    layer = scene.layer(name) if name in LAYER_ORDER else getattr(scene, name)
    with monkeypatch.context() as patch, reported() as found:
        patch.setattr(layer, "paint", paint)
        for _frame in range(50):
            scene.repaint_page()
            canvas.viewport().grab()
        assert len(calls) == 1
        application.window.actions_table.by_id["next_page"].trigger()
        for _frame in range(5):
            scene.repaint_page()
            canvas.viewport().grab()
        assert len(calls) == 2
    assert len(found) == 2
    qtbot.waitUntil(lambda: len(bug_dialogs()) == 1, timeout=5_000)
    application.window.actions_table.by_id["previous_page"].trigger()
    with reported() as after:
        canvas.viewport().grab()
    assert after == []


def test_page_is_painted_by_the_layers_that_work(
    qtbot: QtBot, application: Application, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = canvas_of(application)
    qtbot.waitUntil(application.is_calm, timeout=30_000)
    whole = painted(canvas)
    monkeypatch.setattr(canvas.canvas.words, "paint", failing("words_fail"))
    canvas.canvas.repaint_page()
    without = painted(canvas)
    page = bench.editor.page
    assert page is not None
    (region,) = page.regions
    place = canvas.page_place(QPointF(region.box.x0, region.box.center[1])).toPoint()
    assert without.pixel(place) == whole.pixel(place) != without.pixel(place - QPoint(0, 120))


def painted(canvas: CanvasView) -> QImage:
    image = QImage(canvas.viewport().size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    canvas.render(painter)
    painter.end()
    return image


def test_panel_whose_data_fails_does_not_stop_an_edit(
    qtbot: QtBot, application: Application, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = application.window.project_view
    assert view is not None
    modules = (annotation_model, history_list, marked_model, page_model)
    for module in modules:
        for _name, made in inspect.getmembers(module, inspect.isclass):
            inner = getattr(vars(made).get("data"), "__wrapped__", None)
            if inner is not None:
                monkeypatch.setattr(inner, "__code__", failing(f"data_{made.__name__}").__code__)
    page = bench.editor.page
    assert page is not None
    bench.selection.select((7,))
    application.window.actions_table.by_id["delete"].trigger()
    QApplication.processEvents()
    after = bench.editor.page
    assert after is not None
    assert len(after.entities) == len(page.entities) - 1
    assert bench.document.undo_text
