"""`proofdesk open PROJECT --screenshot FILE`: a picture of the window once it shows everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

OPTION = "--screenshot"
LOOK_EVERY = 250
"""Milliseconds between two looks at whether everything has arrived."""
CALM = 3
"""Looks in a row that must find nothing under way."""
MOST_LOOKS = 240


def without_screenshot(arguments: Sequence[str]) -> tuple[list[str], Path | None]:
    """The arguments without this option, and the file it names."""
    rest = list(arguments)
    if OPTION not in rest[:-1]:
        return [argument for argument in rest if argument != OPTION], None
    index = rest.index(OPTION)
    return rest[:index] + rest[index + 2 :], Path(rest[index + 1])


class Photographer(QObject):
    """Waits until the window is calm, writes its picture and closes it."""

    def __init__(self, window: QWidget, picture: Path, is_calm: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._picture, self._is_calm = window, picture, is_calm
        self._calm = self._looks = 0
        self._timer = QTimer(self, interval=LOOK_EVERY)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        self._looks += 1
        self._calm = self._calm + 1 if self._is_calm() else 0
        if self._calm >= CALM or self._looks >= MOST_LOOKS:
            self._timer.stop()
            self._take()

    def _take(self) -> None:
        """The screen's own pixels; where there are none to be had, the window paints itself."""
        shot = self._window.screen().grabWindow(self._window.winId())
        if shot.isNull():
            shot = self._window.grab()
        shot.save(str(self._picture))
        self._window.close()
