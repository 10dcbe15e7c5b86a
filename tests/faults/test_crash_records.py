"""A process that crashed leaves a record, which the next start tells of in one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from desktop import crashes, logs
from desktop.cli import main as run_command

ROOT = Path(__file__).resolve().parents[2]
WINDOW = """
import sys, faulthandler
from PySide6.QtCore import QTimer
from desktop import application
made = application.make_application
def make(arguments):
    qt, window = made(arguments)
    {what}
    return qt, window
application.make_application = make
sys.exit(application.main([]))
"""
TELL = """
    def tell():
        print(*window.window.messages.texts, sep="\\n", flush=True)
        window.window.close()
    window.window.first_shown.connect(lambda: QTimer.singleShot(500, tell))
"""
CRASH = "QTimer.singleShot(500, faulthandler._sigsegv)"
HANG = "QTimer.singleShot(500, lambda: print('here', flush=True))"


def start(what: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WINDOW.format(what=what.strip())],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.timeout(180)
def test_crash_of_the_window_is_told_at_the_next_start_once() -> None:
    crashed = start(CRASH)
    crashed.communicate(timeout=80)
    assert crashed.returncode == -signal.SIGSEGV
    said, errors = start(TELL).communicate(timeout=80)
    assert "ended unexpectedly" in said, errors
    (record,) = crashes.records(logs.folder())
    text = record.read_text()
    assert "Segmentation fault" in text
    assert "desktop/application.py" in text
    said, _errors = start(TELL).communicate(timeout=80)
    assert "ended unexpectedly" not in said
    assert crashes.records(logs.folder()) == [record]
    assert not list(logs.folder().glob("running-*"))


@pytest.mark.timeout(120)
@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 9")
def test_window_that_runs_or_was_killed_leaves_no_record() -> None:
    running = start(HANG)
    assert running.stdout is not None
    assert running.stdout.readline() == "here\n"
    assert crashes.collect(logs.folder()) == []
    assert len(list(logs.folder().glob("running-*"))) == 1
    running.kill()
    running.communicate(timeout=30)
    assert crashes.collect(logs.folder()) == []
    assert not list(logs.folder().glob("running-*"))


def test_few_records_are_kept(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"crash 2026-01-{number + 1:02} 10.00.00.txt").write_text("Fatal")
    (tmp_path / "running-999999999.txt").write_text("Fatal Python error")
    assert len(crashes.collect(tmp_path)) == 1
    assert len(crashes.records(tmp_path)) == crashes.KEPT


@pytest.mark.parametrize("name", ["running-.txt", "running-abc.txt", "running-99999999999999.txt"])
def test_file_that_is_no_record_harms_nobody(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    crashes.collect(tmp_path)


@pytest.mark.timeout(60)
def test_command_line_writes_a_log_and_leaves_no_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["doctor", "--json"]) in (0, 1)
    capsys.readouterr()
    assert (logs.folder() / "command.log").exists()
    assert not list(logs.folder().glob("running-*"))


def test_record_of_a_process_that_had_our_number_is_kept(tmp_path: Path) -> None:
    """Where the program is alone in its container, it has the same number each time."""
    left = tmp_path / f"{crashes.RUNNING}{os.getpid()}.txt"
    left.write_text("Fatal Python error: Segmentation fault")
    (record,) = crashes.collect(tmp_path)
    assert "Segmentation fault" in record.read_text()
    assert not left.exists()


def test_record_that_cannot_be_moved_holds_up_no_other(tmp_path: Path) -> None:
    """As on Windows that of a window which is open; here since what it would become is a folder."""
    stuck, left = (tmp_path / f"{crashes.RUNNING}{name}.txt" for name in ("0a", "1b"))
    for path, at in ((stuck, 1_700_000_000), (left, 1_800_000_000)):
        path.write_text(f"Fatal Python error: Aborted {at}")
        os.utime(path, (at, at))
    time = datetime.fromtimestamp(1_700_000_000)
    (tmp_path / f"{crashes.RECORD}{time:%Y-%m-%d %H.%M.%S}.txt").mkdir()
    (record,) = crashes.collect(tmp_path)
    assert record.read_text().endswith("1800000000")
    assert stuck.exists()
