"""What this is, which version, under which licence."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.appearance.icons import application_icon
from desktop.dialogs.frame import Frame, quiet
from desktop.panels.forms import PlainLabel
from model_backend.translation import _


def own_version() -> str:
    """The version that is installed."""
    try:
        return version("proofdesk")
    except PackageNotFoundError:
        return _("from the source")


class AboutDialog(Frame):
    """Name, version, licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("About Proofdesk"), _("Close"), parent)
        picture, title = QLabel(), PlainLabel(f"Proofdesk {own_version()}")
        picture.setPixmap(application_icon().pixmap(64, 64))
        title.setProperty("title", "true")
        texts = QVBoxLayout()
        for label in (
            title,
            PlainLabel(_("Label forms and tables, correct what models propose.")),
            quiet(_("Free software under the GNU AGPL, version 3 or later. No warranty.")),
            quiet(f"Python {platform.python_version()}, Qt {qVersion()}"),
        ):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            texts.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self.body.addLayout(row)
        self.set_least_width(460)
