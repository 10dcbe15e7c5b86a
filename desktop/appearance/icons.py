"""Icons: our own line drawings, drawn in the colour of the text they stand beside."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

ICONS = Path(__file__).resolve().parent.parent.parent / "resources" / "icons"
_PROPERTY = "icon_name"
SIZES = (20, 40)
"""Pixels an icon is drawn at: for ordinary and for doubled screens."""


def icon(name: str, color: str = "") -> QIcon:
    """The icon of this name in the text's colour or the given one; grey where it is disabled."""
    palette = QApplication.palette()
    ink = color or palette.color(QPalette.ColorRole.ButtonText).name()
    faint = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText).name()
    return _icon(name, ink, faint)


def put_icon(button: QAbstractButton, name: str) -> None:
    """Give a button this icon, and remember it for `refresh_icons`."""
    button.setProperty(_PROPERTY, name)
    button.setIcon(icon(name))


def refresh_icons(window: QWidget) -> None:
    """Draw the icons of all buttons anew, after the theme changed."""
    for button in window.findChildren(QAbstractButton):
        name = button.property(_PROPERTY)
        if name:
            button.setIcon(icon(name))


def application_icon() -> QIcon:
    """The application's own icon, in its own colours."""
    return QIcon(str(ICONS / "proofdesk.svg"))


@lru_cache(maxsize=512)
def _icon(name: str, ink: str, faint: str) -> QIcon:
    made = QIcon()
    for size in SIZES:
        made.addPixmap(pixmap(name, ink, size), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, faint, size), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, color: str, size: int) -> QPixmap:
    """The icon as a square picture of `size` pixels."""
    drawing = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", color).encode()))
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


@lru_cache(maxsize=512)
def swatch(color: str, size: int = 16) -> QIcon:
    """A small rounded square of a label's colour."""
    picture = QPixmap(size * 2, size * 2)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(color))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(QRectF(2, 2, size - 4, size - 4), 3, 3)
    painter.end()
    made = QIcon(picture)
    made.addPixmap(picture, QIcon.Mode.Selected)
    return made
