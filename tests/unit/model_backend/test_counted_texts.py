"""Texts about one thing are worded for one."""

from __future__ import annotations

import string

import pytest

from model_backend.quality.findings import finding
from model_backend.translation import SINGULAR, counted


def test_one_and_several_have_their_own_form() -> None:
    text = "{count} entities are linked to themselves"
    assert counted(text, 1) == "1 entity is linked to itself"
    assert counted(text, 2) == "2 entities are linked to themselves"
    assert counted("{count} of these have one form", 1) == "1 of these have one form"


def test_findings_speak_of_one() -> None:
    assert finding("rows-overlap", "a", count=1).text == "1 row overlaps its neighbour"
    assert finding("rows-overlap", "a", count=3).text == "3 rows overlap their neighbours"


@pytest.mark.parametrize("text", SINGULAR)
def test_both_forms_have_the_same_gaps(text: str) -> None:
    def gaps(form: str) -> set[str | None]:
        return {gap for _text, gap, _spec, _kind in string.Formatter().parse(form) if gap}

    assert gaps(SINGULAR[text]) | {"count"} == gaps(text)
    assert SINGULAR[text].startswith("1 ") or " 1 " in SINGULAR[text]
