"""How else a table can be read: several grids, no two alike, the likeliest first."""

from __future__ import annotations

from dataclasses import replace

from model_backend.document import Box, Status, Table, Word
from model_backend.predictors.table_readings import (
    AS_IT_WAS,
    EACH_LINE,
    FEWER_COLUMNS,
    GAPS,
    LINES,
    readings,
)
from model_backend.table_grid import empty_table, propose_grid, words_of_cells
from model_backend.table_grid.runs import Rule

BOX = Box(0, 0, 300, 100)


def words(*rows: tuple[str, ...], columns: tuple[float, ...] = (10, 110, 210)) -> list[Word]:
    found = []
    for number, row in enumerate(rows):
        for x, text in zip(columns, row, strict=True):
            if text:
                place = Box(x, 10 + 20.0 * number, x + 6.0 * len(text), 20 + 20.0 * number)
                found.append(Word(len(found) + 1, text, place))
    return found


PLAIN = words(("Name", "Count", "Price"), ("Bolt", "12", "3.50"), ("Nut", "7", "1.20"),
              ("Screw", "90", "0.10"))  # fmt: skip


def test_the_table_comes_first_and_every_other_grid_is_another() -> None:
    table = replace(propose_grid(5, BOX, PLAIN), status=Status.PROPOSED, score=0.4, note="look")
    rules = [Rule(24.0, 0, 300), Rule(64.0, 0, 300)]
    found = readings(table, PLAIN, rules, ())
    assert found[0].name == AS_IT_WAS
    assert found[0].table == table
    assert len(found) > 2
    cells = [
        (
            len(one.table.rows),
            len(one.table.columns),
            {frozenset(w.id for w in some) for some in words_of_cells(one.table, PLAIN).values()},
        )
        for one in found
    ]
    assert all(one not in cells[:number] for number, one in enumerate(cells))
    for one in found:
        assert (one.table.id, one.table.note) == (5, "look")
        assert one.table.box == BOX
        assert len(one.table.rows) >= 2
        assert len(one.table.columns) >= 2


def test_a_grid_that_was_spoiled_is_read_right_first() -> None:
    good = propose_grid(1, BOX, PLAIN)
    spoiled = replace(good, columns=good.columns[:1] + good.columns[1:2])
    spoiled = replace(
        spoiled,
        columns=(good.columns[0], replace(good.columns[1], end=good.columns[2].end)),
        spans=(),
        header_rows=0,
    )
    first = readings(spoiled, PLAIN, (), ())[1].table
    assert (len(first.rows), len(first.columns)) == (4, 3)


def test_ruling_lines_and_white_gaps_are_ways_of_their_own() -> None:
    two = [Rule(24.0, 0, 300), Rule(64.0, 0, 300)]
    one = [Rule(100.0, 0, 100)]
    outline: Table = empty_table(1, BOX)
    found = {reading.name: reading.table for reading in readings(outline, PLAIN, two, one)}
    assert len(found[LINES].rows) == 3
    assert len(found[LINES].columns) == 2
    assert any(len(table.columns) == 3 for table in found.values())


def test_wrapped_cells_can_be_a_row_for_each_line_and_fewer_columns() -> None:
    wrapped = words(("Item", "Text", "Price"), ("Bolt", "long and", "3.50"), ("", "thin", ""),
                    ("Nut", "small", "1.20"), columns=(10, 60, 210))  # fmt: skip
    found = readings(empty_table(1, BOX), wrapped, (), ())
    counts = {(len(one.table.rows), len(one.table.columns)) for one in found[1:]}
    assert any(rows == 4 for rows, _columns in counts)
    assert any(columns == 2 for _rows, columns in counts)
    assert {one.name for one in found} & {EACH_LINE, FEWER_COLUMNS, GAPS}


def test_an_empty_outline_can_be_read_in_no_way() -> None:
    table = empty_table(1, BOX)
    assert [one.name for one in readings(table, (), (), ())] == [AS_IT_WAS]


def test_a_turned_table_is_read_in_its_frame() -> None:
    table = replace(propose_grid(1, BOX, PLAIN), rotation=0.0)
    turned = replace(table, rotation=0.4)
    assert all(one.table.rotation == 0.4 for one in readings(turned, PLAIN, (), ()))
