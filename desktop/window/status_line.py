"""One line of status, with the progress of jobs in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QStatusBar,
    QStyleOption,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance.icons import put_icon
from desktop.appearance.plain import tip, visible
from desktop.guards import guarded
from desktop.panels.forms import PlainLabel, make_narrow
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.jobs.runner import Job

PROBLEM_SHOWN_MS = 30000
SHOWN_MS = 8000
"""How long a message stays on the line; the list of messages keeps it."""
BAR_WIDTH = 110


class StatusLine(QStatusBar):
    """Message, page, zoom, tool, counts, saved; and a bar while jobs run."""

    messages_wanted = Signal()

    def __init__(self, with_keys: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with_keys = with_keys
        self.setSizeGripEnabled(False)
        self.message, self.page, self.zoom = _Message(), PlainLabel(), PlainLabel()
        self.tool, self.counts, self.saved = PlainLabel(), PlainLabel(), PlainLabel()
        self.list_button = QToolButton()
        self.progress = _Progress()
        self._jobs: list[Job] = []
        self.unseen, self._is_list_shown = 0, False
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self.message.clear)
        self._lay_out()

    def _lay_out(self) -> None:
        put_icon(self.list_button, "info")
        self.list_button.setToolTip(self._with_keys(_("Jobs and messages (F8)")))
        self.list_button.setAccessibleName(_("Jobs and messages"))
        self.list_button.clicked.connect(self.messages_wanted)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.list_button)
        line.addWidget(self.message, 1)
        line.addWidget(self.progress)  # in the line: below it, the page would jump with each job
        for label in (self.page, self.counts, self.tool, self.zoom, self.saved):
            label.setWordWrap(False)
            line.addWidget(label)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(4, 2, 4, 2)
        layout.setSpacing(0)
        layout.addLayout(line)
        self.addWidget(inside, 1)

    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Show a message for a while; a problem with a sign, in red, and counted on the button."""
        text = visible(self._with_keys(text))
        self.message.setText(f"⚠ {text}" if is_problem else text)
        self.message.setToolTip(tip(text))
        self.message.setProperty("bad", "true" if is_problem else "false")
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self._timer.start(PROBLEM_SHOWN_MS if is_problem else SHOWN_MS)
        if is_problem and not self._is_list_shown:
            self._show_unseen(self.unseen + 1)

    def list_shown(self, is_shown: bool) -> None:  # noqa: FBT001 - a signal's argument
        """The list of messages was opened, or closed: what stands in it is seen."""
        self._is_list_shown = is_shown
        if is_shown:
            self._show_unseen(0)

    def _show_unseen(self, count: int) -> None:
        self.unseen = count
        self.list_button.setText(str(count) if count else "")
        style = Qt.ToolButtonStyle
        self.list_button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if count else style.ToolButtonIconOnly
        )
        put_icon(self.list_button, "warning" if count else "info")

    def add_job(self, job: Job) -> None:
        """Show the progress of this job until it ends."""
        self._jobs.append(job)
        job.progressed.connect(self._show_jobs)
        job.finished.connect(self._show_jobs)
        self._show_jobs()

    def _show_jobs(self) -> None:
        self._jobs = [job for job in self._jobs if job.outcome is None]
        self.progress.show_jobs(self._jobs)

    def clear_project(self) -> None:
        """Show nothing of a project."""
        for label in (self.page, self.zoom, self.tool, self.counts, self.saved):
            label.clear()


@guarded
class _Message(PlainLabel):
    """One line however long its text is, so that the page above it does not jump."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(False)
        make_narrow(self)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """What does not fit ends in dots; the tooltip has all of it."""
        option = QStyleOption()
        option.initFrom(self)
        metrics = self.fontMetrics()
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        place = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            place,
            option.palette,
            self.isEnabled(),
            text,
            QPalette.ColorRole.WindowText,
        )
        painter.end()


class _Progress(QWidget):
    """The bar: how far all jobs have come together, and one button that stops them."""

    def __init__(self) -> None:
        super().__init__()
        self._jobs: tuple[Job, ...] = ()
        self.title, self.bar = PlainLabel(), QProgressBar()
        self.title.setWordWrap(False)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.cancel_button = QToolButton()
        put_icon(self.cancel_button, "reject")
        self.cancel_button.setToolTip(_("Stop"))
        self.cancel_button.setAccessibleName(_("Stop"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 8, 0)
        layout.addWidget(self.title)
        layout.addWidget(self.bar)
        layout.addWidget(self.cancel_button)
        self.cancel_button.clicked.connect(self._cancel)
        self.hide()

    def show_jobs(self, jobs: list[Job]) -> None:
        """Show these jobs; nothing when there are none."""
        self._jobs = tuple(jobs)
        self.setVisible(bool(jobs))
        if not jobs:
            return
        done, total = sum(job.done for job in jobs), sum(job.total for job in jobs)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        name = jobs[0].title if len(jobs) == 1 else _("{count} jobs").format(count=len(jobs))
        of = _("{done} of {total}").format(done=done, total=total) if total else ""
        self.title.setText(f"{name}   {of}")

    def _cancel(self) -> None:
        for job in self._jobs:
            job.cancel()
