"""The list of what is unsure, doubtful, illegible or has a note, over the whole project."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QListView, QVBoxLayout, QWidget

from desktop.document.marks import COUNTS, DOUBTFUL, ILLEGIBLE, MARKS, NOTED, UNSURE
from desktop.guards import guarded
from desktop.panels.forms import PlainLabel
from desktop.panels.marked_model import MarkedModel
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.panels.editor import Editor

FILTERS = (
    (MARKS, mark("All that is marked: {count}")),
    ((UNSURE,), mark("Unsure annotations: {count}")),
    ((DOUBTFUL,), mark("Doubtful words: {count}")),
    ((ILLEGIBLE,), mark("Illegible words: {count}")),
    ((NOTED,), mark("With a note: {count}")),
)
DELAY = 300
"""Milliseconds without a change after which the counts are read again."""


@guarded
class MarkedList(QWidget):
    """A filter and the list; choosing a line shows its thing on its page."""

    chosen = Signal()

    def __init__(
        self,
        editor: Editor,
        parent: QWidget | None = None,
        *,
        with_keys: Callable[[str], str] = str,
    ) -> None:
        """`with_keys` makes a text name the keys that are in use."""
        super().__init__(parent)
        self._editor, self._with_keys = editor, with_keys
        self.filter = QComboBox(self)
        self.filter.setAccessibleName(_("Show"))
        self.filter.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        for _marks, _text in FILTERS:
            self.filter.addItem("")
        self.model = MarkedModel(editor.document, self)
        self.view = QListView(self)
        self.view.setModel(self.model)
        self.view.setAlternatingRowColors(True)
        self.view.setSpacing(2)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)  # thousands of lines: bit by bit
        self.view.setAccessibleName(_("Marked"))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hint = PlainLabel()
        self.hint.setProperty("quiet", "true")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 6, 6)
        layout.setSpacing(6)
        for part in (self.filter, self.hint, self.view):
            layout.addWidget(part)
        self._timer = QTimer(self, singleShot=True, interval=DELAY)
        self._connect()

    def _connect(self) -> None:
        self._timer.timeout.connect(self._count)
        self.filter.currentIndexChanged.connect(self._begin)
        self.view.activated.connect(self._jump)
        self.view.clicked.connect(self._jump)
        self._editor.document.page_changed.connect(self._page_changed)
        self._editor.document.pages_added.connect(self._later)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The marks that are listed."""
        return FILTERS[self.filter.currentIndex()][0]

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Read what is marked, now that somebody looks; not in the same breath, as the whole
        project may just be opening.
        """
        super().showEvent(event)
        QTimer.singleShot(0, self, self._begin)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Read nothing any more: the project may be closing."""
        self._timer.stop()
        super().hideEvent(event)

    def _begin(self) -> None:
        if self.isVisible():
            self.model.show(self.wanted)
            self._count()

    def _page_changed(self, page_id: int) -> None:
        if self.isVisible():
            self.model.page_changed(page_id)
            self._later()

    def _later(self) -> None:
        if self.isVisible():
            self._timer.start()

    def _count(self) -> None:
        """Say in the filter how much there is of each."""
        totals = self._editor.document.store.marks.totals()
        for place, (marks, text) in enumerate(FILTERS):
            count = sum(totals[COUNTS[name]] for name in marks)
            self.filter.setItemText(place, _(text).format(count=count))
        self.hint.setVisible(not self.model.rowCount())
        self.show_keys()

    def show_keys(self) -> None:
        """Name the keys that are in use."""
        text = _("Nothing is marked. Y: unsure or doubtful, Ctrl+Shift+N: note.")
        self.hint.setText(self._with_keys(text))

    def _jump(self, index: QModelIndex) -> None:
        one = self.model.marked(index)
        if one is None:
            return
        selection = self._editor.selection
        selection.set_page(one.page_id)
        selection.select((one.item_id,) if one.item_id else ())
        self.chosen.emit()
