"""The parts around the page: where they stand at first, and how the keyboard gets to them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
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
LAYOUT_VERSION = 3
"""Another layout than this one is not restored."""
SIDES, HEIGHTS, LIST_HEIGHT = (236, 300), (360, 360), 150


class Parts:
    """All parts of a window."""

    def __init__(self, window: QMainWindow, menu: QMenu) -> None:
        self._window = window
        self._actions: list[QAction] = []
        self.docks = {name: self._made(name, text, side, menu) for name, text, side in DOCKS}

    def _made(self, name: str, text: str, side: Qt.DockWidgetArea, menu: QMenu) -> QDockWidget:
        dock = QDockWidget(_(text), self._window)
        dock.setObjectName(name)
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        self._window.addDockWidget(side, dock)
        action = menu.addAction(_(text))
        action.triggered.connect(lambda: self.turn_to(name))
        self._actions.append(action)
        return dock

    def arrange(self) -> None:
        """The layout of the first start."""
        window, docks = self._window, self.docks
        window.setTabPosition(RIGHT, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        upper, lower = (docks[group[0]] for group in GROUPS)
        window.splitDockWidget(upper, lower, Qt.Orientation.Vertical)
        for group in GROUPS:
            for name in group:
                docks[name].setTitleBarWidget(QWidget())
                if name != group[0]:
                    window.tabifyDockWidget(docks[group[0]], docks[name])

    def set_sizes(self) -> None:
        """The sizes of the first start, and what is in front."""
        docks, across = self.docks, Qt.Orientation.Horizontal
        window, down = self._window, Qt.Orientation.Vertical
        window.resizeDocks([docks["pages"], docks["inspector"]], list(SIDES), across)
        window.resizeDocks([docks["inspector"], docks["annotations"]], list(HEIGHTS), down)
        window.resizeDocks([docks["messages"]], [LIST_HEIGHT], down)
        for group in GROUPS:
            docks[group[0]].raise_()

    def show(self, *, is_shown: bool) -> None:
        """Show all but the list of messages, or none."""
        for name, dock in self.docks.items():
            dock.setVisible(is_shown and name != "messages")
        for action in self._actions:
            action.setEnabled(is_shown)
        for bar in self._window.findChildren(QTabBar) if is_shown else ():
            bar.setElideMode(Qt.TextElideMode.ElideNone)  # a title is read as a whole, or scrolled

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
    """Whether a part is shown, and not behind another one."""
    return dock.isVisible() and not dock.visibleRegion().isEmpty()


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
