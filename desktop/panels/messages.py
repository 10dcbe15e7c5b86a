"""Jobs under way and what there was to say: one line each, never a window of its own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance.icons import icon, put_icon
from desktop.appearance.plain import visible
from desktop.panels.forms import PlainLabel
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.jobs.runner import Job
    from desktop.jobs.work import Outcome

KEPT = 500
"""Messages that are kept; older ones go."""


class JobRow(QWidget):
    """One job: what it is, how far it has come, a button to stop it."""

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job = job
        self.title = PlainLabel(job.title)
        self.title.setWordWrap(False)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.count = PlainLabel()
        self.cancel_button = QToolButton()
        put_icon(self.cancel_button, "reject")
        self.cancel_button.setToolTip(_("Stop this job"))
        self.cancel_button.setAccessibleName(_("Stop this job"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 4, 0)
        layout.setSpacing(10)
        layout.addWidget(self.title)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.count)
        layout.addWidget(self.cancel_button)
        self.cancel_button.clicked.connect(job.cancel)
        job.progressed.connect(self._show)
        self._show(job.done, job.total)

    def _show(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.count.setText(_("{done} of {total}").format(done=done, total=total) if total else "")


class Messages(QWidget):
    """The list of jobs and messages; the newest message is last."""

    added = Signal(str)
    job_failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget(self)
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.setAccessibleName(_("Messages"))
        self._rows: dict[Job, JobRow] = {}
        self._jobs = QVBoxLayout()
        self._jobs.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 6)
        layout.addLayout(self._jobs)
        layout.addWidget(self.list, 1)

    @property
    def texts(self) -> tuple[str, ...]:
        """All messages, oldest first."""
        return tuple(
            self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())
        )

    def add(self, text: str, *, is_problem: bool = True) -> None:
        """Put one message in the list; one that stands last already is not repeated."""
        line = visible(" ".join(text.split()))
        if not line or (self.texts and self.texts[-1] == line):
            return
        time = datetime.now().strftime("%H:%M")
        item = QListWidgetItem(icon("warning" if is_problem else "info"), f"{time}  {line}")
        item.setData(Qt.ItemDataRole.UserRole, line)
        self.list.addItem(item)
        while self.list.count() > KEPT:
            self.list.takeItem(0)
        self.list.scrollToBottom()
        self.added.emit(line)

    def add_job(self, job: Job) -> None:
        """Show a job while it runs; what failed in it becomes messages."""
        row = JobRow(job, self)
        self._rows[job] = row
        self._jobs.addWidget(row)
        job.finished.connect(self._finished)

    def _finished(self, outcome: Outcome) -> None:
        for job in [job for job in self._rows if job.outcome is not None]:
            row = self._rows.pop(job)
            self._jobs.removeWidget(row)
            row.hide()
            row.deleteLater()
            self._report(job.title, outcome)

    def _report(self, title: str, outcome: Outcome) -> None:
        for label, message in outcome.failed:
            self.add(message if label in message else f"{label}: {message}")
        if outcome.is_cancelled:
            self.add(_("{job}: stopped").format(job=title), is_problem=False)
        elif not outcome.failed:
            self.add(_("{job}: done").format(job=title), is_problem=False)
        else:
            text = _("{job}: {done} done, {failed} failed")
            if outcome.has_rest:
                text = _("{job}: {done} done, {failed} failed, the rest was not tried")
            counts = {"done": _done(outcome), "failed": len(outcome.failed)}
            total = text.format(job=title, **counts)
            self.add(total)
            label, message = outcome.failed[0]
            first = message if label in message else f"{label}: {message}"
            self.job_failed.emit(first if len(outcome.failed) == 1 else total)


def _done(outcome: Outcome) -> int:
    """How much was done, as people count: files of an import, not its steps."""
    from desktop.jobs.work import Imported  # late: only jobs need it, the first paint does not

    result = outcome.result
    return result.documents + result.known if isinstance(result, Imported) else outcome.done
