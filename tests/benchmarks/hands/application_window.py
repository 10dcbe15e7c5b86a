"""The real application in a real window, for benchmarks that use it as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.application import make_application
from desktop.canvas.view import CanvasView
from desktop.document.selection import Selection
from desktop.window.workbench import Workbench
from model_backend.document import Page

SIZE = (1600, 1000)
HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")


def need_display() -> None:
    """Start the same command under an X server of its own where there is no display."""
    os.environ.pop("QT_QPA_PLATFORM", None)
    if not os.environ.get("DISPLAY"):
        server = ["xvfb-run", "-a", "-s", "-screen 0 1700x1100x24"]
        raise SystemExit(subprocess.run([*server, sys.executable, *sys.argv]).returncode)


def use_home(folder: Path) -> None:
    """Settings and caches are written here, not into the person's own home."""
    for name in HOMES:
        os.environ[name] = str(folder)


class ApplicationWindow:
    """The application with a project open, its window shown and active."""

    def __init__(self, project: Path) -> None:
        self.qt, self.application = make_application(())
        window = self.application.window
        window.resize(*SIZE)
        window.show()
        window.activateWindow()
        self.wait_until(window.isActiveWindow)
        self.application.open_project(str(project))
        self.wait_until(self.application.is_calm)
        self.canvas.setFocus()

    @property
    def canvas(self) -> CanvasView:
        """The page in view."""
        view = self.application.window.project_view
        assert view is not None
        return view.canvas

    @property
    def bench(self) -> Workbench:
        """The open project."""
        assert self.application.bench is not None
        return self.application.bench

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return self.bench.selection

    @property
    def page(self) -> Page:
        """The page in view as it is now."""
        page = self.bench.editor.page
        assert page is not None
        return page

    def process(self) -> None:
        """Do what is waiting, painting included."""
        self.qt.processEvents()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Let the window live until something is so."""
        end = time.monotonic() + 300
        while not is_so():
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.002)
            self.process()

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key over the page."""
        QTest.keyClick(self.canvas, key, held)

    def close(self) -> None:
        """Close the window and everything behind it."""
        self.application.window.close()
        self.process()
