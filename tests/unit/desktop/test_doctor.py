"""The doctor's verdicts."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from desktop import doctor
from desktop.doctor import Verdict
from model_backend.errors import UserError
from model_backend.sources import ocr


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_versions_of_sqlite_with_the_fault_are_known(
    version: tuple[int, ...], is_safe: bool
) -> None:
    assert doctor.has_safe_wal(version) is is_safe


def test_missing_tesseract_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> tuple[str, ...]:
        raise UserError("Tesseract is not installed.")

    monkeypatch.setattr(ocr, "installed_languages", absent)
    (found,) = doctor._tesseract()
    assert found.verdict is Verdict.MISSING
    assert "apt-get install tesseract-ocr" in found.remedy


def test_missing_language_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed_languages", lambda: ("eng",))
    first, second = doctor._tesseract()
    assert first.verdict is Verdict.OK
    assert second.verdict is Verdict.NOTE
    assert "tesseract-ocr-kor" in second.remedy


def test_full_disk_is_a_note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**12, 10**12, 10**8))
    (found,) = doctor._disk()
    assert found.verdict is Verdict.NOTE
    assert "0.1 GB" in found.text


def test_library_that_ends_its_process_does_not_end_the_doctor() -> None:
    assert doctor._says("import os; os.abort()").returncode != 0
    assert doctor._says("print('here')").stdout == "here\n"
