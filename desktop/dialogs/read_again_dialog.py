"""Read the text of a place again with other settings; old and new side by side, each to choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop.canvas.style import theme_for
from desktop.canvas.word_crop import WordCrop
from desktop.dialogs.frame import Frame, choice, quiet
from desktop.dialogs.space_key import SpaceKey
from desktop.document.rereading import Reading, readings
from desktop.guards import guarded
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.canvas.layers.picture import Images
    from desktop.jobs.course import Outcome
    from desktop.jobs.runner import Job
    from model_backend.document import Box, Page

ONE_BLOCK, ONE_LINE = 6, 7
LAYOUTS = (
    (11, mark("Words anywhere, as on forms")),
    (ONE_BLOCK, mark("One block of text")),
    (4, mark("One column of lines")),
    (ONE_LINE, mark("One line")),
    (8, mark("One word")),
    (3, mark("Found by tesseract")),
)
"""Tesseract's page segmentation modes that are of use for a part of a page."""
SCALES = ((1.0, mark("As it is")), (1.5, "1.5 ×"), (2.0, "2 ×"), (3.0, "3 ×"))
NOW, READ, SCORE = range(3)


@dataclass(frozen=True)
class ReadSettings:
    """How a place is read."""

    languages: str
    psm: int
    enlarge: float


Reader = Callable[[ReadSettings], "Job"]


def likely_layout(page: Page, box: Box | None) -> int:
    """Words anywhere on a page, a line where the place is about as high as one, else a block."""
    if box is None or not page.words:
        return LAYOUTS[0][0]
    line = median(word.box.height for word in page.words)
    return ONE_LINE if box.height < 2 * line else ONE_BLOCK


@guarded
class ReadAgainDialog(Frame):
    """Settings, what differs, and the picture of the chosen line; `chosen` is what was ticked."""

    def __init__(
        self,
        page: Page,
        box: Box | None,
        read: Reader,
        images: Images | None,
        languages: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Read the text again"), _("Take what is ticked"), parent)
        self._page, self._box, self._read = page, box, read
        self._job: Job | None = None
        self._found: tuple[Reading, ...] = ()
        self.languages = QLineEdit(languages)
        self.languages.setPlaceholderText(_("eng+kor, as installed"))
        self.languages.setAccessibleName(_("Languages"))
        self.layout_of_text = choice(LAYOUTS, likely_layout(page, box))
        self.layout_of_text.setAccessibleName(_("Layout of the text"))
        self.enlarge = choice(SCALES, 1.0)
        self.enlarge.setAccessibleName(_("Enlarge"))
        self.read_button = QPushButton(_("Read"))
        self.read_button.setAutoDefault(False)
        self._lay_out(images)
        self.add_cancel()
        self.read_button.clicked.connect(self.read)
        self.table.itemSelectionChanged.connect(self._show_place)
        self.table.itemChanged.connect(self._show_state)
        SpaceKey(self.table).pressed.connect(self._toggle)
        self.resize_within(720, 600)
        self.read()

    def _lay_out(self, images: Images | None) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.enlarge, 1)
        row.addWidget(self.read_button)
        self.form.add(_("Languages"), self.languages)
        self.form.add(_("Layout of the text"), self.layout_of_text)
        self.form.add(_("Enlarge"), row)
        self.table = self._make_table()
        self.body.addWidget(self.table, 1)
        self.crop = WordCrop(self, images, theme_for(self.palette()))
        self.crop.setFixedHeight(110)
        self.crop.hide()
        self.body.addWidget(self.crop)
        self.state = quiet("")
        self.all_button, self.none_button = QPushButton(_("Tick all")), QPushButton(_("Tick none"))
        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        for button, is_on in ((self.all_button, True), (self.none_button, False)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, is_on=is_on: self._tick_all(is_on=is_on))
            foot.addWidget(button)
        self.body.addLayout(foot)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 3, self)
        table.setHorizontalHeaderLabels([_("Now"), _("Read again"), _("Score")])
        table.setAccessibleName(_("What differs"))
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for column in (NOW, READ):
            table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        return table

    @property
    def settings(self) -> ReadSettings:
        """What the fields say."""
        return ReadSettings(
            self.languages.text().strip(),
            int(self.layout_of_text.currentData()),
            float(self.enlarge.currentData()),
        )

    @property
    def chosen(self) -> tuple[Reading, ...]:
        """The new readings that are ticked."""
        return tuple(one for row, one in enumerate(self._found) if self._is_ticked(row))

    def _is_ticked(self, row: int) -> bool:
        item = self.table.item(row, READ)
        return item is not None and item.checkState() is Qt.CheckState.Checked

    def _tick(self, row: int, *, is_on: bool) -> None:
        item = self.table.item(row, READ)
        if item is not None:
            item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)

    def _toggle(self) -> None:
        row = self.table.currentRow()
        self._tick(row, is_on=not self._is_ticked(row))

    def read(self) -> None:
        """Read with these settings; the list follows."""
        self._stop()
        self.show_problem("")
        job = self._read(self.settings)
        self._job = job
        job.finished.connect(lambda outcome: self._show_result(job, outcome))
        self._show_state()

    def _show_result(self, job: Job, outcome: Outcome) -> None:
        if job is not self._job:
            return
        self._job = None
        for _label, problem in outcome.failed:
            self.show_problem(problem)
        words = outcome.result if not outcome.failed and outcome.result is not None else None
        self._found = () if words is None else readings(self._page, self._box, words)
        self._fill()
        if words is not None and not self._found:
            self.state.setText(_("The same text was read."))
        self.table.setFocus()

    def _fill(self) -> None:
        self.table.blockSignals(True)
        self.table.setRowCount(len(self._found))
        for row, one in enumerate(self._found):
            self._fill_row(row, one)
        self.table.blockSignals(False)
        if self._found:
            self.table.selectRow(0)
        self._show_place()
        self._show_state()

    def _fill_row(self, row: int, one: Reading) -> None:
        scores = [word.confidence for word in one.new if word.confidence is not None]
        texts = (one.before, one.after, f"{min(scores):.0%}" if scores else "")
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text or (_("(nothing)") if column != SCORE else ""))
            if not text:
                quiet_ink = self.palette().color(QPalette.ColorRole.PlaceholderText)
                item.setForeground(QColor(quiet_ink))
            self.table.setItem(row, column, item)
        self._tick(row, is_on=one.is_better)

    def _tick_all(self, *, is_on: bool) -> None:
        for row in range(self.table.rowCount()):
            self._tick(row, is_on=is_on)

    def _show_state(self) -> None:
        is_busy, chosen = self._job is not None, len(self.chosen)
        self.read_button.setEnabled(not is_busy)
        self.accept_button.setEnabled(bool(chosen) and not is_busy)
        for button in (self.all_button, self.none_button):
            button.setEnabled(bool(self._found))
        counts = _("{count} places differ, {ticked} ticked")
        text = counts.format(count=len(self._found), ticked=chosen)
        self.state.setText(_("Reading …") if is_busy else text if self._found else "")

    def _show_place(self) -> None:
        row = self.table.currentRow()
        self.crop.setVisible(0 <= row < len(self._found))
        if 0 <= row < len(self._found):
            one = self._found[row]
            caption = f"{one.before or _('(nothing)')}  →  {one.after or _('(nothing)')}"
            self.crop.show_word(self._page, one.box, 1, 0.0, (caption,))
            self.crop.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter in a setting reads."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        fields = (self.languages, self.layout_of_text, self.enlarge)
        if is_enter and any(field.hasFocus() for field in fields):
            self.read()
        else:
            super().keyPressEvent(event)

    def _stop(self) -> None:
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()

    def done(self, result: int) -> None:
        """Nothing is read for a closed dialog."""
        self._stop()
        super().done(result)
