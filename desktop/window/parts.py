"""The parts around the page: where they stand at first, and how the keyboard gets to them."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabBar, QTabWidget, QWidget

from model_backend.translation import _, mark

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
DOCKS = (
    ("pages", mark("Pages"), LEFT),
    ("inspector", mark("Inspector"), RIGHT),
    ("layers", mark("Layers"), RIGHT),
    ("checks", mark("Checks"), RIGHT),
    ("changes", mark("Changes"), RIGHT),
    ("annotations", mark("Annotations"), RIGHT),
    ("cells", mark("Cells"), RIGHT),
    ("marked", mark("Marked"), RIGHT),
    ("history", mark("History"), RIGHT),
    ("messages", mark("Jobs and messages"), BOTTOM),
)
"""Name, title and side of each part."""
GROUPS = (
    ("inspector", "layers", "checks", "changes"),
    ("annotations", "cells", "marked", "history"),
)
"""Parts that share one place, the first in front: their tabs are title enough."""
FIRST = tuple(group[0] for group in GROUPS)
LAYOUT_VERSION = 3
"""Another layout than this one is not restored."""
SIDES, HEIGHTS, LIST_HEIGHT = (236, 300), (360, 360), 150


class Parts:
    """All parts of a window."""

    def __init__(self, window: QMainWindow, menu: QMenu) -> None:
        self._window = window
        self._actions: list[QAction] = []
        self._sizes: tuple[tuple[int, int], tuple[int, int]] | None = None
        """Widths of both sides, heights of both groups, since a project was closed."""
        self.docks = {name: self._made(name, text, side, menu) for name, text, side in DOCKS}
        window.setTabPosition(RIGHT, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)

    def _made(self, name: str, text: str, side: Qt.DockWidgetArea, menu: QMenu) -> QDockWidget:
        dock = QDockWidget(_(text), self._window)
        dock.setObjectName(name)
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        if any(name in group for group in GROUPS):
            dock.setTitleBarWidget(QWidget())  # the tab says it
        self._window.addDockWidget(side, dock)
        action = menu.addAction(_(text))
        action.triggered.connect(lambda: self.turn_to(name))
        self._actions.append(action)
        return dock

    def lay_out(self, state: str) -> None:
        """As it was the last time, or as at the first start.

        Only once, and not before it is seen: Qt leaves tabs behind that belong to nothing.
        """
        if self._sizes:
            self._set_sizes(*self._sizes)
            return
        kept = QByteArray.fromBase64(state.encode())
        if not (state and self._window.restoreState(kept, LAYOUT_VERSION)):
            self._arrange()
            self._set_sizes(SIDES, HEIGHTS)
            for group in GROUPS:
                self.docks[group[0]].raise_()
        QTimer.singleShot(0, self._window, self._show_whole_titles)  # when Qt has made all tabs

    def _show_whole_titles(self) -> None:
        """A title is read as a whole, or scrolled to."""
        for bar in self._window.findChildren(QTabBar):
            bar.setElideMode(Qt.TextElideMode.ElideNone)

    def _arrange(self) -> None:
        """What stands beside what at the first start."""
        window, docks = self._window, self.docks
        upper, lower = (docks[group[0]] for group in GROUPS)
        window.splitDockWidget(upper, lower, Qt.Orientation.Vertical)
        for group in GROUPS:
            for name in group[1:]:
                window.tabifyDockWidget(docks[group[0]], docks[name])

    def _set_sizes(self, widths: tuple[int, int], heights: tuple[int, int]) -> None:
        docks, across = self.docks, Qt.Orientation.Horizontal
        window, down = self._window, Qt.Orientation.Vertical
        window.resizeDocks([docks["pages"], docks["inspector"]], list(widths), across)
        window.resizeDocks([docks["inspector"], docks["annotations"]], list(heights), down)
        window.resizeDocks([docks["messages"]], [LIST_HEIGHT], down)

    def show(self, *, is_shown: bool) -> None:
        """Show all but the list of messages, or none: then their sizes are kept for later."""
        if not is_shown and self.docks["pages"].isVisible():
            pages, upper, lower = (self.docks[name] for name in ("pages", *FIRST))
            self._sizes = (pages.width(), upper.width()), (upper.height(), lower.height())
        for name, dock in self.docks.items():
            dock.setVisible(is_shown and name != "messages")
        for action in self._actions:
            action.setEnabled(is_shown)

    def turn_to(self, name: str) -> None:
        """Bring a part to the front and give it the keyboard; one that has it already is hidden."""
        dock = self.docks[name]
        focus = self._window.focusWidget()
        if is_seen(dock) and focus is not None and dock.isAncestorOf(focus):
            dock.hide()
            return
        dock.show()
        dock.raise_()
        first = first_in(dock)
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def seen(self) -> list[QDockWidget]:
        """The parts that are in front, in the order of the table."""
        return [dock for dock in self.docks.values() if is_seen(dock)]


def is_seen(dock: QDockWidget) -> bool:
    """Whether a part is shown, and not behind another one: Qt moves those out of the window."""
    window = dock.parentWidget()
    return dock.isVisible() and window is not None and window.rect().intersects(dock.geometry())


def first_in(part: QWidget) -> QWidget | None:
    """The uppermost control in a part of the window that the keyboard can be given to.

    Not by `nextInFocusChain`: PySide takes what that returns for a child of whoever was asked.
    """
    ready = [
        widget
        for widget in part.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isEnabled()
        and widget.isVisible()
    ]
    return min(ready, key=lambda widget: _place_in(part, widget), default=None)


def _place_in(part: QWidget, widget: QWidget) -> tuple[int, int]:
    place = widget.mapTo(part, QPoint(0, 0))
    return place.y(), place.x()
