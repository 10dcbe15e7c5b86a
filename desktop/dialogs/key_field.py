"""A field that takes the next key that is pressed, with its modifiers, as its value."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.guards import guarded
from desktop.panels.key_texts import key_text
from model_backend.translation import _

MODIFIERS = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_unknown,
)
LEAVING = (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
"""Alone these keep their meaning in a dialog: who cannot use a mouse must get out of the field."""


@guarded
class KeyField(QLineEdit):
    """Shows one key; `key` is what Qt calls it, empty while none was pressed."""

    key_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = ""
        self.setReadOnly(True)
        self.setPlaceholderText(_("Press the new key here"))
        self.setAccessibleName(_("Press the new key here"))

    def clear_key(self) -> None:
        """Wait for another key."""
        self._take("")

    def event(self, event: QEvent) -> bool:
        """No shortcut fires while a key is being chosen."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take the key, unless it is one that leaves the field."""
        plain = event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if event.key() in MODIFIERS:
            event.accept()
        elif event.key() in LEAVING and plain == Qt.KeyboardModifier.NoModifier:
            event.ignore()
        else:
            self._take(_written(event))
            event.accept()

    def _take(self, key: str) -> None:
        self.key = key
        self.setText(key_text((key,)) if key else "")
        self.key_changed.emit()


def _written(event: QKeyEvent) -> str:
    """The key as Qt writes it; a sign that needs Shift (such as +) goes without it."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    text = event.text()
    has_sign = len(text) == 1 and text.isprintable() and not text.isalnum() and text != " "
    if has_sign and modifiers & Qt.KeyboardModifier.ShiftModifier:
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    combination = QKeySequence(int(modifiers.value) | event.key())
    return combination.toString(QKeySequence.SequenceFormat.PortableText)
