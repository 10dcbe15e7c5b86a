"""Choosing tools and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.window.actions import ACTIONS
from model_backend.document import Entity, Region
from model_backend.labels import Label

if TYPE_CHECKING:
    from desktop.canvas.view import CanvasView
    from desktop.panels.editor import Editor

TOOL_TEXTS = {item.argument: item.text for item in ACTIONS if item.group == "tools"}


class ToolActions(QObject):
    """The tool in use, the last one used, and the label new things get."""

    labels_changed = Signal()

    def __init__(self, canvas: CanvasView, editor: Editor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._editor = canvas, editor
        self.tool, self._last = "select", "entity"
        canvas.tool_changed.connect(self._note)
        editor.selection.changed.connect(self.labels_changed)
        editor.document.schema_changed.connect(self.labels_changed)

    def choose(self, name: str) -> None:
        """Take this tool."""
        self._canvas.set_tool(name)
        self._canvas.setFocus()

    def _note(self, name: str) -> None:
        if name != "select":
            self._last = name
        self.tool = name
        self.labels_changed.emit()

    def repeat(self) -> None:
        """Take the tool that was used last again."""
        self.choose(self._last)

    def smaller_brush(self) -> None:
        """A smaller brush; with the wand only darker ink."""
        self._canvas.adjust_tool(-1)

    def larger_brush(self) -> None:
        """A larger brush; with the wand lighter ink too."""
        self._canvas.adjust_tool(1)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that can be chosen now: for entities or for regions."""
        return self._editor.document.schema.of_kind(self._canvas.label_kind())

    @property
    def current(self) -> str:
        """The label shown as chosen: the selection's, else the one new things get."""
        things = self._editor.selected_annotations
        names = {thing.label for thing in things if isinstance(thing, Entity | Region)}
        if names:
            return names.pop() if len(names) == 1 else ""
        return self._canvas.current_label(self._canvas.label_kind())

    def label_of_key(self, digit: str) -> None:
        """Choose the label with this digit."""
        label = next((label for label in self.labels if label.key == digit), None)
        if label is not None:
            self.choose_label(label.name)

    def choose_label(self, name: str) -> None:
        """Give the selection this label; with nothing selected, new things get it."""
        self._canvas.set_label(name)
        self.labels_changed.emit()
