"""Checks and repairs of tables: PubTables-1M's quality control."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from model_backend.document import Band, Box, Page, PageGeometry, Region, Table, Word
from model_backend.quality.checks import check, check_set
from model_backend.quality.icdar_checks import check_file
from model_backend.quality.repairs import repaired
from model_backend.table_grid import objects, problems


def word(number: int, text: str, row: int, column: int, *, dx: float = 0) -> Word:
    x, y = 20.0 * column + 12 + dx, 10.0 * row + 12
    return Word(number, text, Box(x, y, x + 16, y + 6))


def page_of(rows: int, columns: int, *, without: tuple[tuple[int, int], ...] = ()) -> Page:
    """A page with one table of 20 x 10 cells at (10, 10), a word in each cell but some."""
    table = Table(
        1,
        Box(10, 10, 10 + 20.0 * columns, 10 + 10.0 * rows),
        tuple(Band(10 + 10.0 * row, 20 + 10.0 * row) for row in range(rows)),
        tuple(Band(10 + 20.0 * column, 30 + 20.0 * column) for column in range(columns)),
        header_rows=1,
    )
    places = [(row, column) for row in range(rows) for column in range(columns)]
    words = tuple(
        word(number, "abc", *place)
        for number, place in enumerate(places, 2)
        if place not in without
    )
    size = (20.0 + 20 * columns, 20.0 + 10 * rows)
    geometry = PageGeometry("test", *size)
    return Page(1, 1, 0, *size, "px", geometry, words=words, tables=(table,), next_id=1000)


def with_table(page: Page, **changes: object) -> Page:
    return replace(page, tables=(replace(page.tables[0], **changes),))  # type: ignore[arg-type]


def rules(page: Page) -> set[str]:
    return {found.rule for found in check(page, "page")}


def test_sound_table_has_no_findings() -> None:
    assert check(page_of(3, 3), "page") == ()


def test_table_without_words_on_its_page_is_judged_by_its_grid_alone() -> None:
    assert check(replace(page_of(3, 3), words=()), "page") == ()


def moved_word(page: Page, dx: float) -> Page:
    first, *rest = page.words
    return replace(page, words=(replace(first, box=first.box.moved(dx, 0)), *rest))


BROKEN = {
    "word-halved": moved_word(page_of(3, 3), 10),
    "word-half-outside": moved_word(page_of(3, 3), -10),
    "word-in-two-cells": moved_word(page_of(3, 3), 8),
    "word-outside-cells": moved_word(page_of(3, 3), -7),
    "row-empty": page_of(3, 2, without=((1, 0), (1, 1))),
    "column-empty": page_of(2, 3, without=((0, 1), (1, 1))),
    "header-over-segmented": with_table(page_of(3, 2, without=((0, 0),)), header_rows=2),
    "header-too-high": with_table(page_of(8, 2), header_rows=6),
    "projected-row-last": with_table(page_of(3, 2, without=((2, 1),)), projected_rows=(2,)),
    "projected-row-filled": with_table(
        page_of(3, 4, without=((1, 1), (1, 2))), projected_rows=(1,)
    ),
    "too-many-objects": page_of(99, 2),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_broken_table_breaks_its_rule(rule: str) -> None:
    follows = {"header-over-segmented"} if rule == "header-too-high" else set()
    assert rules(BROKEN[rule]) == {rule, *follows}


@pytest.mark.parametrize(
    "rule",
    ["row-empty", "column-empty", "header-over-segmented", "projected-row-last",
     "projected-row-filled"],
)  # fmt: skip
def test_repair_leaves_nothing_to_find(rule: str) -> None:
    page = BROKEN[rule]
    after, changes = repaired(page, "page", check(page, "page"))
    assert check(after, "page") == ()
    assert {change.rule for change in changes} == {rule}
    assert all(problems(table) == () for table in after.tables)


def test_dots_that_an_edge_cuts_in_half_are_a_warning() -> None:
    page = BROKEN["word-halved"]
    first, *rest = page.words
    assert rules(replace(page, words=(replace(first, text=". ."), *rest))) == {"word-in-two-cells"}


def test_texts_of_cells_that_scripts_look_for_are_told() -> None:
    page = page_of(4, 3)

    def said(*texts: str) -> set[str]:
        words = zip(page.words, texts, strict=True)
        return rules(replace(page, words=tuple(replace(w, text=text) for w, text in words)))

    names = [f"w{n}" for n in range(12)]
    with_header = replace(page, tables=(replace(page.tables[0], header_rows=1),))
    assert said(*names) == set()
    page = with_header
    assert said(*names[:9], *names[:3]) == {"header-repeated"}
    assert said(*names[:4], "$", *names[5:]) == {"currency-alone"}
    assert said(*names[:4], "Sum ......", *names[5:]) == {"dots-left"}
    assert said(*names[:4], "$5", "e.g.", "1...3", *names[7:]) == set()


def test_words_that_cells_cover_badly_are_an_error() -> None:
    page = page_of(3, 3)
    page = replace(page, words=tuple(replace(w, box=w.box.moved(8, 0)) for w in page.words))
    assert "words-covered-badly" in rules(page)


def loose(page: Page, *extra: tuple[str, Box]) -> Page:
    """The page with the table's objects as regions, and some more."""
    boxes = (*objects(page.tables[0]), *extra)
    regions = tuple(Region(page.next_id + n, *item) for n, item in enumerate(boxes))
    return replace(page, tables=(), regions=regions, next_id=page.next_id + len(regions))


def test_boxes_that_overlap_are_told_and_made_a_grid() -> None:
    page = loose(page_of(3, 3), ("table row", Box(10, 12, 70, 21)))
    assert rules(page) == {"grid-contradicts", "rows-overlap"}
    after, changes = repaired(page, "page", check(page, "page"))
    assert [change.repair for change in changes] == ["make-grid"]
    grid = replace(after.tables[0], id=1)
    assert (after.regions, grid) == ((), page_of(3, 3).tables[0])


def test_header_below_the_first_row_is_told() -> None:
    page = loose(with_table(page_of(3, 3), header_rows=0),
                 ("table column header", Box(10, 20, 70, 30)))  # fmt: skip
    assert "header-gap" in rules(page)
    after, _changes = repaired(page, "page", check(page, "page"))
    assert after.tables[0].header_rows == 0


def test_real_tables_are_told_where_the_reference_would_have_rejected_them(
    shared_data: Path,
) -> None:
    """The reference's script wrote these without its check of how well cells cover words."""
    path = shared_data / "pubtables_format_icdar2013c"
    found = Counter(one.rule for _item, its in check_set("pubtables", path) for one in its)
    told = {"word-in-two-cells", "words-covered-badly", "word-outside-cells", "dots-left"}
    assert found.keys() <= told
    assert found["words-covered-badly"] == 4


def test_known_faults_of_marked_up_tables_are_found(shared_data: Path) -> None:
    """Those that the competition's files are known for, by the names of their tables."""
    folder = shared_data / "icdar2013" / "competition-dataset-us"
    faulty = {"us-018, table 7", "us-019, table 1", "us-035a, table 2"}
    for name in ("us-018", "us-019", "us-035a", "us-001"):
        found = list(check_file(folder / f"{name}-str.xml"))
        named = {one.page for one in found if one.rule == "cell-faulty"}
        assert named == {table for table in faulty if table.startswith(name)}
    assert not list(check_file(folder / "us-001-str.xml"))
    differs = [one for one in check_file(folder / "us-035a-str.xml")
               if one.rule == "cell-text-differs"]  # fmt: skip
    assert [one.page for one in differs] == ["us-035a, table 2"]


def test_sample_without_its_picture_is_told(shared_data: Path) -> None:
    """The reference's loader passes over it without a word."""
    folder = shared_data / "deepdoctection" / "PubTables1M"
    sample = folder / "PubTables-1M-Structure_Annotations_Val"
    found = [one for _item, its in check_set("pubtables", sample) for one in its]
    assert [one.rule for one in found] == ["page-without-picture"]
