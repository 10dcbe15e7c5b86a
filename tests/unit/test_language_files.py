"""A catalogue that is missing or damaged stops nothing: the texts are English, and it is said."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from model_backend import translation
from model_backend.translation import _, language, use_language

NAME = Path("ko/LC_MESSAGES/proofdesk.mo")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Catalogues of its own, and English again afterwards."""
    (tmp_path / NAME).parent.mkdir(parents=True)
    shutil.copy(translation.TRANSLATIONS / NAME, tmp_path / NAME)
    monkeypatch.setattr(translation, "TRANSLATIONS", tmp_path)
    yield tmp_path
    use_language("en")


def test_whole_catalogue_is_used(folder: Path) -> None:
    assert use_language("ko")
    assert _("Open files...") != "Open files..."


def test_missing_catalogue_is_english_and_said(folder: Path) -> None:
    (folder / NAME).unlink()
    assert not use_language("ko")
    assert _("Open files...") == "Open files..."
    assert language() == "ko"


def test_english_needs_no_catalogue(folder: Path) -> None:
    assert use_language("en")


@pytest.mark.parametrize("content", [b"", b"\xde\x12\x04\x95", b"x" * 10_000, b"\x00" * 100])
def test_damaged_catalogue_is_english_and_said(folder: Path, content: bytes) -> None:
    (folder / NAME).write_bytes(content)
    assert not use_language("ko")
    assert _("Open files...") == "Open files..."


def test_folder_in_place_of_a_catalogue_is_english_and_said(folder: Path) -> None:
    (folder / NAME).unlink()
    (folder / NAME).mkdir()
    assert not use_language("ko")


def test_changed_bytes_never_stop_the_program(folder: Path) -> None:
    whole, chance = (folder / NAME).read_bytes(), Random(3)
    refused = 0
    for number in range(300):
        data = bytearray(whole)
        for _change in range(chance.choice((1, 4, 40))):
            where = chance.randrange(min(len(data), chance.choice((30, 400, len(data)))))
            data[where] = chance.randrange(256)
        if number % 3 == 0:
            del data[chance.randrange(len(data)) :]
        path = folder / str(number) / NAME
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        translation.TRANSLATIONS = folder / str(number)  # each a place that gettext has not seen
        refused += not use_language("ko")
        assert _("Open files...")
    assert refused > 100
