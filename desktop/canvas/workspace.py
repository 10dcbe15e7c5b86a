"""What the tools work on: the page in view, the selection, the chosen labels, and the one way to
change anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.canvas.hits import words_in
from desktop.canvas.layers.table_grips import Edge
from desktop.canvas.layers.tables import table_bounds
from desktop.canvas.ruled import RulingSource
from desktop.canvas.scene import PageScene
from desktop.canvas.table_actions import Place, clipped, is_in
from desktop.canvas.table_words import TableWords
from desktop.document.lookup import Item, item_of, items_of
from model_backend.document import Page, Span, Table, Word
from model_backend.errors import UserError
from model_backend.labels import DEFAULT_SCHEMA, ENTITY, REGION, LabelSchema
from model_backend.predictors.ruling_lines import Rulings
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection

Change = Callable[[Page], Page]

LOCKED_TEXTS = {
    "words": mark("Words that this would change are locked. Unlock them under Layers."),
    "entities": mark("Entities that this would change are locked. Unlock them under Layers."),
    "relations": mark("Links that this would change are locked. Unlock them under Layers."),
    "tables": mark("Tables that this would change are locked. Unlock them under Layers."),
    "regions": mark("Regions that this would change are locked. Unlock them under Layers."),
}


@dataclass(frozen=True)
class WandSettings:
    """How much lighter connected ink may be (grey levels), and how wide its gaps (pixels)."""

    tolerance: int = 60
    gap: int = 0


class Workspace(QObject):
    """Shared by the view and its tools; holds no truth of its own."""

    said = Signal(str)
    edge_chosen = Signal()

    def __init__(self, scene: PageScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scene = scene
        self.document: OpenDocument | None = None
        self.selection: Selection | None = None
        self.labels: dict[str, str] = {}
        self.brush_px = 16.0
        self.wand = WandSettings()
        self.rulings: RulingSource | None = None
        self._goes_on = False
        self._words: tuple[Table, tuple[Word, ...], TableWords] | None = None

    @property
    def page(self) -> Page | None:
        """The page in view, as it is now."""
        return self.scene.page

    @property
    def page_rulings(self) -> Rulings:
        """The ruling lines of the page in view, as far as they are known by now."""
        page = self.page
        return Rulings() if self.rulings is None or page is None else self.rulings.of(page)

    @property
    def schema(self) -> LabelSchema:
        """The project's labels."""
        return self.document.schema if self.document else DEFAULT_SCHEMA

    @property
    def pixel(self) -> float:
        """One screen pixel in page units."""
        return self.scene.look.pixel

    @property
    def ids(self) -> tuple[int, ...]:
        """What is selected."""
        return self.selection.ids if self.selection else ()

    @property
    def cells(self) -> Span | None:
        """The chosen cells of the selected table, as far as it still has them."""
        table = self.table()
        return clipped(table, self.selection.cells) if table and self.selection else None

    @property
    def anchor(self) -> Place | None:
        """The grid cell from which the chosen cells were begun."""
        anchor, cells = self.scene.live.grips.anchor, self.cells
        if cells is None:
            return None
        return anchor if anchor and is_in(cells, anchor) else (cells.row0, cells.column0)

    @property
    def lead(self) -> Place | None:
        """The grid cell up to which they were chosen."""
        lead, cells = self.scene.live.grips.lead, self.cells
        if cells is None:
            return None
        return lead if lead and is_in(cells, lead) else (cells.row0, cells.column0)

    @property
    def edge(self) -> Edge | None:
        """The chosen edge of the selected table."""
        return self.scene.live.grips.edge

    def label(self, kind: str) -> str:
        """The label that new entities or regions get."""
        known = self.schema.of_kind(kind)
        name = self.labels.get(kind, "")
        if any(label.name == name for label in known):
            return name
        return known[0].name if known else {ENTITY: "other", REGION: "figure"}.get(kind, kind)

    def selected(self) -> list[Item]:
        """The selected values, in the order of selecting."""
        page = self.page
        return [] if page is None else list(items_of(page, self.ids).values())

    def table(self) -> Table | None:
        """The selected table, where just one thing is selected and it is one."""
        items = self.selected() if len(self.ids) == 1 else []
        return items[0] if items and isinstance(items[0], Table) else None

    def item(self, item_id: int) -> Item | None:
        """The value with this id on the page in view."""
        return None if self.page is None else item_of(self.page, item_id)

    def select(self, ids: Iterable[int], cells: Span | None = None) -> None:
        """Select these, and cells of the one table among them."""
        if self.selection is not None:
            self.selection.select(tuple(ids), cells)

    def choose_cells(self, table: Table, cells: Span, anchor: Place, lead: Place) -> None:
        """Choose cells of a table, and remember from where to where."""
        grips = self.scene.live.grips
        grips.anchor, grips.lead = anchor, lead
        self.select((table.id,), cells)

    def table_words(self, table: Table) -> TableWords:
        """The table with its words, made once while both stay as they are."""
        words = self.page.words if self.page is not None else ()
        if self._words is None or self._words[0] != table or self._words[1] is not words:
            near = words_in(self.scene, table_bounds(table))
            self._words = table, words, TableWords(table, near)
        return self._words[2]

    def toggle(self, item_id: int) -> None:
        """Select this too, or no longer."""
        if self.selection is not None:
            self.selection.toggle(item_id)

    def choose_edge(self, edge: Edge | None) -> None:
        """Choose an edge of the selected table, for deleting it."""
        if edge != self.edge:
            self.scene.live.grips.edge = edge
            self.scene.refresh()
            self.edge_chosen.emit()

    def go_on(self, *, is_on: bool = True) -> None:
        """The next edit is undone together with the one before, where they are called the same."""
        self._goes_on = is_on

    def say(self, text: str) -> None:
        """One line for the person."""
        self.said.emit(text)

    def apply(self, text: str, change: Change) -> tuple[int, ...] | None:
        """Make one edit of the page in view; the ids that are new, or None where nothing was
        changed.

        `text` is a marked English template. What cannot be done is said, not raised.
        """
        page = self.page
        if page is None or self.document is None:
            return None
        try:
            changed = change(page)
            if changed == page:
                return None
            locked = self.scene.look.visibility.locked_change(page, changed)
            if locked:
                self.say(_(LOCKED_TEXTS[locked]))
                return None
            goes_on, self._goes_on = self._goes_on, False
            (self.document.go_on if goes_on else self.document.apply)(text, changed)
        except UserError as error:
            self.say(str(error))
            return None
        return _new_ids(page, changed)

    def apply_to_table(self, text: str, change: Callable[[Table], Table]) -> Table | None:
        """Make one edit of the selected table; it is said what cannot be done with it."""
        from desktop.document import edits

        table = self.table()
        if table is None:
            self.say(_("Select a table first."))
            return None
        try:
            changed = change(table)
        except ValueError:
            self.say(_("That is not possible with these cells."))
            return None
        self.apply(text, lambda page: edits.replace(page, changed))
        return self.table()


def _new_ids(before: Page, after: Page) -> tuple[int, ...]:
    values: Sequence[Item] = (*after.words, *after.annotations)
    return tuple(sorted(item.id for item in values if item.id >= before.next_id))
