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
MOST_TASKS = 200
"""A process is replaced after this many pieces of work: libraries keep memory."""
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
        self.process: BaseProcess | None = None
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
            work.fail(error)
            return
        with self._lock:
            self._work = work
        try:
            answer = None if work.future.cancelled() else self._ask(pipe, work)
        except UserError as error:
            self._end()
            answer = (False, error)
        finally:
            with self._lock:
                self._work = None
        if answer is None:
            work.future.set_running_or_notify_cancel()
        else:
            self._deliver(pipe, work, answer)
        if self._kind == "view" and not self._is_closed:
            with contextlib.suppress(UserError):
                self._ready()  # a new one at once where the old one is gone

    def _ask(self, pipe: connection.Connection, work: _Work) -> worker_process.Answer:
        assert self.process is not None
        try:
            pipe.send_bytes(work.message)
            if not connection.wait([pipe, self.process.sentinel], work.seconds):
                raise TookTooLong(
                    "{file}: stopped after {seconds} seconds. It may be damaged or too large.",
                    file=work.subject,
                    seconds=f"{work.seconds:g}",
                )
            answer: worker_process.Answer = pickle.loads(pipe.recv_bytes())
        except (EOFError, OSError) as error:
            self._log_death()
            raise WorkerDied(
                "{file}: the process that worked on it ended unexpectedly. "
                "It may be damaged; everything else goes on.",
                file=work.subject,
            ) from error
        return answer

    def _deliver(
        self, pipe: connection.Connection, work: _Work, answer: worker_process.Answer
    ) -> None:
        """Hand the answer over; a picture's memory is opened here, while its maker holds it."""
        is_done, value = answer
        self._served += 1
        if is_done and work.picture:
            width, height, scale = value
            value = SharedPicture(width, height, scale, SharedMemory(work.picture))
            with contextlib.suppress(OSError):
                pipe.send_bytes(worker_process.TAKEN)
        elif work.picture:
            _forget(work.picture)
        if isinstance(value, MemoryError):
            self._end()
            value = UserError(
                "{file}: it needs more memory than one file may use. Make it smaller and retry.",
                file=work.subject,
            )
        if is_done:
            work.finish(value)
        else:
            work.fail(value)

    def _ready(self) -> connection.Connection:
        """A living process that waits for work; UserError when none can be started."""
        if self._served >= MOST_TASKS or self.process is None or not self.process.is_alive():
            self._end()
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
            self.process, self._pipe, self._served = process, ours, 0
        theirs.close()
        try:
            return ours.poll(START_SECONDS) and ours.recv_bytes() == worker_process.READY
        except (EOFError, OSError):
            self._log_death()
            return False

    def _end(self) -> None:
        """Leave no process, no child of it and none of its files behind."""
        with self._lock:
            process, pipe = self.process, self._pipe
            self._kill()
            self.process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.join()
            shutil.rmtree(self._folder / str(process.pid), ignore_errors=True)
            process.close()

    def _kill(self) -> None:
        """Kill the process and all that it started; the lock must be held."""
        if self.process is None or self.process.pid is None:
            return
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()

    def _log_death(self) -> None:
        """Put what the process said last into our log."""
        assert self.process is not None
        self.process.join(1)
        log = self._folder / str(self.process.pid) / "log"
        said = log.read_text("utf-8", "replace")[-4000:] if log.exists() else ""
        logger.warning("a %s process ended (%s): %s", self._kind, self.process.exitcode, said)


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
        processes = [worker.process for worker in self._workers.get(kind, ())]
        return tuple(process.pid for process in processes if process is not None and process.pid)

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
