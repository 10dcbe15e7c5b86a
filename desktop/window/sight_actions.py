"""What is seen of the page and what can be touched: hide, lock, filter."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from desktop.document.visibility import ANNOTATION_LAYERS, LAYERS, WORDS, Filter, Visibility
from desktop.panels.editor import Editor
from desktop.settings.settings import Settings
from model_backend.translation import _

KEPT = ("dimmed", "hidden", "locked")
"""What of the layers is remembered from one start to the next."""


class SightActions(QObject):
    """Changes of what is seen; the selection keeps only what can still be selected."""

    said = Signal(str)
    filter_wanted = Signal()

    def __init__(self, editor: Editor, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor, self._settings = editor, settings
        self._shown_before: Visibility | None = None
        self._use(_remembered(settings.value("layers")))
        editor.selection.visibility_changed.connect(self._follow)

    @property
    def _now(self) -> Visibility:
        return self._editor.selection.visibility

    def _use(self, visibility: Visibility) -> None:
        self._editor.selection.set_visibility(visibility)

    def _follow(self) -> None:
        """Select no longer what cannot be selected; remember how the layers are."""
        page, selection = self._editor.page, self._editor.selection
        if page is not None and selection.ids:
            kept = self._now.kept(page, selection.ids)
            if kept != selection.ids:
                selection.select(kept)
        if self._shown_before is None:
            layers = {name: sorted(getattr(self._now, name)) for name in KEPT}
            self._settings.set("layers", layers)

    def hide_selection(self) -> None:
        """Hide what is selected; with nothing selected, show what was hidden."""
        ids = self._editor.selection.ids
        hidden = self._now.hidden_ids.union(ids) if ids else frozenset()
        self._use(replace(self._now, hidden_ids=hidden))

    def toggle_annotations(self) -> None:
        """Hide all annotations, or show them as they were, with those hidden one by one."""
        before, self._shown_before = self._shown_before, None
        if before is None:
            self._shown_before = self._now
            self._use(replace(self._now, hidden=self._now.hidden.union(ANNOTATION_LAYERS)))
        else:
            words = self._now.hidden & {WORDS}
            hidden = words | (before.hidden - {WORDS})
            self._use(replace(self._now, hidden=hidden, hidden_ids=frozenset()))

    def toggle_words(self) -> None:
        """Hide the outlines of words, or show them."""
        self._use(replace(self._now, hidden=self._now.hidden ^ {WORDS}))

    def toggle_lock(self) -> None:
        """Lock what is selected; with nothing selected, unlock what was locked one by one."""
        ids = self._editor.selection.ids
        if ids:
            self._use(replace(self._now, locked_ids=self._now.locked_ids.union(ids)))
            self.said.emit(_("{count} locked").format(count=len(ids)))
        elif self._now.locked_ids:
            count = len(self._now.locked_ids)
            self._use(replace(self._now, locked_ids=frozenset()))
            self.said.emit(_("{count} unlocked").format(count=count))
        else:
            self.said.emit(_("Select what to lock; whole layers are locked under Layers."))

    def show_filter(self) -> None:
        """Go to the fields of the filter."""
        self.filter_wanted.emit()

    def clear_filter(self) -> None:
        """Look at everything again."""
        self._use(replace(self._now, filter=Filter()))


def _remembered(layers: dict[str, list[str]]) -> Visibility:
    """The layers as they were left; what nobody knows any more is passed over."""
    dimmed, hidden, locked = (frozenset(layers.get(name, ())).intersection(LAYERS) for name in KEPT)
    return Visibility(dimmed, hidden, locked)
