"""The sign that a filter is on: what is looked at, how much that is, one button to end it."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.appearance.icons import icon
from desktop.document.visibility import Visibility
from desktop.panels.filter_form import filter_text
from desktop.panels.forms import PlainLabel, make_narrow
from model_backend.document import Page
from model_backend.translation import _

ICON_PX = 16


class FilterBar(QFrame):
    """A line above the page while not everything is looked at."""

    def __init__(self, clear: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clear = clear
        self.setProperty("notice", "true")
        self.setAccessibleName(_("Filter"))
        self.text = PlainLabel()
        make_narrow(self.text)
        self.picture = QLabel()
        self.button = QPushButton()
        self.button.clicked.connect(clear.trigger)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 3, 6, 3)
        layout.addWidget(self.picture)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.button)
        self.hide()

    def show_filter(self, visibility: Visibility, page: Page | None) -> None:
        """Say what is looked at; nothing while that is everything."""
        if not visibility.filter.is_on:
            self.hide()
            return
        total = len(page.annotations) if page else 0
        left_out = len(visibility.left_out(page) - visibility.hidden_ids) if page else 0
        text = _("Only {filter}: {count} of {total}")
        what = filter_text(visibility.filter)
        self.text.setText(text.format(filter=what, count=total - left_out, total=total))
        self.picture.setPixmap(icon("filter").pixmap(ICON_PX, ICON_PX))
        self.button.setText(self._clear.text())
        self.button.setToolTip(self._clear.toolTip())
        self.show()
