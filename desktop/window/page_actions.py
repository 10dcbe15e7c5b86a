"""Turning pages, turning a page, reading it again, pre-labelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop.document import edits
from model_backend.document import Box, Relation, union_of
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.window.workbench import Workbench

NEIGHBOURS = (1, -1)
BEYOND = 2**62
"""An id after every page's."""


class PageActions(QObject):
    """What the Page menu does."""

    said = Signal(str)

    def __init__(self, bench: Workbench, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._bench, self._window = bench, window
        bench.selection.page_changed.connect(self._look_ahead)

    def next_page(self) -> None:
        """Show the page after this one."""
        self._go(step=1)

    def previous_page(self) -> None:
        """Show the page before this one."""
        self._go(step=-1)

    def next_unchecked(self) -> None:
        """Show the next page that is not done."""
        self._go(step=1, is_unchecked=True)

    def previous_unchecked(self) -> None:
        """Show the last page before this one that is not done."""
        self._go(step=-1, is_unchecked=True)

    def _go(self, *, step: int, is_unchecked: bool = False) -> None:
        store, here = self._bench.document.store, self._bench.selection.page_id
        page_id = store.next_page(here or 0, unchecked=is_unchecked, step=step)
        if page_id is not None:
            self._bench.selection.set_page(page_id)
        elif is_unchecked:
            self.said.emit(_("No unchecked page in this direction."))
        else:
            self.said.emit(_("This is the last page.") if step > 0 else _("This is page one."))

    def first_page(self) -> None:
        """Show the first page."""
        self._show(self._bench.document.store.next_page(0))

    def last_page(self) -> None:
        """Show the last page."""
        self._show(self._bench.document.store.next_page(BEYOND, step=-1))

    def _show(self, page_id: int | None) -> None:
        if page_id is not None:
            self._bench.selection.set_page(page_id)

    def _look_ahead(self, page_id: int) -> None:
        store = self._bench.document.store
        found = [store.next_page(page_id, step=step) for step in NEIGHBOURS] if page_id else []
        self._bench.images.prefetch([number for number in found if number is not None])

    def open_gold(self) -> None:
        """Let the page in view change, though models are measured with it."""
        document, page_id = self._bench.document, self._bench.selection.page_id
        if not document.is_gold(page_id):
            self.said.emit(_("This page is not gold: it can be changed anyway."))
            return
        document.open_gold(page_id)
        self.said.emit(_("This gold page can be changed now. Figures measured before differ."))

    def rotate_left(self) -> None:
        """Turn the page a quarter anticlockwise."""
        self._turn(270)

    def rotate_right(self) -> None:
        """Turn the page a quarter clockwise."""
        self._turn(90)

    def _turn(self, degrees: int) -> None:
        self._bench.editor.change(mark("Turn the page"), lambda page: edits.rotate(page, degrees))

    def deskew(self) -> None:
        """Ask for the angle, with a preview, and straighten the page."""
        from desktop.dialogs.deskew_dialog import DeskewDialog

        page = self._bench.editor.page
        if page is None:
            return
        shown = self._bench.images.picture(page, 1.0)
        image = shown.image if shown else QImage(1, 1, QImage.Format.Format_RGB32)
        dialog = DeskewDialog(page, image, self._window)
        if dialog.exec():
            degrees = dialog.degrees
            self._bench.editor.change(
                mark("Straighten the page"), lambda page: edits.deskew(page, degrees)
            )

    def recognize(self) -> None:
        """Read the text of the selection again, of the whole page when nothing is selected; a
        person chooses what of it is taken.
        """
        from desktop.dialogs.read_again_dialog import ReadAgainDialog
        from desktop.document.rereading import taken

        page, box, bench = self._bench.editor.page, self._selected_box(), self._bench
        if page is None:
            return
        dialog = ReadAgainDialog(
            page,
            box,
            lambda settings: bench.recognize(page.id, box, settings),
            bench.images,
            bench.settings.value("ocr_languages"),
            self._window,
        )
        if dialog.exec():
            chosen = dialog.chosen
            bench.editor.change(mark("Read the text again"), lambda page: taken(page, chosen))

    def _selected_box(self) -> Box | None:
        things = [t for t in self._bench.editor.selected if not isinstance(t, Relation)]
        if not things:
            return None
        box = union_of(thing.box.normalized() for thing in things)
        return box.grown(0.2 * min(box.width, box.height))  # letters at an edge are misread

    def prelabel(self) -> None:
        """Have models propose annotations on this page."""
        page_id = self._bench.selection.page_id
        if page_id:
            self._bench.prelabel([page_id])

    def prelabel_all(self) -> None:
        """Have models propose annotations on all pages that are not done."""
        from model_backend.document import PageStatus

        open_ones = (
            PageStatus.NEW,
            PageStatus.PROPOSED,
            PageStatus.IN_PROGRESS,
            PageStatus.RETURNED,
        )
        ids = self._bench.document.store.page_ids(open_ones)
        if ids:
            self._bench.prelabel(ids)
        else:
            self.said.emit(_("All pages are done."))
