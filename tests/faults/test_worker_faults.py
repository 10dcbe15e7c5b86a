"""What can go wrong in and around a worker process: each costs one piece of work, no other."""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import pickle
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import bad_workers
import psutil
import pytest

from model_backend import worker_process
from model_backend.errors import UserError
from model_backend.service import SharedPicture, WorkerDied, Workers
from model_backend.shared_picture import forget
from model_backend.worker_process import Kind

SHARED = Path("/dev/shm")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and /dev/shm of Linux")


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(batch=1)
    yield made
    made.close()


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which each process that starts leaves a file."""
    folder = tmp_path / "started"
    folder.mkdir()
    monkeypatch.setenv(bad_workers.WHERE, str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_pictures_left() -> Iterator[None]:
    yield
    assert [item.name for item in SHARED.glob(f"pd{os.getpid():x}-*")] == []


def gone(pid: int, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.02)
                continue
        return True
    return False


@contextlib.contextmanager
def few_files() -> Iterator[None]:
    """No further file can be opened in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            os.open(os.devnull, os.O_RDONLY)
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_processes_killed_at_their_start_are_replaced(
    started: Path, monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    monkeypatch.setattr("model_backend.worker_process.run", bad_workers.run_killed_at_start)
    assert workers.submit("batch", abs, -3).result(60) == 3
    assert len(list(started.iterdir())) == 3


def test_processes_that_never_start_fail_all_that_waits_without_a_loop(
    started: Path, monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    monkeypatch.setattr("model_backend.worker_process.run", bad_workers.run_never_starting)
    futures = [workers.submit("batch", abs, -number) for number in range(16)]
    errors = {str(future.exception(60)) for future in futures}
    assert len(errors) == 1
    assert "could be started" in errors.pop()
    assert len(list(started.iterdir())) == 3


@pytest.mark.parametrize("kind", ["view", "batch", "model"])
def test_no_file_left_to_open_fails_the_work_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch, workers: Workers, kind: worker_process.Kind
) -> None:
    monkeypatch.setattr("model_backend.worker.REST_SECONDS", 0.0)
    pid = workers.submit(kind, os.getpid).result(60)
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    with few_files():
        error = workers.submit(kind, abs, -1).exception(60)
    assert isinstance(error, UserError)
    assert workers.submit(kind, abs, -2).result(60) == 2


def test_no_file_left_to_open_for_the_first_process_fails_the_work(
    monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    monkeypatch.setattr("model_backend.worker.REST_SECONDS", 0.0)
    with few_files():
        error = workers.submit("batch", abs, -1).exception(60)
    assert isinstance(error, UserError)
    assert workers.submit("batch", abs, -2).result(60) == 2


def test_picture_that_cannot_be_opened_here_is_freed(workers: Workers, samples: Path) -> None:
    workers.submit("view", abs, -1).result(60)
    with few_files():
        future = workers.submit_picture("view", samples / "report.pdf", 0, scale=0.5)
        error = future.exception(60)
    assert isinstance(error, OSError)
    assert error.errno == errno.EMFILE
    assert list(SHARED.glob(f"pd{os.getpid():x}-*")) == []
    workers.submit_picture("view", samples / "report.pdf", 0, scale=0.5).result(60).discard()


def test_no_thread_to_be_had_fails_the_work(
    monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    def none(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr("model_backend.worker.Thread.start", none)
        error = workers.submit("batch", abs, -1).exception(60)
    assert isinstance(error, WorkerDied)
    assert workers.submit("batch", abs, -2).result(60) == 2


def test_no_folder_for_temporary_files_fails_the_work(
    monkeypatch: pytest.MonkeyPatch, workers: Workers, tmp_path: Path
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
        error = workers.submit("batch", abs, -1).exception(60)
    assert isinstance(error, WorkerDied)
    assert workers.submit("batch", abs, -2).result(60) == 2


@pytest.mark.parametrize("status", [0, 1, None])
def test_process_that_leaves_without_a_result_fails_its_work(
    workers: Workers, status: int | None
) -> None:
    if status is not None:
        with pytest.raises(WorkerDied):
            workers.submit("batch", os._exit, status).result(60)
    for ending in (
        workers.submit("batch", bad_workers.leaves_quietly, status),
        workers.submit("batch", bad_workers.interrupted),
    ):
        assert isinstance(ending.exception(60), Exception)  # one that ends no program
    assert workers.submit("batch", abs, -4).result(60) == 4


@pytest.mark.parametrize("how", list(bad_workers.WRONG))
def test_answer_that_is_none_ends_the_process_and_fails_its_work_only(
    started: Path, monkeypatch: pytest.MonkeyPatch, workers: Workers, how: str
) -> None:
    monkeypatch.setenv(bad_workers.HOW, how)
    monkeypatch.setattr("model_backend.worker_process.run", bad_workers.run_answering_wrongly)
    first, second = workers.submit("batch", abs, -1), workers.submit("batch", abs, -2)
    with pytest.raises(WorkerDied):
        first.result(60)
    assert second.result(60) == 2
    assert len(list(started.iterdir())) == 2


@pytest.mark.parametrize(
    "paint",
    [
        bad_workers.paint_smaller,
        bad_workers.paint_nothing,
        bad_workers.paint_nonsense,
        bad_workers.paint_negative,
        bad_workers.paint_killed_before_its_size,
        bad_workers.paint_killed_while_writing,
    ],
)
def test_picture_that_is_not_what_was_said_fails_its_work_and_is_freed(
    monkeypatch: pytest.MonkeyPatch, workers: Workers, samples: Path, paint: object
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(worker_process, "paint", paint)
        bad = workers.submit_picture("view", samples / "report.pdf", 0, scale=0.5)
    with pytest.raises(WorkerDied):
        bad.result(60)
    good: SharedPicture = workers.submit_picture(
        "view", samples / "report.pdf", 0, scale=0.5
    ).result(60)
    with good.open() as pixels:
        assert len(pixels) == good.width * good.height * 4


@pytest.mark.parametrize("seconds", [0.05, 0.3])
def test_result_of_a_process_killed_after_it_is_kept(workers: Workers, seconds: float) -> None:
    workers.submit("batch", abs, -1).result(60)
    process = workers._workers["batch"][0]._process
    assert process is not None
    assert workers.submit("batch", bad_workers.killed_later, seconds, 5).result(60) == 5
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert workers.submit("batch", abs, -6).result(60) == 6


@pytest.mark.parametrize("ending", ["cancel", "limit", "close"])
def test_process_deaf_to_signals_goes_with_its_children(ending: str, tmp_path: Path) -> None:
    workers, file = Workers(batch=1), tmp_path / "pid"
    try:
        pid = workers.submit("batch", os.getpid).result(60)
        limit = 3.0 if ending == "limit" else None
        running = workers.submit("batch", bad_workers.deaf, str(file), timeout=limit)
        deadline = time.monotonic() + 20
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        child = int(file.read_text())
        if ending == "cancel":
            running.cancel()
        if ending == "close":
            workers.close()
        assert gone(pid)
        assert gone(child)
    finally:
        workers.close()


def test_memory_that_a_worker_eats_up_is_one_message(workers: Workers) -> None:
    with pytest.raises(UserError, match="more memory"):
        workers.submit("batch", bad_workers.eats_memory).result(110)
    assert workers.submit("batch", abs, -3).result(60) == 3


@pytest.mark.parametrize("kind", ["view", "batch"])
def test_work_goes_on_where_temporary_files_were_swept_away(
    workers: Workers, samples: Path, kind: worker_process.Kind
) -> None:
    own = Path(workers.submit(kind, tempfile.gettempdir).result(60))
    shutil.rmtree(own.parent)
    _handle, name = workers.submit(kind, tempfile.mkstemp).result(60)
    assert Path(name).parent == own
    picture = workers.submit_picture("view", samples / "report.pdf", 0, scale=0.5).result(60)
    picture.discard()
    shutil.rmtree(own.parent)
    with pytest.raises(WorkerDied):  # its log is gone as well
        workers.submit(kind, os.kill, 0, signal.SIGKILL).result(60)
    assert workers.submit(kind, abs, -7).result(60) == 7


def test_picture_that_a_cleaner_took_is_told_and_leaves_no_mark(
    workers: Workers, samples: Path
) -> None:
    picture = workers.submit_picture("view", samples / "report.pdf", 0, scale=0.5).result(60)
    (SHARED / picture.name.strip("/")).unlink()
    with picture.open() as pixels:  # who holds it still reads it
        assert len(pixels) == picture.width * picture.height * 4
    forget(picture.name)


AT_THE_END = """
import atexit, sys
from pathlib import Path
from model_backend.service import Workers

if __name__ == "__main__":
    workers = Workers(batch=1)
    atexit.register(lambda: late.exception(60))
    ask = lambda: workers.submit_picture("view", Path(sys.argv[1]), 0, scale=0.3)
    ask().result(60).discard()
    late = ask()
"""


def test_picture_that_comes_while_the_program_ends_is_freed(tmp_path: Path, samples: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(AT_THE_END)
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-W", "default", str(script), str(samples / "report.pdf")],
        capture_output=True,
        text=True,
        timeout=90,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_numbers_of_answers_are_those_of_the_questions(workers: Workers) -> None:
    assert [workers.submit("batch", abs, -n).result(60) for n in range(5)] == list(range(5))
    number, *_rest = pickle.loads(
        worker_process._answered(pickle.dumps((17, abs, (-3,), {}, None)))
    )
    assert number == 17


@pytest.mark.parametrize("kind", ["view", "batch"])
def test_start_that_fails_in_an_unknown_way_fails_the_work_and_no_more(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Workers(batch=1)
    try:
        with monkeypatch.context() as patch:
            own = multiprocessing.current_process()
            patch.setitem(own._config, "daemon", True)  # type: ignore[attr-defined]
            with pytest.raises(AssertionError, match="daemonic"):
                made.submit(kind, abs, -1).result(60)
        assert made.submit(kind, abs, -2).result(60) == 2
    finally:
        made.close()
