"""The parts of a data set: how much goes where, and the number that decides which documents."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from desktop.panels.forms import PlainLabel
from model_backend.formats.splits import Split
from model_backend.translation import _


class SplitForm(QWidget):
    """A check box, the shares of train and val (test is the rest), and the seed."""

    changed = Signal()

    def __init__(self, remembered: object, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        known = remembered if isinstance(remembered, dict) else {}
        self.is_split = QCheckBox(_("Split by document"))
        self.is_split.setToolTip(
            _("The pages of a document stay together. The same seed gives the same parts again.")
        )
        self.train = _percent(known.get("train", 80), _("Share of train"))
        self.val = _percent(known.get("val", 10), _("Share of val"))
        self.test = PlainLabel()
        self.seed = QSpinBox()
        self.seed.setRange(0, 999_999)
        self.seed.setValue(_whole(known.get("seed", 0)))
        self.seed.setAccessibleName(_("Seed"))
        self._lay_out()
        self.is_split.setChecked(bool(known.get("is_split")))
        self._show()

    def _lay_out(self) -> None:
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.is_split)
        column.addLayout(row)
        self.test.setWordWrap(False)
        for text, box in ((_("train"), self.train), (_("val"), self.val)):
            row.addWidget(QLabel(text))
            row.addWidget(box)
        row.addWidget(self.test)
        row.addWidget(QLabel(_("Seed")))
        row.addWidget(self.seed)
        row.addStretch(1)
        self.is_split.toggled.connect(self._show)
        for box in (self.train, self.val, self.seed):
            box.valueChanged.connect(self._show)
        self.setMinimumHeight(self.sizeHint().height())

    def _show(self) -> None:
        is_split = self.is_split.isChecked()
        self.val.setMaximum(100 - self.train.value())
        rest = 100 - self.train.value() - self.val.value()
        self.test.setText(_("test {share} %").format(share=rest))
        for box in (self.train, self.val, self.test, self.seed):
            box.setEnabled(is_split)
        self.changed.emit()

    @property
    def split(self) -> Split | None:
        """What is chosen; None where documents are not given out."""
        if not self.is_split.isChecked():
            return None
        train, val = self.train.value() / 100, self.val.value() / 100
        return Split(train, val, max(0.0, 1.0 - train - val), self.seed.value())

    @property
    def remembered(self) -> dict[str, object]:
        """What the next dialog begins with."""
        return {
            "is_split": self.is_split.isChecked(),
            "train": self.train.value(),
            "val": self.val.value(),
            "seed": self.seed.value(),
        }


def _percent(value: object, name: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, 100)
    box.setSuffix(" %")
    box.setValue(_whole(value))
    box.setAccessibleName(name)
    return box


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
