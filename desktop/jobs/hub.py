"""Calls from any thread are made on the window's."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Slot

SLICE = 0.008
"""Seconds of results that are taken in one go before the window gets its turn."""


class Hub(QObject):
    """Brings calls from any thread to the window's.

    Foreign threads touch no Qt object, only a queue and a socket: signals emitted from threads
    that Qt did not make have crashed, and objects as short-lived as a job have lost results.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._is_closed = False
        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._deliver)

    def post(self, call: Callable[[], None]) -> None:
        """Have the call made on the window's thread; from any thread."""
        self._calls.put(call)
        if self._is_closed:  # asked after the call was put: it goes here or in `close`
            self._drop_calls()
        else:
            self._wake()

    def when_done(
        self,
        future: Future[Any],
        on_done: Callable[[Any], None],
        on_failed: Callable[[BaseException], None],
    ) -> None:
        """Have one of the two called on the window's thread; neither when it was cancelled."""
        future.add_done_callback(
            lambda future: self.post(lambda: _answer(future, on_done, on_failed))
        )

    def _wake(self) -> None:
        try:
            self._writing.send(b"\0")
        except OSError:
            # Full: a wake-up is already waiting. Closed: nobody wants the call any more.
            return

    @Slot()
    def _deliver(self) -> None:
        with suppress(BlockingIOError):
            self._reading.recv(65536)
        deadline = perf_counter() + SLICE
        try:
            while perf_counter() < deadline:
                self._calls.get_nowait()()
        except Empty:
            return
        finally:
            if not self._calls.empty():
                self._wake()

    def close(self) -> None:
        """Deliver nothing from now on."""
        self._notifier.setEnabled(False)
        self._notifier.activated.disconnect(self._deliver)
        self._is_closed = True
        self._drop_calls()
        self._reading.close()
        self._writing.close()

    def _drop_calls(self) -> None:
        """With them go the results that nobody takes any more: pictures in shared memory, say."""
        with suppress(Empty):
            while True:
                self._calls.get_nowait()


def _answer(
    future: Future[Any],
    on_done: Callable[[Any], None],
    on_failed: Callable[[BaseException], None],
) -> None:
    if future.cancelled():
        return
    error = future.exception()
    if error is None:
        on_done(future.result())
    else:
        on_failed(error)
