"""What worker processes do wrong in tests; it runs in them, so it imports little."""

from __future__ import annotations

import itertools
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from multiprocessing import connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

from model_backend import worker_process
from model_backend.worker_process import Kind

WHERE = "PROOFDESK_TEST_FOLDER"
"""A folder of the test, named in the environment that the processes inherit."""
HOW = "PROOFDESK_TEST_FAULT"


def started() -> int:
    """How many processes were started so far, this one included."""
    folder = Path(os.environ[WHERE])
    (folder / f"{os.getpid()}.{time.monotonic_ns()}").touch()
    return len(list(folder.iterdir()))


def run_killed_at_start(
    pipe: connection.Connection, kind: Kind, folder: Path, language: str
) -> None:
    """The first two processes are killed before they are ready."""
    if started() <= 2:
        os.kill(os.getpid(), signal.SIGKILL)
    worker_process.run(pipe, kind, folder, language)


def run_never_starting(
    pipe: connection.Connection, kind: Kind, folder: Path, language: str
) -> None:
    """No process comes up."""
    started()
    os._exit(1)


def run_answering_wrongly(
    pipe: connection.Connection, kind: Kind, folder: Path, language: str
) -> None:
    """The first process answers its first message with what `HOW` says; the others are well."""
    if started() > 1:
        worker_process.run(pipe, kind, folder, language)
        return
    pipe.send_bytes(worker_process.READY)
    number, *_rest = pickle.loads(pipe.recv_bytes())
    for answer in WRONG[os.environ[HOW]](number):
        pipe.send_bytes(answer)
    time.sleep(60)


def _dumped(*answers: object) -> list[bytes]:
    return [pickle.dumps(answer) for answer in answers]


WRONG: dict[str, Any] = {
    "nothing": lambda _number: [b""],
    "garbage": lambda _number: [b"\x80\x05garbage" * 40],
    "no answer": lambda _number: _dumped(7),
    "half": lambda number: [pickle.dumps((number, True, list(range(9))))[:-9]],
    "no error": lambda number: _dumped((number, False, "why")),
    "another's": lambda number: _dumped((number + 1, True, 3)),
    "unknown class": lambda _number: [b"cno_such_module\nNoClass\n."],
}
"""What comes back instead of (the number of the work, whether it is done, value)."""


def paint_smaller(name: str, *_arguments: object) -> tuple[int, int, float]:
    """Says more pixels than there are."""
    memory = SharedMemory(name, create=True, size=4096)
    worker_process._held.append(memory)
    return (640, 480, 1.0)


def paint_nothing(_name: str, *_arguments: object) -> tuple[int, int, float]:
    """Says pixels, and makes no memory for them."""
    return (640, 480, 1.0)


def paint_nonsense(name: str, *_arguments: object) -> object:
    """Makes memory, and says something else."""
    worker_process._held.append(SharedMemory(name, create=True, size=4096))
    return "nonsense"


def paint_negative(name: str, *_arguments: object) -> tuple[int, int, float]:
    """Says a size that no picture has."""
    worker_process._held.append(SharedMemory(name, create=True, size=4096))
    return (-640, 480, 1.0)


def paint_killed_before_its_size(name: str, *_arguments: object) -> None:
    """Killed when its shared memory is there, but empty still."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR
    os.close(os.open(Path("/dev/shm", name), flags, 0o600))
    os.kill(os.getpid(), signal.SIGKILL)


def paint_killed_while_writing(name: str, *_arguments: object) -> None:
    """Killed when half of the pixels are written."""
    memory = SharedMemory(name, create=True, size=1 << 22)
    assert memory.buf is not None
    memory.buf[: 1 << 21] = b"\xff" * (1 << 21)
    os.kill(os.getpid(), signal.SIGKILL)


def deaf(pid_file: str) -> None:
    """Hears no polite signal, nor does the child that it waits for."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    code = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "part = sys.argv[1] + '.part'\n"
        "open(part, 'w').write(str(os.getpid()))\n"
        "os.replace(part, sys.argv[1])\n"
        "time.sleep(120)\n"
    )
    subprocess.run([sys.executable, "-c", code, pid_file], check=False)


def leaves_quietly(status: object) -> None:
    """Ends as a program does, by the exception for it."""
    raise SystemExit(status)


def interrupted() -> None:
    """Ends as by Ctrl+C."""
    raise KeyboardInterrupt


def eats_memory() -> int:
    """Takes memory in small pieces until there is no more of it."""
    pieces = [bytes(1 << 20) for _ in itertools.repeat(None, 1 << 14)]
    return len(pieces)


def sleeps(seconds: float, value: int) -> int:
    """Takes its time, then gives the value."""
    time.sleep(seconds)
    return value


def killed_later(seconds: float, value: int) -> int:
    """Gives the value; the process ends at any moment from then on."""
    _end_after(seconds)
    return value


def paint_killed_later(name: str, render: Any, arguments: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Paints as it should; the process ends at any moment from then on."""
    painted = worker_process.paint(name, render, arguments)
    _end_after(0.002)
    return painted


def _end_after(seconds: float) -> None:
    threading.Timer(seconds, os.kill, [os.getpid(), signal.SIGKILL]).start()
