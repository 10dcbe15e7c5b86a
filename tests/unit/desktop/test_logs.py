"""The log says where something happened and of what kind it was, never a word of a document."""

from __future__ import annotations

import ast
import errno
import logging
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop import bugs, logs
from model_backend.errors import UserError
from model_backend.traces import Harmless, lines_in, lines_of

ROOT = Path(__file__).resolve().parents[3]
SECRET = "Kim Minsu"
LEVELS = ("debug", "info", "warning", "error", "exception", "critical", "log")
log = logging.getLogger("desktop.test")


@pytest.fixture
def told() -> list[OSError]:
    return []


@pytest.fixture
def started(told: list[OSError]) -> Iterator[logs.LogFile]:
    handler = logs.start("test", told.append)
    assert handler is not None
    yield handler
    handler.stop()


def written() -> str:
    return "".join(path.read_text() for path in logs.files())


@pytest.mark.parametrize(
    "say",
    [
        lambda: log.error("%s: %s", SECRET, Path(f"/home/{SECRET}/scan.png")),
        lambda: log.warning("not read: %s", OSError(errno.ENOENT, SECRET, SECRET)),
        lambda: log.warning("%r and %s", SECRET, [SECRET]),
        lambda: log.warning("%(name)s", {"name": SECRET}),
        lambda: logging.getLogger("alembic").warning(f"reading {SECRET}"),  # noqa: LOG015
        lambda: logging.getLogger("PIL").warning("reading %s", SECRET),
    ],
)
def test_log_lines_hold_no_text_that_was_given(
    say: Callable[[], None], started: logs.LogFile
) -> None:
    say()
    assert SECRET not in written()
    assert "Kim" not in written()
    assert "WARNING" in written() or "ERROR" in written()


def test_line_with_too_few_arguments_is_its_template(started: logs.LogFile) -> None:
    values = {"name": "desktop.x", "msg": "too few: %s %s", "args": (SECRET,)}
    started.handle(logging.makeLogRecord(values))
    assert written().endswith("desktop.x: too few: %s %s\n")


def test_numbers_kinds_and_harmless_texts_are_written(started: logs.LogFile) -> None:
    log.error("%s of %d: %s", Harmless("view"), 7, PermissionError(errno.EACCES, SECRET))
    assert "view of 7: PermissionError (EACCES)" in written()


def test_same_text_has_the_same_mark(started: logs.LogFile) -> None:
    log.error("%s", SECRET)
    log.error("%s", SECRET)
    log.error("%s", "another")
    marks = [line.rpartition("<")[2] for line in written().splitlines()]
    assert marks[0] == marks[1] != marks[2]


@pytest.mark.usefixtures("wanted_bugs")
def test_bug_is_written_with_its_places_and_causes_and_no_message(started: logs.LogFile) -> None:
    def inner() -> None:
        raise sqlite3.OperationalError(SECRET)

    try:
        try:
            inner()
        except sqlite3.OperationalError as error:
            raise UserError("{file} is bad", file=Path(f"{SECRET}.png")) from error
    except UserError as error:
        bugs.report(error)
    text = written()
    assert "model_backend.errors.UserError" in text
    assert "after sqlite3.OperationalError" in text
    assert "tests/unit/desktop/test_logs.py" in text
    assert " inner" in text
    assert SECRET not in text
    assert ".png" not in text


def test_traceback_as_text_becomes_places_and_kinds(samples: Path) -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/home/kim/proofdesk/model_backend/x.py", line 3, in read\n'
        f'    raise ValueError("{SECRET}")\n'
        f"some.module.OddError: {SECRET}\n{SECRET} said: Hello\nFatal Python error: Aborted\n"
    )
    assert lines_in(text) == [
        "  model_backend/x.py:3 read",
        "some.module.OddError",
        "Fatal Python error: Aborted",
    ]


def test_errors_that_cause_each_other_in_a_circle_end() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert lines_of(first) == ["ValueError", "after KeyError"]


def test_log_rotates_and_keeps_few_files(
    told: list[OSError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LARGEST", 2000)
    handler = logs.start("test", told.append)
    assert handler is not None
    for number in range(500):
        log.error("line %d", number)
    handler.stop()
    names = sorted(path.name for path in logs.files())
    assert names == ["test.log", "test.log.1", "test.log.2", "test.log.3"]
    assert all(path.stat().st_size <= 2000 for path in logs.files())
    assert "line 499" in (logs.folder() / "test.log").read_text()
    assert told == []


def test_log_that_goes_while_the_logs_are_listed_is_none(started: logs.LogFile) -> None:
    log.error("line")
    (logs.folder() / "test.log.1").symlink_to(logs.folder() / "gone")
    assert [path.name for path in logs.files()] == ["test.log"]


_WRITER = """
import logging, sys
from desktop import logs
logs.LARGEST = 100_000
handler = logs.start("test", print)
print("here", flush=True)
sys.stdin.readline()
for number in range(1500):
    logging.getLogger("desktop.test").error("%d of %d", int(sys.argv[1]), number)
handler.stop()
"""


@pytest.mark.timeout(120)
def test_two_processes_lose_no_line_of_each_other() -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(number)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in (1, 2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "here\n"
    said = [writer.communicate("go\n")[0] for writer in writers]
    assert said == ["", ""]
    found = re.findall(r"desktop\.test: (\d) of (\d+)$", written(), re.MULTILINE)
    assert len(found) == len(set(found)) == 3000
    assert {path.name.partition(".")[0] for path in logs.files()} == {"test", "test-2"}


def test_log_is_taken_up_again_when_its_process_is_gone(told: list[OSError]) -> None:
    for _start in range(2):
        handler = logs.start("test", told.append)
        assert handler is not None
        log.error("line")
        handler.stop()
    assert [path.name for path in logs.files()] == ["test.log"]


def test_folder_that_cannot_be_written_is_told_once_and_nothing_fails(
    told: list[OSError], isolated_home: Path
) -> None:
    logs.folder().parent.mkdir(parents=True, exist_ok=True)
    logs.folder().write_text("a file is where the folder should be")
    assert logs.start("test", told.append) is None
    assert len(told) == 1
    log.error("line")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no disk that is always full here")
def test_full_disk_is_told_once_and_the_work_goes_on(told: list[OSError]) -> None:
    logs.folder().mkdir(parents=True)
    (logs.folder() / "test.log").symlink_to("/dev/full")
    handler = logs.start("test", told.append)
    assert handler is not None
    for number in range(20):
        log.error("line %d", number)
    assert [error.errno for error in told] == [errno.ENOSPC]
    handler.stop()


def test_log_that_was_moved_away_harms_nobody(
    told: list[OSError], started: logs.LogFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(started, "maxBytes", 200)
    for path in logs.files():
        path.unlink()
    for number in range(20):
        log.error("line %d", number)
    assert len(told) <= 1


def calls_of_logs() -> Iterator[tuple[str, ast.Call]]:
    for package in ("desktop", "model_backend"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id in ("log", "logger")
                    and node.func.attr in LEVELS
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_first_argument_of_a_log_call_is_a_constant() -> None:
    """What varies goes into the other arguments, of which nothing is written that could tell."""
    found = list(calls_of_logs())
    assert len(found) > 5
    assert [
        place
        for place, call in found
        if not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
    ] == []


def test_nothing_is_written_to_standard_error_by_a_failing_log(
    told: list[OSError], capfd: pytest.CaptureFixture[str]
) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no disk that is always full here")
    logs.folder().mkdir(parents=True)
    (logs.folder() / "test.log").symlink_to("/dev/full")
    handler = logs.start("test", told.append)
    assert handler is not None
    log.error("%s", SECRET)
    handler.stop()
    assert SECRET not in capfd.readouterr().err
    assert sys.stderr is not None
