"""Straighten a page: the angle its words suggest, or any other, with a live preview."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.dialogs.frame import Frame, quiet
from desktop.guards import guarded
from model_backend.document import Page
from model_backend.reading_order import slope_of
from model_backend.translation import _

LARGEST = 15.0
"""Degrees; more than this is a page turned, not a page askew."""


def suggested_skew(page: Page) -> float:
    """The turn (degrees clockwise) that makes the page's lines of words level; 0 with few words."""
    boxes = [word.box for word in page.words]
    if len(boxes) < 8:
        return page.skew
    degrees = page.skew - math.degrees(math.atan(slope_of(boxes)))
    return max(-LARGEST, min(LARGEST, round(degrees, 2)))


class DeskewDialog(Frame):
    """A number, and the page turned by it over level lines; `degrees` is what was chosen."""

    def __init__(self, page: Page, picture: QImage, parent: QWidget | None = None) -> None:
        super().__init__(_("Straighten the page"), _("Straighten"), parent)
        self.add_cancel()
        self._suggested = suggested_skew(page)
        self.angle = QDoubleSpinBox()
        self.angle.setRange(-LARGEST, LARGEST)
        self.angle.setSingleStep(0.1)
        self.angle.setDecimals(2)
        self.angle.setSuffix("°")
        self.angle.setAccessibleName(_("Turn clockwise by"))
        self.preview = _Preview(picture, page.skew)
        self.suggestion = QPushButton(_("Suggested: {angle:.2f}°").format(angle=self._suggested))
        self.suggestion.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(quiet(_("Turn clockwise by")))
        row.addWidget(self.angle)
        row.addWidget(self.suggestion)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.preview, 1)
        self.resize(640, 720)
        self.angle.valueChanged.connect(self.preview.turn)
        self.suggestion.clicked.connect(self._suggest)
        self._suggest()

    @property
    def degrees(self) -> float:
        """The skew the page shall have."""
        return self.angle.value()

    def _suggest(self) -> None:
        self.angle.setValue(self._suggested)


@guarded
class _Preview(QWidget):
    """The page turned, with level lines over it."""

    def __init__(self, picture: QImage, skew: float) -> None:
        super().__init__()
        self._picture, self._skew, self._degrees = picture, skew, skew
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(300)

    def turn(self, degrees: float) -> None:
        """Show the page with this skew."""
        self._degrees = degrees
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Turn and draw."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing
        )
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(-size.width() / 2, -size.height() / 2, size.width(), size.height())
        painter.translate(self.width() / 2, self.height() / 2)
        painter.setClipRect(target)
        painter.fillRect(target, QColor("white"))
        painter.save()
        painter.rotate(self._degrees - self._skew)
        painter.drawImage(target, self._picture)
        painter.restore()
        painter.setPen(QPen(QColor(47, 95, 208, 90), 1))
        step = max(12, size.height() // 24)
        for y in range(-size.height() // 2, size.height() // 2, step):
            painter.drawLine(int(target.left()), y, int(target.right()), y)
        painter.end()
