"""The inside of a worker process: limits, silence, one task after the other until the pipe closes.

It ends with its parent, takes its own children (tesseract) with it, and says nothing on the
parent's output. `worker` is the other side.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import pickle
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from multiprocessing import connection, parent_process
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from threading import Thread
from typing import Any, Literal

from model_backend.runtime import settle_threads
from model_backend.translation import use_language

Kind = Literal["view", "batch", "model"]

READY = b"ready"
TAKEN = b"taken"
"""The parent has opened the picture of the last answer (Windows forgets one that nobody holds)."""
MOST_MEMORY = 4 * 1024**3
"""Address space of a process that opens foreign files; one file must not starve the window."""
GRACE_SECONDS = 5.0
"""A hanging task that the parent can no longer end (it is gone) ends itself this much later."""
PRELOADED = {
    "view": ("PIL.Image", "model_backend.sources.pdf", "model_backend.sources.images"),
    "batch": ("model_backend.sources.pdf", "model_backend.sources.images"),
    "model": (),
}
"""Slow imports that are over before the first task comes."""
NOT_FOR_VIEW = ("pymupdf.layout",)
"""PyMuPDF's table models: two thirds of its import time, of no use for pages on the screen."""
SHARED = Path("/dev/shm")
"""Where Linux keeps shared memory: as large as half of all memory, in containers often 64 MB."""
OWN_PACKAGES = {"builtins", "model_backend", "desktop"}

Answer = tuple[int, bool, Any]
"""(the number of the task, True, its result) or (the number, False, an exception)."""

_held: list[SharedMemory] = []


class WorkerBug(Exception):
    """An error of a worker whose type the parent cannot know; the text has the whole traceback."""


def run(pipe: connection.Connection, kind: Kind, folder: Path, language: str) -> None:
    """Serve tasks (pickled number, function, args, kwargs, seconds) until the other end is closed;
    what they say is in this language.
    """
    _settle(kind, folder)
    use_language(language)
    for module in PRELOADED[kind]:
        importlib.import_module(module)
    pipe.send_bytes(READY)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            message = pipe.recv_bytes()
            _release()
            if message != TAKEN:
                pipe.send_bytes(_answered(message))
    shutil.rmtree(folder, ignore_errors=True)  # only a parent that was killed closes the pipe


def paint(name: str, render: Callable[..., Any], arguments: Mapping[str, Any]) -> tuple[Any, ...]:
    """Render into the shared memory of that name: (width, height, scale)."""
    picture = render(**arguments)
    if SHARED.is_dir() and shutil.disk_usage(SHARED).free < len(picture.data):
        raise MemoryError(f"{SHARED} is full")  # writing there would end this process
    memory = SharedMemory(name, create=True, size=len(picture.data))
    assert memory.buf is not None
    memory.buf[: len(picture.data)] = picture.data
    _held.append(memory)
    return (picture.width, picture.height, picture.scale)


def _settle(kind: Kind, folder: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    own = folder / str(os.getpid())
    own.mkdir(parents=True, exist_ok=True)  # cleaners of temporary folders come at any time
    tempfile.tempdir = os.environ["TMPDIR"] = os.environ["TEMP"] = str(own)
    _be_silent(own / "log")
    if sys.platform != "win32":
        os.setsid()
        _limit_memory(kind)
    if kind == "view":
        for module in NOT_FOR_VIEW:
            sys.modules[module] = None  # type: ignore[assignment]  # makes its import fail
    if kind == "model":
        settle_threads()
    Thread(target=_end_with_parent, args=(folder,), daemon=True).start()


def _be_silent(log: Path) -> None:
    """Send all output, of C libraries too, to a file that is shown when the process dies."""
    with log.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    faulthandler.enable()


def _limit_memory(kind: Kind) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if kind != "model":  # accelerators reserve far more addresses than they use
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
        with contextlib.suppress(ValueError, OSError):  # a system without this limit
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _end_with_parent(folder: Path) -> None:
    """Wait until the parent is gone; then leave neither files nor processes."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
    shutil.rmtree(folder, ignore_errors=True)
    if sys.platform != "win32":
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _answered(message: bytes) -> bytes:
    number, function, args, kwargs, seconds = pickle.loads(message)
    _have_folder()
    if seconds:  # works without the interpreter: a parser that hangs in C holds its lock
        faulthandler.dump_traceback_later(seconds + GRACE_SECONDS, exit=True)
    try:
        answer: Answer = (number, True, function(*args, **kwargs))
        return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except BaseException as error:  # whatever it is, it belongs to the one who asked
        return pickle.dumps((number, False, _portable(error)), pickle.HIGHEST_PROTOCOL)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _have_folder() -> None:
    """Make the folder for temporary files again, which a cleaner may have taken."""
    if tempfile.tempdir is not None:
        Path(tempfile.tempdir).mkdir(parents=True, exist_ok=True)


def _portable(error: BaseException) -> BaseException:
    """The error itself when the parent can unpickle it without importing anything heavy, and
    raise it without ending: SystemExit is for this process.
    """
    trace = "".join(traceback.format_exception(error))
    is_known = type(error).__module__.split(".")[0] in OWN_PACKAGES
    if is_known and isinstance(error, Exception):
        error.add_note(trace)
        with contextlib.suppress(pickle.PicklingError, TypeError, AttributeError):
            pickle.loads(pickle.dumps(error))
            return error
    return WorkerBug(trace)


def _release() -> None:
    while _held:
        _held.pop().close()
