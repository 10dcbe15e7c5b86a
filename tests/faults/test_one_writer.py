"""Whoever starts in the same moment, by whatever name of the folder: one writes, others read."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.errors import UserError
from desktop.store import places
from desktop.store.lock import NAME, ProjectHeldError
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of

TESTS = Path(__file__).resolve().parent.parent
Process = subprocess.Popen[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Store.create(tmp_path / "project.proofdesk") as store:
        store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
        return store.folder


def _names(folder: Path) -> list[str]:
    """The folder by all the names it can have."""
    link = folder.with_name("link.proofdesk")
    if not link.exists():
        link.symlink_to(folder)
    return [
        str(folder),
        str(link),
        f"{folder}/./documents/..",
        f"{folder.parent}//{folder.name}/",
        os.path.relpath(folder),
    ]


@contextlib.contextmanager
def _windows(names: list[str]) -> Iterator[list[Process]]:
    path = os.pathsep.join([str(TESTS), str(TESTS / "faults"), str(TESTS.parent)])
    with contextlib.ExitStack() as opened:
        made = [
            opened.enter_context(
                subprocess.Popen(
                    [
                        sys.executable,
                        str(TESTS / "faults" / "opening_window.py"),
                        name,
                        str(number),
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    env={**os.environ, "PYTHONPATH": path},
                )
            )
            for number, name in enumerate(names)
        ]
        opened.callback(lambda: [process.kill() for process in made])
        assert [_heard(process) for process in made] == ["ready"] * len(names)
        yield made


def _heard(process: Process) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _tell(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _round(folder: Path, count: int) -> None:
    names = _names(folder)
    with _windows([names[number % len(names)] for number in range(count)]) as windows:
        for process in windows:
            _tell(process)
        said = [_heard(process) for process in windows]
        assert said.count("writes") == 1, said
        writer = said.index("writes")
        user, host = getpass.getuser(), socket.gethostname()
        holder = f"by {user} on {host}, process {windows[writer].pid}, since {date.today():%Y}"
        for line in said[:writer] + said[writer + 1 :]:
            assert line.startswith("reads 12 words: ")
            assert "is open already" in line
            assert holder in line
        windows[writer].kill()
        windows[writer].wait()
        start = time.monotonic()
        with Store.open(folder) as store:
            assert time.monotonic() - start < 5
            assert store.page(1).note == f"number {writer}"
    assert problem_of(folder / FILE) == ""


@pytest.mark.skipif(os.name == "nt", reason="links and signal 9")
def test_of_many_that_start_at_once_one_writes(folder: Path) -> None:
    _round(folder, 8)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_of_two_to_ten_that_start_at_once_one_writes_every_time(folder: Path) -> None:
    for number in range(45):
        _round(folder, 2 + number % 9)


def test_file_with_two_names_is_refused(folder: Path, tmp_path: Path) -> None:
    """The other name has a lock and a log of its own: two would write at once."""
    twin = tmp_path / "twin.proofdesk"
    twin.mkdir()
    os.link(folder / FILE, twin / FILE)
    for one in (folder, twin):
        with pytest.raises(UserError, match=r"one file under two names \(a link\)"):
            Store.open(one)
    (twin / FILE).unlink()
    (twin / FILE).symlink_to(folder / FILE)
    with pytest.raises(UserError, match="one file under two names"):
        Store.open(twin)
    Store.open(folder).close()


@pytest.mark.parametrize("process", [os.getpid(), 1, 4_000_000], ids=["our own", "1", "none"])
def test_lock_of_a_process_that_died_is_taken_over_whoever_has_its_number_now(
    folder: Path, process: int
) -> None:
    holder = {"user": "x", "host": socket.gethostname(), "process": process, "at": "2020-01-01"}
    (folder / NAME).write_text(json.dumps(holder))
    start = time.monotonic()
    with Store.open(folder) as store:
        assert time.monotonic() - start < 5
        assert store.left_open == ""
        assert json.loads((folder / NAME).read_text())["process"] == os.getpid()
    assert (folder / NAME).read_text() == ""


@pytest.mark.parametrize("content", ["", "{", "[1]", "null", '{"user": 3}', "\0" * 100])
def test_lock_with_anything_in_it_locks_all_the_same(folder: Path, content: str) -> None:
    (folder / NAME).write_text(content)
    with Store.open(folder):
        (folder / NAME).write_text(content)
        with pytest.raises(ProjectHeldError, match="is open already: by"):
            Store.open(folder)


def test_lock_of_another_computer_is_told_where_locks_may_not_reach(
    folder: Path, tmp_path: Path
) -> None:
    holder = {"user": "kim", "host": "elsewhere", "process": 7, "at": "2026-01-02T03:04:05+00:00"}
    there = tmp_path / "Dropbox" / folder.name
    shutil.copytree(folder, there)
    for place in (folder, there):
        (place / NAME).write_text(json.dumps(holder))
    with Store.open(folder) as store:
        assert store.left_open == ""
    with Store.open(there) as store:
        assert "kim did not close this project on elsewhere (opened 2026-01-0" in store.left_open
    with Store.open(there) as store:
        assert store.left_open == ""
    assert not places.place_of(there).is_plain


def test_who_reads_is_not_kept_out_and_keeps_nobody_out(folder: Path) -> None:
    document = OpenDocument(Store.open(folder))
    with Store.open(folder, read_only=True) as first, Store.open(folder, read_only=True) as second:
        document.apply("Note", edits.set_note(document.page(1), "seen by all"))
        assert first.page(1).note == second.page(1).note == "seen by all"
    document.close()


def test_project_that_was_made_anew_in_its_place_is_not_written(folder: Path) -> None:
    """The folder was moved away and another put there: the lock that is held is the old one's."""
    document = OpenDocument(Store.open(folder))
    page = document.page(1)
    folder.rename(folder.with_name("moved.proofdesk"))
    shutil.copytree(folder.with_name("moved.proofdesk"), folder)
    with pytest.raises(UserError, match="was moved, renamed or deleted"):
        document.apply("Note", edits.set_note(page, "to which of both?"))
    document.close()
    for place in (folder, folder.with_name("moved.proofdesk")):
        with Store.open(place) as store:
            assert store.page(1).note == ""
