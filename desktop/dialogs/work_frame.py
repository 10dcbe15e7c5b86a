"""A dialog that changes many pages: a bar, a way to stop, and the window stays alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from desktop.dialogs.frame import Frame, quiet
from desktop.errors import UserError, explain
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.document.many_pages import ManyPages


class WorkFrame(Frame):
    """Frame with a line that says how it stands, and a bar while something goes on."""

    def __init__(self, title: str, accept_text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, accept_text, parent)
        self.said = ""
        """What is to be said when the dialog has closed."""
        self._many: ManyPages | None = None
        self.state = quiet("")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setMaximumWidth(160)
        self.progress.setAccessibleName(_("Progress"))
        self.stop_button = QPushButton(_("Stop"))
        self.stop_button.setAutoDefault(False)
        self.stop_button.clicked.connect(self.stop)
        self.foot = QHBoxLayout()
        self.foot.addWidget(self.state, 1)
        self.foot.addWidget(self.progress)
        self.foot.addWidget(self.stop_button)

    @property
    def is_busy(self) -> bool:
        """Whether something goes on."""
        return self._many is not None

    def show_state(self) -> None:
        """Make buttons and lines equal to how it stands."""
        for part in (self.progress, self.stop_button):
            part.setVisible(self.is_busy)

    def show_progress(self, done: int, total: int) -> None:
        """How far it has come."""
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)

    def carry_out(self, many: ManyPages) -> None:
        """Change these pages, then close; what was changed when it is stopped stays."""
        self._many = many
        self.show_state()
        QTimer.singleShot(0, self, self._go_on)

    def _go_on(self) -> None:
        many = self._many
        if many is None:
            return
        try:
            has_more = many.go_on()
        except (UserError, OSError) as error:
            self._many = None
            self.show_problem(explain(error))
            self.show_state()
            return
        self.show_progress(many.done, many.total)
        if has_more:
            QTimer.singleShot(0, self, self._go_on)
        else:
            self._finish(many)

    def _finish(self, many: ManyPages) -> None:
        self._many = None
        self.said = self.told(many)
        super().accept()

    def told(self, many: ManyPages) -> str:
        """What is to be said of what was done."""
        return ""

    def stop(self) -> None:
        """Stop where it is."""
        if self._many is not None:
            self._finish(self._many)

    def done(self, result: int) -> None:
        """Nothing goes on behind a closed dialog."""
        self.stop()
        super().done(result)
