"""The ruling lines of the page in view, found by a worker; nothing waits for them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from model_backend.errors import UserError
from model_backend.predictors.page_rulings import rulings_of_page
from model_backend.predictors.ruling_lines import Rulings

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.jobs.passwords import Passwords
    from desktop.jobs.runner import Runner
    from model_backend.document import Page

LIMIT = 20.0
"""Seconds; a picture that takes longer is not worth it: the words decide then."""

Key = tuple[object, ...]


class PageRulings(QObject):
    """Keeps the rulings of one page, as it lies now."""

    found = Signal(int)

    def __init__(
        self,
        document: OpenDocument,
        runner: Runner,
        passwords: Passwords,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._runner, self._passwords = document, runner, passwords
        self._key: Key = ()
        self._rulings = Rulings()
        self._asked: Future[Rulings] | None = None
        self._waiting: list[Callable[[Rulings], None]] = []

    def ask(self, page: Page) -> None:
        """Have the rulings of this page found; what was asked before is no longer wanted."""
        key = _key_of(page)
        if key == self._key:
            return
        if self._asked is not None:
            self._asked.cancel()
            self._waiting.clear()
        self._key, self._rulings = key, Rulings()
        document = self._document.store.document(page.document_id)
        path = self._document.store.document_path(document)
        password = self._passwords.of(document.sha256)
        self._asked = self._runner.workers.submit(
            "batch", rulings_of_page, path, page, password, timeout=LIMIT
        )
        self._runner.call(self._asked, partial(self._take, key), self._do_without)

    def when_known(self, page: Page, then: Callable[[Rulings], None]) -> None:
        """Go on with the rulings of this page, now or as soon as they are there; without any where
        they are not to be had. Nobody goes on once another page is asked for.
        """
        self.ask(page)
        if self._asked is None:
            then(self._rulings)
        else:
            self._waiting.append(then)

    def of(self, page: Page) -> Rulings:
        """The rulings of this page as far as they are known."""
        return self._rulings if _key_of(page) == self._key else Rulings()

    def _take(self, key: Key, rulings: Rulings) -> None:
        if key == self._key:
            self._asked, self._rulings = None, rulings
            self.found.emit(key[0])
            self._go_on()

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then(self._rulings)

    def _do_without(self, error: BaseException) -> None:
        """A picture that cannot be had is told where it is shown; here the words decide."""
        self._asked = None
        self._go_on()
        if not isinstance(error, UserError):
            raise error


def _key_of(page: Page) -> Key:
    return page.id, page.rotation, page.skew, page.width, page.height
