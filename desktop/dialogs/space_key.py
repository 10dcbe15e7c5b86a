"""Space on a list ticks all its chosen lines, whichever column is current."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView

from desktop.guards import guarded


@guarded
class SpaceKey(QObject):
    """Keeps Space from the list, which would tick only the current cell."""

    pressed = Signal()

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Tell of Space; everything else goes on."""
        is_press = event.type() is QEvent.Type.KeyPress
        is_space = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
        if is_press and is_space:
            self.pressed.emit()
        return is_press and is_space
