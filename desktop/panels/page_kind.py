"""What kind of page it is: chosen or typed by a person, proposed by a model."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from desktop.panels.forms import PlainLabel, breakable, make_narrow
from model_backend.document import PageClass, Status
from model_backend.installed import installed_models
from model_backend.networks import PAGE_CLASS, PAGE_KINDS, RVL_CDIP
from model_backend.translation import _


class PageKind(QWidget):
    """A field with the usual classes, any other may be typed; below it what a model said."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.field = QComboBox()
        self.field.setEditable(True)
        self.field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.field.setAccessibleName(_("Kind of page"))
        self.field.addItems(page_classes())
        self.field.setEditText("")
        self.said = PlainLabel()
        make_narrow(self.said)
        self.said.setProperty("quiet", "true")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.field)
        layout.addWidget(self.said)
        self.field.activated.connect(self._choose)
        line = self.field.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._take_typed)

    def show_class(self, known: PageClass | None) -> None:
        """Show the class of the page in view."""
        self._shown = known.label if known else ""
        self.field.setEditText(self._shown)
        self.said.setText(_said(known))
        self.said.setVisible(bool(self.said.text()))

    def _choose(self) -> None:
        self.chosen.emit(self.field.currentText().strip())

    def _take_typed(self) -> None:
        if self.field.currentText().strip() != self._shown:
            self._choose()


def page_classes() -> list[str]:
    """The classes of the models that were added, those that the page sorter knows, RVL-CDIP's."""
    added = (model for model in installed_models() if model.task == PAGE_CLASS)
    names = (label for model in added for label in model.labels)
    return list(dict.fromkeys((*names, *PAGE_KINDS, *RVL_CDIP)))


def _said(known: PageClass | None) -> str:
    """What a model said about it; nothing where only a person did."""
    if known is None or not known.proposed:
        return ""
    score = "" if known.score is None else f" ({known.score:.0%})"
    if known.status == Status.PROPOSED:
        text = _("Proposed by {model}{score}. Choose it to accept it.")
    else:
        text = _("{model} proposed {label}{score}.")
    return text.format(model=breakable(known.source), label=known.proposed, score=score)
