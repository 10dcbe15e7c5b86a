"""The one dialog that tells of bugs of ours: it takes no keys from the work, counts the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QPlainTextEdit, QWidget

from desktop.bugs import Bug
from desktop.dialogs.frame import Frame, quiet
from desktop.panels.forms import PlainLabel
from model_backend.translation import _, counted, mark

WIDTH, DETAILS_HEIGHT = 560, 190
MOST_TOLD = 10
"""Different bugs whose details are shown; of more only the number is told."""


class BugDialog(Frame):
    """Says in plain words what happened, with details that hold nothing of documents."""

    def __init__(
        self, head: str, open_folder: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Something went wrong"), _("Close"), parent)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setModal(False)
        self._head, self._bugs = head, dict[str, Bug]()
        title = PlainLabel(_("A mistake in Proofdesk"))
        title.setProperty("title", "true")
        self.body.addWidget(title)
        self.body.addWidget(
            PlainLabel(
                _(
                    "Something inside Proofdesk did not work. It is not your fault. Every edit so"
                    " far is saved, and you can go on working."
                )
            )
        )
        self.count = PlainLabel()
        self.body.addWidget(self.count)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setMinimumHeight(DETAILS_HEIGHT)
        self.details.setAccessibleName(_("Details"))
        self.body.addWidget(self.details, 1)
        self.body.addWidget(
            quiet(
                _(
                    "To report it, copy the details. They say where in the program it happened,"
                    " and hold no words, names or pictures of your documents."
                )
            )
        )
        self._add_buttons(open_folder)
        self.set_least_width(WIDTH)

    def _add_buttons(self, open_folder: Callable[[], None]) -> None:
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.copy_button = self.buttons.addButton(_("Copy the details"), role)
        self.folder_button = self.buttons.addButton(_("Open the log folder"), role)
        for button in (self.copy_button, self.folder_button):
            button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        self.folder_button.clicked.connect(open_folder)

    def tell(self, bug: Bug) -> None:
        """Another one, or one of these again."""
        self._bugs[bug.id] = bug
        self.count.setText(self._counted())
        self.details.setPlainText(self.text)

    @property
    def ids(self) -> tuple[str, ...]:
        """Numbers of what it tells of."""
        return tuple(self._bugs)

    @property
    def text(self) -> str:
        """All details, as they are copied."""
        told = list(self._bugs.values())[:MOST_TOLD]
        return "\n\n".join([self._head, *(_details(bug) for bug in told)])

    def _counted(self) -> str:
        times = sum(bug.count for bug in self._bugs.values())
        if len(self._bugs) == 1:
            (number,) = self._bugs
            text = mark("Number of this mistake: {id}. It happened {count} times.")
            return counted(text, times, id=number)
        text = _("{kinds} different mistakes happened, {count} times in all.")
        return text.format(kinds=len(self._bugs), count=times)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self.copy_button.setText(_("Copied"))


def _details(bug: Bug) -> str:
    times = f", {bug.count} times" if bug.count > 1 else ""
    return "\n".join([f"{bug.id}{times}", *bug.lines])
