"""Which text is edited where: words, entities, words of a table's cells, and what comes next on
Tab; no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop.document import edits
from model_backend import table_grid
from model_backend.document import Box, Entity, Page, Point, Span, Table, Word
from model_backend.reading_order import annotations_in_order, reading_order
from model_backend.translation import mark


@dataclass(frozen=True)
class TextTarget:
    """A text of the page: of the word or entity with this id, or of a new word in an empty cell."""

    item_id: int | None
    box: Box
    text: str
    table_id: int | None = None

    @property
    def title(self) -> str:
        """What changing it is called in the history (a marked text)."""
        return mark("Add word") if self.item_id is None else mark("Edit text")

    def change(self, text: str) -> Callable[[Page], Page]:
        """The edit that gives it another text."""

        def changed(page: Page) -> Page:
            if self.item_id is None:
                return edits.add_word(page, text, self.box) if text.strip() else page
            return edits.set_text(page, self.item_id, text)

        return changed


def target_of(item: Word | Entity, table_id: int | None = None) -> TextTarget:
    """The text of a word or an entity."""
    return TextTarget(item.id, item.box.normalized(), item.text, table_id)


def cell_target(page: Page, table: Table, cells: Span) -> TextTarget:
    """The first word of the first chosen cell; a new word where it has none."""
    span = table_grid.cell_at(table, cells.row0, cells.column0).span
    words = table_grid.words_of_cells(table, page.words).get(span, ())
    if words:
        return target_of(words[0], table.id)
    return TextTarget(None, _room_of(table, span), "", table.id)


def point_target(page: Page, table: Table, point: Point) -> TextTarget:
    """The word of a table under a point; a new one in the cell where there is none."""
    x, y = table_grid.to_frame(table, point)
    for span, words in table_grid.words_of_cells(table, page.words).items():
        for word in words:
            if word.box.contains(point):
                return target_of(word, table.id)
        if not words and _frame_box(table, span).contains((x, y)):
            return TextTarget(None, _room_of(table, span), "", table.id)
    row = sum(1 for edge in table_grid.row_edges(table)[1:-1] if y >= edge)
    column = sum(1 for edge in table_grid.column_edges(table)[1:-1] if x >= edge)
    return cell_target(page, table, Span(row, row + 1, column, column + 1))


def _frame_box(table: Table, span: Span) -> Box:
    rows, columns = table_grid.row_edges(table), table_grid.column_edges(table)
    return Box(columns[span.column0], rows[span.row0], columns[span.column1], rows[span.row1])


def _room_of(table: Table, span: Span) -> Box:
    box = _frame_box(table, span)
    inner = Box(
        box.x0 + 0.08 * box.width,
        box.y0 + 0.15 * box.height,
        box.x1 - 0.08 * box.width,
        box.y1 - 0.15 * box.height,
    )
    return table_grid.box_to_page(table, inner)


def next_target(page: Page, target: TextTarget, step: int) -> TextTarget | None:
    """The text that comes after this one (before it for -1), of the same kind; None at the end."""
    if target.item_id is None:
        return None
    row: Sequence[Word | Entity]
    if target.table_id is not None:
        table = page.annotation(target.table_id)
        if not isinstance(table, Table):
            return None
        words = table_grid.words_of_cells(table, page.words)
        row = [word for span in sorted(words) for word in words[span]]
    elif page.word(target.item_id) is not None:
        row = reading_order(page.words)
    else:
        row = [item for item in annotations_in_order(page) if isinstance(item, Entity)]
    ids = [item.id for item in row]
    if target.item_id not in ids:
        return None
    place = ids.index(target.item_id) + step
    return target_of(row[place], target.table_id) if 0 <= place < len(row) else None
