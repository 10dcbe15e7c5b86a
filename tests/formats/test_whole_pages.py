"""A page that is written and read again is the whole page, less what it was said to lose.

The normal form of a page in a format is the page after `FORGET` has taken away each kind that
`losses` counts there. Left out beside that, as `losses` says: ids, who made an annotation and
whether a person corrected it; coordinates are whole pixels, which every format holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lossy_pages import COLUMNS, ROWS, pages

from model_backend import masks, table_grid
from model_backend.document import (
    Annotation,
    Box,
    Document,
    Entity,
    Page,
    Region,
    Status,
    Table,
    Word,
    bounding_box,
)
from model_backend.formats import ExportPage, ReadPage, read
from model_backend.formats.export import export
from model_backend.formats.losses import losses
from model_backend.formats.pictures import FilePicture

WIDTH, HEIGHT = 500, 400
TABLE_LABEL = "table"
FIRST_IN_CELLS = 20
"""Words of these pages from this id on lie in cells."""
some = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
boxes = st.tuples(
    st.integers(0, WIDTH - 60), st.integers(0, HEIGHT - 60), st.integers(1, 60), st.integers(1, 60)
).map(lambda found: Box(*map(float, (*found[:2], found[0] + found[2], found[1] + found[3]))))


@st.composite
def whole_pages(draw: st.DrawFn) -> Page:
    """A page as `lossy_pages` makes it, with words outside of tables, entities and plain regions
    anywhere, and tables upright."""
    page = draw(pages())
    words = [
        word if word.id >= FIRST_IN_CELLS else replace(word, box=draw(boxes)) for word in page.words
    ]
    known = {word.id: word.box for word in words}
    entities = tuple(
        replace(item, box=draw(boxes | st.just(known[item.word_ids[0]]))) for item in page.entities
    )
    return replace(
        page,
        words=tuple(words),
        entities=entities,
        tables=tuple(replace(item, rotation=0.0) for item in page.tables),
        regions=tuple(
            item if item.polygons or item.mask else replace(item, box=draw(boxes))
            for item in page.regions
        ),
    )


@pytest.fixture(scope="module")
def white(tmp_path_factory: pytest.TempPathFactory) -> FilePicture:
    """A white picture of the size of the pages."""
    path = tmp_path_factory.mktemp("white") / "white.png"
    PIL.Image.new("L", (WIDTH, HEIGHT), 255).save(path)
    return FilePicture(path)


def there_and_back(name: str, page: Page, folder: Path, picture: FilePicture) -> list[Page]:
    """The pages of a set of this one page."""
    item = ExportPage("page", page, Document(0, "x", "", "image/png", 1), picture)
    assert export(name, [item], folder / "out").lost == losses(page, name)
    found = list(read(name, folder / "out"))
    assert all(isinstance(one, ReadPage) for one in found), found
    return [one.page for one in found if isinstance(one, ReadPage)]


def on_words(**changes: Any) -> Callable[[Page], Page]:  # noqa: ANN401 - fields of a word
    return lambda page: replace(page, words=tuple(replace(word, **changes) for word in page.words))


def on_annotations(**changes: Any) -> Callable[[Page], Page]:  # noqa: ANN401 - their fields
    return lambda page: replace(
        page,
        entities=tuple(replace(item, **changes) for item in page.entities),
        relations=tuple(replace(item, **changes) for item in page.relations),
        tables=tuple(replace(item, **changes) for item in page.tables),
        regions=tuple(replace(item, **changes) for item in page.regions),
    )


def on_regions(change: Callable[[Region], Region]) -> Callable[[Page], Page]:
    return lambda page: replace(page, regions=tuple(map(change, page.regions)))


def without_words(page: Page) -> Page:
    entities = tuple(replace(item, word_ids=()) for item in page.entities)
    return replace(page, words=(), entities=entities)


def without_words_outside(page: Page) -> Page:
    inside = {number for item in page.entities for number in item.word_ids}
    return replace(page, words=tuple(word for word in page.words if word.id in inside))


def with_own_words(page: Page) -> Page:
    """Each entity has a copy of a word that it shares."""
    known, used = {word.id: word for word in page.words}, set[int]()
    words, entities = list(page.words), list[Entity]()
    for item in page.entities:
        own = []
        for number in item.word_ids:
            if number in used:
                words.append(replace(known[number], id=1000 + len(words)))
                number = words[-1].id  # noqa: PLW2901 - the copy's
            used.add(number)
            own.append(number)
        entities.append(replace(item, word_ids=tuple(own)))
    return replace(page, words=tuple(words), entities=tuple(entities))


def with_joined_words(page: Page) -> Page:
    """Each entity that is not one word with its text and box already becomes one."""
    words, entities = {word.id: word for word in page.words}, list[Entity]()
    for item in page.entities:
        own = [(words[number].text, words[number].box) for number in item.word_ids]
        joined = replace(item, word_ids=(2000 + item.id,))
        entities.append(item if own == [(item.text, item.box)] else joined)
        if own != [(item.text, item.box)]:
            words[2000 + item.id] = Word(2000 + item.id, item.text, item.box)
    return without_words_outside(
        replace(page, words=tuple(words.values()), entities=tuple(entities))
    )


def with_texts_of_words(page: Page) -> Page:
    texts, entities = {word.id: word.text for word in page.words}, list[Entity]()
    for item in page.entities:
        own = [texts.pop(number, "") for number in item.word_ids]
        entities.append(replace(item, text=" ".join(filter(None, own))))
    return replace(page, entities=tuple(entities))


def words_once(page: Page) -> Page:
    """A word that several entities share stays with the first of them."""
    used, entities = set[int](), list[Entity]()
    for item in page.entities:
        entities.append(replace(item, word_ids=tuple(n for n in item.word_ids if n not in used)))
        used.update(item.word_ids)
    return replace(page, entities=tuple(entities))


def entities_as_regions(page: Page) -> Page:
    added = (Region(item.id, item.label, item.box) for item in page.entities)
    return replace(page, entities=(), relations=(), regions=(*page.regions, *added))


def tables_as_regions(page: Page) -> Page:
    added = (Region(item.id, TABLE_LABEL, item.box) for item in page.tables)
    return replace(page, tables=(), regions=(*page.regions, *added))


FORGET: Mapping[str, Callable[[Page], Page]] = {
    "entities": lambda page: replace(page, entities=(), relations=()),
    "relations": lambda page: replace(page, relations=()),
    "tables": lambda page: replace(page, tables=()),
    "regions": lambda page: replace(page, regions=()),
    "words": without_words,
    "words_outside_entities": without_words_outside,
    "words_in_several_entities": with_own_words,
    "joined_words": with_joined_words,
    "entities_as_boxes": entities_as_regions,
    "table_grids": tables_as_regions,
    "texts": with_texts_of_words,
    "illegible_marks": on_words(is_illegible=False),
    "doubtful_marks": on_words(is_doubtful=False),
    "confidences": on_words(confidence=None),
    "continued_tables": lambda page: replace(
        page, tables=tuple(replace(item, continues=0) for item in page.tables)
    ),
    "masks": on_regions(lambda item: replace(item, mask=None)),
    "polygons": on_regions(lambda item: replace(item, polygons=item.polygons[:1])),
    "outlines": on_regions(lambda item: replace(item, polygons=())),
    "boxes": on_regions(
        lambda item: replace(item, box=bounding_box(item.polygons[0])) if item.polygons else item
    ),
    "scores": on_annotations(score=None),
    "proposal_marks": on_annotations(status=Status.ACCEPTED),
    "unsure_marks": on_annotations(is_unsure=False),
    "notes": lambda page: replace(on_annotations(note="")(page), note=""),
}
"""A page without what is lost of one kind."""


def normal(page: Page, name: str, **instead: Callable[[Page], Page]) -> Page:
    """What the format is said to keep of a page; `instead` is where it loses in its own way."""
    ways = {**FORGET, **instead}
    for kind in ways:
        if losses(page, name)[kind]:
            page = ways[kind](page)
    return page


def marks(item: Annotation) -> tuple[Any, ...]:
    """What people and models said of an annotation."""
    return (item.score, item.status is Status.PROPOSED, item.is_unsure, item.note)


def outline(region: Region) -> tuple[Any, ...]:
    """Polygons (none where they are just the box) and the pixels of the mask."""
    bitmap = masks.bitmap_on(region.mask, WIDTH, HEIGHT).tobytes() if region.mask else b""
    return (() if region.polygons == (region.box.corners,) else region.polygons, bitmap)


def seen(page: Page) -> dict[str, Any]:
    """Everything that a page says, without ids."""
    words = {
        word.id: (word.text, word.box, word.confidence, word.is_illegible, word.is_doubtful)
        for word in page.words
    }
    entities = {
        item.id: (item.label, item.text, item.box, tuple(words[n] for n in item.word_ids))
        for item in page.entities
    }
    return {
        "size": (page.width, page.height),
        "note": page.note,
        "words": Counter(words.values()),
        "entities": Counter((*entities[item.id], *marks(item)) for item in page.entities),
        "links": Counter(
            (entities[item.from_id], entities[item.to_id], *marks(item)) for item in page.relations
        ),
        "tables": Counter((*grid(item), item.continues, *marks(item)) for item in page.tables),
        "regions": Counter(
            (item.label, item.box, *outline(item), *marks(item)) for item in page.regions
        ),
    }


def grid(table: Table) -> tuple[Any, ...]:
    """A table's place and structure."""
    lines = (table.rows, table.columns, table.spans, table.header_rows, table.projected_rows)
    return (table.box, *lines, table.rotation, table.shear)


@some
@given(page=whole_pages())
@pytest.mark.parametrize("name", ["funsd", "xfund", "ppkie", "coco"])
def test_forms_and_coco_hold_the_whole_page(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, name: str, page: Page
) -> None:
    (back,) = there_and_back(name, page, tmp_path_factory.mktemp("out"), white)
    assert seen(back) == seen(normal(page, name))


@some
@given(page=whole_pages())
@pytest.mark.parametrize("name", ["page_xml", "alto", "hocr"])
def test_files_of_text_hold_the_whole_page(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, name: str, page: Page
) -> None:
    (back,) = there_and_back(name, page, tmp_path_factory.mktemp("out"), white)
    assert seen(back) == seen(normal(page, name, words_in_several_entities=words_once))


def upright(page: Page) -> Page:
    """The page with one table, whose cells all have words where Hypothesis filled any."""
    table = page.tables[0] if page.tables else Table(90, Box(200, 200, 400, 300), ROWS, COLUMNS)
    return replace(page, tables=(table,))


def without_blank_spans(page: Page) -> Page:
    """Merged cells without words fall apart; those of projected rows are held."""
    tables = []
    for table in page.tables:
        filled = table_grid.words_of_cells(table, page.words)
        spans = tuple(
            span for span in table.spans if filled[span] or span.row0 in table.projected_rows
        )
        tables.append(replace(table, spans=spans))
    return replace(page, tables=tuple(tables))


def moved(box: Box, scale: float, x: float, y: float) -> Box:
    """The box scaled, then with its origin at (x, y), to a thousandth."""
    found = box.scaled(scale, scale)
    sides = (found.x0 - x, found.y0 - y, found.x1 - x, found.y1 - y)
    return Box(*(round(side, 3) + 0.0 for side in sides))


def on_crop(table: Table, words: tuple[Word, ...], scale: float) -> tuple[Any, ...]:
    """Grid and words as seen from the table's own corner."""
    x, y = table.box.x0 * scale, table.box.y0 * scale
    bands = [
        [(round(band.start * scale - at, 3), round(band.end * scale - at, 3)) for band in lines]
        for lines, at in ((table.rows, y), (table.columns, x))
    ]
    texts = Counter((word.text, moved(word.box, scale, x, y)) for word in words)
    return (
        moved(table.box, scale, x, y), bands, table.spans, table.header_rows,
        table.projected_rows, texts,
    )  # fmt: skip


@some
@given(page=whole_pages().map(upright))
def test_pubtables_holds_the_whole_page_and_its_table(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    """The page at 1000 pixels, and the table with what lies within 30 points around it."""
    back = there_and_back("pubtables", page, tmp_path_factory.mktemp("out"), white)
    whole, crop = sorted(back, key=lambda one: len(one.tables))
    scale = 1000 / WIDTH
    wanted = normal(page, "pubtables", blank_merged_cells=without_blank_spans, **REGIONS_OF_TABLES)
    (table,), (found,) = wanted.tables, crop.tables
    outlines = [Region(1, TABLE_LABEL, table.box), *wanted.regions]
    assert Counter((item.label, item.box) for item in whole.regions) == Counter(
        (item.label, item.box.scaled(scale, scale)) for item in outlines
    )
    assert Counter((word.text, word.box) for word in whole.words) == Counter(
        (word.text, word.box.scaled(scale, scale)) for word in wanted.words
    )
    padding = 30 * WIDTH / 792
    room = table.box.grown(padding)
    room = Box(*(int(side * scale) / scale for side in (room.x0, room.y0)),
               *(-int(-side * scale // 1) / scale for side in (room.x1, room.y1)))  # fmt: skip
    near = tuple(
        replace(word, box=word.box.intersection(room))
        for word in wanted.words
        if word.box.overlap(room) >= 0.75
    )
    assert on_crop(found, crop.words, 1.0) == on_crop(table, near, scale)


REGIONS_OF_TABLES: dict[str, Callable[[Page], Page]] = {
    "regions": lambda page: replace(
        page, regions=tuple(item for item in page.regions if item.label == TABLE_LABEL)
    )
}


@some
@given(page=whole_pages().map(upright))
def test_icdar2013_holds_tables_with_their_texts(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    lost = losses(page, "icdar2013")
    (back,) = there_and_back("icdar2013", page, tmp_path_factory.mktemp("out"), white)
    assert (back.width, back.height, len(back.words)) == (WIDTH, HEIGHT, 0)
    if lost["blank_tables"]:
        assert [(item.label, item.box) for item in back.regions] == [
            (TABLE_LABEL, page.tables[0].box)
        ]
        return
    (table,), (found,) = page.tables, back.tables
    in_cells = [
        word.box for own in table_grid.words_of_cells(table, page.words).values() for word in own
    ]
    corners = (corner for box in (table.box, *in_cells) for corner in box.corners)
    assert found.box == bounding_box(corners)  # a cell is as large as its words
    if lost["blank_ends"]:
        return
    (wanted,) = without_blank_spans(page).tables
    assert (found.spans, len(found.rows), len(found.columns)) == (
        wanted.spans,
        len(wanted.rows),
        len(wanted.columns),
    )
