"""What the inspector shows while nothing is selected: the page and its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from desktop.appearance.signs import PAGE_STATUS_TEXTS
from desktop.panels.forms import FactForm, PlainLabel, TextField, breakable
from desktop.panels.page_kind import PageKind
from desktop.panels.page_model import NOT_SAVED
from model_backend.document import Page, PageStatus, Status
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.panels.editor import Editor


class PageForm(QWidget):
    """Name, size, turn and status of the page in view."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._page_id = 0
        self.name, self.extent, self.turn = PlainLabel(), PlainLabel(), PlainLabel()
        self.words, self.counts = PlainLabel(), PlainLabel()
        self.status = QComboBox()
        for status, text in PAGE_STATUS_TEXTS.items():
            self.status.addItem(_(text), status)
        self.status.setAccessibleName(_("Status of the page"))
        self.status.activated.connect(self._set_status)
        self.kind = PageKind()
        self.kind.chosen.connect(self._set_kind)
        self.problem = PlainLabel()
        self.problem.setProperty("bad", "true")
        form = self._form = FactForm()
        form.add(_("File"), self.name)
        form.add(_("Problem"), self.problem)
        form.add(_("Status"), self.status)
        form.add(_("Kind"), self.kind)
        form.add(_("Size"), self.extent)
        form.add(_("Turn"), self.turn)
        form.add(_("Words"), self.words)
        form.add(_("Annotations"), self.counts)
        self.note = TextField(_("Note"), is_own=True)
        self.note.committed.connect(self._set_note)
        form.add(_("Note"), self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addStretch(1)

    def show_page(self, page: Page) -> None:
        """Show this page's facts."""
        document = self._editor.document.store.document(page.document_id)
        self.name.setText(
            _("{name}, page {number} of {count}").format(
                name=document.name, number=page.number + 1, count=document.page_count
            )
        )
        self._show_problem(page)
        unit = _("points") if page.unit == "pt" else _("pixels")
        self.extent.setText(f"{page.width:g} × {page.height:g} {unit}")
        self.turn.setText(_turn(page))
        self.words.setText(_words(page, is_from_data_set=bool(document.source_data)))
        proposed = sum(item.status is Status.PROPOSED for item in page.annotations)
        self.counts.setText(
            _("{accepted} accepted, {proposed} proposed").format(
                accepted=len(page.annotations) - proposed, proposed=proposed
            )
        )
        self.status.setCurrentIndex(self.status.findData(page.status))
        self.kind.show_class(page.page_class)
        if page.id != self._page_id:
            self.note.commit()
        self._page_id = page.id
        self.note.show_text(page.note)

    def _show_problem(self, page: Page) -> None:
        store = self._editor.document.store
        is_damaged = page.id in store.damaged
        problem = _(NOT_SAVED) if is_damaged else store.summary(page.id).problem
        self.problem.setText(breakable(problem))
        self._form.show_row(self.problem, is_shown=bool(problem))

    def _set_note(self, note: str) -> None:
        from desktop.document import edits

        self._editor.change(
            mark("Write a note"), lambda page: edits.set_note(page, note), page_id=self._page_id
        )

    def _set_kind(self, label: str) -> None:
        from desktop.document import edits

        self._editor.change(
            mark("Set the kind of page"), lambda page: edits.set_page_class(page, label)
        )

    def _set_status(self) -> None:
        from desktop.document import edits

        status = PageStatus(self.status.currentData())
        done = self._editor.change(
            mark("Set the page's status"), lambda page: edits.set_page_status(page, status)
        )
        page = self._editor.page
        if not done and page is not None:
            self.status.setCurrentIndex(self.status.findData(page.status))


def _turn(page: Page) -> str:
    if not page.rotation and not page.skew:
        return _("as in the file")
    return _("{turn}° clockwise, straightened by {skew:.1f}°").format(
        turn=page.rotation, skew=page.skew
    )


def _words(page: Page, *, is_from_data_set: bool) -> str:
    if is_from_data_set and page.words:
        return str(len(page.words))
    origin = _("read from the picture") if page.is_scan else _("from the file's text")
    return f"{len(page.words)}, {origin}" if page.words else _("none")
