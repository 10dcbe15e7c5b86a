"""One worker process and the thread that feeds it: starting, asking, limits, killing, replacing."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import pickle
import shutil
import signal
import sys
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

from model_backend import worker_process
from model_backend.errors import UserError
from model_backend.shared_picture import SharedPicture, forget, opened
from model_backend.traces import Harmless, lines_in
from model_backend.translation import language, mark
from model_backend.worker_process import Kind

START_SECONDS = 120.0
MOST_TASKS = {"view": 2000, "batch": 200, "model": 2000}
"""A process is replaced after this many pieces of work (tiles are many and small): libraries keep
memory.
"""
STARTS = 3
"""How often in a row a process may fail to start before its work fails."""
REST_SECONDS = 10.0
"""So long no start is tried after that: all work that waits fails at once."""

logger = logging.getLogger(__name__)


class WorkerDied(UserError):
    """A worker process ended in the middle of a piece of work."""


class NoWorker(WorkerDied):
    """No process can be had: it is not due to the work, and no other work could be done."""

    def __init__(self) -> None:
        super().__init__(
            mark(
                "No process for the work could be started. Close other programs or start Proofdesk"
                " again; if that does not help, install it anew."
            )
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (NoWorker, ())


class TookTooLong(UserError):
    """A piece of work was stopped at its time limit."""


def _died(work: Work) -> WorkerDied:
    return WorkerDied(
        "{file}: the process that worked on it ended unexpectedly. "
        "It may be damaged; everything else goes on.",
        file=work.subject,
    )


@dataclass(eq=False)
class Work:
    """One piece of work: what is sent, how long it may take, what it is about, where it ends."""

    number: int
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


class Worker:
    """One process and the thread that feeds it."""

    def __init__(self, kind: Kind, queue: SimpleQueue[Work | None], folder: Path) -> None:
        self.pid: int | None = None
        self._process: BaseProcess | None = None
        self._kind, self._queue, self._folder = kind, queue, folder
        self._pipe: connection.Connection | None = None
        self._served = 0
        self._work: Work | None = None
        self._rests_until = 0.0
        self._start_error: OSError | None = None
        self._lock = Lock()
        self._is_closed = False
        self._thread = Thread(target=self._run, name=f"proofdesk {kind}", daemon=True)
        self._thread.start()

    def stop(self, work: Work) -> None:
        """Kill the process when it is doing just this work."""
        with self._lock:
            if self._work is work:
                self._kill()
                self._served = MOST_TASKS[self._kind]  # no more work for it while it dies

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
        self._start_early()
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

    def _serve(self, work: Work) -> None:
        try:
            value = self._done(work)
        except BaseException as error:  # of whatever kind: this thread must live on
            if self._is_closed:
                work.future.cancel()
            work.fail(error.with_traceback(None))  # its frames hold the work and its future
        else:
            work.finish(value)
        self._start_early()  # a new one at once where the old one is gone

    def _done(self, work: Work) -> object:
        pipe = self._ready()
        with self._lock:
            self._work = work
        try:
            return None if work.future.cancelled() else self._answer(pipe, work)
        finally:
            with self._lock:
                self._work = None

    def _start_early(self) -> None:
        """The page in view waits for no start; what is wrong with it, the next work tells."""
        if self._kind != "view" or self._is_closed:
            return
        try:
            self._ready()
        except UserError:
            return
        except Exception as error:  # a bug: this thread must live on
            logger.error("a %s process was not started", Harmless(self._kind), exc_info=error)

    def _answer(self, pipe: connection.Connection, work: Work) -> object:
        """What the process gives for the work; a picture's memory is opened while it is held."""
        try:
            value = self._value(self._ask(pipe, work), work)
            if not work.picture:
                return value
            picture = self._picture(value, work)
        except BaseException as error:
            if work.picture:
                forget(work.picture)
            if isinstance(error, MemoryError):
                self._end()
                raise UserError(
                    "{file}: it needs more memory than one file may use. "
                    "Make it smaller and retry.",
                    file=work.subject,
                ) from error
            raise
        with contextlib.suppress(OSError):
            pipe.send_bytes(worker_process.TAKEN)
        return picture

    def _value(self, data: bytes, work: Work) -> object:
        """What the answer holds, raised where it is an error; a process that answers anything
        else is broken.
        """
        try:
            number, is_done, value = pickle.loads(data)
            if number != work.number or not (is_done or isinstance(value, Exception)):
                raise ValueError(f"no answer to {work.number}")  # noqa: TRY301
        except MemoryError:
            raise
        except Exception as error:
            raise self._broken(work, error) from error
        if not is_done:
            raise value
        return value

    def _picture(self, value: Any, work: Work) -> SharedPicture:  # noqa: ANN401 - of a worker
        try:
            return opened(work.picture, *value)
        except (TypeError, ValueError, FileNotFoundError) as error:
            raise self._broken(work, error) from error

    def _broken(self, work: Work, error: Exception) -> WorkerDied:
        """End a process that makes no sense."""
        logger.error("a %s process answered nonsense", Harmless(self._kind), exc_info=error)
        self._end()
        return _died(work)

    def _ask(self, pipe: connection.Connection, work: Work) -> bytes:
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
            raise _died(work) from error

    def _ready(self) -> connection.Connection:
        """A living process that waits for work; UserError when none can be started."""
        is_alive = self._process is not None and self._process.is_alive()
        if not is_alive or self._is_ending() or self._served >= MOST_TASKS[self._kind]:
            self._end(may_have_children=is_alive)  # a number long dead may name another group
            self._start_anew()
        if self._pipe is None:
            raise NoWorker
        return self._pipe

    def _is_ending(self) -> bool:
        """Whether the idle process says something: it has none to answer, so that is its end."""
        try:
            return self._pipe is None or self._pipe.poll()
        except OSError:
            return True

    def _start_anew(self) -> None:
        if monotonic() < self._rests_until:
            return
        for _attempt in range(STARTS):
            if self._start():
                return
            self._end()
        self._rests_until = monotonic() + REST_SECONDS
        if not self._is_closed:
            logger.error("no %s process could be started", self._kind, exc_info=self._start_error)

    def _start(self) -> bool:
        try:
            ours, theirs = multiprocessing.Pipe()
            with theirs:
                self._launch(ours, theirs)
        except OSError as error:  # no further file can be opened, or no process be started
            self._start_error = error
            return False
        try:
            return ours.poll(START_SECONDS) and ours.recv_bytes() == worker_process.READY
        except (EOFError, OSError):
            self._log_death()
            return False

    def _launch(self, ours: connection.Connection, theirs: connection.Connection) -> None:
        process = multiprocessing.get_context("spawn").Process(
            target=worker_process.run,
            args=(theirs, self._kind, self._folder, language()),
            name=f"proofdesk {self._kind}",
            daemon=True,
        )
        with self._lock:
            self._pipe = ours
            if self._is_closed:
                raise ProcessLookupError("the workers are closed")
            process.start()
            self._process, self._served, self.pid = process, 0, process.pid

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
        log, said = self._folder / str(self._process.pid) / "log", ""
        with contextlib.suppress(OSError):  # a cleaner took it, or no further file can be opened
            said = log.read_text("utf-8", "replace")[-4000:]
        told = Harmless("".join(f"\n  {line}" for line in lines_in(said)))
        status = self._process.exitcode
        logger.info("a %s process ended (%s)%s", Harmless(self._kind), status, told)
