"""Counts by kind as people read them: "1 page, 7 entities"."""

from __future__ import annotations

from collections.abc import Mapping

from model_backend.translation import _, mark

COUNT_TEXTS = {
    "pages": (mark("1 page"), mark("{count} pages")),
    "words": (mark("1 word"), mark("{count} words")),
    "entities": (mark("1 entity"), mark("{count} entities")),
    "relations": (mark("1 link"), mark("{count} links")),
    "tables": (mark("1 table"), mark("{count} tables")),
    "regions": (mark("1 region"), mark("{count} regions")),
    "rows": (mark("1 row"), mark("{count} rows")),
    "columns": (mark("1 column"), mark("{count} columns")),
    "cells": (mark("1 cell"), mark("{count} cells")),
    "annotations": (mark("1 annotation"), mark("{count} annotations")),
    "proposals": (mark("1 proposal"), mark("{count} proposals")),
    "found_texts": (mark("1 text"), mark("{count} texts")),
    "findings": (mark("1 thing to look at"), mark("{count} things to look at")),
    "errors": (mark("1 error"), mark("{count} errors")),
    "warnings": (mark("1 warning"), mark("{count} warnings")),
    "files": (mark("1 file"), mark("{count} files")),
    "table_grids": (mark("the grid of 1 table"), mark("the grids of {count} tables")),
    "pages_without_tables": (mark("1 page without tables"), mark("{count} pages without tables")),
    "words_outside_entities": (
        mark("1 word outside entities"),
        mark("{count} words outside entities"),
    ),
    "words_outside_tables": (mark("1 word outside tables"), mark("{count} words outside tables")),
    "words_in_several_entities": (
        mark("the sharing of 1 word by several entities"),
        mark("the sharing of {count} words by several entities"),
    ),
    "joined_words": (
        mark("the place of 1 word in its entity"),
        mark("the places of {count} words in their entities"),
    ),
    "entities_as_boxes": (
        mark("the words of 1 entity (its box stays)"),
        mark("the words of {count} entities (their boxes stay)"),
    ),
    "texts": (
        mark("the text of 1 entity that differs from its words"),
        mark("the texts of {count} entities that differ from their words"),
    ),
    "blanks": (mark("the blanks in 1 word"), mark("the blanks in {count} words")),
    "characters": (
        mark("control characters in 1 text"),
        mark("control characters in {count} texts"),
    ),
    "illegible_marks": (
        mark("the illegible mark of 1 word"),
        mark("the illegible marks of {count} words"),
    ),
    "doubtful_marks": (
        mark("the doubtful mark of 1 word"),
        mark("the doubtful marks of {count} words"),
    ),
    "confidences": (
        mark("the recogniser's confidence of 1 word"),
        mark("the recogniser's confidence of {count} words"),
    ),
    "scores": (mark("the score of 1 annotation"), mark("the scores of {count} annotations")),
    "proposal_marks": (
        mark("that 1 annotation is only proposed"),
        mark("that {count} annotations are only proposed"),
    ),
    "unsure_marks": (
        mark("the unsure mark of 1 annotation"),
        mark("the unsure marks of {count} annotations"),
    ),
    "notes": (mark("1 note"), mark("{count} notes")),
    "table_edges": (
        mark("the lines between the cells of 1 table"),
        mark("the lines between the cells of {count} tables"),
    ),
    "table_places": (
        mark("the place of 1 table on its page"),
        mark("the places of {count} tables on their pages"),
    ),
    "table_turns": (mark("the turn of 1 table"), mark("the turns of {count} tables")),
    "whole_tables": (
        mark("1 table over several pages"),
        mark("{count} tables over several pages"),
    ),
    "continued_tables": (
        mark("that 1 table continues another"),
        mark("that {count} tables continue others"),
    ),
    "merged_cells": (mark("1 merged cell"), mark("{count} merged cells")),
    "blank_merged_cells": (
        mark("1 merged cell without text"),
        mark("{count} merged cells without text"),
    ),
    "blank_ends": (
        mark("1 blank row or column at the edge of a table"),
        mark("{count} blank rows or columns at the edges of tables"),
    ),
    "blank_tables": (
        mark("the grid of 1 table without text"),
        mark("the grids of {count} tables without text"),
    ),
    "header_rows": (mark("the mark of 1 header row"), mark("the marks of {count} header rows")),
    "projected_rows": (
        mark("the mark of 1 projected row header"),
        mark("the marks of {count} projected row headers"),
    ),
    "tables_of_one_column": (
        mark("the grid of 1 table of one column"),
        mark("the grids of {count} tables of one column"),
    ),
    "tables_outside_the_page": (
        mark("1 table outside its page"),
        mark("{count} tables outside their pages"),
    ),
    "masks": (
        mark("the mask of 1 region, holes included (its box stays)"),
        mark("the masks of {count} regions, holes included (their boxes stay)"),
    ),
    "polygons": (mark("1 further part of a region"), mark("{count} further parts of regions")),
    "outlines": (mark("the outline of 1 region"), mark("the outlines of {count} regions")),
    "boxes": (
        mark("1 box that differs from its region's outline"),
        mark("{count} boxes that differ from their regions' outlines"),
    ),
}
"""How one and how many of a kind are called; other kinds of a report go by their own name."""


def count_text(kind: str, count: int) -> str:
    """One count, in the singular where it is one."""
    if kind not in COUNT_TEXTS:
        return f"{kind.replace('_', ' ')}: {count}"
    one, many = COUNT_TEXTS[kind]
    return _(one) if count == 1 else _(many).format(count=count)


def counts_text(counts: Mapping[str, int]) -> str:
    """All counts that are not none, the pages first."""
    return ", ".join(count_lines(counts))


def count_lines(counts: Mapping[str, int]) -> list[str]:
    """The same, one by one."""
    kinds = sorted(counts, key=lambda kind: kind != "pages")
    return [count_text(kind, counts[kind]) for kind in kinds if counts[kind]]
