"""Backups of the open project: before what changes much, and every 15 minutes of editing."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.errors import UserError, explain, remedy
from desktop.store.backups import FIRST, IMPORT, MANY, TIME, Moment, backups_of
from desktop.store.store import FILE
from desktop.store.verifying import problem_of
from model_backend.errors import Cancelled
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.jobs.runner import Runner

EVERY_MS = 15 * 60 * 1000


class Backups(QObject):
    """Holds the moment in the window's thread, which costs next to nothing; copies it in another.

    The clock runs only while there is something to keep: an idle window does nothing.
    """

    found_whole = Signal()
    failed = Signal(str)
    kept = Signal(str)

    def __init__(
        self, document: OpenDocument, runner: Runner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._runner = document, runner
        self._is_changed = True
        self.is_checking = False
        """Whether the file is still being looked through; imports that were stopped wait for it."""
        self._stop = Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="backup")
        self._moments: dict[Future[Path], Moment] = {}
        self.timer = QTimer(self, interval=EVERY_MS, singleShot=True)
        self.timer.timeout.connect(lambda: self.make(TIME))
        for changed in (document.history_changed, document.pages_added, document.page_changed):
            changed.connect(self._changed)
        document.many_changes_begin.connect(lambda: self.make(MANY))

    def check(self) -> None:
        """Look through the whole file; a project that is damaged is not written to any more."""
        store = self._document.store
        if not store.page_count():
            self.found_whole.emit()
            return
        future = self._thread.submit(self._first_look, store.folder / FILE)
        store.check, self.is_checking = future.result, True
        self._runner.call(future, self._checked, self._not_checked)

    def _first_look(self, path: Path) -> str:
        return problem_of(path, most=0, is_cancelled=self._stop.is_set)

    def _not_checked(self, error: BaseException) -> None:
        self._document.store.check, self.is_checking = None, False
        text = _("The project could not be looked through: {problem}")
        self.failed.emit(text.format(problem=explain(error)))

    def _checked(self, problem: str) -> None:
        self._document.store.check, self.is_checking = None, False
        if not problem:
            self.found_whole.emit()
            return
        self._document.store.damage = problem
        text = _(
            "The project is damaged: {problem}. It can be looked at, but not changed. {remedy}"
        )
        what_to_do = remedy(self._document.store.folder)
        self.failed.emit(text.format(problem=problem, remedy=what_to_do))

    def _changed(self) -> None:
        self._is_changed = True
        if not self.timer.isActive():
            self.timer.start()

    @property
    def is_busy(self) -> bool:
        """Whether a copy is being made."""
        return bool(self._moments)

    def before_import(self) -> Future[Path] | None:
        """Keep what an import is going to add to; what it has to wait for, if anything."""
        return self.make(IMPORT)

    def after_import(self) -> None:
        """Keep what the first import brought: nothing was there to be kept before it."""
        if not backups_of(self._document.store.folder):
            self.make(FIRST)

    def before_many(self, pages: int) -> Future[Path] | None:
        """Keep what a job is going to change on more than one page; what it has to wait for."""
        return self.make(MANY) if pages > 1 else None

    def make(self, reason: str) -> Future[Path] | None:
        """Keep the project as it is at this moment, unless it is kept already or is empty.

        Where the moment cannot be held, what changes much has to wait until the copy is made.
        """
        store = self._document.store
        if store.is_read_only or not self._is_changed or not store.page_count():
            return self._document.keeping
        self._is_changed = False
        self.timer.stop()
        try:
            moment = Moment(store.folder / FILE)
        except (UserError, OSError) as error:
            self._tell(error)
            return None
        future = self._thread.submit(moment.keep, reason, self._stop.is_set)
        self._moments[future] = moment
        self._runner.call(
            future,
            lambda path: self._done(future, path),
            lambda error: self._fail(future, error),
        )
        self._document.keeping = None if moment.is_held else future
        return self._document.keeping

    def _done(self, future: Future[Path], path: Path) -> None:
        self._moments.pop(future, None)
        self.kept.emit(str(path))

    def _fail(self, future: Future[Path], error: BaseException) -> None:
        self._moments.pop(future, None)
        self._is_changed = True
        if not isinstance(error, Cancelled):
            self._tell(error)

    def _tell(self, error: BaseException) -> None:
        text = _("No backup could be made: {problem}")
        self.failed.emit(text.format(problem=explain(error)))

    def close(self) -> None:
        """Stop, before the project closes; a copy that is half made goes away."""
        self.timer.stop()
        self._stop.set()
        self._thread.shutdown(wait=True, cancel_futures=True)
        for moment in self._moments.values():
            moment.close()
        self._moments.clear()
