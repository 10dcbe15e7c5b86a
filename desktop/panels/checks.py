"""What checks find on the page in view: each finding selects its object, may be repaired, and a
warning may be let stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance.plain import tip
from desktop.panels.counts import count_text
from model_backend.translation import _

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from desktop.document.live_checks import LiveChecks
    from model_backend.quality.findings import Finding

FINDING = Qt.ItemDataRole.UserRole


class Checks(QWidget):
    """The findings of the page in view; those that were let stand come last."""

    jump_wanted = Signal()
    repair_wanted = Signal()
    accept_wanted = Signal()

    def __init__(self, checks: LiveChecks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._checks = checks
        self.verdict = QLabel(self)
        self.verdict.setWordWrap(True)
        self.view = QListWidget(self)
        self.view.setWordWrap(True)
        self.view.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.view.setAccessibleName(_("Checks"))
        self.repair_button = QPushButton(_("Repair"), self)
        self.accept_button = QPushButton(_("Let it stand"), self)
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        # A repair has a long name: it may not widen the panel, or the page beside it would jump.
        policy = self.repair_button.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self.repair_button.setSizePolicy(policy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(self.verdict)
        layout.addWidget(self.view)
        layout.addWidget(self.repair_button)
        layout.addWidget(self.accept_button)

    def _connect(self) -> None:
        self.view.currentItemChanged.connect(self._choose)
        self.view.itemClicked.connect(self._choose)
        self.repair_button.clicked.connect(self.repair_wanted)
        self.accept_button.clicked.connect(self.accept_wanted)
        self._checks.changed.connect(self.refresh)
        self._checks.chosen_changed.connect(self._follow)

    def refresh(self) -> None:
        """Make the list equal to what was found."""
        look = self._checks.found
        self.view.blockSignals(True)
        self.view.clear()
        for found in look.open:
            self.view.addItem(_item(found, _pattern(found)))
        for found in look.accepted:
            item = _item(found, _("Stands: {text}"))
            item.setForeground(self._quiet())
            self.view.addItem(item)
        self.view.blockSignals(False)
        self.verdict.setText(
            count_text("findings", len(look.open))
            if look.open
            else _("Nothing wrong was found on this page.")
        )
        self._follow()

    def _quiet(self) -> QColor:
        return self.palette().placeholderText().color()

    @property
    def finding(self) -> Finding | None:
        """The finding that is chosen."""
        item = self.view.currentItem()
        return item.data(FINDING) if item else None

    def _choose(self) -> None:
        """A person chose a line."""
        self._checks.choose(self.finding)
        self._show_choice()
        if self.finding is not None:
            self.jump_wanted.emit()

    def _follow(self) -> None:
        """Show the line of the finding that is being looked at."""
        chosen = self._checks.chosen
        rows = (row for row in range(self.view.count()))
        row = next((n for n in rows if self.view.item(n).data(FINDING) == chosen), -1)
        if row != self.view.currentRow():
            self.view.blockSignals(True)
            self.view.setCurrentRow(row)
            self.view.blockSignals(False)
        self._show_choice()

    def _show_choice(self) -> None:
        found = self.finding
        title = _("Repair")
        if found is not None and found.repair is not None:
            from model_backend.quality.repairs import REPAIRS

            title = _(REPAIRS[found.repair].title)
        self.repair_button.setText(title)
        self.repair_button.setToolTip(title)
        self.repair_button.setEnabled(found is not None and found.repair is not None)
        look = self._checks.found
        stands = found in look.accepted
        self.accept_button.setText(_("Ask again") if stands else _("Let it stand"))
        self.accept_button.setEnabled(stands or found in look.warnings)


def _pattern(found: Finding) -> str:
    from model_backend.quality.live import is_error

    return _("Error: {text}") if is_error(found) else _("Warning: {text}")


def _item(found: Finding, pattern: str) -> QListWidgetItem:
    """A finding's line; its severity is said in words."""
    item = QListWidgetItem(pattern.format(text=found.text))
    item.setData(FINDING, found)
    item.setToolTip(tip(found.rule))
    return item
