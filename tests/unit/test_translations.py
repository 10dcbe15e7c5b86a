"""The Korean catalogue has every text of the application, with the same gaps."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from model_backend import translation

ROOT = Path(__file__).resolve().parents[2]
FOLDER = translation.TRANSLATIONS / "ko" / "LC_MESSAGES"
KEYWORDS = dict.fromkeys(
    ("_", "mark", "UserError", "PasswordNeeded", "SetupIncomplete", "WorkerDied", "TookTooLong")
    + ("DiskFullError", "OnlyReadableError")
)


def texts_of_the_source() -> Iterator[str]:
    for package in ("desktop", "model_backend"):
        for _file, _line, text, _comments, _context in extract_from_dir(
            ROOT / package, keywords=KEYWORDS, comment_tags=()
        ):
            yield text if isinstance(text, str) else text[0]


@pytest.fixture(scope="module")
def texts() -> set[str]:
    return set(texts_of_the_source())


@pytest.fixture(scope="module")
def korean() -> dict[str, str]:
    with (FOLDER / "proofdesk.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def gaps(text: str) -> list[tuple[str, str]]:
    parts = string.Formatter().parse(text)
    return sorted((name, spec or "") for _literal, name, spec, _kind in parts if name is not None)


def test_every_text_is_translated(texts: set[str], korean: dict[str, str]) -> None:
    missing = sorted(text for text in texts if not korean.get(text))
    assert missing == []


def test_no_translation_is_left_over(texts: set[str], korean: dict[str, str]) -> None:
    assert sorted(set(korean) - texts) == []


def test_translations_have_the_same_gaps(korean: dict[str, str]) -> None:
    assert [text for text, other in korean.items() if gaps(text) != gaps(other)] == []


def test_translations_keep_file_patterns(korean: dict[str, str]) -> None:
    pattern = re.compile(r"\*\.\w+|;;|\.proofdesk")
    differing = [
        t for t, o in korean.items() if sorted(pattern.findall(t)) != sorted(pattern.findall(o))
    ]
    assert differing == []


def test_compiled_catalogue_is_that_of_the_text(korean: dict[str, str]) -> None:
    with (FOLDER / "proofdesk.mo").open("rb") as file:
        compiled = {str(m.id): str(m.string) for m in read_mo(file) if m.id}
    assert compiled == korean


def test_use_language_shows_korean_and_english_again() -> None:
    try:
        translation.use_language("ko")
        assert translation._("Settings") == "설정"
        translation.use_language("xx")
        assert translation._("Settings") == "Settings"
    finally:
        translation.use_language("en")
