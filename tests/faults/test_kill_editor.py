"""An editor killed with signal 9 at any moment loses nothing that was on the screen."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import scripted_editor
from edit_scripts import document_of, full_page

from desktop.store.store import Store
from model_backend.document import Page

KILLS = 20
TESTS = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 9")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Store.create(tmp_path / "project.proofdesk") as store:
        store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
        return store.folder


@pytest.mark.timeout(300)
def test_killed_editor_keeps_every_acknowledged_edit(folder: Path) -> None:
    chance = random.Random(7)
    with Store.open(folder, read_only=True) as store:
        pages = {page_id: store.page(page_id) for page_id in store.page_ids()}
    number, edits_seen = 0, 0
    for _kill in range(KILLS):
        acknowledged = _run_and_kill(folder, number, chance.uniform(0, 0.12))
        for last in acknowledged:
            assert last == number
            pages, number = _after(pages, number), number + 1
        pages, number = _found(folder, pages, number)
        edits_seen += len(acknowledged)
    assert edits_seen > KILLS


def _run_and_kill(folder: Path, first: int, delay: float) -> list[int]:
    """Numbers of the edits that the editor said were saved before it was killed."""
    path = os.pathsep.join([str(TESTS), str(TESTS / "faults"), str(TESTS.parent)])
    with subprocess.Popen(
        [sys.executable, str(TESTS / "faults" / "scripted_editor.py"), str(folder), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as editor:
        assert editor.stdout is not None
        assert editor.stdout.readline() == "ready\n"
        killer = threading.Timer(delay, editor.send_signal, [signal.SIGKILL])
        killer.start()
        lines = editor.stdout.readlines()
        killer.join()
    assert editor.returncode == -signal.SIGKILL
    return [int(line) for line in lines if line.endswith("\n")]


def _after(pages: dict[int, Page], number: int) -> dict[int, Page]:
    _text, page = scripted_editor.edit(number, pages.__getitem__, tuple(pages))
    return {**pages, page.id: page}


def _found(folder: Path, pages: dict[int, Page], number: int) -> tuple[dict[int, Page], int]:
    """What a new start finds: the last acknowledged state, or the one after it; all of it sound."""
    start = time.monotonic()
    with Store.open(folder) as store:
        assert time.monotonic() - start < 5
        found = {page_id: store.page(page_id) for page_id in store.page_ids()}
        head = store.head
    connection = sqlite3.connect(folder / "project.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    if found != pages:
        pages, number = _after(pages, number), number + 1
        assert found == pages
    assert (head.id if head else 0) == number
    return found, number
