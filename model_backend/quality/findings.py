"""What a check says: the rules, and one finding of a rule on a page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from model_backend.translation import _, counted, mark


class Severity(StrEnum):
    """How bad a finding is: an error stops or misleads training code, a warning wants a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """What is looked for: the sentence (English, with named gaps) and the name of its repair."""

    severity: Severity
    sentence: str
    repair: str = ""


@dataclass(frozen=True)
class Finding:
    """One place where a page breaks a rule; `ids` are those of its words and annotations.

    `values` fill the gaps of the rule's sentence.
    """

    rule: str
    page: str
    ids: tuple[int, ...] = ()
    values: tuple[tuple[str, object], ...] = ()

    @property
    def severity(self) -> Severity:
        """Error or warning."""
        return RULES[self.rule].severity

    @property
    def repair(self) -> str | None:
        """The name of the repair (`repairs.REPAIRS`); None where only a person can tell."""
        return RULES[self.rule].repair or None

    @property
    def text(self) -> str:
        """The sentence, in the language in use."""
        sentence, values = RULES[self.rule].sentence, dict(self.values)
        count = values.pop("count", None)
        if isinstance(count, int):
            return counted(sentence, count, **values)
        return _(sentence).format(**values)


def finding(rule: str, page: str, *ids: int, **values: object) -> Finding:
    """A finding with the values of its sentence."""
    return Finding(rule, page, ids, tuple(values.items()))


SHOWN = 60


def shown(text: str) -> str:
    """A text short enough to be quoted."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


_E, _W = Severity.ERROR, Severity.WARNING

RULES: dict[str, Rule] = {
    # any page
    "unreadable": Rule(_E, mark("cannot be read: {reason}")),
    "page-without-picture": Rule(_E, mark("the page has no picture, or it was not found")),
    "picture-in-two-parts": Rule(
        _E, mark("the same picture is in {part} and, as {other}, in {other_part}")
    ),
    "box-outside-page": Rule(_E, mark("the box of {id} reaches out of the page"), "clip-boxes"),
    # entities and their links
    "link-to-nothing": Rule(
        _E, mark("a link leads from {start} to {end}, which is not there"), "drop-links-to-nothing"
    ),
    "link-to-itself": Rule(_E, mark("the entity {id} is linked to itself"), "drop-self-links"),
    "link-doubled": Rule(
        _W, mark("the link from {start} to {end} is there {count} times"), "drop-doubled-links"
    ),
    "link-against-labels": Rule(
        _W,
        mark("the link from {start} ({label}) to {end} ({other}) goes against their labels"),
        "turn-links",
    ),
    "entity-without-words": Rule(_E, mark('the entity {id} "{text}" has no words'), "add-word"),
    "word-outside-entity": Rule(
        _W, mark('the word "{text}" is outside the box of its entity {id}'), "fit-entity-boxes"
    ),
    "entity-text-empty": Rule(_W, mark("the entity {id} has no text")),
    "word-text-empty": Rule(_W, mark("{count} words of the entity {id} have no text")),
    "answer-not-asked": Rule(_W, mark('nothing asks for the answer {id} "{text}"'), "ask-answers"),
    "text-differs": Rule(
        _W, mark('the entity {id} says "{text}", its words say "{words}"'), "take-words-text"
    ),
    # regions and COCO files
    "annotation-unusable": Rule(_E, mark("the annotation {id} cannot be used: {reason}")),
    "annotation-flawed": Rule(_W, mark("the annotation {id}: {reason}")),
    "id-doubled": Rule(_E, mark("the annotation id {id} is there {count} times")),
    "id-missing": Rule(_E, mark("{count} annotations have no usable id")),
    "record-unusable": Rule(_E, "{reason}"),
    "annotation-without-image": Rule(
        _E, mark("{count} annotations belong to images that are not in the file")
    ),
    "category-unused": Rule(_W, mark('the category {id} "{name}" is never used')),
    "image-missing": Rule(_E, mark("the picture {name} is missing")),
    "image-size-differs": Rule(
        _E, mark("the picture {name} has {found} pixels, the file says {said}")
    ),
    "area-differs": Rule(
        _W,
        mark("the annotation {id} says an area of {said}, its outline has {found}"),
        "measure-areas",
    ),
    # tables, after the quality control of PubTables-1M
    "grid-contradicts": Rule(
        _E, mark("rows, columns and cells contradict one another and make no grid"), "make-grid"
    ),
    "rows-overlap": Rule(_W, mark("{count} rows overlap their neighbours")),
    "columns-overlap": Rule(_W, mark("{count} columns overlap their neighbours")),
    "word-halved": Rule(
        _E, mark('an edge cuts {count} words in half, such as "{text}"'), "move-edges"
    ),
    "word-half-outside": Rule(
        _E, mark('the outline cuts {count} words in half, such as "{text}"'), "hold-words"
    ),
    "word-in-two-cells": Rule(
        _W, mark('{count} words lie in more than one cell, such as "{text}"'), "move-edges"
    ),
    "word-outside-cells": Rule(
        _W, mark('{count} words lie partly outside the table, such as "{text}"'), "hold-words"
    ),
    "words-covered-badly": Rule(
        _W, mark("the cells cover only {share} of the table's words on average")
    ),
    "row-empty": Rule(_W, mark("the row {number} has no words"), "delete-empty-rows"),
    "column-empty": Rule(_W, mark("the column {number} has no words"), "delete-empty-columns"),
    "header-over-segmented": Rule(
        _W, mark("the header has blank or divided cells that belong to a neighbour"), "canonicalize"
    ),
    "header-too-high": Rule(_W, mark("the header has {count} rows")),
    "header-gap": Rule(_E, mark("the header does not begin at the first row, or has a gap")),
    "projected-row-filled": Rule(
        _W, mark("the projected row header {number} has text in several columns"), "divide-rows"
    ),
    "projected-row-last": Rule(
        _W, mark("the last row is a projected row header, with nothing below"), "divide-rows"
    ),
    "header-repeated": Rule(_W, mark("the row {number} repeats the header")),
    "currency-alone": Rule(
        _W,
        mark("{count} cells hold a currency sign alone: their column may belong to the next"),
    ),
    "dots-left": Rule(_W, mark("{count} cells still have leading dots")),
    "too-many-objects": Rule(_W, mark("the table has {count} objects; models see 125 at most")),
    "cells-make-no-grid": Rule(_E, mark("cells overlap, or rows or columns that they tell do")),
    "cell-text-differs": Rule(
        _E, mark("the text of the cells differs from the page's words by {share}")
    ),
    "cell-faulty": Rule(_E, "{reason}"),
}
"""Every rule by its id. The order is that of reports."""
