"""One change on many pages, a few at a time, so that the window stays alive."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from model_backend.document import Page

PAGES_A_STEP = 100
"""Pages that are undone together: undoing works in one go, and thousands would take too long."""
PAGES_A_SLICE = 3


def steps_for(pages: int) -> int:
    """How many steps undo needs for so many pages."""
    return -(-pages // PAGES_A_STEP)


class ManyPages:
    """The pages that still have to be changed; `go_on` changes the next few."""

    def __init__(
        self,
        document: OpenDocument,
        title: str,
        page_ids: Iterable[int],
        change: Callable[[Page], Page],
    ) -> None:
        self._document, self._title, self._change = document, title, change
        self._waiting = list(page_ids)
        self.total = len(self._waiting)
        self.changed = 0
        """How many pages were changed so far."""
        self._in_step, self._is_begun = 0, False

    @property
    def done(self) -> int:
        """How many pages were looked at."""
        return self.total - len(self._waiting)

    def go_on(self) -> bool:
        """Change the next few pages, unless they have to wait; False when nothing is left to do."""
        if not self._is_begun and self.total > 1:
            self._is_begun = True
            self._document.many_changes_begin.emit()
        if self._is_begun and self._document.is_being_kept:
            return True
        now, self._waiting = self._waiting[:PAGES_A_SLICE], self._waiting[PAGES_A_SLICE:]
        before = [self._document.page(page_id) for page_id in now]
        after = [self._change(page) for page in before]
        changed = [new for old, new in zip(before, after, strict=True) if new != old]
        if changed:
            self._apply(changed)
        return bool(self._waiting)

    def _apply(self, changed: list[Page]) -> None:
        is_new = self._in_step == 0 or self._in_step + len(changed) > PAGES_A_STEP
        (self._document.apply if is_new else self._document.go_on)(self._title, *changed)
        self._in_step = len(changed) if is_new else self._in_step + len(changed)
        self.changed += len(changed)
