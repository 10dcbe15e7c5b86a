"""What the page in view is compared with: one for the canvas and the panel of changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document import baselines
from desktop.document.changes import Change, changes

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection
    from model_backend.document import Annotation, Page

OtherPage = Callable[["Page"], "Page | None"]
"""The same page in another version; None where that has none."""


class Comparison(QObject):
    """The differences on the page in view, kept in step with it while they are shown."""

    changed = Signal()

    def __init__(
        self, document: OpenDocument, selection: Selection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._selection = document, selection
        self._other: OtherPage | None = None
        self.name = ""
        self.is_on = False
        self.has_page = True
        """Whether there is anything to compare the page in view with."""
        self.changes: tuple[Change, ...] = ()
        self.current: Change | None = None
        document.page_changed.connect(self._page_changed)
        selection.page_changed.connect(self._turned)

    @property
    def is_with_version(self) -> bool:
        """Whether another version is shown, not what models proposed."""
        return self._other is not None

    def show_proposals(self) -> None:
        """Compare with what models proposed."""
        self._show("", None)

    def show_version(self, name: str, other: OtherPage) -> None:
        """Compare with another version of the pages."""
        self._show(name, other)

    def _show(self, name: str, other: OtherPage | None) -> None:
        self.name, self._other, self.is_on = name, other, True
        self.current = None
        self._refresh()

    def hide(self) -> None:
        """Compare with nothing."""
        self.is_on, self._other, self.name = False, None, ""
        self.changes, self.current = (), None
        self.changed.emit()

    def choose(self, change: Change | None) -> None:
        """Look at this difference."""
        if change != self.current:
            self.current = change
            self.changed.emit()

    def next(self) -> Change | None:
        """Look at the difference after the current one, round and round; None where there is
        none.
        """
        if not self.changes:
            return None
        place = self.changes.index(self.current) + 1 if self.current in self.changes else 0
        self.choose_place(place % len(self.changes))
        return self.current

    def choose_place(self, place: int) -> None:
        """Look at the difference in this place of the list, or the last one."""
        self.choose(self.changes[min(place, len(self.changes) - 1)] if self.changes else None)

    def _turned(self) -> None:
        if self.is_on:
            self.current = None
            self._refresh()

    def _page_changed(self, page_id: int) -> None:
        if self.is_on and page_id == self._selection.page_id:
            self._refresh()

    def _refresh(self) -> None:
        """Compare anew; the one looked at stays as long as it is there."""
        page_id, looked_at = self._selection.page_id, self.current
        baseline = self._baseline(self._document.page(page_id)) if page_id else None
        self.has_page = baseline is not None
        self.changes = ()
        if baseline is not None:
            page = self._document.page(page_id)
            self.changes = changes(page, baseline, is_whole=self.is_with_version)
        self.current = next((one for one in self.changes if _is_same(one, looked_at)), None)
        self.changed.emit()

    def _baseline(self, page: Page) -> Mapping[int, Annotation] | None:
        if self._other is None:
            return baselines.of_proposals(page, self._document.store.proposals(page.id))
        other = self._other(page)
        return None if other is None else baselines.of_version(page, other)


def _is_same(change: Change, other: Change | None) -> bool:
    """Whether two differences are about the same, though the thing may have changed further."""
    return other is not None and (change.kind, change.item.id) == (other.kind, other.item.id)
