"""Differences on the page and in their part of the window, equal to the comparison that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from desktop.canvas.view import CanvasView
    from desktop.document.changes import Change
    from desktop.document.selection import Selection
    from desktop.panels.changes import Changes
    from desktop.window.change_actions import ChangeActions
    from desktop.window.main_window import MainWindow


class ChangesShown(QObject):
    """The difference that is looked at is what is selected."""

    def __init__(
        self,
        actions: ChangeActions,
        panel: Changes,
        canvas: CanvasView,
        selection: Selection,
        window: MainWindow,
    ) -> None:
        super().__init__(actions)
        self._comparison, self._actions = actions.comparison, actions
        self._canvas, self._selection, self._window = canvas, selection, window
        self._looked_at: Change | None = None
        by_id = window.actions_table.by_id
        panel.proposals_wanted.connect(self._show_proposals)
        panel.compare_wanted.connect(by_id["compare_with"].trigger)
        panel.take_back_wanted.connect(by_id["take_back"].trigger)
        self._comparison.changed.connect(self._show)
        actions.panel_wanted.connect(self._show_panel)
        actions.compared.connect(panel.show_agreement)

    def _show_proposals(self) -> None:
        """The button shows them; pressed again, nothing is compared any more."""
        if self._comparison.is_with_version:
            self._actions.toggle()
        self._actions.toggle()

    def _show(self) -> None:
        comparison = self._comparison
        self._canvas.set_changes(comparison.changes, comparison.current, is_on=comparison.is_on)
        change, before = comparison.current, self._looked_at
        self._looked_at = change
        if change is not None and (before is None or change.item.id != before.item.id):
            self._selection.select((change.now.id,) if change.now is not None else ())

    def _show_panel(self) -> None:
        dock = self._window.docks["changes"]
        dock.show()
        dock.raise_()
