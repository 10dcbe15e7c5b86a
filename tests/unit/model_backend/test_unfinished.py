"""Folders made beside their place: gone in the end, and what a killed process left goes, too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from model_backend import unfinished
from model_backend.unfinished import LOCK, NEW_SECONDS, folder_beside, remove_abandoned

_MAKER = """
import os, sys
from pathlib import Path
from model_backend.unfinished import folder_beside
with folder_beside(Path(sys.argv[1])) as folder:
    (folder / "half").write_text("x")
    print("made", flush=True)
    sys.stdin.readline()
"""


def test_folder_is_moved_or_gone(tmp_path: Path) -> None:
    with folder_beside(tmp_path / "out") as folder:
        (folder / "a").write_text("a")
        folder.rename(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with pytest.raises(ValueError, match="no"), folder_beside(tmp_path / "other"):
        raise ValueError("no")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 9")
def test_what_a_killed_process_left_goes_and_what_another_makes_stays(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _MAKER, str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == b"made\n"
        remove_abandoned(tmp_path)
        with folder_beside(tmp_path / "mine"):
            remove_abandoned(tmp_path)
            assert len(list(tmp_path.glob(".*.part/data"))) == 2
        maker.send_signal(signal.SIGKILL)
    assert len(list(tmp_path.glob(".*.part/data/half"))) == 1
    remove_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_folder_without_its_lock_goes_when_it_is_old_and_empty(tmp_path: Path) -> None:
    new, old, strange = (tmp_path / f".{name}.part" for name in ("new", "old", "strange"))
    for folder in (new, old, strange):
        folder.mkdir()
    (strange / "somebody's").write_text("x")
    for folder in (old, strange):
        os.utime(folder, (0, time.time() - 2 * NEW_SECONDS))
    remove_abandoned(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {".new.part", ".strange.part"}
    assert not (strange / LOCK).exists()


@pytest.mark.skipif(os.name == "nt", reason="there an open file cannot be deleted")
def test_folder_is_not_taken_for_abandoned_while_its_lock_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may look at any moment: here just before, and just after it is held."""
    hold = unfinished.hold

    def watched(lock: IO[str]) -> None:
        remove_abandoned(tmp_path)
        hold(lock)
        remove_abandoned(tmp_path)

    monkeypatch.setattr(unfinished, "hold", _once(watched, hold))
    with folder_beside(tmp_path / "out") as folder:
        remove_abandoned(tmp_path)
        (folder / "a").write_text("a")
    assert list(tmp_path.iterdir()) == []


def _once(first: Callable[[IO[str]], None], then: Callable[[IO[str]], None]) -> Callable[..., None]:
    """The first call is the maker's."""
    calls = iter([first])

    def call(lock: IO[str]) -> None:
        next(calls, then)(lock)

    return call


def test_folder_whose_making_was_cut_short_goes_when_it_is_old(tmp_path: Path) -> None:
    folder = tmp_path / ".old.part"
    folder.mkdir()
    (folder / unfinished.NEW_LOCK).touch()
    remove_abandoned(tmp_path)
    assert folder.exists()
    os.utime(folder, (0, time.time() - 2 * NEW_SECONDS))
    remove_abandoned(tmp_path)
    assert not folder.exists()
