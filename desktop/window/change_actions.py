"""The overlay of changes: since the proposal, or against another version; one step back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.document.comparison import Comparison
from desktop.document.reverting import take_back
from desktop.errors import UserError
from desktop.jobs import comparing
from model_backend.document import Page
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.jobs.comparing import Version
    from desktop.jobs.work import Outcome
    from desktop.window.workbench import Workbench


class ChangeActions(QObject):
    """What can be done with differences."""

    said = Signal(str)
    panel_wanted = Signal()
    compared = Signal(object)

    def __init__(self, bench: Workbench, window: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench, self._window = bench, window
        self._version: Version | None = None
        self.comparison = Comparison(bench.document, bench.selection, self)

    def toggle(self) -> None:
        """Show what changed since the proposal; or show no differences any more."""
        if self.comparison.is_on:
            self.comparison.hide()
            self._leave_version()
        else:
            self.comparison.show_proposals()
            self.panel_wanted.emit()

    def next(self) -> None:
        """Go on to the next difference; show them first, where they are not shown."""
        if not self.comparison.is_on:
            self.comparison.show_proposals()
        self.panel_wanted.emit()
        if self.comparison.next() is None:
            self.said.emit(_("No difference on this page."))

    def take_back(self) -> None:
        """Take the difference that is looked at back, as one edit that can be undone."""
        change = self.comparison.current
        if change is None:
            self.said.emit(_("Choose a difference first."))
            return
        text = (
            mark("Take over from another version")
            if self.comparison.is_with_version
            else mark("Take back a change")
        )
        place = self.comparison.changes.index(change)
        if self._bench.editor.change(text, lambda page: take_back(page, change)):
            self.comparison.choose_place(place)

    def compare_with(self) -> None:
        """Choose another version: a project, or a folder of Proofdesk pages."""
        name = QFileDialog.getExistingDirectory(
            self._window, _("Compare with a project or a folder of pages"), str(Path.home())
        )
        if name:
            self.compare(Path(name))

    def compare(self, path: Path) -> None:
        """Read another version and measure both, in the io thread; then show the differences."""
        here = self._bench.document.store.folder
        if path.resolve() == here.resolve():
            raise UserError("This is the project itself. Choose another version of it.")
        job = self._bench.runner.in_thread(_("Compare"), comparing.compare, here, path)
        job.finished.connect(self._show)

    def _show(self, outcome: Outcome) -> None:
        if outcome.result is None or outcome.is_cancelled:
            return
        version, found = outcome.result
        self._leave_version()
        self._version = version
        self.comparison.show_version(version.name, self._other_page)
        self.panel_wanted.emit()
        self.compared.emit(found)

    def _other_page(self, page: Page) -> Page | None:
        """The same page in the other version."""
        found: list[Page | None] = []
        document = self._bench.document.store.document(page.document_id)
        version = self._version
        if version is not None:
            key = (document.sha256, page.number)
            self._bench.editor.attempt(lambda: found.append(version.page(key)))
        return found[0] if found else None

    def _leave_version(self) -> None:
        version, self._version = self._version, None
        if version is not None:
            version.close()

    def close(self) -> None:
        """The project closes: let go of the other version, too."""
        self._leave_version()
