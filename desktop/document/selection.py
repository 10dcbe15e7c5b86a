"""What is selected: one for the canvas and all panels, so that they agree."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from model_backend.document import Span


class Selection(QObject):
    """The page in view, and the selected words and annotations in the order of selecting."""

    changed = Signal()
    page_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page_id = 0
        self._ids: tuple[int, ...] = ()
        self._cells: Span | None = None

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
