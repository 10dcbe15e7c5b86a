"""Tables as wholes: proposed again, copied to the next page, continued over pages, turned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document import continuation, edits
from desktop.document.edits.parts import put
from desktop.document.edits.tables import bounds
from desktop.errors import explain
from desktop.panels.texts import size_text
from model_backend import table_grid
from model_backend.document import Page, Table, Word
from model_backend.predictors.table_readings import Reading, readings
from model_backend.table_grid.again import (
    propose_again,
    propose_columns_again,
    propose_rows_again,
)
from model_backend.table_grid.fitting import fit_grid
from model_backend.table_grid.runs import Rule
from model_backend.table_grid.slant import fit_slant, rules_in_frame, turned_frame
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.window.workbench import Workbench
    from model_backend.predictors.ruling_lines import Rulings

Rules = Sequence[Rule]
Again = Callable[[Page, Table, Rules, Rules], Table]


@dataclass(frozen=True)
class Readings:
    """The ways in which one table can be read, as it was at first among them."""

    page_id: int
    words: tuple[Word, ...]
    all: tuple[Reading, ...]

    def place_of(self, page: Page, table: Table) -> int | None:
        """Which of them the table is now; None where it is none of them, or words have changed."""
        tables = [replace(reading.table, status=table.status) for reading in self.all]
        is_same_page = (page.id, page.words) == (self.page_id, self.words)
        return tables.index(table) if is_same_page and table in tables else None


class TableActions(QObject):
    """What the Table menu does with a table as a whole."""

    said = Signal(str)

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._readings: Readings | None = None

    def propose_again(self) -> None:
        """Propose rows and columns of the selected table again."""
        self._again(
            mark("Propose the grid again"),
            lambda page, table, across, down: propose_again(
                table, page.words, across=across, down=down
            ),
        )

    def propose_rows(self) -> None:
        """Propose only the rows again."""
        self._again(
            mark("Propose the rows again"),
            lambda page, table, across, _down: propose_rows_again(table, page.words, across=across),
        )

    def propose_columns(self) -> None:
        """Propose only the columns again."""
        self._again(
            mark("Propose the columns again"),
            lambda page, table, across, down: propose_columns_again(
                table, page.words, across=across, down=down
            ),
        )

    def _again(self, text: str, propose: Again) -> None:
        """Propose with the words and, as soon as they are known, the ruling lines of the page."""
        chosen = self._chosen()
        if chosen is None:
            return
        self.said.emit(_("Looking at the lines and words of the page..."))
        page_id, table_id = chosen[0].id, chosen[1].id

        def go_on(rulings: Rulings) -> None:
            now = self._chosen()
            if now is None or (now[0].id, now[1].id) != (page_id, table_id):
                return  # somebody went on meanwhile
            page, table = now
            near = rulings.near(bounds(table).grown(-1), 0.0)
            across, down = rules_in_frame(table, near.across, near.down)
            self._change(text, page, table, propose(page, table, across, down))

        self._bench.rulings.when_known(chosen[0], go_on)

    def next_reading(self) -> None:
        """Show how else words and lines of the selected table can be read; last, as it was."""
        self._read_otherwise(1)

    def previous_reading(self) -> None:
        """Show the reading before."""
        self._read_otherwise(-1)

    def _read_otherwise(self, step: int) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        if self._readings and self._readings.place_of(*chosen) is not None:
            self._show_reading(*chosen, self._readings, step)
            return
        self.said.emit(_("Looking at the lines and words of the page..."))
        page, table = chosen

        def go_on(rulings: Rulings) -> None:
            near = rulings.near(bounds(table).grown(-1), 0.0)
            rules = rules_in_frame(table, near.across, near.down)
            future = self._bench.runner.aside(readings, table, page.words, *rules)
            self._bench.runner.call(future, found, lambda error: self.said.emit(explain(error)))

        def found(known: list[Reading]) -> None:
            now = self._chosen()
            made = Readings(page.id, page.words, tuple(known))
            if now is not None and made.place_of(*now) == 0:  # else somebody went on meanwhile
                self._readings = made
                self._show_reading(*now, made, step)

        self._bench.rulings.when_known(page, go_on)

    def _show_reading(self, page: Page, table: Table, known: Readings, step: int) -> None:
        """Put the next reading in the place of the table; all of them are one step to undo."""
        count, place = len(known.all), known.place_of(page, table)
        if count < 2 or place is None:
            self.said.emit(_("The words and lines of this table can be read in no other way."))
            return
        there = (place + step) % count
        reading, text = known.all[there], mark("Another reading of the grid")
        as_it_was = put(page, reading.table)  # no correction
        changed = edits.replace(page, reading.table) if there else as_it_was
        apply = self._bench.document.go_on if place else self._bench.document.apply
        if self._bench.editor.attempt(lambda: apply(text, changed)):
            self._bench.selection.select((table.id,))
            said = _("Reading {number} of {count}: {name}; {size}")
            self.said.emit(
                said.format(
                    number=there + 1,
                    count=count,
                    name=_(reading.name),
                    size=size_text(reading.table),
                )
            )

    def turn_right(self) -> None:
        """Turn the frame of the selected table by a quarter, clockwise."""
        self._turn(1)

    def turn_left(self) -> None:
        """Turn the frame of the selected table by a quarter, counterclockwise."""
        self._turn(3)

    def _turn(self, turns: int) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        page, table = chosen
        changed = turned_frame(table, turns)
        self._bench.editor.change(
            mark("Turn the table's frame"), lambda page: edits.replace(page, changed)
        )
        self.said.emit(
            _("The words of the table now run at {turn:g}°. U proposes its grid again.").format(
                turn=changed.rotation
            )
        )

    def fit_slant(self) -> None:
        """Turn and shear the selected table by the slant of its words."""
        chosen = self._chosen()
        if chosen is None:
            return
        page, table = chosen
        changed = fit_slant(table, page.words)
        if changed == table:
            self.said.emit(_("The words of this table are not slanted."))
            return
        self._bench.editor.change(
            mark("Fit the table to the slant of its words"),
            lambda page: edits.replace(page, changed),
        )
        turn = (changed.rotation - table.rotation + 180) % 360 - 180
        text = _("Turned by {turn:.2f}°, sheared by {shear:.3f}.")
        self.said.emit(text.format(turn=turn, shear=changed.shear - table.shear))

    def copy_to_next_page(self) -> None:
        """Put the selected table on the next page, fitted to the words there."""
        self._to_next_page(mark("Copy the grid to the next page"), is_linked=False)

    def continue_on_next_page(self) -> None:
        """Make the table on the next page a part of the selected one, putting it there if need be;
        once more takes the link back.
        """
        chosen, following = self._chosen(), self._next_page()
        if chosen is None or following is None:
            return
        page, table = chosen
        parts = [item for item in following.tables if item.continues == table.id]
        free = [item for item in following.tables if not item.continues]
        if parts:
            self._link(following, parts[0], 0)
        elif free:
            first = min(free, key=lambda item: (len(item.columns) != len(table.columns),
                                                bounds(item).y0))  # fmt: skip
            self._link(following, first, table.id)
        else:
            self._to_next_page(mark("Continue the table on the next page"), is_linked=True)

    def _link(self, page: Page, part: Table, table_id: int) -> None:
        """Link a table of the next page to the selected one, or take the link back (0)."""
        text = (
            mark("Continue the table on the next page")
            if table_id
            else mark("No longer continue the table")
        )
        step = lambda: self._bench.document.apply(  # noqa: E731 - one step that may fail
            text, edits.continue_table(page, part.id, table_id)
        )
        before = self._chosen()
        if before is None or not self._bench.editor.attempt(step):
            return
        if not table_id:
            self.said.emit(_("The table of page {page} begins anew.").format(page=page.number + 1))
            return
        self._show(page.id, part.id)
        self._tell_link(before[0], before[1], part)

    def _tell_link(self, page: Page, table: Table, part: Table) -> None:
        if len(part.columns) == len(table.columns):
            text = _("This table goes on with that of page {page}.")
        else:
            text = _(
                "This table goes on with that of page {page}, but has {other} columns, not {own}."
            )
        self.said.emit(
            text.format(page=page.number + 1, other=len(part.columns), own=len(table.columns))
        )

    def _to_next_page(self, text: str, *, is_linked: bool) -> None:
        chosen, following = self._chosen(), self._next_page()
        if chosen is None or following is None:
            return
        page, table = chosen
        following_id = following.id
        self.said.emit(_("Looking at the lines and words of the page..."))

        def go_on(rulings: Rulings) -> None:
            self._put(text, page, table, following_id, rulings, is_linked=is_linked)

        self._bench.rulings.when_known(following, go_on)

    def _put(
        self,
        text: str,
        page: Page,
        table: Table,
        page_id: int,
        rulings: Rulings,
        *,
        is_linked: bool,
    ) -> None:
        """Fit the table to the next page, put it there as one step, and show it."""
        following = self._bench.document.page(page_id)
        across, _down = rules_in_frame(table, rulings.across, rulings.down)
        made = fit_grid(table, page.words, following.words, across=across)
        if made is None:
            text = _("Nothing on page {page} looks like this table. Draw its outline there with C.")
            self.said.emit(text.format(page=following.number + 1))
            return
        made = replace(made, source_data="", note="", is_unsure=False)
        made = replace(made, continues=table.id if is_linked else 0)
        document, number = self._bench.document, following.next_id
        step = lambda: document.apply(text, edits.put_table(following, made))  # noqa: E731
        if self._bench.editor.attempt(step):
            self._show(page_id, number)
            self.said.emit(_fitted_text(made, is_linked=is_linked))

    def to_part_before(self) -> None:
        """Show the part of the table on the page before."""
        self._to_part(continuation.part_before)

    def to_part_after(self) -> None:
        """Show the part of the table on the next page."""
        self._to_part(continuation.part_after)

    def _to_part(self, find: Callable[..., tuple[int, int]]) -> None:
        chosen, document = self._chosen(), self._bench.document
        if chosen is None:
            return
        page_id, table_id = find(document.store, document.page, *chosen)
        if page_id:
            self._show(page_id, table_id)
        else:
            self.said.emit(_("This table has no part there. Ctrl+Shift+M continues it."))

    def _show(self, page_id: int, table_id: int) -> None:
        self._bench.selection.set_page(page_id)
        self._bench.selection.select((table_id,))

    def _next_page(self) -> Page | None:
        """The next page of the document, if it has been read; it is said where there is none."""
        page, document = self._bench.editor.page, self._bench.document
        if page is None:
            return None
        page_id = continuation.neighbour(document.store, page, 1)
        if page_id is None:
            self.said.emit(_("This is the last page of its document."))
            return None
        if not document.store.summary(page_id).is_read:
            self.said.emit(_("The next page has not been read yet. Wait a moment and retry."))
            return None
        return document.page(page_id)

    def _chosen(self) -> tuple[Page, Table] | None:
        """The page in view and the one selected table; it is said where none is."""
        page, things = self._bench.editor.page, self._bench.editor.selected
        if page is None or len(things) != 1 or not isinstance(things[0], Table):
            self.said.emit(_("Select a table first."))
            return None
        return page, things[0]

    def _change(self, text: str, page: Page, table: Table, changed: Table) -> None:
        """Make the step, and say in one line what changed."""
        if changed == table:
            self.said.emit(_("Nothing changed: the same grid is proposed."))
            return
        if self._bench.editor.change(text, lambda page: edits.replace(page, changed)):
            self._bench.selection.select((table.id,))
            self.said.emit(_difference(table, changed, page))


def _difference(old: Table, new: Table, page: Page) -> str:
    """What changed between two grids of a table."""
    counts = (
        (_("rows: {old} → {new}"), len(old.rows), len(new.rows)),
        (_("columns: {old} → {new}"), len(old.columns), len(new.columns)),
        (_("header rows: {old} → {new}"), old.header_rows, new.header_rows),
        (
            _("projected row headers: {old} → {new}"),
            len(old.projected_rows),
            len(new.projected_rows),
        ),
    )
    parts = [text.format(old=was, new=now) for text, was, now in counts if was != now]
    kept = len(_texts(old, page) & _texts(new, page))
    dropped, added = len(old.spans) - kept, len(new.spans) - kept
    if dropped or added:
        text = _("merged cells: {kept} kept, {dropped} dropped, {added} new")
        parts.append(text.format(kept=kept, dropped=dropped, added=added))
    return _("Proposed again: {what}").format(what=", ".join(parts or [_("edges moved")]))


def _texts(table: Table, page: Page) -> set[frozenset[int]]:
    """The words of each merged cell, by which it is known again in another grid."""
    inside = table_grid.words_of_cells(table, page.words)
    return {frozenset(word.id for word in inside[span]) for span in table.spans}


def _fitted_text(table: Table, *, is_linked: bool) -> str:
    """What was put on the page."""
    if is_linked:
        text = _("Continued and fitted: {size}. Ctrl+Z takes it back.")
    else:
        text = _("Copied and fitted: {size}. Ctrl+Z takes it back.")
    return text.format(size=size_text(table))
