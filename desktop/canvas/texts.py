"""Which text is edited where: words, entities, whole cells of tables, and what comes next on Tab;
no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop.canvas.geometry import band_at
from desktop.document import edits
from desktop.document.order import annotations_in_order, words_in_order
from model_backend import table_grid
from model_backend.document import Box, Entity, Page, Point, Span, Table, Word, union_of
from model_backend.translation import mark


@dataclass(frozen=True)
class Place:
    """A cell of a table."""

    table_id: int
    span: Span


@dataclass(frozen=True)
class TextTarget:
    """A text of the page: of the word or entity with this id, of all words of a cell, or of a new
    word in an empty cell.
    """

    item_id: int | None
    box: Box
    text: str
    cell: Place | None = None

    @property
    def title(self) -> str:
        """What changing it is called in the history (a marked text)."""
        if self.item_id is None:
            return mark("Add word")
        return mark("Edit text") if self.cell is None else mark("Edit the text of a cell")

    def change(self, text: str) -> Callable[[Page], Page]:
        """The edit that gives it another text."""

        def changed(page: Page) -> Page:
            if self.cell is not None:
                return edits.set_text_of_cell(page, self.cell.table_id, self.cell.span, text)
            if self.item_id is None:
                return page
            return edits.set_text(page, self.item_id, text)

        return changed


def target_of(item: Word | Entity) -> TextTarget:
    """The text of a word or an entity."""
    return TextTarget(item.id, item.box.normalized(), item.text)


def cell_target(page: Page, table: Table, cells: Span) -> TextTarget:
    """The whole text of the first chosen cell; a new word where it has none."""
    span = table_grid.cell_at(table, cells.row0, cells.column0).span
    words = edits.words_of_cell(page, table, span)
    if not words:
        return TextTarget(None, edits.room_of(table, span), "", Place(table.id, span))
    box = union_of(word.box.normalized() for word in words)
    return TextTarget(words[0].id, box, table_grid.cell_text(words), Place(table.id, span))


def point_target(page: Page, table: Table, point: Point) -> TextTarget:
    """The text of the cell of a table under a point."""
    x, y = table_grid.to_frame(table, point)
    row = band_at(table_grid.row_edges(table), y)
    column = band_at(table_grid.column_edges(table), x)
    return cell_target(page, table, Span(row, row + 1, column, column + 1))


def next_target(page: Page, target: TextTarget, step: int) -> TextTarget | None:
    """The text that comes after this one (before it for -1), of the same kind; None at the end."""
    if target.cell is not None:
        return _next_cell(page, target.cell, step)
    row: Sequence[Word | Entity]
    if target.item_id is not None and page.word(target.item_id) is not None:
        row = words_in_order(page)
    else:
        row = [item for item in annotations_in_order(page) if isinstance(item, Entity)]
    ids = [item.id for item in row]
    if target.item_id not in ids:
        return None
    place = ids.index(target.item_id) + step
    return target_of(row[place]) if 0 <= place < len(row) else None


def _next_cell(page: Page, cell: Place, step: int) -> TextTarget | None:
    table = page.annotation(cell.table_id)
    if not isinstance(table, Table):
        return None
    spans = [other.span for other in table_grid.cells(table)]
    if cell.span not in spans:
        return None
    place = spans.index(cell.span) + step
    return cell_target(page, table, spans[place]) if 0 <= place < len(spans) else None
