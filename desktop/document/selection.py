"""What is in view and selected: one for the canvas and all panels, so that they agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from desktop.document.visibility import Visibility
from model_backend.document import Span


class Selection(QObject):
    """The page in view, what of it is seen, and what is selected in the order of selecting."""

    changed = Signal()
    page_changed = Signal(int)
    visibility_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page_id = 0
        self._ids: tuple[int, ...] = ()
        self._cells: Span | None = None
        self._visibility = Visibility()
        self._single: dict[int, tuple[frozenset[int], frozenset[int]]] = {}

    @property
    def visibility(self) -> Visibility:
        """What is shown and what is locked."""
        return self._visibility

    def set_visibility(self, visibility: Visibility) -> None:
        """Show and lock exactly this."""
        if visibility != self._visibility:
            self._visibility = visibility
            self.visibility_changed.emit()

    def _single_things_of(self, page_id: int) -> None:
        """Ids mean something on their own page only: keep those hidden or locked apart by page."""
        now = self._visibility
        self._single[self._page_id] = (now.hidden_ids, now.locked_ids)
        hidden, locked = self._single.get(page_id, (frozenset(), frozenset()))
        self.set_visibility(replace(now, hidden_ids=hidden, locked_ids=locked))

    @property
    def page_id(self) -> int:
        """The page in view; 0 when there is none."""
        return self._page_id

    @property
    def ids(self) -> tuple[int, ...]:
        """The selected words and annotations, the first selected first."""
        return self._ids

    @property
    def cells(self) -> Span | None:
        """The selected cells of the one selected table."""
        return self._cells

    def set_page(self, page_id: int) -> None:
        """Turn to a page; nothing on it is selected."""
        if page_id == self._page_id:
            return
        self._single_things_of(page_id)
        self._page_id = page_id
        has_selection = bool(self._ids)
        self._ids, self._cells = (), None
        self.page_changed.emit(page_id)
        if has_selection:
            self.changed.emit()

    def select(self, ids: Iterable[int], cells: Span | None = None) -> None:
        """Select exactly these; cells only together with the one table that has them."""
        new = tuple(dict.fromkeys(ids))
        cells = cells if len(new) == 1 else None
        if (new, cells) == (self._ids, self._cells):
            return
        self._ids, self._cells = new, cells
        self.changed.emit()

    def toggle(self, item_id: int) -> None:
        """Add to the selection, or take out of it."""
        if item_id in self._ids:
            self.select(other for other in self._ids if other != item_id)
        else:
            self.select((*self._ids, item_id))

    def clear(self) -> None:
        """Select nothing."""
        self.select(())
