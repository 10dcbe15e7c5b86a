"""Repairs of what checks find: each a pure edit from a page to a page.

An annotation that came from a model or a data set and is changed counts as corrected, as after any
edit by a person; a proposal stays a proposal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from model_backend import table_grid
from model_backend.document import (
    Box,
    Entity,
    Page,
    Region,
    Relation,
    Table,
    Word,
    union_of,
)
from model_backend.formats import coco_region, funsd_form
from model_backend.formats.source_data import pack, unpack
from model_backend.labels import TABLE_CLASSES
from model_backend.quality.canonical import canonical
from model_backend.quality.checks import check
from model_backend.quality.findings import RULES, Finding
from model_backend.quality.form_repairs import ask_answers, take_words_text, turn_links
from model_backend.quality.funsd_checks import name_of, raw_of
from model_backend.quality.repair_parts import Ids, corrected, mapped
from model_backend.quality.table_checks import empty_columns, empty_rows, parts
from model_backend.table_grid.placement import misplaced
from model_backend.table_grid.whites import around_words, edges_in_white
from model_backend.translation import mark

Edit = Callable[[Page, Ids], Page]
_Labelled = TypeVar("_Labelled", Entity, Region)


@dataclass(frozen=True)
class Repair:
    """A repair: its name for people (an undo step, a button) and the edit."""

    title: str
    edit: Edit
    is_alone: bool = True
    """Whether it may be done without a person who looks: edges of data sets are not moved."""


@dataclass(frozen=True)
class Change:
    """What a repair did on a page: for the report of changes."""

    page: str
    rule: str
    repair: str
    findings: tuple[str, ...]


def drop_links_to_nothing(page: Page, ids: Ids) -> Page:
    """Links to entities that are not there, taken out."""
    known = {entity.id for entity in page.entities}
    names = {name_of(entity) for entity in page.entities}
    page = _without(page, ids, lambda link: {link.from_id, link.to_id} <= known)
    return _with_raw_links(page, ids, lambda pairs: [p for p in pairs if set(p) <= names])


def drop_self_links(page: Page, ids: Ids) -> Page:
    """Links from an entity to itself, taken out."""
    page = _without(page, ids, lambda link: link.from_id != link.to_id)
    return _with_raw_links(page, ids, lambda pairs: [p for p in pairs if p[0] != p[1]])


def drop_doubled_links(page: Page, ids: Ids) -> Page:
    """Links that are there more than once, left there once."""
    first: dict[tuple[int, int], int] = {}
    for link in page.relations:
        first.setdefault((link.from_id, link.to_id), link.id)
    page = _without(page, ids, lambda link: first[(link.from_id, link.to_id)] == link.id)
    return _with_raw_links(page, {entity.id for entity in page.entities}, _once)


def _once(pairs: list[list[Any]]) -> list[list[Any]]:
    """Each pair once; a link of an entity with itself twice, once for each end."""
    counts: Counter[tuple[Any, ...]] = Counter()
    kept = []
    for pair in pairs:
        counts[tuple(pair)] += 1
        if counts[tuple(pair)] <= (2 if pair[0] == pair[1] else 1):
            kept.append(pair)
    return kept


def _without(page: Page, ids: Ids, is_kept: Callable[[Relation], bool]) -> Page:
    """The page without those of its relations that are named and not to be kept."""
    kept = tuple(link for link in page.relations if link.id not in ids or is_kept(link))
    return page if len(kept) == len(page.relations) else replace(page, relations=kept)


def _with_raw_links(
    page: Page, ids: Ids, edit: Callable[[list[list[Any]]], list[list[Any]]]
) -> Page:
    """The page whose named entities remember other links of their file."""
    return mapped(page, "entities", ids, lambda entity: _relinked(entity, edit))


def _relinked(entity: Entity, edit: Callable[[list[list[Any]]], list[list[Any]]]) -> Entity:
    raw = raw_of(entity)
    before = raw.get("linking", [])
    after = edit(before)
    if after == before:
        return entity
    values = {**unpack(entity.source_data, funsd_form.FORMAT), "raw": {**raw, "linking": after}}
    values.pop("format", None)
    return replace(entity, source_data=pack(funsd_form.FORMAT, **values))


def add_word(page: Page, ids: Ids) -> Page:
    """A word with text and box of an entity that has none: readers need at least one."""
    known = {word.id for word in page.words}
    for entity in page.entities:
        if entity.id in ids and entity.text.strip() and known.isdisjoint(entity.word_ids):
            word = Word(page.next_id, entity.text, entity.box)
            page = replace(page, words=(*page.words, word), next_id=word.id + 1)
            new = corrected(replace(entity, word_ids=(word.id,)))
            entities = tuple(new if old is entity else old for old in page.entities)
            page = replace(page, entities=entities)
    return page


def fit_entity_boxes(page: Page, ids: Ids) -> Page:
    """Entity boxes made large enough for their words."""
    words = {word.id: word for word in page.words}

    def fitted(entity: Entity) -> Entity:
        boxes = [words[word_id].box.normalized() for word_id in entity.word_ids if word_id in words]
        box = union_of([entity.box.normalized(), *boxes])
        return entity if box == entity.box else corrected(replace(entity, box=box))

    return mapped(page, "entities", ids, fitted)


def clip_boxes(page: Page, ids: Ids) -> Page:
    """Boxes cut at the page's border, where a part of them is on the page; outlines stay whole."""

    def clipped(box: Box) -> Box:
        inside = box.normalized().intersection(page.box)
        return inside if inside.width > 0 and inside.height > 0 else box

    def labelled(item: _Labelled) -> _Labelled:
        box = clipped(item.box)
        return item if box == item.box else corrected(replace(item, box=box))

    def table(item: Table) -> Table:
        box = clipped(item.box)
        is_upright = item.rotation == 0 and item.shear == 0
        return item if box == item.box or not is_upright else _clipped_table(item, box)

    page = mapped(page, "words", ids, lambda word: replace(word, box=clipped(word.box)))
    page = mapped(page, "entities", ids, labelled)
    page = mapped(page, "regions", ids, labelled)
    return mapped(page, "tables", ids, table)


def _clipped_table(table: Table, box: Box) -> Table:
    """The table with its outer bands cut; as it is where one of them would be lost."""
    rows = tuple(replace(r, start=max(r.start, box.y0), end=min(r.end, box.y1)) for r in table.rows)
    columns = tuple(
        replace(c, start=max(c.start, box.x0), end=min(c.end, box.x1)) for c in table.columns
    )
    result = replace(table, box=box, rows=rows, columns=columns)
    return table if table_grid.problems(result) else corrected(result)


def measure_areas(page: Page, ids: Ids) -> Page:
    """Areas of COCO annotations forgotten, so that writing measures the outline."""

    def measured(region: Region) -> Region:
        values = unpack(region.source_data, coco_region.FORMAT)
        if "area" not in values.get("raw", {}):
            return region
        raw = {key: value for key, value in values["raw"].items() if key != "area"}
        rest = {key: value for key, value in values.items() if key not in ("format", "raw")}
        return replace(region, source_data=pack(coco_region.FORMAT, raw=raw, **rest))

    return mapped(page, "regions", ids, measured)


_CLASSES_TRIED = (TABLE_CLASSES, (*TABLE_CLASSES[:4], TABLE_CLASSES[5]), TABLE_CLASSES[:4],
                  TABLE_CLASSES[:3])  # fmt: skip
"""All classes; then without projected rows, without merged cells, without a header."""


def make_grid(page: Page, _ids: Ids) -> Page:
    """A table in place of boxes of rows, columns and cells: of all, else of as many as agree."""
    found = parts(page)
    labelled = [(region.label, region.box.normalized()) for region in found]
    labelled = [*_largest(labelled, TABLE_CLASSES[0]), *_apart(labelled)]
    for classes in _CLASSES_TRIED:
        chosen = [(label, box) for label, box in labelled if label in classes]
        table = table_grid.from_objects(page.next_id, chosen, page.words)
        if table is not None:
            kept = tuple(region for region in page.regions if region not in found)
            tables = (*page.tables, table)
            return replace(page, regions=kept, tables=tables, next_id=table.id + 1)
    return page


def _largest(labelled: list[tuple[str, Box]], label: str) -> list[tuple[str, Box]]:
    boxes = [box for name, box in labelled if name == label]
    return [(label, max(boxes, key=lambda box: box.area))] if boxes else []


def _apart(labelled: list[tuple[str, Box]]) -> list[tuple[str, Box]]:
    """Everything but the outline; of rows or columns that overlap by half, only the larger one."""
    result: list[tuple[str, Box]] = []
    for label, box in sorted(labelled, key=lambda item: -item[1].area):
        is_band = label in TABLE_CLASSES[1:3]
        others = [other for name, other in result if name == label]
        if label == TABLE_CLASSES[0] or (is_band and any(_share(box, o) > 0.4 for o in others)):
            continue
        result.append((label, box))
    return result


def _share(box: Box, other: Box) -> float:
    return max(box.overlap(other), other.overlap(box))


def delete_empty_rows(page: Page, ids: Ids) -> Page:
    """Rows without words joined to what is left of the table."""

    def edited(table: Table) -> Table:
        for row in reversed(empty_rows(table, page.words)):
            table = table_grid.delete_row(table, row) if len(table.rows) > 1 else table
        return table

    return _with_tables(page, ids, edited)


def delete_empty_columns(page: Page, ids: Ids) -> Page:
    """Columns without words joined to what is left of the table."""

    def edited(table: Table) -> Table:
        for column in reversed(empty_columns(table, page.words)):
            if len(table.columns) > 1:
                table = table_grid.delete_column(table, column)
        return table

    return _with_tables(page, ids, edited)


def canonicalize(page: Page, ids: Ids) -> Page:
    """Tables in the canonical form of PubTables-1M."""
    return _with_tables(page, ids, lambda table: canonical(table, page.words))


def divide_rows(page: Page, ids: Ids) -> Page:
    """Projected rows with text in several columns, or with nothing below, made plain rows."""
    wrong = {
        (found.rule, item, value)
        for found in check(page, "", "pubtables")
        if found.repair == "divide-rows"
        for item in found.ids
        for _name, value in found.values or (("", None),)
    }

    def edited(table: Table) -> Table:
        rows = {row for row in table.projected_rows if
                ("projected-row-filled", table.id, row + 1) in wrong}  # fmt: skip
        if ("projected-row-last", table.id, None) in wrong:
            rows.add(len(table.rows) - 1)
        for row in rows:
            table = table_grid.toggle_projected(table, row)
        return table

    return _with_tables(page, ids, edited)


def move_edges(page: Page, ids: Ids) -> Page:
    """Edges that cut words moved into the white beside these."""
    return _with_tables(page, ids, lambda table: edges_in_white(table, page.words))


def hold_words(page: Page, ids: Ids) -> Page:
    """Tables whose outline cuts words of these ids, made large enough to hold them."""
    words = [word for word in page.words if word.id in ids and word.text.strip()]

    def edited(table: Table) -> Table:
        return around_words(table, misplaced(table, words).in_none)

    return _with_tables(page, ids, edited)


def _with_tables(page: Page, ids: Ids, edit: Callable[[Table], Table]) -> Page:
    def edited(table: Table) -> Table:
        after = edit(table)
        return table if after == table else corrected(after)

    return mapped(page, "tables", ids, edited)


REPAIRS: dict[str, Repair] = {
    "clip-boxes": Repair(mark("Cut boxes at the page's border"), clip_boxes),
    "drop-links-to-nothing": Repair(mark("Remove links to nothing"), drop_links_to_nothing),
    "drop-self-links": Repair(mark("Remove links of entities to themselves"), drop_self_links),
    "drop-doubled-links": Repair(mark("Keep doubled links once"), drop_doubled_links),
    "turn-links": Repair(mark("Turn links round that go against labels"), turn_links),
    "ask-answers": Repair(mark("Link answers with the question before them"), ask_answers),
    "add-word": Repair(mark("Give entities without words one of their text"), add_word),
    "fit-entity-boxes": Repair(mark("Make entity boxes hold their words"), fit_entity_boxes),
    "take-words-text": Repair(mark("Take the text of the words"), take_words_text),
    "measure-areas": Repair(mark("Measure areas from outlines"), measure_areas),
    "make-grid": Repair(mark("Make a grid of rows, columns and cells"), make_grid),
    "delete-empty-rows": Repair(mark("Delete rows without words"), delete_empty_rows),
    "delete-empty-columns": Repair(mark("Delete columns without words"), delete_empty_columns),
    "canonicalize": Repair(mark("Merge what belongs together"), canonicalize),
    "divide-rows": Repair(mark("Divide projected row headers"), divide_rows),
    "move-edges": Repair(mark("Move edges into the white"), move_edges, is_alone=False),
    "hold-words": Repair(mark("Make the outline hold its words"), hold_words, is_alone=False),
}
"""Every repair by its name, in the order in which they are done."""


def repaired(page: Page, name: str, findings: Iterable[Finding]) -> tuple[Page, tuple[Change, ...]]:
    """The page with all its findings repaired that have a repair, and what was done."""
    findings = tuple(findings)
    changes = []
    alone = {name: repair for name, repair in REPAIRS.items() if repair.is_alone}
    for repair_name, repair in alone.items():
        for rule in (rule for rule, its in RULES.items() if its.repair == repair_name):
            found = [item for item in findings if item.rule == rule]
            after = repair.edit(page, {own for item in found for own in item.ids})
            if found and after != page:
                texts = tuple(item.text for item in found)
                changes.append(Change(name, rule, repair_name, texts))
                page = after
    return page, tuple(changes)
