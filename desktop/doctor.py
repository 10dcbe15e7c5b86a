"""`proofdesk doctor`: what this machine has and lacks, and what to do about it; no Qt."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desktop.settings.settings_file import default_path, projects_folder
from model_backend.errors import UserError

SHOWN_VERSIONS = (
    "proofdesk",
    "PySide6-Essentials",
    "PyMuPDF",
    "Pillow",
    "SQLAlchemy",
    "onnxruntime",
    "numpy",
)
LEAST_SPACE = 2 * 10**9
"""Bytes below which a project of scans soon fills the disk."""
SAFE_SQLITE = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""First versions of their lines without the WAL-reset fault; later lines have the repair too."""
SECONDS = 60


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    NOTE = "note"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: what was looked at, what was found, what to do about it."""

    name: str
    verdict: Verdict
    text: str
    remedy: str = ""


def findings() -> Iterator[Finding]:
    """All checks, in the order of what matters."""
    for check in CHECKS:
        yield from check()


def _ok(name: str, text: str) -> Finding:
    return Finding(name, Verdict.OK, text)


def _versions() -> Iterator[Finding]:
    yield _ok("Python", f"{platform.python_version()} on {platform.platform(terse=True)}")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in SHOWN_VERSIONS]
    yield _ok("Packages", ", ".join(versions))


def _tesseract() -> Iterator[Finding]:
    from model_backend.sources.ocr import installed_languages

    try:
        languages = installed_languages()
    except UserError as error:
        remedy = "sudo apt-get install tesseract-ocr tesseract-ocr-eng tesseract-ocr-kor"
        yield Finding("Tesseract", Verdict.MISSING, str(error), remedy)
        return
    yield _ok("Tesseract", f"reads {', '.join(languages)}")
    for code in ("eng", "kor"):
        if code not in languages:
            remedy = f"sudo apt-get install tesseract-ocr-{code}"
            yield Finding("Tesseract", Verdict.NOTE, f"the language {code} is missing", remedy)


def _qt() -> Iterator[Finding]:
    found = _says("from PySide6 import QtCore, QtGui, QtWidgets; print(QtCore.qVersion())")
    if found.returncode:
        text = "Qt cannot be loaded: " + last_line(found.stderr)
        remedy = "sudo apt-get install libegl1 libgl1 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1"
        yield Finding("Qt", Verdict.MISSING, text, remedy)
        return
    yield _ok("Qt", found.stdout.strip())
    yield from _window_libraries()


def _window_libraries() -> Iterator[Finding]:
    """What Qt's plugin for X11 lacks: Qt itself says only that it could not load it."""
    spec = importlib.util.find_spec("PySide6")
    if sys.platform != "linux" or spec is None or spec.origin is None or not shutil.which("ldd"):
        return
    plugin = Path(spec.origin).parent / "Qt/plugins/platforms/libqxcb.so"
    needed = run("ldd", str(plugin)).stdout
    lacking = [line.split()[0] for line in needed.splitlines() if "not found" in line]
    if lacking:
        text = f"windows need {', '.join(lacking)}"
        yield Finding("Window", Verdict.MISSING, text, "sh installer/bootstrap.sh run")
    elif os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield _ok("Window", "there is a display, and all libraries are there")
    elif shutil.which("Xvfb"):
        yield _ok("Window", "no display here; all libraries and Xvfb are there")
    else:
        text = "no display here, and Xvfb is not installed"
        yield Finding("Window", Verdict.NOTE, text, "sudo apt-get install xvfb")


def _pdf() -> Iterator[Finding]:
    found = _says("import pymupdf; print(pymupdf.mupdf_version)")
    if found.returncode:
        text = "PyMuPDF cannot be loaded: " + last_line(found.stderr)
        yield Finding("PDF", Verdict.MISSING, text, "sh installer/bootstrap.sh run")
    else:
        yield _ok("PDF", f"MuPDF {found.stdout.strip()}")


def _models() -> Iterator[Finding]:
    from desktop.doctor_models import models

    yield from models()


def _sqlite() -> Iterator[Finding]:
    version = sqlite3.sqlite_version
    if has_safe_wal(sqlite3.sqlite_version_info):
        yield _ok("SQLite", version)
        return
    text = (
        f"{version} has a fault in write-ahead logs that several writing connections can meet;"
        " Proofdesk uses one"
    )
    yield Finding("SQLite", Verdict.NOTE, text, "nothing, or a Python with SQLite 3.51.3 or later")


def has_safe_wal(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset fault."""
    return version >= SAFE_SQLITE[-1] or any(
        version[:2] == safe[:2] and version >= safe for safe in SAFE_SQLITE
    )


def _disk() -> Iterator[Finding]:
    folder = projects_folder()
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    free = shutil.disk_usage(there).free
    text = f"{free / 1e9:.1f} GB free where projects are kept ({folder})"
    if free >= LEAST_SPACE:
        yield _ok("Disk", text)
    else:
        yield Finding("Disk", Verdict.NOTE, text, "free some space, or keep projects elsewhere")


def _fonts() -> Iterator[Finding]:
    if not shutil.which("fc-list"):
        return
    if not run("fc-list", ":", "family").stdout.strip():
        yield Finding("Fonts", Verdict.MISSING, "none", "sudo apt-get install fonts-dejavu-core")
    elif not run("fc-list", ":lang=ko", "family").stdout.strip():
        text = "none for Korean: its letters are shown as empty boxes"
        yield Finding("Fonts", Verdict.NOTE, text, "sudo apt-get install fonts-noto-cjk")
    else:
        yield _ok("Fonts", "there, Korean too")


def _settings() -> Iterator[Finding]:
    path = default_path()
    folder = next(folder for folder in path.parents if folder.is_dir())
    if os.access(path if path.exists() else folder, os.W_OK):
        yield _ok("Settings", str(path))
    else:
        yield Finding("Settings", Verdict.NOTE, f"{path} cannot be written", f"chmod u+w {folder}")


def _says(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own: a library that crashes must not end the doctor."""
    return run(sys.executable, "-c", code)


def run(*command: str, seconds: float = SECONDS) -> subprocess.CompletedProcess[str]:
    """What a command says; a failure where it takes too long."""
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, check=False, errors="replace"
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(
            command, 1, "", f"no answer within {seconds:.0f} seconds"
        )


def last_line(text: str) -> str:
    """The last line that a program said."""
    return (text.strip().splitlines() or ["no message"])[-1]


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _versions,
    _qt,
    _pdf,
    _tesseract,
    _sqlite,
    _fonts,
    _disk,
    _settings,
    _models,
)
