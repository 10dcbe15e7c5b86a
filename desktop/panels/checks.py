"""What checks find on the page in view: each finding selects its object, and may be repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.panels.editor import Editor
    from model_backend.document import Page
    from model_backend.quality.findings import Finding

FINDING = Qt.ItemDataRole.UserRole
DELAY = 300
"""Milliseconds without a change after which a page is looked at again."""


class Checks(QWidget):
    """The findings of the page in view, looked for while the panel is shown."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.verdict = QLabel(self)
        self.verdict.setWordWrap(True)
        self.view = QListWidget(self)
        self.view.setWordWrap(True)
        self.view.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.view.setAccessibleName(_("Checks"))
        self.repair_button = QPushButton(_("Repair"), self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 6, 6)
        layout.setSpacing(6)
        for part in (self.verdict, self.view, self.repair_button):
            layout.addWidget(part)
        self._timer = QTimer(self, singleShot=True, interval=DELAY)
        self._connect()
        self._show_choice()

    def _connect(self) -> None:
        self._timer.timeout.connect(self.refresh)
        self.view.currentItemChanged.connect(self._jump)
        self.view.itemClicked.connect(self._jump)
        self.repair_button.clicked.connect(self._repair)
        self._editor.selection.page_changed.connect(self._later)
        self._editor.document.page_changed.connect(self._later_on_page)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Look at the page now that somebody does."""
        super().showEvent(event)
        self._later()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Look at nothing any more: the project may be closing."""
        self._timer.stop()
        super().hideEvent(event)

    def _later_on_page(self, page_id: int) -> None:
        if page_id == self._editor.selection.page_id:
            self._later()

    def _later(self) -> None:
        if self.isVisible():
            self._timer.start()

    def refresh(self) -> None:
        """Look at the page in view anew."""
        from model_backend.quality.checks import check

        page = self._editor.page
        findings = () if page is None else check(page, "")
        self.view.blockSignals(True)
        self.view.clear()
        for found in findings:
            self.view.addItem(_item(found))
        self.view.blockSignals(False)
        self.verdict.setText(
            _("{count} things to look at").format(count=len(findings))
            if findings
            else _("Nothing wrong was found on this page.")
        )
        self._show_choice()

    @property
    def finding(self) -> Finding | None:
        """The finding that is chosen."""
        item = self.view.currentItem()
        return item.data(FINDING) if item else None

    def _jump(self) -> None:
        found, page = self.finding, self._editor.page
        if found is not None and page is not None:
            there = {item.id for item in (*page.words, *page.annotations)}
            self._editor.selection.select(own for own in found.ids if own in there)
        self._show_choice()

    def _show_choice(self) -> None:
        found = self.finding
        title = _("Repair")
        if found is not None and found.repair is not None:
            from model_backend.quality.repairs import REPAIRS

            title = _(REPAIRS[found.repair].title)
        self.repair_button.setText(title)
        self.repair_button.setEnabled(found is not None and found.repair is not None)

    def _repair(self) -> None:
        """Repair the chosen finding alone, as one step that can be undone."""
        from desktop.document.edits.parts import begun
        from model_backend.quality.repairs import REPAIRS

        found = self.finding
        if found is None or found.repair is None:
            return
        repair, ids = REPAIRS[found.repair], found.ids

        def edit(page: Page) -> Page:
            after = repair.edit(page, ids)
            return page if after == page else begun(after)

        self._editor.change(repair.title, edit)
        self.refresh()


def _item(found: Finding) -> QListWidgetItem:
    """A finding's line; its severity is said in words."""
    patterns = {"error": _("Error: {text}"), "warning": _("Warning: {text}")}
    item = QListWidgetItem(patterns[found.severity.value].format(text=found.text))
    item.setData(FINDING, found)
    item.setToolTip(found.rule)
    return item
