"""Worker processes: a future for each piece of heavy or hostile work, none of it in this process.

"view" serves the page on the screen, "batch" imports, recognition and exports (one process a core
but one), "model" networks. A process that crashes, hangs or is cancelled is killed with its whole
process group, gives one failed future, and a new one takes the next piece; only "model" ends a
cancelled piece first, as loading its models again would take longer. Pixels come back in shared
memory. One thread a process waits for it; nothing here polls.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import pickle
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, TypeVar

from model_backend import sources, worker_process
from model_backend.document import Box
from model_backend.shared_picture import SharedPicture
from model_backend.translation import _
from model_backend.worker import NoWorker, TookTooLong, Work, Worker, WorkerDied
from model_backend.worker_process import Kind

Result = TypeVar("Result")
logger = logging.getLogger(__name__)

VIEW_SECONDS = 15.0

__all__ = ["NoWorker", "SharedPicture", "TookTooLong", "WorkerDied", "Workers"]


class Workers:
    """The processes of one application: started when first needed, ended by `close`."""

    def __init__(self, batch: int | None = None) -> None:
        self._sizes = {"view": 1, "batch": batch or max(1, (os.cpu_count() or 2) - 1), "model": 1}
        self._queues: dict[Kind, SimpleQueue[Work | None]] = {}
        self._workers: dict[Kind, list[Worker]] = {}
        self._lock = Lock()
        self._is_closed = False
        self._numbers = itertools.count()
        self._folder: Path | None = None
        # Not atexit: pictures are freed by finalizers, and after the last of them none runs any
        # more. Among them this one is the last, as it is the oldest.
        self._ending = weakref.finalize(self, self.close)

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
        UserError, TookTooLong, WorkerDied, or what the function raised. After `close` it is
        cancelled at once.
        """
        number = next(self._numbers)
        message = _message(number, function, args, kwargs, timeout)
        return self._queued(kind, Work(number, message, timeout, _subject(args, kwargs)))

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
        ticket = next(self._numbers)  # `number` is the page's
        name = f"pd{os.getpid():x}-{id(self) & 0xFFFF:x}-{ticket:x}"
        arguments = {
            "path": path,
            "number": number,
            "scale": scale,
            "rotation": rotation,
            "skew": skew,
            "clip": clip,
            "password": password,
        }
        task = (name, sources.render, arguments)
        message = _message(ticket, worker_process.paint, task, {}, timeout)
        return self._queued(kind, Work(ticket, message, timeout, path.name, name))

    def warm_up(self, kinds: Iterable[Kind]) -> None:
        """Start the processes of these kinds (of "batch" and "model" only their threads) now."""
        with self._lock:
            for kind in () if self._is_closed else kinds:
                self._started(kind)

    def pids(self, kind: Kind) -> tuple[int, ...]:
        """Process ids of the living processes of that kind."""
        found = (worker.pid for worker in self._workers.get(kind, ()))
        return tuple(pid for pid in found if pid is not None)

    def close(self) -> None:
        """End all processes and threads; what was not finished is cancelled."""
        self._ending.detach()
        with self._lock:
            self._is_closed = True
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
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _queued(self, kind: Kind, work: Work) -> Future[Any]:
        asked = weakref.ref(work)  # the future must not keep its own result alive
        future = work.future
        future.add_done_callback(lambda _future: self._stop_cancelled(kind, asked()))
        with self._lock:  # never into a queue that `close` has emptied: nobody would take it
            if not self._is_closed:
                try:
                    self._started(kind).put(work)
                except (OSError, RuntimeError) as error:  # no folder for it, or no thread
                    logger.error("no %s process could be started", kind, exc_info=error)
                    work.fail(NoWorker())
                return future
        future.cancel()
        future.set_running_or_notify_cancel()
        return future

    def _stop_cancelled(self, kind: Kind, work: Work | None) -> None:
        if kind != "model" and work is not None and work.future.cancelled():
            for worker in self._workers.get(kind, ()):
                worker.stop(work)

    def _started(self, kind: Kind) -> SimpleQueue[Work | None]:
        """The queue of that kind, with its threads; the lock must be held."""
        if kind not in self._queues:
            folder = self._folder or Path(tempfile.mkdtemp(prefix="proofdesk-"))
            self._folder = folder
            queue: SimpleQueue[Work | None] = SimpleQueue()
            workers = [Worker(kind, queue, folder) for _ in range(self._sizes[kind])]
            self._queues[kind], self._workers[kind] = queue, workers
        return self._queues[kind]


def _message(
    number: int,
    function: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
    seconds: float | None,
) -> bytes:
    """The work as bytes, made at once: what cannot be sent fails where it was asked for."""
    return pickle.dumps((number, function, args, kwargs, seconds), pickle.HIGHEST_PROTOCOL)


def _subject(args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    """What a person would call the work: the name of the first file among its arguments."""
    paths = (value for value in (*args, *kwargs.values()) if isinstance(value, Path))
    return next((path.name for path in paths), _("A piece of work"))
