"""What the status line says of the page in view: number, counts, zoom, why it is not drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.panels.counts import count_text
from desktop.store.digests import damaged_page
from model_backend.document import Page, Status
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.window.status_line import StatusLine
    from desktop.window.workbench import Workbench


class PageFacts(QObject):
    """Keeps the line equal to the page; `complained` tells once what is wrong with one."""

    complained = Signal(str)

    def __init__(self, bench: Workbench, line: StatusLine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench, self._line = bench, line
        self._told: set[tuple[int, str]] = set()
        bench.images.image_ready.connect(self._tell_problem)

    def show_page(self, place: int, count: int) -> None:
        """Say which page it is, of how many, what is on it and what is wrong with it."""
        page = self._bench.editor.page
        text = _("Page {number} of {count}").format(number=place or "–", count=count)
        self._line.page.setText(text if page else "")
        self._line.counts.setText(self._counts(page) if page else "")

    def _counts(self, page: Page) -> str:
        proposed = sum(item.status is Status.PROPOSED for item in page.annotations)
        accepted = len(page.annotations) - proposed
        counts = _("{proposed} proposed, {accepted} accepted")
        errors, warnings = self._bench.checks.counts(page.id)
        parts = (
            count_text("errors", errors) if errors else "",
            count_text("warnings", warnings) if warnings else "",
        )
        problems = ", ".join(filter(None, parts))
        return " · ".join(
            filter(None, (problems, counts.format(proposed=proposed, accepted=accepted)))
        )

    def show_zoom(self, zoom: float) -> None:
        """Say how large the page is shown."""
        self._line.zoom.setText(f"{zoom:.0%}" if self._bench.editor.page else "")

    def tell_damage(self, page_id: int) -> None:
        """A page that is not what was saved is shown, and cannot be changed: say so once."""
        page = self._bench.editor.page
        if page is not None and page_id in self._bench.document.store.damaged:
            folder = self._bench.document.store.folder
            self._tell(page_id, str(damaged_page(page.number, folder)))

    def _tell_problem(self, page_id: int) -> None:
        """What it says stands on the page, too."""
        self._tell(page_id, self._bench.images.problem(page_id))

    def _tell(self, page_id: int, text: str) -> None:
        if text and (page_id, text) not in self._told:
            self._told.add((page_id, text))
            self.complained.emit(text)
