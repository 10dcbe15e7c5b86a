"""The dialog of the log says what an empty log means."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.dialogs.log_dialog import EMPTY, LogDialog


@pytest.mark.parametrize("has_file", [False, True])
def test_empty_log_says_that_only_mistakes_are_written(
    tmp_path: Path, qtbot: QtBot, *, has_file: bool
) -> None:
    file = tmp_path / "window.log"
    file.touch()
    dialog = LogDialog([file] if has_file else [], lambda: None)
    qtbot.addWidget(dialog)
    assert dialog.text.toPlainText() == EMPTY
    file.write_text("a mistake")
    other = LogDialog([file], lambda: None)
    qtbot.addWidget(other)
    assert other.text.toPlainText() == "a mistake"
