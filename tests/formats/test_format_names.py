"""Every format is known everywhere under the same name."""

from __future__ import annotations

import pytest

from desktop import cli
from desktop.dialogs.formats import EXPORTED_FORMATS, FORMAT_TEXTS, IMPORTED_FORMATS
from model_backend.formats import FORMATS, READ_ONLY, WRITE_ONLY, module_of, readable, writable


def test_command_line_and_dialogs_offer_all_formats() -> None:
    assert {item.value for item in cli.Format} == set(FORMATS)
    assert {name for name, _text in FORMAT_TEXTS} == set(FORMATS)
    assert {name for name, _text in IMPORTED_FORMATS} == set(readable())
    assert {name for name, _text in EXPORTED_FORMATS} == set(writable())
    assert not READ_ONLY & WRITE_ONLY


@pytest.mark.parametrize("name", FORMATS)
def test_modules_have_what_their_directions_need(name: str) -> None:
    module = module_of(name)
    assert hasattr(module, "Writer") == (name in writable())
    assert hasattr(module, "read_member") == hasattr(module, "members") == (name in readable())
