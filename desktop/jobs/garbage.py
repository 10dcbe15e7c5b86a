"""Cycles of Qt objects are freed on the window's thread only: Python would free them on any."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

LOOK_EVERY = 100
"""Milliseconds between two looks; Python itself looks at every allocation."""


class GarbageCollector(QObject):
    """Takes the place of Python's automatic collection as long as it lives.

    That one runs in whichever thread happens to allocate. When it was one of ours, the widgets of
    a closed window were destroyed there, while the window's thread painted: a crash.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=LOOK_EVERY)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        """Collect the oldest generation whose turn it is, by Python's own thresholds."""
        due = [
            generation
            for generation, (count, threshold) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if threshold and count > threshold
        ]
        if due:
            gc.collect(due[-1])

    def close(self) -> None:
        """Leave the rest to Python again."""
        self._timer.stop()
        gc.collect()
        gc.enable()
