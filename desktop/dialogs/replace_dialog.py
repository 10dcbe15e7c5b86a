"""Find and replace: what to look for, what would change, which of it shall."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)

from desktop.dialogs.frame import choice
from desktop.dialogs.replace_model import AFTER, PAGE, TEXT, ReplaceModel
from desktop.dialogs.space_key import SpaceKey
from desktop.dialogs.work_frame import WorkFrame
from desktop.document.many_pages import PAGES_A_STEP, ManyPages, steps_for
from desktop.document.searching import Found, Wanted, replaced_on, search_project
from desktop.errors import UserError
from desktop.guards import guarded
from desktop.panels.counts import count_text
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection
    from desktop.jobs.course import Outcome
    from desktop.jobs.runner import Job, Runner
    from model_backend.document import Page

TITLE = mark("Find and replace")
PROJECT, THIS_PAGE = "project", "page"
SCOPES = ((PROJECT, mark("The whole project")), (THIS_PAGE, mark("This page")))
POLL_MS = 80


@guarded
class ReplaceDialog(WorkFrame):
    """Enter in the first field searches; lines can be unticked; replacing is undone in one step."""

    def __init__(
        self,
        document: OpenDocument,
        selection: Selection,
        runner: Runner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_(TITLE), _("Replace"), parent)
        self._document, self._selection, self._runner = document, selection, runner
        self._job: Job | None = None
        self._arrived: deque[list[Found]] = deque()
        self._texts, self._left = 0, 0
        self._make_fields()
        self._make_list()
        self._make_foot()
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._take_in)
        self._connect()
        self.resize_within(760, 560)
        self.sought.setFocus()
        self.show_state()

    def _make_fields(self) -> None:
        self.sought, self.replacement = QLineEdit(), QLineEdit()
        self.sought.setAccessibleName(_("Find"))
        self.replacement.setAccessibleName(_("Replace with"))
        self.scope = choice(SCOPES, PROJECT)
        self.scope.setAccessibleName(_("Where"))
        self.whole_word = QCheckBox(_("Whole words"))
        self.same_case = QCheckBox(_("Same case"))
        self.expression = QCheckBox(_("Regular expression"))
        self.search_button = QPushButton(_("Find"))
        self.search_button.setAutoDefault(False)
        options = QHBoxLayout()
        options.setSpacing(14)
        for part in (self.whole_word, self.same_case, self.expression):
            options.addWidget(part)
        options.addStretch(1)
        options.addWidget(self.search_button)
        self.form.add(_("Find"), self.sought)
        self.form.add(_("Replace with"), self.replacement)
        self.form.add(_("Where"), self.scope)
        self.form.add("", options)

    def _make_list(self) -> None:
        self.model = ReplaceModel(self._page_name, self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAccessibleName(_("What would change"))
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(26)
        self.view.setShowGrid(False)
        self.view.setAlternatingRowColors(True)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        head = self.view.horizontalHeader()
        for column in (TEXT, AFTER):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(PAGE, QHeaderView.ResizeMode.Interactive)
        self.view.setColumnWidth(PAGE, 190)
        self.body.addWidget(self.view, 1)

    def _make_foot(self) -> None:
        self.all_button, self.none_button = QPushButton(_("Tick all")), QPushButton(_("Tick none"))
        for button in (self.all_button, self.none_button):
            button.setAutoDefault(False)
            self.foot.addWidget(button)
        self.body.addLayout(self.foot)
        self.add_cancel()

    def _connect(self) -> None:
        self.search_button.clicked.connect(self.search)
        for field in (self.sought, self.replacement):
            field.textChanged.connect(self._forget)
        for box in (self.whole_word, self.same_case, self.expression):
            box.toggled.connect(self._forget)
        self.scope.currentIndexChanged.connect(self._forget)
        self.all_button.clicked.connect(lambda: self.model.tick_all(is_on=True))
        self.none_button.clicked.connect(lambda: self.model.tick_all(is_on=False))
        SpaceKey(self.view).pressed.connect(self._toggle)
        self.model.dataChanged.connect(self.show_state)
        self.view.selectionModel().currentRowChanged.connect(self._show_on_page)

    def _toggle(self) -> None:
        self.model.toggle(sorted({index.row() for index in self.view.selectedIndexes()}))

    @property
    def wanted(self) -> Wanted:
        """What the fields say."""
        return Wanted(
            self.sought.text(),
            self.replacement.text(),
            self.whole_word.isChecked(),
            self.same_case.isChecked(),
            self.expression.isChecked(),
        )

    def search(self) -> None:
        """Look for it in another thread; lines appear as they are found."""
        self._forget()
        try:
            self.wanted.check()
        except UserError as error:
            self.show_problem(str(error))
            return
        only = self._selection.page_id if self.scope.currentData() == THIS_PAGE else 0
        folder, arrived = self._document.store.folder, self._arrived
        self._job = self._runner.in_thread(
            _(TITLE), search_project, folder, self.wanted, arrived.append, only
        )
        job = self._job
        job.finished.connect(lambda outcome: self._searched(job, outcome))
        job.progressed.connect(self.show_progress)
        self._timer.start()
        self.show_state()

    def _searched(self, job: Job, outcome: Outcome) -> None:
        if job is not self._job:
            return
        self._take_in()
        self._job = None
        self._timer.stop()
        for _title, problem in outcome.failed:
            self.show_problem(problem)
        self.show_state()
        if self.model.rows and self.sought.hasFocus():
            self.accept_button.setFocus()

    def _take_in(self) -> None:
        while self._arrived:
            self.model.add(self._arrived.popleft())
        if self.model.is_full and self._job is not None:
            self._job.cancel()
        self.show_state()

    def _forget(self) -> None:
        """What was found belongs to other fields."""
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()
        self._timer.stop()
        self._arrived = deque()
        self.show_problem("")
        self.model.clear()
        self.show_state()

    def stop(self) -> None:
        """Stop looking, or replacing."""
        if self._job is not None:
            self._job.cancel()
        super().stop()

    @property
    def is_busy(self) -> bool:
        """Whether it looks or replaces."""
        return self._job is not None or super().is_busy

    def show_state(self) -> None:
        """Make buttons and lines equal to how it stands."""
        super().show_state()
        ticked = self.model.ticked
        for part in (self.all_button, self.none_button):
            part.setVisible(not self.is_busy and bool(self.model.rows))
        self.accept_button.setEnabled(bool(ticked) and not self.is_busy)
        self.search_button.setDefault(not ticked)
        self.accept_button.setDefault(bool(ticked))
        self.state.setText(self._state_text(ticked))

    def _state_text(self, ticked: list[Found]) -> str:
        pages = len({one.page_id for one in ticked})
        if not self.model.rows:
            return _("Looking …") if self._job else ""
        text = _("{texts} on {pages}").format(
            texts=count_text("found_texts", len(ticked)), pages=count_text("pages", pages)
        )
        if self.model.is_full:
            text += " – " + _("more is found when these are replaced")
        elif pages > PAGES_A_STEP:
            text += " – " + _("{count} steps to undo").format(count=steps_for(pages))
        return text

    def _page_name(self, page_id: int) -> str:
        summary = self._document.store.summary(page_id)
        return f"{summary.document_name}, {summary.number + 1}"

    def _show_on_page(self, index: QModelIndex) -> None:
        """Show behind the dialog where the chosen line's text is."""
        if index.isValid():
            one = self.model.rows[index.row()]
            self._selection.set_page(one.page_id)
            self._selection.select((one.item_id,))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter searches until something was found."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not self.model.rows:
            self.search()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Replace what is ticked, a few pages at a time."""
        by_page: dict[int, list[Found]] = {}
        for one in self.model.ticked:
            by_page.setdefault(one.page_id, []).append(one)
        if not by_page or self.is_busy:
            return

        def change(page: Page) -> Page:
            after, left = replaced_on(page, by_page[page.id])
            self._left += left
            self._texts += len(by_page[page.id]) - left
            return after

        self.carry_out(ManyPages(self._document, TITLE, by_page, change))

    def told(self, many: ManyPages) -> str:
        """How much was replaced, and how much had changed since the search."""
        said = _("{texts} replaced on {pages}.").format(
            texts=count_text("found_texts", self._texts), pages=count_text("pages", many.changed)
        )
        if self._left:
            left = _("{count} had changed since and were left.").format(count=self._left)
            return f"{said} {left}"
        return said

    def done(self, result: int) -> None:
        """Nothing goes on behind a closed dialog."""
        self._timer.stop()
        super().done(result)
