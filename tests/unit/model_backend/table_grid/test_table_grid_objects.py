"""The six classes out of a grid and back, cells' words, and a grid proposed from words."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from table_strategies import tables, upright_tables, words_in

from model_backend import table_grid as grid
from model_backend.document import Box, Span, Table, Word, rotation_about, transform_point
from model_backend.table_grid.cells import is_inside

BOX = Box(0, 0, 300, 100)


def word(number: int, text: str, *place: float) -> Word:
    return Word(number, text, Box(*place))


def structure(table: Table) -> tuple[object, ...]:
    return table.spans, table.header_rows, table.projected_rows


@given(upright_tables())
def test_objects_of_any_table_give_the_same_table_back(table: Table) -> None:
    back = grid.from_objects(table.id, grid.objects(table))
    assert back is not None
    assert back.box == table.box
    assert (grid.row_edges(back), grid.column_edges(back)) == (
        grid.row_edges(table),
        grid.column_edges(table),
    )
    assert structure(back) == structure(table)


@given(st.data())
def test_objects_with_words_leave_out_blank_merged_cells_only(data: st.DataObject) -> None:
    table = data.draw(upright_tables())
    words = data.draw(words_in(table))
    found = grid.objects(table, words)
    back = grid.from_objects(table.id, found, words)
    assert back is not None
    filled = grid.words_of_cells(table, words)
    expected = tuple(span for span in table.spans if filled[span] or not words)
    assert structure(back) == (expected, table.header_rows, table.projected_rows)
    assert grid.objects(back, words) == found


@given(st.data())
def test_every_word_is_in_the_cell_it_was_put_in(data: st.DataObject) -> None:
    table = data.draw(tables())
    words = data.draw(words_in(table))
    found = grid.words_of_cells(table, words)
    assert list(found) == [cell.span for cell in grid.cells(table)]
    assert sorted(item.id for cell in found.values() for item in cell) == [w.id for w in words]
    for cell in grid.cells(table):
        for item in found[cell.span]:
            assert cell.box.contains(grid.to_frame(table, item.box.center))


def test_objects_come_in_the_order_they_are_written() -> None:
    table = grid.from_objects(
        1,
        [("table", BOX)]
        + [("table row", Box(0, y, 300, y + 25)) for y in (0, 25, 50, 75)]
        + [("table column", Box(x, 0, x + 100, 100)) for x in (0, 100, 200)],
    )
    assert table is not None
    table = grid.merge_cells(grid.set_header_rows(table, 1), Span(0, 1, 1, 3))
    table = grid.toggle_projected(table, 2)
    assert grid.objects(table) == (
        ("table", BOX),
        ("table spanning cell", Box(100, 0, 300, 25)),
        ("table projected row header", Box(0, 50, 300, 75)),
        ("table column header", Box(0, 0, 300, 25)),
        *(("table row", Box(0, y, 300, y + 25)) for y in (0, 25, 50, 75)),
        *(("table column", Box(x, 0, x + 100, 100)) for x in (0, 100, 200)),
    )


def test_tight_objects_lie_on_their_words() -> None:
    table = grid.propose_grid(
        1,
        BOX,
        [
            word(1, "a", 10, 10, 50, 20),
            word(2, "b", 200, 10, 250, 20),
            word(3, "c", 10, 60, 60, 70),
        ],
    )
    assert (len(table.rows), len(table.columns)) == (2, 2)
    words = [word(1, "a", 10, 10, 50, 20), word(2, "b", 200, 10, 250, 20)]
    tight = dict(grid.objects(table, words, tight=True))
    assert tight["table"] == Box(10, 10, 250, 20)
    rows = [box for name, box in grid.objects(table, words, tight=True) if name == "table row"]
    assert rows[0] == Box(10, 10, 250, 20)
    assert rows[1].height > 20


def test_quarter_turned_table_s_objects_are_exact_boxes_of_the_page() -> None:
    table = grid.add_column_edge(grid.add_row_edge(grid.empty_table(1, BOX), 40), 100)
    turned = grid.transformed(table, (0.0, 1.0, -1.0, 0.0, 100.0, 0.0))
    boxes = dict(grid.objects(turned))
    assert boxes["table"] == Box(0, 0, 100, 300)
    rows = [box for name, box in grid.objects(turned) if name == "table row"]
    assert rows == [Box(60, 0, 100, 300), Box(0, 0, 60, 300)]


def test_contradicting_objects_give_no_table() -> None:
    rows = [("table row", Box(0, y, 300, y + 50)) for y in (0, 50)]
    columns = [("table column", Box(x, 0, x + 150, 100)) for x in (0, 150)]
    base = [("table", BOX), *rows, *columns]
    assert grid.from_objects(1, base) is not None
    wrong = [
        [("table", BOX), *rows],
        [*base, ("table", Box(0, 0, 10, 10))],
        [*base, ("table row", Box(0, 20, 300, 80))],
        [*base, ("table row", Box(0, 50, 300, 50))],
        [*base, ("table column header", Box(0, 50, 300, 100))],
        [*base, ("table projected row header", Box(0, 0, 300, 100))],
        [*base, ("table spanning cell", Box(400, 0, 500, 100))],
        [
            *base,
            ("table column header", Box(0, 0, 300, 50)),
            ("table spanning cell", Box(0, 0, 150, 100)),
        ],
    ]
    for objects in wrong:
        assert grid.from_objects(1, objects) is None


def test_small_overlap_of_rows_is_cut_between_the_words() -> None:
    objects = [
        ("table row", Box(0, 0, 300, 54)),
        ("table row", Box(0, 48, 300, 100)),
        ("table column", Box(0, 0, 300, 100)),
    ]
    table = grid.from_objects(1, objects, [word(1, "low", 0, 49.5, 30, 70)])
    assert table is not None
    assert grid.row_edges(table) == (0, 49.5, 100)


def test_cell_text_reads_lines_top_to_bottom_and_left_to_right() -> None:
    table = grid.empty_table(1, BOX)
    words = [
        word(1, "world", 60, 11, 90, 21),
        word(2, "again", 10, 40, 50, 50),
        word(3, "hello", 10, 10, 50, 20),
        word(4, " ", 100, 10, 110, 20),
        word(5, "outside", 290, 10, 340, 20),
    ]
    (cell,) = grid.words_of_cells(table, words).values()
    assert grid.cell_text(cell) == "hello world again"


def test_word_across_a_border_belongs_to_the_cell_it_overlaps_most() -> None:
    table = grid.add_column_edge(grid.empty_table(1, BOX), 100)
    found = grid.words_of_cells(table, [word(1, "mostly", 60, 10, 120, 20)])
    assert [item.id for item in found[Span(0, 1, 0, 1)]] == [1]
    merged = grid.merge_cells(grid.add_column_edge(table, 110), Span(0, 1, 1, 3))
    found = grid.words_of_cells(merged, [word(1, "wide", 80, 10, 125, 20)])
    assert [item.id for item in found[Span(0, 1, 1, 3)]] == [1]


def test_proposed_grid_follows_white_gaps_and_given_lines() -> None:
    words = [
        word(
            10 * row + column,
            "text",
            10 + 100 * column,
            10 + 20 * row,
            50 + 100 * column,
            20 + 20 * row,
        )
        for row in range(4)
        for column in range(3)
    ]
    table = grid.propose_grid(7, BOX, words)
    assert (table.id, len(table.rows), len(table.columns)) == (7, 4, 3)
    assert all(len(cell) == 1 for cell in grid.words_of_cells(table, words).values())
    ruled = grid.propose_grid(7, BOX, words, row_lines=(29, 44, 66), column_lines=(0, 98, 185))
    assert grid.row_edges(ruled) == (0, 29, 44, 66, 100)
    assert grid.column_edges(ruled) == (0, 98, 185, 300)
    assert grid.propose_grid(7, BOX, ()) == grid.empty_table(7, BOX)


def test_proposed_grid_of_a_turned_outline_follows_the_turned_words() -> None:
    turn = rotation_about(BOX.center, 90)
    words = []
    for row in range(3):
        for column in range(2):
            x, y = transform_point(turn, (60 + 120 * column, 20 + 30 * row))
            words.append(word(2 * row + column, "text", x - 5, y - 30, x + 5, y + 30))
    table = grid.propose_grid(1, BOX, words, rotation=90)
    assert (len(table.rows), len(table.columns), table.rotation) == (3, 2, 90)
    assert all(len(cell) == 1 for cell in grid.words_of_cells(table, words).values())
    assert grid.problems(replace(table, header_rows=1)) == ()


SIDES = st.integers(-20, 120).map(float)


@given(st.builds(Box, SIDES, SIDES, SIDES, SIDES), st.floats(0.05, 0.95))
def test_a_box_is_inside_by_its_share_or_its_middle(box: Box, least: float) -> None:
    outline = Box(0, 0, 100, 90)
    by_share = box.overlap(outline) >= least if box.area > 0 else outline.contains(box.center)
    assert is_inside(box, outline, least) == by_share
