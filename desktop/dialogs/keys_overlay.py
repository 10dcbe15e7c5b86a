"""All keys at a glance, over the window: searchable, closed by Esc, F1 or a click beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop.appearance.icons import icon
from desktop.guards import guarded
from desktop.panels.forms import PlainLabel, make_narrow
from model_backend.translation import _

KeyRow = tuple[str, str, str]
"""Menu, keys, text: all as they are shown."""


@guarded
class KeysOverlay(QWidget):
    """A card over the window with the keys of every action and gesture."""

    def __init__(self, change: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._focus_before: QWidget | None = None
        self._rows: tuple[KeyRow, ...] = ()
        self._change = change
        self.change_button = QPushButton(change.text())
        self.setAccessibleName(_("Keys"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search keys and actions"))
        self.search.setAccessibleName(_("Search keys and actions"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setProperty("clear", "true")
        self._card = QFrame(self)
        self._card.setProperty("card", "true")
        self._lay_out()
        self.search.textChanged.connect(self._show_rows)
        self.change_button.clicked.connect(self._change_keys)
        self.search.installEventFilter(self)
        parent.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        title = PlainLabel(_("Keys"))
        title.setProperty("title", "true")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        self.search.setFixedWidth(300)
        head.addWidget(self.search)
        head.addWidget(self.change_button)
        layout = QVBoxLayout(self._card)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self._scroll)

    def set_rows(self, rows: Sequence[KeyRow]) -> None:
        """These are the keys in use."""
        self._rows = tuple(rows)

    def _change_keys(self) -> None:
        self.close_overlay()
        self._change.trigger()

    def open(self) -> None:
        """Show all keys, ready to search."""
        if not self.isVisible():
            self._focus_before = self._window.focusWidget()
        self.search.clear()
        self._show_rows()
        self._fit()
        self.show()
        self.raise_()
        self.search.setFocus()

    @property
    def shown(self) -> tuple[KeyRow, ...]:
        """The rows that the search leaves."""
        wanted = self.search.text().casefold().split()
        return tuple(
            row for row in self._rows if all(part in " ".join(row).casefold() for part in wanted)
        )

    def _show_rows(self) -> None:
        inside = QWidget()
        inside.setProperty("clear", "true")
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, 8, 0)
        columns.setSpacing(36)
        for part in _columns(self.shown, 3 if self._window.width() >= 1600 else 2):
            columns.addLayout(_column(part), 1)
        self._scroll.setWidget(inside)

    def _fit(self) -> None:
        parent = self._window
        self.setGeometry(parent.rect())
        width, height = min(parent.width() - 80, 1560), min(parent.height() - 80, 860)
        self._card.setGeometry(
            (parent.width() - width) // 2, (parent.height() - height) // 2, width, height
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep to the window's size; close on Esc and F1."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._fit()
        if watched is self.search and isinstance(event, QKeyEvent):
            is_closing = event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1)
            if is_closing and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if is_closing and event.type() == QEvent.Type.KeyPress:
                self.close_overlay()
                return True
        return super().eventFilter(watched, event)

    def close_overlay(self) -> None:
        """Hide, and give the focus back to what had it; no line stays behind, as each would take
        its time whenever the theme changes.
        """
        self.hide()
        self._scroll.setWidget(QWidget())
        before = self._focus_before
        (before if before is not None and isValid(before) else self._window).setFocus()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click beside the card closes."""
        if not self._card.geometry().contains(event.position().toPoint()):
            self.close_overlay()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Dim the window."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 110))
        painter.end()


def _columns(rows: Sequence[KeyRow], count: int) -> list[list[KeyRow]]:
    """The rows in `count` columns of about one height, menus kept together."""
    menus = list(dict.fromkeys(menu for menu, _keys, _text in rows))
    groups = [[row for row in rows if row[0] == menu] for menu in menus]
    goal = (len(rows) + 2 * len(groups)) / count
    columns: list[list[KeyRow]] = [[]]
    height = 0.0
    for group in groups:
        if height and height + len(group) / 2 > goal and len(columns) < count:
            columns.append([])
            height = 0.0
        columns[-1].extend(group)
        height += len(group) + 2
    return columns


def _column(rows: Sequence[KeyRow]) -> QVBoxLayout:
    column = QVBoxLayout()
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    menu = ""
    for keys_menu, keys, text in rows:
        if keys_menu != menu:
            menu = keys_menu
            head = PlainLabel(menu)
            head.setProperty("head", "true")
            head.setContentsMargins(0, 10, 0, 2)
            grid.addWidget(head, grid.rowCount(), 0, 1, 2)
        row = grid.rowCount()
        key = PlainLabel(keys)
        key.setWordWrap(False)
        key.setProperty("key", "true")
        grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        what = PlainLabel(text)
        make_narrow(what)
        grid.addWidget(what, row, 1)
    column.addLayout(grid)
    column.addStretch(1)
    return column
