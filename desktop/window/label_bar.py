"""The labels of the tool in use with colours and digits; a click does what the digit does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from desktop.appearance.icons import swatch
from model_backend.labels import Label
from model_backend.translation import _


class LabelBar(QToolBar):
    """One button a label; the current one is pressed."""

    label_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Labels"), parent)
        self.setObjectName("labels")
        self.setMovable(False)
        self._buttons: dict[str, _LabelButton] = {}
        self._shown: tuple[Label, ...] = ()

    def show_labels(self, labels: Sequence[Label], current: str) -> None:
        """Show these labels, `current` pressed."""
        if tuple(labels) != self._shown:
            self._shown = tuple(labels)
            self.clear()
            self._buttons = {label.name: _LabelButton(label, self) for label in labels}
            for button in self._buttons.values():
                self.addWidget(button)
        for name, button in self._buttons.items():
            button.setChecked(name == current)


class _LabelButton(QToolButton):
    """One label."""

    def __init__(self, label: Label, bar: LabelBar) -> None:
        super().__init__(bar)
        self._name, self._bar = label.name, bar
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIcon(swatch(label.color))
        name = label.name.replace("&", "&&")
        self.setText(f"{label.key}  {name}" if label.key else name)
        self.setCheckable(True)
        hint = _("Label {name}, key {key}") if label.key else _("Label {name}")
        self.setToolTip(hint.format(name=label.name, key=label.key))
        self.clicked.connect(self._choose)

    def _choose(self) -> None:
        self._bar.label_chosen.emit(self._name)
