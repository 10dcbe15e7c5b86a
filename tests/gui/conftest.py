"""A display of its own for tests that need a real window, and the real application."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from canvas_stand import stand
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from window_project import make_project

from desktop.appearance.theme import apply_theme
from desktop.application import Application
from desktop.settings.settings import Settings
from desktop.settings.settings_file import SettingsFile
from desktop.window.workbench import Workbench

__all__ = ["display", "stand"]


@pytest.fixture(autouse=True)
def no_button_stays_down() -> Iterator[None]:
    """What waits for a hand to let go, in this test and in all later ones, would wait for good."""
    yield
    assert QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """An X server without a screen, started for these tests alone."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.fail("Xvfb is not installed; `make test` installs it (package xvfb)")
    reading, writing = os.pipe()
    command = [
        server,
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1280x800x24",
        "-nolisten",
        "tcp",
    ]
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(command, pass_fds=[writing], stderr=nowhere)
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    try:
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def application(
    qapp: QApplication, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """The real application with its window, shared by the tests of a module."""
    folder = tmp_path_factory.mktemp("settings")
    apply_theme(qapp, "light")
    application = Application(Settings(SettingsFile(folder / "settings.json")))
    application.window.show()
    yield application
    application.window.close()
    application.window.deleteLater()
    qapp.processEvents()


@pytest.fixture
def bench(application: Application, tmp_path: Path) -> Iterator[Workbench]:
    """A project of three pages, just opened: proposals, a table and a region on the first."""
    folder = make_project(tmp_path / "Test.proofdesk")
    application.open_project(str(folder))
    assert application.bench is not None
    yield application.bench
    application.leave_project()
    # no event loop of a program runs here, which would free what is to be deleted later
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
