"""What a model said about its sample page, large enough to read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QPixmap, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QPushButton, QScrollArea, QWidget

from desktop.dialogs.frame import Frame
from desktop.guards import guarded
from model_backend.translation import _

WIDTH, HEIGHT = 1100, 1000
SMALLEST, LARGEST, STEP = 0.1, 4.0, 1.25
"""Of the picture's own size; and what a key makes it larger by."""


@guarded
class SampleView(Frame):
    """A picture with + and -, at first as wide as the window."""

    def __init__(self, name: str, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(_("{name}: the sample page").format(name=name), _("Close"), parent)
        self._picture = QPixmap(str(path))
        self.scale = 1.0
        self.label = QLabel()
        self.label.setAccessibleName(_("What the model said about a sample page"))
        self.area = QScrollArea()
        self.area.setWidget(self.label)
        self.area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.area.setAccessibleName(self.label.accessibleName())
        self.body.addWidget(self.area, 1)
        self.larger_button = self._button(_("Larger (+)"), ("+", "="))
        self.smaller_button = self._button(_("Smaller (-)"), ("-",))
        self.larger_button.clicked.connect(self.enlarge)
        self.smaller_button.clicked.connect(self.reduce)
        self.resize_within(WIDTH, HEIGHT)
        self.area.setFocus()

    def _button(self, text: str, keys: tuple[str, ...]) -> QPushButton:
        button = self.buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
        button.setAutoDefault(False)
        for key in keys:
            QShortcut(QKeySequence(key), self, button.click)
        return button

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """The window is as large as it will be: only now its width is known."""
        super().showEvent(event)
        self._show_at(self._room() / max(1, self._picture.width()))

    def _room(self) -> int:
        bar = self.area.verticalScrollBar().sizeHint().width()
        return self.area.width() - bar - 2 * self.area.frameWidth()

    def enlarge(self) -> None:
        """One step larger."""
        self._show_at(self.scale * STEP)

    def reduce(self) -> None:
        """One step smaller."""
        self._show_at(self.scale / STEP)

    def _show_at(self, scale: float) -> None:
        self.scale = min(LARGEST, max(SMALLEST, scale))
        ratio = self.devicePixelRatio()
        size = self._picture.size().toSizeF() * self.scale * ratio
        shown = self._picture.scaled(
            QSize(round(size.width()), round(size.height())),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        shown.setDevicePixelRatio(ratio)
        self.label.setPixmap(shown)
        self.label.adjustSize()
        self.larger_button.setEnabled(self.scale < LARGEST)
        self.smaller_button.setEnabled(self.scale > SMALLEST)
