"""Worker processes: results, errors, limits, pictures in shared memory."""

from __future__ import annotations

import contextlib
import gc
import operator
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import namedtuple
from collections.abc import Iterator
from concurrent.futures import CancelledError, wait
from multiprocessing import shared_memory
from pathlib import Path

import numpy as np
import pytest

from model_backend import sources, translation, worker_process
from model_backend.errors import UserError
from model_backend.service import TookTooLong, WorkerDied, Workers
from model_backend.worker import Worker


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(batch=1)
    yield made
    made.close()


def test_submit_gives_the_function_s_result(workers: Workers) -> None:
    assert workers.submit("batch", operator.add, 2, 3).result(60) == 5
    assert workers.submit("batch", int, "ff", base=16).result(60) == 255


def test_work_runs_in_a_process_of_its_kind(workers: Workers) -> None:
    pid = workers.submit("batch", os.getpid).result(60)
    assert pid != os.getpid()
    assert workers.pids("batch") == (pid,)
    assert workers.pids("model") == ()


def test_work_speaks_the_language_in_use() -> None:
    translation.use_language("ko")
    made = Workers(batch=1)
    try:
        assert made.submit("batch", translation._, "Regions").result(60) == "영역"
    finally:
        translation.use_language("en")
        made.close()


def test_user_error_comes_back_as_it_was(workers: Workers, tmp_path: Path) -> None:
    path = tmp_path / "empty.pdf"
    path.touch()
    future = workers.submit("batch", sources.inspect, path)
    with pytest.raises(UserError, match=r"empty\.pdf is empty"):
        future.result(60)


def test_bug_comes_back_with_its_traceback(workers: Workers) -> None:
    future = workers.submit("batch", operator.truediv, 1, 0)
    with pytest.raises(ZeroDivisionError) as caught:
        future.result(60)
    assert "Traceback" in caught.value.__notes__[0]


def test_foreign_exception_is_told_without_its_type(workers: Workers) -> None:
    future = workers.submit("batch", subprocess.run, ["false"], check=True)
    with pytest.raises(Exception, match="CalledProcessError"):
        future.result(60)


def test_what_cannot_be_sent_fails_where_it_is_asked(workers: Workers) -> None:
    with pytest.raises((TypeError, AttributeError)):
        workers.submit("batch", operator.add, threading.Lock(), 1)


def test_result_that_cannot_be_sent_fails_its_future_only(workers: Workers) -> None:
    with pytest.raises((TypeError, AttributeError)):
        workers.submit("batch", threading.Lock).result(60)
    assert workers.submit("batch", abs, -1).result(60) == 1


def test_time_limit_stops_only_its_own_work(workers: Workers) -> None:
    workers.submit("batch", abs, -1).result(60)
    slow = workers.submit("batch", time.sleep, 60, timeout=0.2)
    after = workers.submit("batch", abs, -2)
    start = time.monotonic()
    with pytest.raises(TookTooLong, match=r"0\.2 seconds"):
        slow.result(60)
    assert time.monotonic() - start < 2.0
    assert after.result(60) == 2


def test_time_limit_names_the_file(workers: Workers, tmp_path: Path) -> None:
    path = tmp_path / "pipe.pdf"
    os.mkfifo(path)
    with pytest.raises(TookTooLong, match=r"pipe\.pdf"):
        workers.submit("batch", Path.read_bytes, path, timeout=0.2).result(60)


def test_cancelled_before_its_turn_never_runs(workers: Workers, tmp_path: Path) -> None:
    first = workers.submit("batch", time.sleep, 0.3)
    second = workers.submit("batch", os.mkdir, str(tmp_path / "made"))
    assert second.cancel()
    first.result(60)
    workers.submit("batch", abs, 1).result(60)
    assert not (tmp_path / "made").exists()
    with pytest.raises(CancelledError):
        second.result(0)


def test_cancelled_while_running_is_killed_at_once(workers: Workers) -> None:
    before = workers.submit("batch", os.getpid).result(60)
    slow = workers.submit("batch", time.sleep, 60)
    time.sleep(0.2)
    start = time.monotonic()
    assert slow.cancel()
    assert slow.cancelled()
    assert wait([slow], 5).done
    assert workers.submit("batch", os.getpid).result(60) != before
    assert time.monotonic() - start < 5.0


def test_result_after_cancel_is_dropped(workers: Workers) -> None:
    delivered: list[object] = []
    futures = [workers.submit("batch", abs, -number) for number in range(200)]
    for future in futures:
        future.add_done_callback(delivered.append)
        future.cancel()
    assert wait(futures, 60).not_done == set()
    assert len(delivered) == 200
    assert workers.submit("batch", abs, -7).result(60) == 7


def test_worker_files_live_in_its_own_folder_and_vanish(tmp_path: Path) -> None:
    workers = Workers()
    folder = Path(workers.submit("model", tempfile.gettempdir).result(60))
    assert folder.name == str(workers.pids("model")[0])
    assert folder.is_dir()
    workers.close()
    assert not folder.parent.exists()


def test_close_cancels_what_waits_and_what_runs() -> None:
    workers = Workers()
    running = workers.submit("model", time.sleep, 60)
    waiting = [workers.submit("model", time.sleep, 60) for _ in range(3)]
    time.sleep(0.1)
    (pid,) = workers.pids("model")
    workers.close()
    assert running.cancelled()
    assert all(future.cancelled() for future in waiting)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_work_after_close_is_cancelled_and_starts_nothing() -> None:
    workers = Workers()
    workers.submit("model", abs, -1).result(60)
    workers.close()
    before = threading.enumerate()
    late = workers.submit("model", abs, -2)
    workers.warm_up(["batch"])
    assert late.cancelled()
    assert wait([late], 1).done
    assert workers.pids("model") == workers.pids("batch") == ()
    assert threading.enumerate() == before


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class SlowToArrive:
    """Half a second passes while its pickle is read."""

    def __reduce__(self) -> tuple[object, ...]:
        return (time.sleep, (0.5,))


def test_cancelling_what_is_nearly_done_leaves_the_next_alone(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies_later(worker: Worker) -> None:
        threading.Timer(0.2, kill, [worker.pid]).start()

    workers.submit("batch", SlowToArrive).result(60)
    monkeypatch.setattr(Worker, "_kill", dies_later)
    nearly_done = workers.submit("batch", SlowToArrive)
    after = workers.submit("batch", time.sleep, 0.5)
    time.sleep(0.4)
    assert nearly_done.cancel()
    after.result(60)


def test_worker_is_replaced_after_many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_backend.worker.MOST_TASKS", {"model": 3})
    workers = Workers()
    pids = [workers.submit("model", os.getpid).result(60) for _ in range(5)]
    workers.close()
    assert len(set(pids[:3])) == 1
    assert pids[3] != pids[0]


def test_memory_limit_is_a_user_error_and_the_next_work_goes_on(workers: Workers) -> None:
    with pytest.raises(UserError, match="more memory"):
        workers.submit("batch", bytes, 5 * 1024**3).result(60)
    assert workers.submit("batch", abs, -3).result(60) == 3


def test_worker_output_stays_out_of_ours(
    workers: Workers, capfd: pytest.CaptureFixture[str]
) -> None:
    workers.submit("batch", os.write, 1, b"chatter").result(60)
    workers.submit("batch", os.write, 2, b"chatter").result(60)
    assert capfd.readouterr() == ("", "")


def test_picture_comes_through_shared_memory(workers: Workers, samples: Path) -> None:
    path = samples / "report.pdf"
    picture = workers.submit_picture("view", path, 1, scale=1.5).result(60)
    with picture.open() as pixels:
        assert pixels.readonly
        shown = np.frombuffer(pixels, np.uint8).copy()
    expected = sources.render(path, 1, scale=1.5)
    assert (picture.width, picture.height, picture.scale) == (918, 1188, 1.5)
    assert shown.tobytes() == expected.data
    assert is_gone(picture.name)


def test_picture_nobody_looks_at_is_freed(workers: Workers, samples: Path) -> None:
    future = workers.submit_picture("view", samples / "report.pdf", 0, scale=0.5)
    name = future.result(60).name
    assert not is_gone(name)
    del future
    workers.submit("view", abs, 1).result(60)
    gc.collect()
    assert is_gone(name)


def test_picture_that_shared_memory_cannot_hold_is_refused(
    monkeypatch: pytest.MonkeyPatch, samples: Path
) -> None:
    arguments = {"path": samples / "letter.jpg", "number": 0, "scale": 0.1}
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(64, 60, 4))
    monkeypatch.setattr(worker_process, "SHARED", samples)
    with pytest.raises(MemoryError):
        worker_process.paint("pd-test-full", sources.render, arguments)
    assert is_gone("pd-test-full")


def test_picture_of_a_bad_file_is_a_user_error(workers: Workers, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture at all")
    with pytest.raises(UserError, match=r"a\.png"):
        workers.submit_picture("view", tmp_path / "a.png", 0, scale=1.0).result(60)


def test_process_that_cannot_start_fails_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_backend.worker_process.PRELOADED", {"batch": ("no_such",)})
    monkeypatch.setattr("model_backend.worker_process.run", os.abort)
    workers = Workers(batch=1)
    with pytest.raises(WorkerDied, match="could be started"):
        workers.submit("batch", abs, 1).result(60)
    workers.close()


def is_gone(name: str) -> bool:
    try:
        shared_memory.SharedMemory(name).close()
    except FileNotFoundError:
        return True
    return False


SCRIPT = """
import sys, time
from pathlib import Path
from model_backend.service import Workers

if __name__ == "__main__":
    workers = Workers(batch=1)
    path = Path(sys.argv[1])
    with workers.submit_picture("view", path, 0, scale=1.0).result(60).open() as pixels:
        assert len(pixels) == 612 * 792 * 4
    kept = workers.submit_picture("view", path, 1, scale=1.0).result(60)
    dropped = [workers.submit_picture("view", path, n % 3, scale=0.3) for n in range(20)]
    for future in dropped[::2]:
        future.cancel()
    heavy = [m for m in ("pymupdf", "PIL", "numpy", "onnxruntime", "torch") if m in sys.modules]
    assert heavy == [], heavy
    if sys.argv[2] == "close":
        workers.close()
"""


@pytest.mark.parametrize("ending", ["close", "forget"])
def test_program_ends_without_leaks_or_warnings(tmp_path: Path, samples: Path, ending: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(SCRIPT)
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-W", "default", str(script), str(samples / "report.pdf"), ending],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
