"""Accept all proposals above a score: how many that are is told while the score is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSpinBox, QWidget

from desktop.dialogs.frame import choice
from desktop.dialogs.work_frame import WorkFrame
from desktop.document import edits
from desktop.document.many_pages import PAGES_A_STEP, ManyPages, steps_for
from desktop.panels.counts import count_text
from model_backend.document import Page, Status, collection_of
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument

TITLE = mark("Accept all above a score")
THIS_PAGE, PROJECT = "page", "project"
SCOPES = ((THIS_PAGE, mark("This page")), (PROJECT, mark("The whole project")))
ALL = ("entities", "relations", "tables", "regions")
KINDS = (
    (ALL, mark("Everything")),
    (("entities",), mark("Entities")),
    (("relations",), mark("Links")),
    (("tables",), mark("Tables")),
    (("regions",), mark("Regions")),
)
FIRST = 90


class AcceptDialog(WorkFrame):
    """A score, a kind, a place; Enter accepts."""

    def __init__(self, document: OpenDocument, page_id: int, parent: QWidget | None = None) -> None:
        super().__init__(_(TITLE), _("Accept"), parent)
        self._document, self._page_id = document, page_id
        self.score, self.slider = QSpinBox(), QSlider(Qt.Orientation.Horizontal)
        self.score.setSuffix(" %")
        for part in (self.score, self.slider):
            part.setRange(0, 100)
            part.setValue(FIRST)
            part.setAccessibleName(_("Least score"))
        self.slider.setMinimumWidth(220)
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self.score)
        self.kind, self.scope = choice(KINDS, ALL), choice(SCOPES, THIS_PAGE)
        self.kind.setAccessibleName(_("What"))
        self.scope.setAccessibleName(_("Where"))
        self.form.add(_("Least score"), row)
        self.form.add(_("What"), self.kind)
        self.form.add(_("Where"), self.scope)
        self.body.addLayout(self.foot)
        self.add_cancel()
        self.slider.valueChanged.connect(self.score.setValue)
        self.score.valueChanged.connect(self.slider.setValue)
        self.score.valueChanged.connect(self.show_state)
        self.kind.currentIndexChanged.connect(self.show_state)
        self.scope.currentIndexChanged.connect(self.show_state)
        self.set_least_width(430)
        self.score.setFocus()
        self.score.selectAll()
        self.show_state()

    @property
    def _kinds(self) -> tuple[str, ...]:
        return KINDS[self.kind.currentIndex()][0]

    @property
    def _least(self) -> float:
        """A score that is shown as 90 % counts as 90 %."""
        return self.score.value() / 100 - 0.005

    @property
    def _only_page(self) -> int:
        return self._page_id if self.scope.currentData() == THIS_PAGE else 0

    def show_state(self) -> None:
        """Say how many would be accepted."""
        super().show_state()
        counted = self._document.store.open_proposals.count(
            self._kinds, self._least, self._only_page
        )
        text = _("{proposals} on {pages}").format(
            proposals=count_text("proposals", counted.proposals),
            pages=count_text("pages", counted.pages),
        )
        if counted.pages > PAGES_A_STEP:
            steps = _("{count} steps to undo").format(count=steps_for(counted.pages))
            text = f"{text} – {steps}"
        self.state.setText(text)
        self.accept_button.setEnabled(bool(counted.proposals) and not self.is_busy)

    def accept(self) -> None:
        """Accept them, a few pages at a time."""
        if self.is_busy:
            return
        kinds, least = self._kinds, self._least
        pages = self._document.store.open_proposals.pages(kinds, least, self._only_page)
        self._accepted = 0

        def change(page: Page) -> Page:
            ids = [
                item.id
                for item in page.annotations
                if item.status == Status.PROPOSED
                and collection_of(item) in kinds
                and item.score is not None
                and item.score >= least
            ]
            self._accepted += len(ids)
            return edits.accept(page, ids)

        self.carry_out(ManyPages(self._document, TITLE, pages, change))

    def told(self, many: ManyPages) -> str:
        """How many were accepted."""
        text = _("{count} accepted on {pages}.")
        return text.format(count=self._accepted, pages=count_text("pages", many.changed))
