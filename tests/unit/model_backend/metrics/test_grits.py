"""GriTS against values of the reference code, by hand, and on degenerate tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from model_backend import table_grid
from model_backend.document import Box, Span, Word
from model_backend.metrics.grits import ASPECTS, GridCell, Grits, grid_cells, grits

Objects = list[tuple[str, Box]]
KEYS = {"topology": "top", "content": "con", "location": "loc"}


def cell(row: int, column: int, text: str, *, rows: int = 1, columns: int = 1) -> GridCell:
    box = Box(column * 10, row * 10, (column + columns) * 10, (row + rows) * 10)
    return GridCell(Span(row, row + rows, column, column + columns), text, box)


SQUARE = [cell(0, 0, "ab"), cell(0, 1, "cd"), cell(1, 0, "ef"), cell(1, 1, "gh")]


def test_equal_tables_score_one_in_every_aspect() -> None:
    for aspect in ASPECTS:
        score = grits(SQUARE, SQUARE, aspect)
        assert (score.f, score.precision, score.recall) == (1, 1, 1)


def test_missing_row_costs_recall_only() -> None:
    score = grits(SQUARE, SQUARE[:2], "content")
    assert score.f == pytest.approx(2 * 2 / 6)
    assert (score.precision, score.recall) == (1, 0.5)


def test_text_reward_is_twice_the_matching_blocks_over_both_lengths() -> None:
    changed = [cell(0, 0, "ax"), *SQUARE[1:]]
    assert grits(SQUARE, changed, "content").f == pytest.approx(3.5 / 4)
    blank = [cell(0, 0, "")]
    assert grits(blank, blank, "content").f == 1


def test_merged_cell_in_one_direction_scores_as_the_analytic_example(shared_data: Path) -> None:
    wide, tall = [cell(0, 0, "", columns=2)], [cell(0, 0, "", rows=2)]
    assert grits(wide, tall, "topology", is_reference=True).f == pytest.approx(2 * 0.25 / 4)
    assert grits(wide, tall, "topology").f == pytest.approx(2 / 3 / 4)
    path = shared_data / "pubtables_format_icdar2013c" / "reference_cells_and_grits.json"
    example = json.loads(path.read_text())["analytic_examples"][0]
    assert example["reference_reward"] == 0.25
    assert example["true_iou"] == pytest.approx(1 / 3)


def test_empty_tables_have_defined_scores() -> None:
    assert grits([], [], "content").f == 1
    none_found = grits(SQUARE, [], "content")
    assert (none_found.f, none_found.precision, none_found.recall) == (0, 1, 0)
    assert grits([], SQUARE, "topology").f == 0


def test_slots_without_a_cell_count_as_blank() -> None:
    holes = [SQUARE[0], SQUARE[3]]
    assert grits(holes, [*holes, cell(0, 1, ""), cell(1, 0, "")], "content").f == 1


def test_summary_averages_tables_and_reset_forgets_them() -> None:
    metric = Grits()
    assert metric.summary() == {}
    metric.update(SQUARE, SQUARE)
    metric.update(SQUARE, SQUARE[:2])
    summary = metric.summary()
    assert summary["content"] == pytest.approx((1 + 2 / 3) / 2)
    assert summary["accuracy"] == 0.5
    metric.reset()
    metric.update(SQUARE, [GridCell(item.span, item.text) for item in SQUARE])
    assert metric.summary() == {"topology": 1, "content": 1, "accuracy": 1}


def load(folder: Path, stem: str) -> tuple[Objects, tuple[Word, ...]]:
    """Objects and words of a table in PubTables-1M's format."""
    tree = ElementTree.parse(next(folder.glob(f"*Structure*/test/{stem}.xml")))
    objects = [
        (
            item.findtext("name", ""),
            Box(
                *(
                    float(value.text or "")
                    for value in item.iter()
                    if value.tag in ("xmin", "ymin", "xmax", "ymax")
                )
            ),
        )
        for item in tree.iter("object")
    ]
    words = json.loads(next(folder.glob(f"*Words*/{stem}_words.json")).read_text())
    return objects, tuple(
        Word(number, item["text"], Box(*item["bbox"])) for number, item in enumerate(words, 1)
    )


def without_merged(objects: Objects) -> Objects:
    return [item for item in objects if item[0] != "table spanning cell"]


def without_last_row(objects: Objects) -> Objects:
    last = max((box for name, box in objects if name == "table row"), key=lambda box: box.y1)
    return [item for item in objects if item != ("table row", last)]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (list, "grits_self_f_p_r"),
        (without_merged, "grits_vs_spanning_cells_removed_f_p_r"),
        (without_last_row, "grits_vs_last_row_removed_f_p_r"),
    ],
)
def test_values_agree_with_the_reference_code(
    shared_data: Path, change: Callable[[Objects], Objects], key: str
) -> None:
    folder = shared_data / "pubtables_format_icdar2013c"
    reference = json.loads((folder / "reference_cells_and_grits.json").read_text())["tables"]
    measured = 0
    for stem, values in reference.items():
        if key not in values:
            continue
        objects, words = load(folder, stem)
        tables = [table_grid.from_objects(1, made, words) for made in (objects, change(objects))]
        outline = next(box for name, box in objects if name == "table")
        truth, changed = [
            grid_cells(table, words, reference_outline=outline)
            for table in tables
            if table is not None
        ]
        measured += _compare(truth, changed, values[key])
    assert measured == 4 * 5


def _compare(
    truth: tuple[GridCell, ...], changed: tuple[GridCell, ...], expected: dict[str, Any]
) -> int:
    count = 0
    for aspect in ASPECTS:
        for is_reference in (True, False):
            if aspect == "content" and not is_reference:
                continue  # the file has the reference's common subsequence only
            name = KEYS[aspect] + ("" if is_reference else "_true_iou")
            score = grits(truth, changed, aspect, is_reference=is_reference)
            found = (score.f, score.precision, score.recall)
            assert found == pytest.approx(expected[name], abs=2e-6), name
            count += 1
    return count


def test_grids_of_all_real_tables_have_the_reference_s_cells(shared_data: Path) -> None:
    folder = shared_data / "pubtables_format_icdar2013c"
    reference = json.loads((folder / "reference_cells_and_grits.json").read_text())["tables"]
    for stem, values in reference.items():
        objects, words = load(folder, stem)
        table = table_grid.from_objects(1, objects, words)
        assert table is not None, stem
        texts = table_grid.words_of_cells(table, words)
        found = {
            (
                item.span,
                item.is_column_header,
                item.is_projected_row_header,
                table_grid.cell_text(texts[item.span]),
            )
            for item in table_grid.cells(table)
        }
        expected = {
            (
                Span(
                    min(item["row_nums"]),
                    max(item["row_nums"]) + 1,
                    min(item["column_nums"]),
                    max(item["column_nums"]) + 1,
                ),
                item["header"],
                item["projected_row_header"],
                item["text"],
            )
            for item in values["cells"]
        }
        assert found == expected, stem
