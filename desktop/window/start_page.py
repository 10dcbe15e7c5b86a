"""What is shown while no project is open: three ways in, and the projects of late."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance.icons import pixmap, put_icon
from desktop.appearance.plain import tip, visible
from desktop.panels.forms import PlainLabel
from desktop.settings.settings import Settings
from model_backend.translation import _, mark

LONGEST_NAME = 40
WIDTH = 560
CHOICES = (("language", mark("Language")), ("key_map", mark("Keys")))
"""The settings that are offered before the first page: each with its name."""
SHOWN = 5
"""Recent projects that are offered."""


class StartPage(QWidget):
    """Drop files here, open, or try the sample."""

    project_chosen = Signal(str)
    setting_chosen = Signal(str)

    def __init__(
        self, actions: Sequence[QAction], settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self.buttons: list[QPushButton] = []
        self.choices = {key: self._choice(key, text) for key, text in CHOICES}
        self.drop = QFrame()
        self.drop.setProperty("drop", "true")
        self.drop.setMinimumWidth(WIDTH)
        self.problem = PlainLabel()
        self.problem.setProperty("bad", "true")
        self.problem.setFixedWidth(WIDTH)
        self.problem.setContentsMargins(0, 0, 0, 16)
        self.problem.hide()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        self._recent_title = PlainLabel(_("Lately"))
        self._fill_drop(actions)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self.problem, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.drop, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(14)
        column.addLayout(self._choice_row())
        column.addSpacing(10)
        column.addWidget(self._recent_box(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def _fill_drop(self, actions: Sequence[QAction]) -> None:
        picture, title, hint = QLabel(), PlainLabel(_("Drop scans or PDFs here")), PlainLabel()
        picture.setPixmap(pixmap("drop", self.palette().placeholderText().color().name(), 52))
        title.setProperty("title", "true")
        hint.setProperty("quiet", "true")
        hint.setText(
            _("Files or a whole folder. They are copied into a project; yours stay untouched.")
        )
        inside = QVBoxLayout(self.drop)
        inside.setContentsMargins(36, 34, 36, 34)
        inside.setSpacing(10)
        for label in (picture, title, hint):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(label)
        inside.addSpacing(10)
        inside.addLayout(self._buttons(actions))

    def _buttons(self, actions: Sequence[QAction]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch(1)
        for number, action in enumerate(actions):
            button = QPushButton(action.text().replace("&", ""))
            if number:
                put_icon(button, ("", "folder", "sample")[number])
            button.setIconSize(QSize(18, 18))
            button.setMinimumHeight(36)
            button.setDefault(number == 0)
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            self.buttons.append(button)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _choice(self, key: str, text: str) -> QComboBox:
        """One of the few settings that matter before the first page."""
        box = QComboBox()
        box.setObjectName(key)
        box.setAccessibleName(_(text))
        for value, shown in self._settings.choices(key):
            box.addItem(_(shown), value)
        box.setCurrentIndex(box.findData(self._settings.value(key)))
        box.activated.connect(partial(self._choose, key))
        return box

    def _choose(self, key: str, _index: int = 0) -> None:
        value = self.choices[key].currentData()
        if value != self._settings.value(key):
            self._settings.set(key, value)
            self.setting_chosen.emit(key)

    def _choice_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for key, text in CHOICES:
            label = PlainLabel(_(text))
            label.setProperty("quiet", "true")
            label.setWordWrap(False)
            label.setBuddy(self.choices[key])
            row.addWidget(label)
            row.addWidget(self.choices[key])
            row.addSpacing(10)
        row.addStretch(1)
        return row

    def take_focus(self) -> None:
        """The keyboard begins at the first way in; the settings may have changed elsewhere."""
        for key, box in self.choices.items():
            box.setCurrentIndex(box.findData(self._settings.value(key)))
        self.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _recent_box(self) -> QWidget:
        box = QWidget()
        box.setFixedWidth(WIDTH)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        self._recent_title.setProperty("quiet", "true")
        layout.addWidget(self._recent_title)
        layout.addLayout(self._recent)
        return box

    def show_recent(self, projects: Sequence[str]) -> None:
        """Offer these projects, as far as they are still there."""
        while (item := self._recent.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        found = [path for path in projects if Path(path).is_dir()][:SHOWN]
        self._recent_title.setVisible(bool(found))
        for path in found:
            self._recent.addWidget(_RecentButton(path, self))

    def show_problem(self, text: str) -> None:
        """Say above the ways in why what was wanted is not shown; nothing hides the line."""
        self.problem.setText(f"⚠ {text}" if text else "")
        # a layout that centres a label gives it the height of its text on one line
        self.problem.setFixedHeight(max(0, self.problem.heightForWidth(WIDTH)))
        self.problem.setVisible(bool(text))

    def set_over(self, is_over: bool) -> None:
        """Show that what is held over the window can be dropped."""
        self.drop.setProperty("over", "true" if is_over else "false")
        self.drop.style().unpolish(self.drop)
        self.drop.style().polish(self.drop)


class _RecentButton(QPushButton):
    """One project of late."""

    def __init__(self, path: str, page: StartPage) -> None:
        super().__init__(visible(Path(path).stem, LONGEST_NAME).replace("&", "&&"))
        put_icon(self, "folder")
        self._path, self._page = path, page
        self.setToolTip(tip(path))
        self.setFlat(True)
        self.setStyleSheet("text-align: left; border: 0;")
        self.clicked.connect(self._choose)

    def _choose(self) -> None:
        self._page.project_chosen.emit(self._path)
