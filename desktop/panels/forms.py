"""Small parts that the inspector's forms are made of."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QLayout, QPlainTextEdit, QSizePolicy, QWidget

from desktop.appearance.plain import MOST_TYPED, cut, typed
from desktop.guards import guarded
from model_backend.translation import _


@guarded
class PlainLabel(QLabel):
    """A label that shows text from data as it is, never as rich text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.MinimumExpanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show a text; of one that is endless, the beginning."""
        super().setText(cut(text))


def breakable(text: str, longest: int = 16) -> str:
    """The text with places where a word that is too long for a narrow panel may be broken."""
    return re.sub(rf"(\S{{{longest}}})(?=\S)", "\\1\u200b", text)


def make_narrow(label: PlainLabel) -> None:
    """Have this label take the width there is, however long its words are."""
    policy = label.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    label.setSizePolicy(policy)


@guarded
class TextField(QPlainTextEdit):
    """Some lines of text: Enter or leaving commits, Shift+Enter is a new line, Esc takes back, but
    leaves a text that is `own`: what a person thought of is lost by no single key.
    """

    committed = Signal(str)
    done = Signal()
    """Enter or Esc was pressed: the keys may mean the page again."""

    def __init__(
        self, name: str = "", parent: QWidget | None = None, *, is_own: bool = False
    ) -> None:
        super().__init__(parent)
        self._shown, self._at_first, self._is_own = "", "", is_own
        self.setTabChangesFocus(True)
        self.setFixedHeight(64)
        self.setAccessibleName(name or _("Text"))

    def show_text(self, text: str) -> None:
        """Show this text; where it is what was shown, what is being typed stays."""
        if text == self._shown:
            return
        if self._typed() != text:
            self.setReadOnly(len(text) > MOST_TYPED)
            self.setPlainText(cut(text, MOST_TYPED))
        self._shown, self._at_first = text, self.toPlainText()

    def _typed(self) -> str:
        return typed(self.document(), self._shown, self._at_first)

    def commit(self) -> None:
        """Announce the text when it was changed."""
        text = self._typed()
        if text != self._shown and not self.isReadOnly():
            self._shown, self._at_first = text, self.toPlainText()
            self.committed.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter commits, Esc takes the typing back or leaves the person's own text."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            if self.textCursor().block().layout().preeditAreaText():
                QGuiApplication.inputMethod().commit()
                return
            self.commit()
            self.done.emit()
        elif event.key() == Qt.Key.Key_Escape:
            if not self._is_own:
                self.setPlainText(cut(self._shown, MOST_TYPED))
            self.commit()
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Esc and Enter for the field while it has focus."""
        own = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and event.key() in own:
            event.accept()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Leaving the field commits what was typed."""
        self.commit()
        super().focusOutEvent(event)


class FactForm(QFormLayout):
    """Rows of a quiet name and a value; rows can be hidden."""

    def __init__(self) -> None:
        super().__init__()
        self.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.setHorizontalSpacing(12)
        self.setVerticalSpacing(7)
        self.setContentsMargins(0, 0, 0, 0)

    def add(self, name: str, field: QWidget | QLayout) -> None:
        """Add one row."""
        label = PlainLabel(name)
        label.setProperty("quiet", "true")
        label.setWordWrap(False)
        if not isinstance(field, PlainLabel):
            label.setContentsMargins(0, 5, 0, 0)
        if isinstance(field, QWidget):
            label.setBuddy(field)
        self.addRow(label, field)

    def show_row(self, field: QWidget, *, is_shown: bool) -> None:
        """Show or hide the row of this field."""
        if self.isRowVisible(field) != is_shown:
            self.setRowVisible(field, is_shown)
