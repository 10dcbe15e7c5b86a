"""How panels and actions change the page in view: one pure edit, applied, a failure shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.errors import UserError, explain

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection
    from model_backend.document import Annotation, Page, Word


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
        if page is None:
            return ()
        wanted = set(self.selection.ids)
        everything = (*page.annotations, *page.words) if wanted else ()
        found = {item.id: item for item in everything if item.id in wanted}
        return tuple(found[number] for number in self.selection.ids if number in found)

    @property
    def selected_annotations(self) -> tuple[Annotation, ...]:
        """The selected annotations, without words."""
        page = self.page
        wanted = set(self.selection.ids)
        return () if page is None else tuple(i for i in page.annotations if i.id in wanted)

    def change(self, text: str, edit: Callable[[Page], Page]) -> bool:
        """Apply the edit to the page in view as one step; whether it was done."""
        page = self.page
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
