"""Worker processes: a future for each piece of heavy or hostile work, none of it in this process.

"view" serves the page on the screen, "batch" imports, recognition and exports (one process a core
but one), "model" networks. A process that crashes, hangs or is cancelled is killed with its whole
process group, gives one failed future, and a new one takes the next piece. Pixels come back in
shared memory. One thread a process waits for it; nothing here polls.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import logging
import multiprocessing
import os
import pickle
import shutil
import signal
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from model_backend import sources, worker_process
from model_backend.document import Box
from model_backend.errors import UserError
from model_backend.translation import _
from model_backend.worker_process import Kind

Result = TypeVar("Result")

VIEW_SECONDS = 15.0
START_SECONDS = 120.0
MOST_TASKS = {"view": 2000, "batch": 200, "model": 2000}
"""A process is replaced after this many pieces of work (tiles are many and small): libraries keep
memory.
"""
STARTS = 3
"""How often in a row a process may fail to start before its work fails."""
BYTES_PER_PIXEL = 4

logger = logging.getLogger(__name__)


class WorkerDied(UserError):
    """A worker process ended in the middle of a piece of work."""


class TookTooLong(UserError):
    """A piece of work was stopped at its time limit."""


class SharedPicture:
    """A rendered picture in shared memory: open it once; it is gone afterwards, or when dropped."""

    def __init__(self, width: int, height: int, scale: float, memory: SharedMemory) -> None:
        self.width = width
        self.height = height
        self.scale = scale
        self.name = memory.name
        self._memory = memory
        self._release = weakref.finalize(self, _release, memory)

    @contextlib.contextmanager
    def open(self) -> Iterator[memoryview]:
        """The pixels (Format_RGB32, no padding); make a copy of them before the block ends."""
        assert self._memory.buf is not None
        size = self.width * self.height * BYTES_PER_PIXEL
        with self._memory.buf[:size] as pixels, pixels.toreadonly() as view:
            yield view
        self.discard()

    def discard(self) -> None:
        """Free the memory without looking at it."""
        self._release()


def _release(memory: SharedMemory) -> None:
    memory.close()
    with contextlib.suppress(FileNotFoundError):
        memory.unlink()


@dataclass(eq=False)
class _Work:
    """One piece of work: what is sent, how long it may take, what it is about, where it ends."""

    message: bytes
    seconds: float | None
    subject: str
    picture: str = ""
    future: Future[Any] = field(default_factory=Future)

    def finish(self, value: object) -> None:
        """Give the result, unless the work was cancelled in the last moment."""
        try:
            self.future.set_result(value)
        except InvalidStateError:
            self.future.set_running_or_notify_cancel()

    def fail(self, error: BaseException) -> None:
        """Give the error, unless the work was cancelled."""
        try:
            self.future.set_exception(error)
        except InvalidStateError:
            self.future.set_running_or_notify_cancel()


class _Worker:
    """One process and the thread that feeds it."""

    def __init__(self, kind: Kind, queue: SimpleQueue[_Work | None], folder: Path) -> None:
        self.pid: int | None = None
        self._process: BaseProcess | None = None
        self._kind, self._queue, self._folder = kind, queue, folder
        self._pipe: connection.Connection | None = None
        self._served = 0
        self._work: _Work | None = None
        self._lock = Lock()
        self._is_closed = False
        self._thread = Thread(target=self._run, name=f"proofdesk {kind}", daemon=True)
        self._thread.start()

    def stop(self, work: _Work) -> None:
        """Kill the process when it is doing just this work."""
        with self._lock:
            if self._work is work:
                self._kill()

    def close(self) -> None:
        """End the process now, whatever it does; the queue must hold a None for the thread."""
        self._is_closed = True
        if (work := self._work) is not None:
            work.future.cancel()
        with self._lock:
            self._kill()

    def join(self) -> None:
        """Wait for the thread."""
        self._thread.join()

    def _run(self) -> None:
        if self._kind == "view":
            with contextlib.suppress(UserError):  # the first work will tell
                self._ready()
        while self._take():
            pass
        self._end()

    def _take(self) -> bool:
        """Wait for work and do it; nothing of it is kept afterwards. False at the end."""
        work = self._queue.get()
        if work is None:
            return False
        if work.future.cancelled():
            work.future.set_running_or_notify_cancel()
        else:
            self._serve(work)
        return True

    def _serve(self, work: _Work) -> None:
        try:
            pipe = self._ready()
        except UserError as error:
            if self._is_closed:
                work.future.cancel()
            work.fail(error)
            return
        with self._lock:
            self._work = work
        try:
            value = None if work.future.cancelled() else self._answer(pipe, work)
        except BaseException as error:  # of whatever kind: this thread must live on
            work.fail(error.with_traceback(None))  # its frames hold the work and its future
        else:
            work.finish(value)
        finally:
            with self._lock:
                self._work = None
        if self._kind == "view" and not self._is_closed:
            with contextlib.suppress(UserError):
                self._ready()  # a new one at once where the old one is gone

    def _answer(self, pipe: connection.Connection, work: _Work) -> object:
        """What the process gives for the work; a picture's memory is opened while it is held."""
        try:
            is_done, value = pickle.loads(self._ask(pipe, work))
            if not is_done:
                raise value
        except BaseException as error:
            if work.picture:
                _forget(work.picture)
            if isinstance(error, MemoryError):
                self._end()
                raise UserError(
                    "{file}: it needs more memory than one file may use. "
                    "Make it smaller and retry.",
                    file=work.subject,
                ) from error
            raise
        if work.picture:
            width, height, scale = value
            value = SharedPicture(width, height, scale, SharedMemory(work.picture))
            with contextlib.suppress(OSError):
                pipe.send_bytes(worker_process.TAKEN)
        return value

    def _ask(self, pipe: connection.Connection, work: _Work) -> bytes:
        """Send the work and wait for the answer; a process that fails is ended."""
        assert self._process is not None
        self._served += 1
        try:
            pipe.send_bytes(work.message)
            if not connection.wait([pipe, self._process.sentinel], work.seconds):
                self._end()
                raise TookTooLong(
                    "{file}: stopped after {seconds} seconds. It may be damaged or too large.",
                    file=work.subject,
                    seconds=f"{work.seconds:g}",
                )
            return pipe.recv_bytes()
        except (EOFError, OSError) as error:
            if not work.future.cancelled():
                self._log_death()
            self._end()
            raise WorkerDied(
                "{file}: the process that worked on it ended unexpectedly. "
                "It may be damaged; everything else goes on.",
                file=work.subject,
            ) from error

    def _ready(self) -> connection.Connection:
        """A living process that waits for work; UserError when none can be started."""
        is_alive = self._process is not None and self._process.is_alive()
        if not is_alive or self._served >= MOST_TASKS[self._kind]:
            self._end(may_have_children=is_alive)  # a number long dead may name another group
            for _attempt in range(STARTS):
                if self._start():
                    break
                self._end()
        if self._pipe is None:
            raise WorkerDied(
                "{file}: no process for it could be started. "
                "Start Proofdesk again; if that does not help, install it anew.",
                file=self._kind,
            )
        return self._pipe

    def _start(self) -> bool:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=worker_process.run,
            args=(theirs, self._kind, self._folder),
            name=f"proofdesk {self._kind}",
            daemon=True,
        )
        with self._lock:
            if self._is_closed:
                return False
            process.start()
            self._process, self._pipe, self._served = process, ours, 0
            self.pid = process.pid
        theirs.close()
        try:
            return ours.poll(START_SECONDS) and ours.recv_bytes() == worker_process.READY
        except (EOFError, OSError):
            self._log_death()
            return False

    def _end(self, *, may_have_children: bool = True) -> None:
        """Leave no process, no child of it and none of its files behind."""
        with self._lock:
            process, pipe = self._process, self._pipe
            if may_have_children:
                self._kill()
            self._process = self._pipe = self.pid = None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.join()
            shutil.rmtree(self._folder / str(process.pid), ignore_errors=True)
            process.close()

    def _kill(self) -> None:
        """Kill the process and all that it started; the lock must be held."""
        if self._process is None or self._process.pid is None:
            return
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def _log_death(self) -> None:
        """Put what the process said last into our log."""
        if self._is_closed:
            return
        assert self._process is not None
        self._process.join(1)
        log = self._folder / str(self._process.pid) / "log"
        said = log.read_text("utf-8", "replace")[-4000:] if log.exists() else ""
        logger.info("a %s process ended (%s): %s", self._kind, self._process.exitcode, said)


def _forget(name: str) -> None:
    """Free a picture whose maker was killed before it could say that it is there."""
    with contextlib.suppress(FileNotFoundError):
        _release(SharedMemory(name))


class Workers:
    """The processes of one application: started when first needed, ended by `close`."""

    def __init__(self, batch: int | None = None) -> None:
        self._sizes = {"view": 1, "batch": batch or max(1, (os.cpu_count() or 2) - 1), "model": 1}
        self._queues: dict[Kind, SimpleQueue[_Work | None]] = {}
        self._workers: dict[Kind, list[_Worker]] = {}
        self._lock = Lock()
        self._numbers = itertools.count()
        self._folder = Path(tempfile.mkdtemp(prefix="proofdesk-"))
        atexit.register(self.close)

    def submit(
        self,
        kind: Kind,
        function: Callable[..., Result],
        *args: object,
        timeout: float | None = None,
        **kwargs: object,
    ) -> Future[Result]:
        """Run `function(*args, **kwargs)` in a process of that kind.

        `timeout` (seconds) counts from its start there; cancelling the future kills it. Fails with
        UserError, TookTooLong, WorkerDied, or what the function raised.
        """
        message = _message(function, args, kwargs, timeout)
        return self._queued(kind, _Work(message, timeout, _subject(args, kwargs)))

    def submit_picture(
        self,
        kind: Kind,
        path: Path,
        number: int,
        *,
        scale: float,
        rotation: int = 0,
        skew: float = 0.0,
        clip: Box | None = None,
        password: str = "",
        timeout: float | None = VIEW_SECONDS,
    ) -> Future[SharedPicture]:
        """Render a page (as `sources.render` does) into shared memory."""
        name = f"pd{os.getpid():x}-{id(self) & 0xFFFF:x}-{next(self._numbers):x}"
        arguments = {
            "path": path,
            "number": number,
            "scale": scale,
            "rotation": rotation,
            "skew": skew,
            "clip": clip,
            "password": password,
        }
        message = _message(worker_process.paint, (name, sources.render, arguments), {}, timeout)
        return self._queued(kind, _Work(message, timeout, path.name, name))

    def warm_up(self, kinds: Iterable[Kind]) -> None:
        """Start the processes of these kinds (of "batch" and "model" only their threads) now."""
        for kind in kinds:
            self._started(kind)

    def pids(self, kind: Kind) -> tuple[int, ...]:
        """Process ids of the living processes of that kind."""
        found = (worker.pid for worker in self._workers.get(kind, ()))
        return tuple(pid for pid in found if pid is not None)

    def close(self) -> None:
        """End all processes and threads; what was not finished is cancelled."""
        atexit.unregister(self.close)
        with self._lock:
            workers, self._workers = self._workers, {}
            queues, self._queues = self._queues, {}
        for kind, queue in queues.items():
            with contextlib.suppress(Empty):
                while (work := queue.get_nowait()) is not None:
                    work.future.cancel()
                    work.future.set_running_or_notify_cancel()
            for worker in workers[kind]:
                queue.put(None)
                worker.close()
        for worker in itertools.chain.from_iterable(workers.values()):
            worker.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _queued(self, kind: Kind, work: _Work) -> Future[Any]:
        queue = self._started(kind)
        asked = weakref.ref(work)  # the future must not keep its own result alive
        work.future.add_done_callback(lambda _future: self._stop_cancelled(kind, asked()))
        future = work.future
        queue.put(work)
        return future

    def _stop_cancelled(self, kind: Kind, work: _Work | None) -> None:
        if work is not None and work.future.cancelled():
            for worker in self._workers.get(kind, ()):
                worker.stop(work)

    def _started(self, kind: Kind) -> SimpleQueue[_Work | None]:
        with self._lock:
            if kind not in self._queues:
                queue: SimpleQueue[_Work | None] = SimpleQueue()
                self._queues[kind] = queue
                self._workers[kind] = [
                    _Worker(kind, queue, self._folder) for _ in range(self._sizes[kind])
                ]
            return self._queues[kind]


def _message(
    function: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
    seconds: float | None,
) -> bytes:
    """The work as bytes, made at once: what cannot be sent fails where it was asked for."""
    return pickle.dumps((function, args, kwargs, seconds), pickle.HIGHEST_PROTOCOL)


def _subject(args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    """What a person would call the work: the name of the first file among its arguments."""
    paths = (value for value in (*args, *kwargs.values()) if isinstance(value, Path))
    return next((path.name for path in paths), _("A piece of work"))
