"""The labels of the tool in use with colours and digits; a click does what the digit does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from desktop.appearance.icons import swatch
from desktop.appearance.plain import tip, visible
from desktop.guards import guarded
from model_backend.labels import Label
from model_backend.translation import _

LONGEST_NAME = 40
MARGIN, GAP = 4, 2


@guarded
class LabelBar(QWidget):
    """One button a label, in as many lines as they need; the current one is pressed.

    Lines that were needed once stay, so that the page does not jump when another kind is selected.
    """

    label_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labels")
        self.setAccessibleName(_("Labels"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._buttons: dict[str, _LabelButton] = {}
        self._shown: tuple[Label, ...] = ()
        self._tallest = 0

    def show_labels(self, labels: Sequence[Label], current: str) -> None:
        """Show these labels, `current` pressed."""
        if tuple(labels) != self._shown:
            self._shown = tuple(labels)
            for button in self._buttons.values():
                button.hide()
                button.deleteLater()
            self._buttons = {label.name: _LabelButton(label, self) for label in labels}
            for button in self._buttons.values():
                button.show()
            self._place()
        for name, button in self._buttons.items():
            button.setChecked(name == current)

    def _place(self) -> None:
        """Put the buttons in lines that fit the width."""
        left, top, height = MARGIN, MARGIN, 0
        for button in self._buttons.values():
            size = button.sizeHint()
            if left > MARGIN and left + size.width() > self.width() - MARGIN:
                left, top = MARGIN, top + height + GAP
            button.setGeometry(QRect(left, top, size.width(), size.height()))
            left, height = left + size.width() + GAP, size.height()
        self._tallest = max(self._tallest, top + height + MARGIN) if height else 0
        self.setFixedHeight(self._tallest)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width has room for other lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._tallest = 0
            self._place()


class _LabelButton(QToolButton):
    """One label."""

    def __init__(self, label: Label, bar: LabelBar) -> None:
        super().__init__(bar)
        self._name, self._bar = label.name, bar
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIcon(swatch(label.color))
        name = visible(label.name, LONGEST_NAME).replace("&", "&&")
        self.setText(f"{label.key}  {name}" if label.key else name)
        self.setCheckable(True)
        hint = _("Label {name}, key {key}") if label.key else _("Label {name}")
        self.setToolTip(tip(hint.format(name=label.name, key=label.key)))
        self.clicked.connect(self._choose)

    def _choose(self) -> None:
        self._bar.label_chosen.emit(self._name)
