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
    "cells": (mark("1 cell"), mark("{count} cells")),
    "annotations": (mark("1 annotation"), mark("{count} annotations")),
    "files": (mark("1 file"), mark("{count} files")),
    "table_grids": (mark("the grid of 1 table"), mark("the grids of {count} tables")),
    "pages_without_tables": (mark("1 page without tables"), mark("{count} pages without tables")),
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
    kinds = sorted(counts, key=lambda kind: kind != "pages")
    return ", ".join(count_text(kind, counts[kind]) for kind in kinds if counts[kind])
