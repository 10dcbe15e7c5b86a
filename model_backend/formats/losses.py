"""What each format has no place for, counted on a page before and while it leaves.

Left out of the count, because no data set but page files knows of it: ids, who made an annotation
and whether it was corrected, warnings that were accepted, and digits beyond those a format writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from model_backend import table_grid
from model_backend.document import Annotation, Page, Region, Status, bounding_box
from model_backend.formats.source_data import unpack
from model_backend.formats.table_crop import is_on_page
from model_backend.formats.text_layout import joined
from model_backend.formats.text_xml import set_text
from model_backend.labels import DETECTION_CLASSES, TABLE_CLASSES

KINDS = ("entities", "relations", "tables", "regions")
Count = Callable[[Page], int]


@dataclass(frozen=True)
class Capability:
    """What a format holds: kinds of annotations, and `lost`, the names of what it has no place
    for beside them. `outlines`: the labels of the only regions it holds, where it is made for
    tables; such a format leaves pages without any out.
    """

    holds: tuple[str, ...]
    lost: tuple[str, ...]
    outlines: tuple[str, ...] | None = None


def _words_outside_entities(page: Page) -> int:
    inside = {number for item in page.entities for number in item.word_ids}
    return sum(word.id not in inside for word in page.words)


def _words_outside_tables(page: Page) -> int:
    inside: set[int] = set()
    for table in page.tables:
        for words in table_grid.words_of_cells(table, page.words).values():
            inside.update(word.id for word in words)
    return len(page.words) - len(inside)


def _words_in_several_entities(page: Page) -> int:
    uses = Counter(number for item in page.entities for number in item.word_ids)
    return sum(count > 1 for count in uses.values())


def _joined_words(page: Page) -> int:
    """Words that are not alone in their entity with just its text and box."""
    words = {word.id: (word.text, word.box) for word in page.words}
    return len(
        {
            number
            for item in page.entities
            for number in item.word_ids
            if len(item.word_ids) > 1 or words.get(number) != (item.text, item.box)
        }
    )


def _texts(page: Page) -> int:
    """Entities whose text is not that of their words; a word is the first one's that has it."""
    words = {word.id: word.text for word in page.words}
    count = 0
    for item in page.entities:
        own = [words.pop(number, "") for number in dict.fromkeys(item.word_ids)]
        count += item.text != joined(own)
    return count


def _characters(page: Page) -> int:
    """Texts with characters that XML cannot hold."""
    texts = [word.text for word in page.words]
    texts += [text for item in page.entities for text in (item.text, item.label)]
    texts += [region.label for region in page.regions]
    return sum(set_text(text) != text for text in texts)


def _outlined(page: Page) -> Iterator[Region]:
    return (item for item in page.regions if item.polygons and item.mask is None)


def _boxes(page: Page) -> int:
    """Regions whose box is not their outline's."""
    return sum(bounding_box(item.polygons[0]) != item.box for item in _outlined(page))


def _merged_cells(page: Page) -> int:
    return sum(_is_merged(cell) for table in page.tables for cell in table_grid.cells(table))


def _is_merged(cell: table_grid.Cell) -> bool:
    span = cell.span
    return (span.row1 - span.row0) * (span.column1 - span.column0) > 1


def _blank_merged_cells(page: Page) -> int:
    """Merged cells without words, of tables that have some; projected rows are held."""
    count = 0
    for table in page.tables:
        words = table_grid.words_of_cells(table, page.words)
        merged = [cell for cell in table_grid.cells(table) if _is_merged(cell)]
        bare = [cell for cell in merged if not cell.is_projected_row_header]
        count += any(words.values()) and sum(not words[cell.span] for cell in bare)
    return count


def _blank_ends(page: Page) -> int:
    """Rows and columns before the first and behind the last cell with a text."""
    count = 0
    for table in page.tables:
        words = table_grid.words_of_cells(table, page.words)
        if filled := [span for span, found in words.items() if table_grid.cell_text(found).strip()]:
            rows = max(span.row1 for span in filled) - min(span.row0 for span in filled)
            columns = max(span.column1 for span in filled) - min(span.column0 for span in filled)
            count += len(table.rows) - rows + len(table.columns) - columns
    return count


def _blank_tables(page: Page) -> int:
    texts = (
        "".join(word.text for found in words.values() for word in found).strip()
        for words in (table_grid.words_of_cells(table, page.words) for table in page.tables)
    )
    return sum(not text for text in texts)


def _tables_outside(page: Page) -> int:
    return sum(len(table.columns) > 1 and not is_on_page(page, table) for table in page.tables)


COUNTS: Mapping[str, Count] = {
    "words": lambda page: len(page.words),
    "words_outside_entities": _words_outside_entities,
    "words_outside_tables": _words_outside_tables,
    "words_in_several_entities": _words_in_several_entities,
    "joined_words": _joined_words,
    "entities_as_boxes": lambda page: len(page.entities),
    "texts": _texts,
    "blanks": lambda page: sum(" ".join(w.text.split()) != w.text for w in page.words),
    "characters": _characters,
    "illegible_marks": lambda page: sum(word.is_illegible for word in page.words),
    "doubtful_marks": lambda page: sum(word.is_doubtful for word in page.words),
    "confidences": lambda page: sum(word.confidence is not None for word in page.words),
    "table_grids": lambda page: len(page.tables),
    "table_edges": lambda page: len(page.tables),
    "table_places": lambda page: len(page.tables),
    "continued_tables": lambda page: sum(bool(table.continues) for table in page.tables),
    "table_turns": lambda page: sum(bool(item.rotation or item.shear) for item in page.tables),
    "merged_cells": _merged_cells,
    "blank_merged_cells": _blank_merged_cells,
    "blank_ends": _blank_ends,
    "blank_tables": _blank_tables,
    "header_rows": lambda page: sum(table.header_rows for table in page.tables),
    "projected_rows": lambda page: sum(len(table.projected_rows) for table in page.tables),
    "tables_of_one_column": lambda page: sum(len(item.columns) < 2 for item in page.tables),
    "tables_outside_the_page": _tables_outside,
    "masks": lambda page: sum(region.mask is not None for region in page.regions),
    "polygons": lambda page: sum(len(region.polygons) - 1 for region in _outlined(page)),
    "outlines": lambda page: sum(1 for _region in _outlined(page)),
    "boxes": _boxes,
}
"""What can be lost, and how it is counted."""

_MARKS = ("illegible_marks", "doubtful_marks")
_FORM = ("words_outside_entities", "words_in_several_entities", *_MARKS, "confidences")
_TEXT = ("words_in_several_entities", *_MARKS, "characters", "masks", "polygons")
_FILE = ("words_outside_tables", "table_places")
_BLOCKS = ("entities", "regions")
CAPABILITIES: Mapping[str, Capability] = {
    "pages": Capability(KINDS, ()),
    "funsd": Capability(("entities", "relations"), _FORM),
    "xfund": Capability(("entities", "relations"), _FORM),
    "ppkie": Capability(("entities", "relations"), (*_FORM, "joined_words")),
    "coco": Capability(
        ("entities", "tables", "regions"), ("words", "entities_as_boxes", "table_grids")
    ),
    "pubtables": Capability(
        ("tables", "regions"),
        (
            *("table_turns", "continued_tables", "blank_merged_cells", "tables_of_one_column"),
            *("tables_outside_the_page", *_MARKS, "confidences"),
        ),
        DETECTION_CLASSES,
    ),
    "icdar2013": Capability(
        ("tables", "regions"),
        (
            *("words", "table_turns", "continued_tables", "table_edges", "header_rows"),
            *("blank_merged_cells", "blank_ends", "blank_tables"),
        ),
        DETECTION_CLASSES[:1],
    ),
    "page_xml": Capability(KINDS, (*_TEXT, "table_turns", "continued_tables", "boxes")),
    "alto": Capability(_BLOCKS, (*_TEXT, "texts")),
    "hocr": Capability(_BLOCKS, (*_TEXT, "texts", "outlines", "blanks")),
    "html": Capability(("tables",), _FILE, ()),
    "otsl": Capability(("tables",), _FILE, ()),
    "csv": Capability(("tables",), (*_FILE, "merged_cells", "header_rows", "projected_rows"), ()),
    "xlsx": Capability(("tables",), _FILE, ()),
}
"""What each format that can be written holds and loses."""


def losses(page: Page, format_name: str, *, keeps_pdf: bool = False) -> Counter[str]:
    """What of a page the format has no place for, by kind; kinds of which there is none are left
    out.

    `keeps_pdf`: the page's own PDF leaves with it (ICDAR-2013), and with it the words that are
    in it.
    """
    return _losses(page, format_name, {}, keeps_pdf=keeps_pdf)


def all_losses(page: Page, *, keeps_pdf: bool = False) -> dict[str, Counter[str]]:
    """The same for all formats at once; each kind is counted once."""
    known: dict[str, int] = {}
    return {name: _losses(page, name, known, keeps_pdf=keeps_pdf) for name in CAPABILITIES}


def _losses(
    page: Page, format_name: str, known: dict[str, int], *, keeps_pdf: bool
) -> Counter[str]:
    capability, found = CAPABILITIES[format_name], Counter[str]()
    held = {kind: getattr(page, kind) if kind in capability.holds else () for kind in KINDS}
    if capability.outlines is not None:
        held["regions"] = _outlines(page, format_name, capability.outlines)
        found["pages_without_tables"] = int(not (page.tables or held["regions"]))
    for kind in KINDS:
        found[kind] = len(getattr(page, kind)) - len(held[kind])
    for kind in capability.lost:
        if kind not in known:
            known[kind] = COUNTS[kind](page)
        found[kind] = known[kind]
    if format_name != "pages":
        _count_marks(page, [item for items in held.values() for item in items], found)
    if keeps_pdf:  # the pages leave as one document, whose tables may go on
        del found["continued_tables"]
    if keeps_pdf and not page.is_scan:
        del found["words"]
    return +found


def _count_marks(page: Page, held: Sequence[Annotation], found: Counter[str]) -> None:
    """What only the project knows of annotations that leave."""
    found["scores"] = sum(item.score is not None for item in held)
    found["proposal_marks"] = sum(item.status is Status.PROPOSED for item in held)
    found["unsure_marks"] = sum(item.is_unsure for item in held)
    found["notes"] = bool(page.note) + sum(bool(item.note) for item in held)


def _outlines(page: Page, format_name: str, labels: tuple[str, ...]) -> tuple[Region, ...]:
    """Regions that a format of tables holds; a page that came as the picture of one table, and
    still has no grid, keeps that table's parts too."""
    came_as = unpack(page.source_data, format_name).get("kind")
    held = TABLE_CLASSES if came_as == "structure" and not page.tables else labels
    return tuple(region for region in page.regions if region.label in held)
