"""Text edited in place: a real text field over the page, so that input methods work."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QTextOption,
)
from PySide6.QtWidgets import QApplication, QFrame, QPlainTextEdit, QWidget

from desktop.appearance.plain import typed
from desktop.canvas.style import Theme, font
from desktop.canvas.word_walk import DOUBTFUL, ILLEGIBLE, RIGHT
from desktop.guards import guarded
from model_backend.translation import _

SMALLEST_FONT, LARGEST_FONT, PADDING = 12, 34, 3
VERDICTS = {Qt.Key.Key_I: ILLEGIBLE, Qt.Key.Key_Y: DOUBTFUL}


@guarded
class TextEditor(QPlainTextEdit):
    """Enter commits, Escape cancels, Tab commits and goes on, Shift+Enter is a line break.

    In a walk through words Enter also says that the word is right and goes on; Alt+I and Alt+Y mark
    it illegible or doubtful and go on.
    """

    committed = Signal(str, int)
    """The text, and where to go on: 0 nowhere, 1 the next, -1 the one before."""
    cancelled = Signal()

    def __init__(self, parent: QWidget, text: str, theme: Theme, *, is_walk: bool = False) -> None:
        super().__init__(parent)
        self.is_walk, self._given = is_walk, text
        self.verdict = ""
        """What was said of the word, besides its text: right, illegible or doubtful."""
        self.setAccessibleName(_("Text"))
        self.setPlainText(text)
        self._at_first = self.toPlainText()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(PADDING)
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {theme.field}; color: {theme.text};"
            f" border: 2px solid {theme.accent}; border-radius: 3px; }}"
        )
        self._place = QRectF()
        self._is_done = False
        self.textChanged.connect(self._fit)
        self.selectAll()

    def put_over(self, place: QRectF) -> None:
        """Lie over this rectangle of the view, readable at any zoom."""
        self._place = place
        lines = max(1, self.blockCount())
        size = round(min(max(place.height() / lines * 0.72, SMALLEST_FONT), LARGEST_FONT))
        self.setFont(font(size))
        self._fit()

    def commit(self, go_on: int = 0) -> None:
        """Hand the text over, once."""
        if not self._is_done:
            self._is_done = True
            self._take_in_composed()
            self.committed.emit(typed(self.document(), self._given, self._at_first), go_on)

    def cancel(self) -> None:
        """Leave everything as it was."""
        if not self._is_done:
            self._is_done = True
            self.cancelled.emit()

    def _take_in_composed(self) -> None:
        """What an input method still composes is text too: in Korean the last syllable is."""
        cursor = self.textCursor()
        layout = cursor.block().layout()
        composed = layout.preeditAreaText()
        if composed:
            start = cursor.block().position() + layout.preeditAreaPosition()
            QApplication.sendEvent(self, QInputMethodEvent("", []))  # else it would be there twice
            cursor.setPosition(start)
            cursor.insertText(composed)
            self.setTextCursor(cursor)

    def event(self, event: QEvent) -> bool:
        """Keys are the field's own while it is open: no shortcut of the window fires."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Escape and Tab end the editing."""
        key = event.key()
        has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        has_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not has_shift:
            self._enter()
        elif self.is_walk and has_alt and key in VERDICTS:
            self._say(VERDICTS[Qt.Key(key)])
        elif key == Qt.Key.Key_Escape:
            self.cancel()
        elif key == Qt.Key.Key_Tab:
            self.commit(1)
        elif key == Qt.Key.Key_Backtab:
            self.commit(-1)
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        """While something is composed Enter only ends that."""
        if self._composed():
            self._take_in_composed()
            QGuiApplication.inputMethod().reset()
        elif self.is_walk:
            self._say(RIGHT)
        else:
            self.commit()

    def _say(self, verdict: str) -> None:
        self.verdict = verdict
        self.commit(1)

    def _composed(self) -> str:
        return str(self.textCursor().block().layout().preeditAreaText())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Going elsewhere in the window commits; another window or a menu does not."""
        super().focusOutEvent(event)
        stays = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
        if event.reason() not in stays:
            self.commit()

    def _fit(self) -> None:
        metrics = QFontMetricsF(self.font())
        lines = self.toPlainText().split("\n")
        wide = max(metrics.horizontalAdvance(line) for line in lines) + 4 * PADDING + 16
        tall = len(lines) * metrics.lineSpacing() + 2 * PADDING + 6
        parent = self.parentWidget()
        width = max(wide, self._place.width() + 2 * PADDING, 60.0)
        height = max(tall, self._place.height() + 2 * PADDING)
        if parent is not None:
            width = min(width, max(parent.width() - 8.0, 60.0))
        x, y = self._place.left() - PADDING, self._place.center().y() - height / 2
        if parent is not None:
            x = min(max(x, 4.0), max(parent.width() - width - 4.0, 4.0))
            y = min(max(y, 4.0), max(parent.height() - height - 4.0, 4.0))
        self.setGeometry(round(x), round(y), round(width), round(height))
