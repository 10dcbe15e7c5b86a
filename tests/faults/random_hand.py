"""A hand that does anything at all in the real window, with real events: keys, mouse, menus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)

from desktop.application import Application
from desktop.canvas.view import CanvasView
from desktop.dialogs.export_dialog import ExportDialog
from desktop.window.workbench import Workbench
from model_backend.document import Page, Point, Relation

LEFT = Qt.MouseButton.LeftButton
NONE, SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
DRAWING = ("entity", "box", "table", "rotated", "polygon", "brush", "eraser", "wand", "relation")
DIALOGS = (
    "settings", "change_keys", "about", "backups", "models", "edit_labels", "find_replace",
    "accept_above", "deskew", "import_dataset", "compare_with", "keys", "open", "open_folder",
    "new_project", "recognize", "simplify", "unlock", "logs",
)  # fmt: skip
"""Actions that open a dialog, or something like it."""
APART = frozenset(
    (
        *DIALOGS,
        "quit",
        "close_project",
        "open_project",
        "open_sample",
        "export",
        "prelabel_all",
        "log_folder",
    )
)
"""Actions that have a step of their own, or would end the run."""
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
FORMATS = ("funsd", "coco", "pages", "pubtables", "csv")
TEXTS = ("Total", "12.50", "한국어", "x", "<b>bold</b>", "a\tb", "=1+1", "ﷺ", "9" * 40)
KEPT_EXPORTS = 3


class Hand:
    """Chooses a step by its weight, and takes it; a modal dialog or a menu is dealt with first."""

    def __init__(self, application: Application, chance: Random, out: Path) -> None:
        self.application, self.chance, self.out = application, chance, out
        self.done: dict[str, int] = {}
        self._exports = 0
        self._held: Point | None = None
        self.steps: list[tuple[int, str, Callable[[], None]]] = [
            (16, "turn", self._turn),
            (22, "draw", self._draw),
            (12, "point", self._point),
            (8, "drag", self._drag),
            (8, "keys", self._keys),
            (10, "action", self._action),
            (20, "undo", self._undo),
            (6, "type", self._type),
            (5, "label", self._label),
            (4, "zoom", self._zoom),
            (4, "panel", self._panel),
            (3, "dialog", self._dialog),
            (2, "menu", self._menu),
            (2, "prelabel", self._prelabel),
            (1, "prelabel all", self._prelabel_all),
            (1, "export", self._export),
            (1, "window", self._window),
        ]

    @property
    def bench(self) -> Workbench:
        assert self.application.bench is not None
        return self.application.bench

    @property
    def canvas(self) -> CanvasView:
        view = self.application.window.project_view
        assert view is not None
        return view.canvas

    @property
    def page(self) -> Page | None:
        return self.bench.editor.page

    def step(self) -> str:
        """Do one thing; its name."""
        if popup := QApplication.activePopupWidget():
            return self._count("in a menu", lambda: self._in_menu(popup))
        if dialog := QApplication.activeModalWidget():
            return self._count("in a dialog", lambda: self._in_dialog(dialog))
        if self.application.bench is None or self.application.window.project_view is None:
            return "nothing"
        weights = [weight for weight, _name, _step in self.steps]
        (_weight, name, step), *_rest = self.chance.choices(self.steps, weights)
        return self._count(name, step)

    def _count(self, name: str, step: Callable[[], None]) -> str:
        self.done[name] = self.done.get(name, 0) + 1
        step()
        return name

    # the page

    def _turn(self) -> None:
        chosen = self.chance.choice(
            ("next_page", "next_page", "next_page", "previous_page", "last_page", "first_page")
        )
        self._trigger(chosen)

    def _points(self) -> list[Point]:
        page = self.page
        if page is None:
            return []
        items = [
            *page.words,
            *(item for item in page.annotations if not isinstance(item, Relation)),
        ]
        inside = self.canvas.viewport().rect()
        centers = [item.box.center for item in items]
        return [center for center in centers if inside.contains(self._place(center))]

    def _somewhere(self) -> Point:
        """Mostly on a thing, sometimes anywhere, sometimes beside the page."""
        points, rect = self._points(), self.canvas.viewport().rect()
        if points and self.chance.random() < 0.75:
            x, y = self.chance.choice(points)
            return x + self.chance.gauss(0, 3), y + self.chance.gauss(0, 3)
        place = QPoint(
            self.chance.randrange(max(1, rect.width())),
            self.chance.randrange(max(1, rect.height())),
        )
        found = self.canvas.mapToScene(place)
        return found.x(), found.y()

    def _place(self, point: Point) -> QPoint:
        return self.canvas.page_place(QPointF(*point)).toPoint()

    def _drag_to(self, start: Point, end: Point, modifiers: Qt.KeyboardModifier = NONE) -> None:
        view = self.canvas.viewport()
        QTest.mousePress(view, LEFT, modifiers, self._place(start))
        for share in (0.1, 0.5, 1.0):
            x = start[0] + (end[0] - start[0]) * share
            y = start[1] + (end[1] - start[1]) * share
            move(view, self._place((x, y)), LEFT)
        if self.chance.random() < 0.9:
            QTest.mouseRelease(view, LEFT, modifiers, self._place(end))

    def _draw(self) -> None:
        tool = self.chance.choice(DRAWING)
        self._trigger(f"tool_{tool}")
        if self.page is None:
            return
        start, end = self._somewhere(), self._somewhere()
        if tool in ("polygon", "rotated"):
            for _corner in range(self.chance.randint(2, 6)):
                QTest.mouseClick(self.canvas.viewport(), LEFT, NONE, self._place(self._somewhere()))
            QTest.keyClick(self.canvas, self.chance.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape)))
        else:
            self._drag_to(start, end, self.chance.choice((NONE, NONE, NONE, ALT, SHIFT)))
        if self.chance.random() < 0.5:
            self._trigger("tool_select")

    def _point(self) -> None:
        view, place = self.canvas.viewport(), self._place(self._somewhere())
        modifiers = self.chance.choice((NONE, NONE, NONE, CONTROL, SHIFT, ALT))
        move(view, place)
        QTest.mouseClick(view, LEFT, modifiers, place)
        if self.chance.random() < 0.1:
            QTest.mouseDClick(view, LEFT, modifiers, place)
            QTest.mouseRelease(view, LEFT, modifiers, place)

    def _drag(self) -> None:
        self._trigger("tool_select")
        start, end = self._somewhere(), self._somewhere()
        if self.chance.random() < 0.7:
            end = start[0] + self.chance.gauss(0, 20), start[1] + self.chance.gauss(0, 20)
        self._drag_to(start, end, self.chance.choice((NONE, NONE, ALT, SHIFT)))

    def _keys(self) -> None:
        keys = (*ARROWS, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
        for _press in range(self.chance.randint(1, 4)):
            modifiers = self.chance.choice((NONE, NONE, SHIFT, ALT))
            QTest.keyClick(self.canvas, self.chance.choice(keys), modifiers)

    def _action(self) -> None:
        actions = self.application.window.actions_table.by_id
        names = [name for name, made in actions.items() if made.isEnabled() and name not in APART]
        self._trigger(self.chance.choice(names))

    def _trigger(self, name: str) -> None:
        made = self.application.window.actions_table.by_id[name]
        if made.isEnabled():
            made.trigger()

    def _undo(self) -> None:
        self._trigger(self.chance.choice(("undo", "undo", "redo")))

    def _type(self) -> None:
        """Edit the text of what is chosen, or of what has the keyboard."""
        self._trigger(self.chance.choice(("edit_text", "walk_words", "note", "edit_text")))
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit | QPlainTextEdit):
            write(field, self.chance.choice(TEXTS))
            field = QApplication.focusWidget()
            ends = (Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab)
            if field is not None:
                QTest.keyClick(field, self.chance.choice(ends))

    def _label(self) -> None:
        self._trigger(f"label_{self.chance.randint(1, 9)}")

    def _zoom(self) -> None:
        names = ("zoom_in", "zoom_out", "fit_page", "fit_width", "actual_size", "zoom_selection")
        self._trigger(self.chance.choice(names))
        view = self.canvas.viewport()
        place = QPointF(view.rect().center())
        turn = QPoint(0, self.chance.choice((-240, -120, 120, 240)))
        modifiers = self.chance.choice((NONE, CONTROL, SHIFT))
        event = QWheelEvent(
            place,
            view.mapToGlobal(place),
            QPoint(),
            turn,
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003 - Qt's own
        )
        QApplication.sendEvent(view, event)

    # the rest of the window

    def _panel(self) -> None:
        """Bring a part to the front and click into its list."""
        window = self.application.window
        dock = window.docks[self.chance.choice(tuple(window.docks))]
        dock.show()
        dock.raise_()
        lists = [found for found in dock.findChildren(QAbstractItemView) if found.isVisible()]
        if lists:
            view = self.chance.choice(lists).viewport()
            place = QPoint(
                self.chance.randrange(max(1, view.width())),
                self.chance.randrange(max(1, min(view.height(), 200))),
            )
            QTest.mouseClick(view, LEFT, NONE, place)
            QTest.keyClick(view, self.chance.choice((*ARROWS, Qt.Key.Key_Return)))

    def _dialog(self) -> None:
        self._trigger(self.chance.choice(DIALOGS))

    def _menu(self) -> None:
        view, place = self.canvas.viewport(), self._place(self._somewhere())
        QTest.mouseClick(view, Qt.MouseButton.RightButton, NONE, place)
        self.canvas.customContextMenuRequested.emit(place)

    def _prelabel(self) -> None:
        self._trigger("prelabel")

    def _prelabel_all(self) -> None:
        if not self.bench.is_busy:
            self._trigger("prelabel_all")

    def _export(self) -> None:
        if not self.bench.is_busy:
            self._trigger("export")

    def _window(self) -> None:
        window = self.application.window
        what = self.chance.randrange(4)
        if what == 0:
            window.resize(self.chance.randint(900, 1500), self.chance.randint(640, 950))
        elif what == 1:
            window.settings.set("theme", self.chance.choice(("light", "dark")))
            window.use_theme()
        elif what == 2:
            self._trigger("hide_all")
        else:
            self._trigger("next_pane")

    # what stands in front of it

    def _in_menu(self, popup: QWidget) -> None:
        for _press in range(self.chance.randint(0, 6)):
            QTest.keyClick(popup, Qt.Key.Key_Down)
        go = self.chance.random() < 0.3 and not isinstance(popup, QComboBox)
        QTest.keyClick(popup, Qt.Key.Key_Return if go else Qt.Key.Key_Escape)
        if QApplication.activePopupWidget() is popup:
            popup.close()

    def _in_dialog(self, dialog: QWidget) -> None:
        if isinstance(dialog, ExportDialog):
            self._fill_export(dialog)
        elif isinstance(dialog, QFileDialog) or self.chance.random() < 0.4:
            _leave(dialog)
        else:
            self._play(dialog)

    def _fill_export(self, dialog: ExportDialog) -> None:
        wanted = [
            index
            for index in range(dialog.format.count())
            if dialog.format.itemData(index) in FORMATS
        ]
        dialog.format.setCurrentIndex(self.chance.choice(wanted))
        self._exports = (self._exports + 1) % KEPT_EXPORTS
        dialog.folder.setText(str(self.out / f"export {self._exports}"))
        if dialog.accept_button.isEnabled() and self.chance.random() < 0.7:
            dialog.accept_button.click()
        elif self.chance.random() < 0.3:
            _leave(dialog)

    def _play(self, dialog: QWidget) -> None:
        """Use one of its controls."""
        controls = [
            found
            for found in dialog.findChildren(QWidget)
            if found.isVisible()
            and found.isEnabled()
            and isinstance(
                found, QLineEdit | QComboBox | QCheckBox | QRadioButton | QAbstractButton
            )
        ]
        if not controls:
            _leave(dialog)
            return
        control = self.chance.choice(controls)
        if isinstance(control, QLineEdit):
            write(control, self.chance.choice(TEXTS))
        elif isinstance(control, QComboBox):
            control.setCurrentIndex(self.chance.randrange(max(1, control.count())))
        else:
            control.click()


def move(view: QWidget, place: QPoint, held: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """Like QTest.mouseMove, which would let other events pass as well."""
    where = QPointF(place)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        where,
        view.mapToGlobal(where),
        Qt.MouseButton.NoButton,
        held,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)


def write(field: QWidget, text: str) -> None:
    """Letters by keys; what has no key of its own as an input method brings it."""
    if text.isascii() and text.isprintable():
        QTest.keyClicks(field, text)
        return
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(field, event)


def _leave(dialog: QWidget) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    if dialog.isVisible():
        dialog.reject() if isinstance(dialog, QDialog) else dialog.close()
