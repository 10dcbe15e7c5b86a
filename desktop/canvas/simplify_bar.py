"""The small panel over the page with which an outline gets fewer corners."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from desktop.canvas.tools.simplifying import SHARE_STEPS, Simplify
from desktop.guards import guarded
from model_backend.translation import _

MARGIN = 12


@guarded
class SimplifyBar(QFrame):
    """A slider with the number of corners and the likeness; Enter takes it, Escape leaves."""

    taken = Signal()
    left = Signal()

    def __init__(self, parent: QWidget, gesture: Simplify) -> None:
        super().__init__(parent)
        self._around = parent
        self._gesture = gesture
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setAccessibleName(_("Simplify the outline"))
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, SHARE_STEPS)
        self.slider.setMinimumWidth(180)
        self.slider.setAccessibleName(_("Corners"))
        self.note = QLabel(self)
        take, leave = QPushButton(_("Take (Enter)"), self), QPushButton(_("Leave (Esc)"), self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        for widget in (QLabel(_("Corners"), self), self.slider, self.note, take, leave):
            layout.addWidget(widget)
        for button, signal in ((take, self.taken), (leave, self.left)):
            button.setAutoDefault(False)
            button.clicked.connect(signal)
        self.slider.setValue(gesture.place)
        self.slider.valueChanged.connect(self._choose)
        self._tell()
        self.setFocusProxy(self.slider)

    def _choose(self, place: int) -> None:
        self._gesture.set_place(place)
        self._tell()

    def _tell(self) -> None:
        self.note.setText(
            _("{count} of {most} · likeness {iou}").format(
                count=self._gesture.corners,
                most=self._gesture.simplification.most,
                iou=f"{self._gesture.iou:.3f}",
            )
        )
        self.note.setMinimumWidth(max(self.note.minimumWidth(), self.note.sizeHint().width()))
        self.put()

    def put(self) -> None:
        """At the bottom of the page, in its middle."""
        self.adjustSize()
        around = self._around.rect()
        self.move(
            max(0, (around.width() - self.width()) // 2), around.height() - self.height() - MARGIN
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes it, Escape leaves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
