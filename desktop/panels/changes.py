"""What changed since the proposal, or from another version: counts, a list, one step back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance.plain import tip
from desktop.document.changes import SIGNS, Change, ChangeKind, counts
from desktop.panels.forms import PlainLabel, make_narrow
from desktop.panels.texts import name_of, one_line
from model_backend.document import Entity, Page, Region
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.document.comparison import Comparison
    from desktop.jobs.comparing import Compared
    from desktop.panels.editor import Editor

KIND_TEXTS = {
    ChangeKind.ADDED: mark("Added"),
    ChangeKind.REMOVED: mark("Removed"),
    ChangeKind.MOVED: mark("Moved"),
    ChangeKind.LABEL: mark("Other label"),
    ChangeKind.TEXT: mark("Other text"),
    ChangeKind.WORDS: mark("Other words"),
    ChangeKind.ENDS: mark("Other ends"),
    ChangeKind.OUTLINE: mark("Other outline"),
    ChangeKind.EDGES: mark("Other edges"),
    ChangeKind.SPANS: mark("Other merged cells"),
    ChangeKind.HEADER: mark("Other header rows"),
}
FIGURES = (
    (mark("Entities, F1"), ("entities", "f1")),
    (mark("Labels of words, kappa"), ("word_labels", "kappa")),
    (mark("Links, F1"), ("relations", "f1")),
    (mark("Tables, GriTS Top"), ("tables", "grits_top")),
    (mark("Tables, GriTS Con"), ("tables", "grits_con")),
    (mark("Tables, GriTS Loc"), ("tables", "grits_loc")),
    (mark("Masks, IoU"), ("masks", "iou")),
)
"""The figures of agreement that are shown, and where they stand in the summary."""
CHANGE = Qt.ItemDataRole.UserRole
LONGEST = 40


class Changes(QWidget):
    """The differences on the page in view; the chosen one is shown on the page."""

    proposals_wanted = Signal()
    compare_wanted = Signal()
    take_back_wanted = Signal()

    def __init__(
        self, editor: Editor, comparison: Comparison, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._editor, self._comparison = editor, comparison
        self._is_following = False
        self.since_button = QPushButton(_("Since the proposal"), self)
        self.since_button.setCheckable(True)
        self.compare_button = QPushButton(_("Compare with..."), self)
        self.summary, self.figures = PlainLabel("", self), PlainLabel("", self)
        for label in (self.summary, self.figures):
            make_narrow(label)
        self.figures.hide()
        self.view = QListWidget(self)
        self.view.setAccessibleName(_("Differences on this page"))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.take_back_button = QPushButton(_("Take this back"), self)
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 6, 6)
        layout.setSpacing(6)
        row = QHBoxLayout()
        for button in (self.since_button, self.compare_button):
            row.addWidget(button, 1)
        layout.addLayout(row)
        for part in (self.summary, self.view, self.take_back_button, self.figures):
            layout.addWidget(part)

    def _connect(self) -> None:
        self.since_button.clicked.connect(self.proposals_wanted)
        self.compare_button.clicked.connect(self.compare_wanted)
        self.take_back_button.clicked.connect(self.take_back_wanted)
        self.view.currentItemChanged.connect(self._choose)
        self._comparison.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Make the list equal to the differences."""
        comparison, page = self._comparison, self._editor.page
        self._is_following = True
        self.since_button.setChecked(comparison.is_on and not comparison.is_with_version)
        self.view.clear()
        whole = _with_what_is_gone(page, comparison.changes) if page is not None else None
        for change in comparison.changes if whole is not None else ():
            assert whole is not None
            item = QListWidgetItem(change_text(change, whole), self.view)
            item.setToolTip(tip(item.text()))
            item.setData(CHANGE, change)
            if change == comparison.current:
                self.view.setCurrentItem(item)
        self._is_following = False
        self.summary.setText(self._summary())
        self.take_back_button.setEnabled(comparison.current is not None)
        text = _("Take over theirs") if comparison.is_with_version else _("Take this back")
        self.take_back_button.setText(text)
        if not comparison.is_with_version:
            self.figures.hide()

    def _summary(self) -> str:
        comparison = self._comparison
        if not comparison.is_on:
            return _("Show what people changed since the proposal, or compare two versions.")
        with_whom = _("Compared with {name}: {what}").format(
            name=comparison.name, what=self._counts()
        )
        return with_whom if comparison.is_with_version else self._counts()

    def _counts(self) -> str:
        if not self._comparison.has_page:
            return _("it does not have this page.")
        found = counts(self._comparison.changes)
        if not found:
            return _("No difference on this page.")
        parts = (f"{SIGNS[kind]} {_(KIND_TEXTS[kind])}: {count}" for kind, count in found.items())
        return " · ".join(parts)

    def _choose(self) -> None:
        item = self.view.currentItem()
        if not self._is_following and item is not None:
            self._comparison.choose(item.data(CHANGE))

    def show_agreement(self, compared: Compared) -> None:
        """Show how far the two versions agree as a whole."""
        lines = list(figure_lines(compared.figures))
        count, rest = compared.pages, compared.only_first + compared.only_second
        head = _("{count} pages in both, {rest} in one of them only.")
        self.figures.setText("\n".join([head.format(count=count, rest=rest), *lines]))
        self.figures.show()


def change_text(change: Change, page: Page) -> str:
    """One difference in a line: its sign, its kind, what it is about.

    `page` is the page with what is gone put back, so that a link that is gone can name its ends.
    """
    head = f"{SIGNS[change.kind]} {_(KIND_TEXTS[change.kind])}"
    before, now = change.before, change.now
    if isinstance(before, Entity | Region) and isinstance(now, Entity | Region):
        if change.kind is ChangeKind.LABEL:
            return f"{head}: {before.label} → {now.label} ({name_of(now, page)})"
        if change.kind is ChangeKind.TEXT and isinstance(before, Entity):
            return f"{head}: {one_line(before.text, LONGEST)} → {name_of(now, page)}"
    return f"{head}: {name_of(change.item, page)}"


def _with_what_is_gone(page: Page, changes: Sequence[Change]) -> Page:
    gone = [one.before for one in changes if one.now is None and isinstance(one.before, Entity)]
    entities = sorted((*page.entities, *gone), key=lambda entity: entity.id)
    return replace(page, entities=tuple(entities))


def figure_lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """The figures of agreement that are defined, one in a line."""
    for text, (measure, name) in FIGURES:
        value = figures.get(measure, {}).get(name)
        if value is not None:
            yield f"{_(text)}: {value:.3f}"
