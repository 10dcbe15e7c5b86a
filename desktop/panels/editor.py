"""How panels and actions change the page in view: one pure edit, applied, a failure shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document.lookup import items_of
from desktop.errors import UserError, explain
from model_backend.document import COLLECTIONS, Word

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection
    from model_backend.document import Annotation, Page

_KINDS = tuple(COLLECTIONS.values())


class Editor(QObject):
    """The open document and what is selected in it, with one way to change the page in view."""

    failed = Signal(str)

    def __init__(
        self, document: OpenDocument, selection: Selection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.selection = selection

    @property
    def page(self) -> Page | None:
        """The page in view."""
        page_id = self.selection.page_id
        return self.document.page(page_id) if page_id else None

    @property
    def selected(self) -> tuple[Word | Annotation, ...]:
        """What is selected on the page in view, words and annotations."""
        page = self.page
        return () if page is None else tuple(items_of(page, self.selection.ids).values())

    @property
    def selected_annotations(self) -> tuple[Annotation, ...]:
        """The selected annotations in the page's order, without words."""
        chosen = [item for item in self.selected if not isinstance(item, Word)]
        return tuple(sorted(chosen, key=lambda item: (_KINDS.index(type(item)), item.id)))

    def change(self, text: str, edit: Callable[[Page], Page], *, page_id: int = 0) -> bool:
        """Apply the edit to the page in view, or to the one named, as one step; whether it was
        done.
        """
        page = self.document.page(page_id) if page_id else self.page
        if page is None:
            return False
        return self.attempt(lambda: self._apply(text, page, edit))

    def _apply(self, text: str, page: Page, edit: Callable[[Page], Page]) -> None:
        after = edit(page)
        if after != page:
            self.document.apply(text, after)

    def attempt(self, step: Callable[[], object]) -> bool:
        """Do one step that may fail in ways a person can act on; whether it was done."""
        try:
            step()
        except (UserError, OSError) as error:
            self.failed.emit(explain(error))
            return False
        return True
