"""Choose what leaves as a data set, and see how much that is before it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from desktop.dialogs.formats import EXPORTED_FORMATS, HELD
from desktop.dialogs.frame import Frame, choice
from desktop.dialogs.split_form import SplitForm
from desktop.jobs.export_preview import Preview, preview_export
from desktop.panels.counts import count_lines, count_text
from desktop.panels.forms import PlainLabel
from model_backend.document import PageStatus
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.jobs.course import Outcome
    from desktop.jobs.runner import Job, Runner
    from desktop.store.records import PageSummary
    from desktop.store.store import Store
    from model_backend.formats.splits import Split

SLICE = 500
BOXES = (("stretched", mark("Rows and columns touch")), ("tight", mark("Tight around the text")))


@dataclass
class Leaving:
    """How much leaves and how much stays."""

    pages: int = 0
    annotations: int = 0
    pages_kept: int = 0
    annotations_kept: int = 0

    def count(self, summary: PageSummary, *, include_proposed: bool) -> None:
        """Take one page into account."""
        is_done = summary.status in (PageStatus.DONE, PageStatus.ACCEPTED)
        if include_proposed:
            self.pages += 1
            self.annotations += summary.annotations
        elif is_done:
            self.pages += 1
            self.annotations += summary.annotations - summary.proposed
            self.annotations_kept += summary.proposed
        else:
            self.pages_kept += 1
            self.annotations_kept += summary.annotations


def _both(pages: int, annotations: int) -> str:
    return f"{count_text('pages', pages)}, {count_text('annotations', annotations)}"


@dataclass(frozen=True)
class ExportChoice:
    """What was chosen."""

    format_name: str
    folder: Path
    include_proposed: bool
    boxes: str
    dpi: float
    split: Split | None = None


class ExportDialog(Frame):
    """Format, folder, options; below, how much leaves, and what the format has no place for."""

    def __init__(
        self,
        store: Store,
        runner: Runner,
        remembered: dict[str, object],
        parent: QWidget | None = None,
        *,
        with_keys: Callable[[str], str] = str,
    ) -> None:
        """`with_keys` makes a text name the keys that are in use."""
        super().__init__(_("Export a data set"), _("Export"), parent)
        self.add_cancel()
        self._with_keys = with_keys
        self._store = store
        self._slices: Iterator[None] | None = None
        self._leaving: Leaving | None = None
        self.format = choice(EXPORTED_FORMATS, remembered.get("format_name"))
        self.folder = QLineEdit()
        self.folder.setAccessibleName(_("Folder"))
        self.include_proposed = QCheckBox(_("Also what is only proposed, and unfinished pages"))
        self.include_proposed.setChecked(bool(remembered.get("include_proposed")))
        self.boxes = choice(BOXES, remembered.get("boxes"))
        self.dpi = QDoubleSpinBox()
        self.dpi.setRange(36, 600)
        self.dpi.setDecimals(0)
        dpi = remembered.get("dpi")
        self.dpi.setValue(dpi if isinstance(dpi, int | float) else 150)
        self.split = SplitForm(remembered.get("split"))
        self.counts, self.losses = PlainLabel(), PlainLabel()
        self._preview, self._failure = Preview(), ""
        self._base = Path(str(remembered.get("base") or Path.home()))
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._count_on)
        self._lay_out()
        self._suggest_folder()
        self._count()
        self._job = self._start_preview(runner)

    def _start_preview(self, runner: Runner) -> Job:
        """Have the pages looked at in the io thread, for all formats at once; ends with the
        dialog."""
        job = runner.in_thread(
            _("Count what formats cannot hold"),
            partial(preview_export, on_preview=self._take),
            self._store.folder,
        )
        job.progressed.connect(self._show_losses)
        job.finished.connect(self._previewed)
        self.finished.connect(lambda _result: job.cancel())
        return job

    def _take(self, preview: Preview) -> None:
        """Called in the io thread: one assignment, shown by the window's."""
        self._preview = preview

    def _previewed(self, outcome: Outcome) -> None:
        """The whole is counted, or why it could not be."""
        if isinstance(outcome.result, Preview):
            self._preview = outcome.result
        self._failure = " ".join(why for _what, why in outcome.failed)
        self._show_losses()

    def _lay_out(self) -> None:
        self.set_least_width(580)
        browse = QPushButton(_("Choose..."))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        self.form.add(_("Format"), self.format)
        self.form.add(_("Folder"), row)
        self.form.addRow("", self.include_proposed)
        self.form.add(_("Table boxes"), self.boxes)
        self.form.add(_("Dots per inch of PDF pages"), self.dpi)
        self.form.add(_("Parts"), self.split)
        for label in (self.counts, self.losses):
            label.setProperty("card", "true")
            label.setContentsMargins(8, 6, 8, 6)
            self.body.addWidget(label)
        self.losses.setAccessibleName(_("What the format cannot hold"))
        self.format.currentIndexChanged.connect(self._suggest_folder)
        self.format.currentIndexChanged.connect(self._show_options)
        self.format.currentIndexChanged.connect(self._count)
        self.include_proposed.toggled.connect(self._count)
        self.include_proposed.toggled.connect(self._show_losses)
        self._show_options()

    def _show_options(self) -> None:
        name = self.format.currentData()
        self.form.show_row(self.include_proposed, is_shown=name != "pages")
        self.form.show_row(self.boxes, is_shown=name == "pubtables")
        with_dpi = ("funsd", "xfund", "ppkie", "coco", "page_xml", "alto", "hocr")
        self.form.show_row(self.dpi, is_shown=name in with_dpi)
        if self._leaving is not None:
            self._show_counts(self._leaving)
        self._show_losses()

    def _show_losses(self) -> None:
        """What stays behind of the pages that leave, one kind a line."""
        preview = self._preview
        lost = preview.lost(self.format.currentData(), include_proposed=self._is_all)
        lines = [f"\u2022 {line}" for line in count_lines(lost)]
        if self._failure:
            lines = [_("What the format cannot hold could not be counted: {reason}")]
            lines = [line.format(reason=self._failure) for line in lines]
        elif not preview.is_complete or not preview.total:
            head = _("Counting what this format cannot hold: page {done} of {total}")
            lines.insert(0, head.format(done=preview.done, total=preview.total or "\u2026"))
        elif lines:
            lines.insert(0, _("This format cannot hold, and the export leaves out:"))
        else:
            lines = [_("This format holds everything that leaves.")]
        self.losses.setText("\n".join(lines))

    def _suggest_folder(self) -> None:
        stem = f"{self._store.folder.stem}-{self.format.currentData()}"
        folder, number = self._base / stem, 2
        while folder.exists():
            folder, number = self._base / f"{stem}-{number}", number + 1
        self.folder.setText(str(folder))

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Export into"), str(self._base))
        if chosen:
            self._base = Path(chosen)
            self._suggest_folder()

    @property
    def _is_all(self) -> bool:
        """Whether all pages leave: always in the format that copies the project."""
        return self.include_proposed.isChecked() or self.format.currentData() == "pages"

    def _count(self) -> None:
        self._slices = self._counting(is_all=self._is_all)
        self._timer.start()

    def _count_on(self) -> None:
        if self._slices is None or next(self._slices, True):
            self._timer.stop()

    def _counting(self, *, is_all: bool) -> Iterator[None]:
        """Counts slice by slice, so that a large project does not hold up the window."""
        leaving, after = Leaving(), 0
        while summaries := self._store.summaries(after_id=after, limit=SLICE):
            for summary in summaries:
                leaving.count(summary, include_proposed=is_all)
            after = summaries[-1].id
            self._show_counts(leaving)
            yield
        self._show_counts(leaving)
        if not leaving.pages:
            text = _("No page is done yet. Mark one done with Ctrl+Enter.")
            self.show_problem(self._with_keys(text))

    def _show_counts(self, leaving: Leaving) -> None:
        self._leaving = leaving
        lines = [
            _("Offered to the format: {counts}").format(
                counts=_both(leaving.pages, leaving.annotations)
            ),
            _("Stays in the project: {counts}").format(
                counts=_both(leaving.pages_kept, leaving.annotations_kept)
            ),
            _(HELD.get(self.format.currentData(), "")),
        ]
        self.counts.setText("\n".join(filter(None, lines)))
        if leaving.pages:
            self.show_problem("")
        self.accept_button.setEnabled(leaving.pages > 0)

    @property
    def choice(self) -> ExportChoice:
        """What is chosen now."""
        return ExportChoice(
            self.format.currentData(),
            Path(self.folder.text().strip()).expanduser(),
            self.include_proposed.isChecked(),
            self.boxes.currentData(),
            self.dpi.value(),
            self.split.split,
        )

    def accept(self) -> None:
        """Go, unless the folder cannot be one."""
        folder = self.choice.folder
        if not folder.is_absolute():
            self.show_problem(_("Choose a folder to export into."))
        elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            self.show_problem(
                _("{folder} is not empty. Choose a new folder.").format(folder=folder.name)
            )
        else:
            super().accept()
