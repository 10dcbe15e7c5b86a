"""The rules of the code: who imports whom, style, types, and a light process for the window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
HEAVY = ("torch", "onnxruntime", "transformers", "pymupdf", "fitz", "scipy", "pycocotools")
LATE = ("sqlalchemy", "numpy", "PIL")


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )


def _modules_after(statement: str) -> set[str]:
    """The modules a fresh interpreter has loaded after the statement."""
    result = _run(sys.executable, "-c", f"{statement}\nimport sys\nprint(*sys.modules)")
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "command",
    [
        ("lint-imports", "--no-cache"),
        ("ruff", "check", "--no-cache", "."),
        ("ruff", "format", "--check", "--no-cache", "."),
        ("mypy",),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_code_keeps_the_rules(command: tuple[str, ...]) -> None:
    result = _run(str(TOOLS / command[0]), *command[1:])
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "module", ["desktop.application", "desktop.jobs.runner", "desktop.window.main_window"]
)
def test_window_process_loads_nothing_heavy(module: str) -> None:
    assert _modules_after(f"import {module}").isdisjoint(HEAVY)


def test_window_appears_before_the_store_and_pictures_are_imported() -> None:
    assert _modules_after("import desktop.window.main_window").isdisjoint(LATE)


@pytest.mark.parametrize(
    "module",
    [
        "desktop.cli",
        "desktop.store.store",
        "desktop.document.edits",
        "desktop.document.history",
        "desktop.document.review",
        "desktop.canvas.geometry",
        "desktop.jobs.work",
        "model_backend.service",
    ],
)
def test_parts_without_a_window_load_no_qt(module: str) -> None:
    assert "PySide6" not in _modules_after(f"import {module}")


def test_way_to_the_window_loads_no_command_line_library() -> None:
    loaded = _modules_after("import desktop.__main__")
    assert loaded.isdisjoint({"typer", "rich", "click", "sqlalchemy", "PySide6"})


def _sources() -> list[Path]:
    return [
        path for package in ("desktop", "model_backend") for path in (ROOT / package).rglob("*.py")
    ]


def test_modules_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _sources()
        if (lines := len(path.read_text().splitlines())) > 500
    }
    assert long == {}


def test_foreign_files_are_opened_with_a_list_of_formats() -> None:
    """Pillow starts Ghostscript for an EPS named .png unless it is told which formats to try."""
    careless = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _sources()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "Image.open(" in line and "formats=" not in line and "BytesIO" not in line
    ]
    assert careless == []
