"""What checks find on the page in view, looked for while no edit is waiting for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection
    from model_backend.document import Page
    from model_backend.quality.findings import Finding
    from model_backend.quality.live import Look

SOON = 120
"""Milliseconds without a change after which the page is looked at."""
SHARE = 10
"""A page that takes long to look at is left alone for so many times that long."""
MANY = 500
"""Fewer things tell nothing about the cost of one."""
PER_THING_MS = 0.012
"""What looking at a word or annotation costs, until it is measured."""


class LiveChecks(QObject):
    """The findings of the page in view, and the counts of pages that were in view."""

    changed = Signal(int)
    chosen_changed = Signal()

    def __init__(
        self, document: OpenDocument, selection: Selection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._selection = document, selection
        self._page: Page | None = None
        self._look: Look | None = None
        self._chosen: Finding | None = None
        self._counts: dict[int, tuple[int, int]] = {}
        self._per_thing_ms = PER_THING_MS
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look_when_idle)
        selection.page_changed.connect(self._later)
        document.page_changed.connect(self._later_on_page)

    def _later_on_page(self, page_id: int) -> None:
        if page_id == self._selection.page_id:
            self._later()
        else:
            self._counts.pop(page_id, None)

    def _later(self) -> None:
        page_id = self._selection.page_id
        count = _size(self._document.page(page_id)) if page_id else 0
        self._timer.start(max(SOON, int(SHARE * self._per_thing_ms * count)))

    def _look_when_idle(self) -> None:
        """Nothing changes for a while; but what is held by the mouse must not stand still."""
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self.refresh()
        else:
            self._later()

    def stop(self) -> None:
        """Look at nothing any more: the project closes."""
        self._timer.stop()
        self._document.page_changed.disconnect(self._later_on_page)
        self._selection.page_changed.disconnect(self._later)

    def refresh(self) -> None:
        """Look at the page in view now, if it has changed since."""
        from model_backend.quality.live import look

        page_id = self._selection.page_id
        page = self._document.page(page_id) if page_id else None
        self._timer.stop()
        if page is self._page:
            return
        start = time.process_time()
        self._page, self._look = page, look(page) if page else None
        if page is not None and _size(page) >= MANY:
            self._per_thing_ms = 1000 * (time.process_time() - start) / _size(page)
        if page is not None and self._look is not None:
            self._counts[page.id] = (len(self._look.errors), len(self._look.warnings))
        if self._look is None or self._chosen not in self._look.open + self._look.accepted:
            self._chosen = None
        self.changed.emit(page_id)

    @property
    def look(self) -> Look:
        """What checks find on the page in view, as it is now."""
        self.refresh()
        return self.found

    @property
    def found(self) -> Look:
        """What they found when they looked last."""
        from model_backend.quality.live import Look

        return self._look or Look()

    def counts(self, page_id: int) -> tuple[int, int]:
        """How many errors and warnings a page had when it was looked at last; (0, 0) for a page
        that was not in view yet.
        """
        return self._counts.get(page_id, (0, 0))

    @property
    def chosen(self) -> Finding | None:
        """The finding that is being looked at, as long as it stands."""
        return self._chosen

    def choose(self, found: Finding | None) -> None:
        """Look at this one."""
        if found != self._chosen:
            self._chosen = found
            self.chosen_changed.emit()

    def next(self) -> Finding | None:
        """The open finding after the chosen one, the first behind the last; None without any."""
        order = self.look.open
        start = order.index(self._chosen) + 1 if self._chosen in order else 0
        return order[start % len(order)] if order else None


def _size(page: Page) -> int:
    """How many things there are to look at."""
    return len(page.words) + len(page.annotations)
