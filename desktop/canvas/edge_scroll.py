"""Scrolling while something is dragged near the view's border, for every tool."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QSize, QTimer

MARGIN_PX = 24.0
TICK_MS = 25
FASTEST_PX = 22.0
"""How far one tick scrolls at the border and beyond."""


class EdgeScroll(QObject):
    """Calls `scroll(dx, dy)` again and again while the pointer is held near the border."""

    def __init__(self, scroll: Callable[[float, float], None], parent: QObject) -> None:
        super().__init__(parent)
        self._scroll = scroll
        self._way = (0.0, 0.0)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def is_on(self) -> bool:
        """Whether it scrolls now."""
        return self._timer.isActive()

    def follow(self, place: QPointF, size: QSize) -> None:
        """The pointer is here in a view of this size."""
        self._way = (_speed(place.x(), size.width()), _speed(place.y(), size.height()))
        if self._way == (0.0, 0.0):
            self.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Nothing is dragged any more."""
        self._timer.stop()

    def _tick(self) -> None:
        self._scroll(*self._way)


def _speed(at: float, length: float) -> float:
    """Screen pixels a tick: none inside, ever more towards the border."""
    if at < MARGIN_PX:
        return -FASTEST_PX * min(1.0, (MARGIN_PX - at) / MARGIN_PX)
    if at > length - MARGIN_PX:
        return FASTEST_PX * min(1.0, (at - length + MARGIN_PX) / MARGIN_PX)
    return 0.0
