"""Pages and edits made at random, for tests of edits, history, store and killed editors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from desktop.document import edits
from desktop.document.edits.arranging import Side
from desktop.errors import UserError
from model_backend import table_grid
from model_backend.document import (
    Box,
    Document,
    Entity,
    Mask,
    Page,
    PageClass,
    PageGeometry,
    PageStatus,
    Proposals,
    Relation,
    Span,
    Status,
    Table,
    Word,
)
from model_backend.quality.live import look

WIDTH, HEIGHT = 600.0, 800.0
LABELS = ("question", "answer", "header", "other")


def blank_page(number: int = 0) -> Page:
    """A page without anything on it."""
    geometry = PageGeometry("test", WIDTH, HEIGHT)
    return Page(0, 0, number, WIDTH, HEIGHT, "px", geometry)


def page_of_words(number: int = 0, count: int = 12) -> Page:
    """A page with words in rows of four."""
    words = tuple(
        Word(index + 1, f"word{index}", word_box(index), confidence=0.5) for index in range(count)
    )
    return replace(blank_page(number), words=words, next_id=count + 1)


def full_page(number: int = 0) -> Page:
    """A page with something of every kind on it, some of it proposed."""
    page = page_of_words(number)
    page = edits.add_entity(page, "question", [1, 2])
    page = edits.add_entity(page, "answer", [3])
    page = edits.link(page, 13, 14)
    page = edits.add_table(page, table_grid.empty_table(0, Box(20, 300, 320, 400)))
    page = edits.add_region(page, "stamp", Box(400, 500, 450, 560))
    page = replace(page, status=PageStatus.NEW)
    said = Proposals(
        "rules",
        (
            Entity(1, "header", (5,), "word4", word_box(4), 0.9),
            Entity(2, "other", (6,), "x", word_box(5)),
        ),
        (Relation(3, 1, 2, 0.4),),
    )
    return edits.merge_proposals(page, said, ())[0]


def word_box(index: int) -> Box:
    """Where the word with that index stands."""
    x, y = 20.0 + 100 * (index % 4), 30.0 + 20.5 * (index // 4)
    return Box(x, y, x + 80, y + 12)


def document_of(pages: int, sha256: str = "", name: str = "scan.png") -> Document:
    """A document that is only known by its name."""
    return Document(0, name, sha256, "image/png", pages)


def random_box(random: Random) -> Box:
    """A box somewhere on a page, not always a round one."""
    x, y = random.uniform(0, 500), random.uniform(0, 700)
    return Box(x, y, x + random.uniform(1, 90), y + random.uniform(1, 90))


def _ids(page: Page, random: Random) -> list[int]:
    items = [item.id for item in (*page.words, *page.annotations)]
    return random.sample(items, min(len(items), random.randint(1, 3)))


def _word_ids(page: Page, random: Random) -> list[int]:
    return random.sample([word.id for word in page.words], min(len(page.words), 3))


def _add_table(page: Page, random: Random) -> Page:
    table = table_grid.empty_table(0, random_box(random))
    if random.random() < 0.7:
        table = table_grid.add_row_edge(table, sum((table.box.y0, table.box.y1)) / 2)
        table = table_grid.add_column_edge(table, sum((table.box.x0, table.box.x1)) / 2)
    return edits.add_table(page, table)


def _replace_table(page: Page, random: Random) -> Page:
    table = random.choice(page.tables)
    if len(table.rows) > 1 and not table.spans:
        merged = table_grid.merge_cells(table, Span(0, 2, 0, 1))
        return edits.replace(page, merged)
    return edits.replace(page, replace(table, header_rows=1 - min(table.header_rows, 1)))


def _cell_text(page: Page, random: Random) -> Page:
    table = random.choice(page.tables)
    row, column = random.randrange(len(table.rows)), random.randrange(len(table.columns))
    span = table_grid.cell_at(table, row, column).span
    text = random.choice(["", "one", "one two", "a b c d", "\u00e9 x"])
    return edits.set_text_of_cell(page, table.id, span, text)


def _grid_of_table(page: Page, random: Random) -> Page:
    """Rows or columns of a table added, joined, split or deleted."""
    table = random.choice(page.tables)
    rows, columns = len(table.rows), len(table.columns)
    box = table.box
    changes: list[Callable[[], Table]] = [
        lambda: table_grid.split_rows(table, [random.uniform(box.y0, box.y1)]),
        lambda: table_grid.split_columns(table, [random.uniform(box.x0, box.x1)]),
        lambda: table_grid.extend_rows(table, box.y1 + random.uniform(1, 20)),
        lambda: table_grid.extend_columns(table, box.x0 - random.uniform(1, 20)),
        lambda: table_grid.join_rows(table, 0, random.randint(1, rows)),
        lambda: table_grid.join_columns(table, 0, random.randint(1, columns)),
        lambda: table_grid.delete_rows(table, 0, random.randint(1, rows)),
        lambda: table_grid.delete_columns(table, 0, random.randint(1, columns)),
        lambda: table_grid.move_row_edge(table, random.randint(0, rows), random.uniform(0, 700)),
    ]
    return edits.replace(page, random.choice(changes)())


def _add_region(page: Page, random: Random) -> Page:
    box = random_box(random)
    if random.random() < 0.4:
        mask = Mask(3, 2, b"123", (1.5, 0.0, 0.0, 1.5, box.x0, box.y0))
        return edits.add_region(page, "stamp", box, mask=mask)
    polygons = (box.corners,) if random.random() < 0.5 else ()
    return edits.add_region(page, "figure", box, polygons)


def _link(page: Page, random: Random) -> Page:
    first, second = random.sample(page.entities, 2)
    return edits.link(page, first.id, second.id)


def _unlink(page: Page, random: Random) -> Page:
    relation = random.choice(page.relations)
    return edits.unlink(page, relation.from_id, relation.to_id)


def _paste(page: Page, random: Random) -> Page:
    ids = set(_ids(page, random))
    items = [item for item in (*page.words, *page.annotations) if item.id in ids]
    return edits.paste(page, items, 5.25, -3.5)


def _outlines(page: Page) -> list[int]:
    """What can be put in line."""
    return [item.id for item in (*page.tables, *page.regions)]


def _distribute(page: Page, random: Random) -> Page:
    for _count in range(3 - len(_outlines(page))):
        page = edits.add_region(page, "figure", random_box(random))
    return edits.distribute(page, _outlines(page), is_across=random.random() < 0.5)


def _put_table(page: Page, random: Random) -> Page:
    table = table_grid.empty_table(0, random_box(random))
    return edits.put_table(page, table)


def _exchange_words(page: Page, random: Random) -> Page:
    ids = _word_ids(page, random)
    read = [replace(word, text="again") for word in page.words if word.id in ids]
    return edits.exchange_words(page, ids, read[1:])


def _replace_words(page: Page, random: Random) -> Page:
    box = random_box(random).grown(60)
    return edits.replace_words(page, [Word(0, "read", box)], box)


def _cell_words(page: Page, random: Random) -> Page:
    table = random.choice(page.tables)
    words = edits.words_of_cell(page, table, table_grid.cells(table)[0].span)
    ids = [word.id for word in words] or _word_ids(page, random)[:1]
    return edits.set_cell_text(page, ids, random.choice(["", "a", "a b c"]))


def _another_outline(page: Page, random: Random) -> Page:
    region = random.choice(page.regions)
    corners = random_box(random).corners
    return edits.replace(page, edits.with_polygons(region, [corners, corners[:3]]))


EDITS: dict[str, Callable[[Page, Random], Page]] = {
    "Add word": lambda page, random: edits.add_word(page, "new", random_box(random)),
    "Word text": lambda page, random: edits.set_word_text(
        page, random.choice(page.words).id, random.choice(["a", "b c", "\ud800 half", ""])
    ),
    "Illegible": lambda page, random: edits.set_illegible(
        page, _word_ids(page, random), random.random() < 0.7
    ),
    "Doubtful": lambda page, random: edits.set_doubtful(
        page, _word_ids(page, random), random.random() < 0.7
    ),
    "Words exchanged": _exchange_words,
    "Words read again": _replace_words,
    "Add entity": lambda page, random: edits.add_entity(
        page, random.choice(LABELS), _word_ids(page, random)
    ),
    "Add entity box": lambda page, random: edits.add_entity_box(
        page, "other", random_box(random), "text"
    ),
    "Entity words": lambda page, random: edits.set_entity_words(
        page, random.choice(page.entities).id, _word_ids(page, random)
    ),
    "Text": lambda page, random: edits.set_text(
        page, random.choice(page.entities).id, random.choice(["x", "x y", "x y z", "\x00"])
    ),
    "Link": _link,
    "Unlink": _unlink,
    "Toggle links": lambda page, random: edits.toggle_links(
        page, [item.id for item in page.entities[:3]], random.choice(page.entities).id
    ),
    "Join entities": lambda page, random: edits.join_entities(
        page, [item.id for item in random.sample(page.entities, 2)], _word_ids(page, random)[1:]
    ),
    "Split entity": lambda page, random: edits.split_entity(page, random.choice(page.entities).id),
    "Add table": _add_table,
    "Table": _replace_table,
    "Continue the table": lambda page, random: edits.continue_table(
        page, random.choice(page.tables).id, random.choice([0, 3, 5])
    ),
    "Let a warning stand": lambda page, random: edits.let_stand(
        page, random.choice(look(page).warnings)
    ),
    "Ask about a warning again": lambda page, random: edits.ask_again(
        page, random.choice(look(page).accepted)
    ),
    "Cell text": _cell_text,
    "Words of a cell": _cell_words,
    "Put a table": _put_table,
    "Grid": _grid_of_table,
    "Add region": _add_region,
    "Outline": _another_outline,
    "Mask": lambda page, random: edits.make_mask(page, random.choice(page.regions).id),
    "Align": lambda page, random: edits.align(page, _outlines(page), random.choice(list(Side))),
    "Distribute": _distribute,
    "Nudge an edge": lambda page, random: edits.move_edge(
        page,
        _ids(page, random)[0],
        random.choice([-3.0, 0.0, 3.0]),
        2.0,
        is_far=bool(page.next_id % 2),
    ),
    "Unsure": lambda page, random: edits.set_unsure(
        page, _ids(page, random), random.random() < 0.7
    ),
    "Note of an annotation": lambda page, random: edits.set_annotation_note(
        page, random.choice(page.annotations).id, random.choice(["", "is it one?"])
    ),
    "Label": lambda page, random: edits.set_label(page, _ids(page, random), random.choice(LABELS)),
    "Move": lambda page, random: edits.move(
        page, _ids(page, random), random.uniform(-9, 9), random.uniform(-9, 9)
    ),
    "Resize": lambda page, random: edits.resize(page, _ids(page, random)[0], random_box(random)),
    "Delete": lambda page, random: edits.delete(page, _ids(page, random)),
    "Accept": lambda page, random: edits.accept(page, _ids(page, random)),
    "Accept the rest": lambda page, random: edits.accept_rest(page),
    "Status": lambda page, random: edits.set_page_status(page, random.choice(list(PageStatus))),
    "Class of the page": lambda page, random: edits.set_page_class(
        page, random.choice(["", "form", "letter"])
    ),
    "Accept the class": lambda page, random: edits.accept_page_class(
        replace(
            page, page_class=PageClass("form", random.random(), Status.PROPOSED, "rules", "form")
        )
    ),
    "Note": lambda page, random: edits.set_note(page, random.choice(["", "look", "again"])),
    "Rotate": lambda page, random: edits.rotate(page, random.choice([90, 180, 270, -90])),
    "Deskew": lambda page, random: edits.deskew(page, random.choice([0.0, 0.7, -1.25])),
    "Paste": _paste,
}
"""Every edit a person can make, with arguments that a window could pass."""


def random_edit(
    page: Page, random: Random, names: tuple[str, ...] = tuple(EDITS)
) -> tuple[str, Page]:
    """One edit at random: its text and the page after it; where it does not fit, an added word."""
    name = random.choice(names)
    try:
        return name, EDITS[name](page, random)
    except (UserError, IndexError, ValueError):
        return "Add word", edits.add_word(page, name, random_box(random))


def random_proposals(page: Page, random: Random, model: str = "rules") -> Proposals:
    """What a model may say about a page."""
    entities = []
    for index in range(random.randint(0, 3)):
        ids = tuple(sorted(_word_ids(page, random)))
        if ids:
            entities.append(
                Entity(index + 1, random.choice(LABELS), ids, "said", random_box(random), 0.8)
            )
    relations = ()
    if len(entities) > 1:
        relations = (Relation(9, entities[0].id, entities[1].id, 0.5),)
    tables: tuple[Table, ...] = ()
    if random.random() < 0.5:
        tables = (table_grid.empty_table(20, random_box(random)),)
    page_class = None
    if random.random() < 0.5:
        page_class = PageClass(random.choice(["form", "letter"]), random.random(), source=model)
    return Proposals(model, tuple(entities), relations, tables, page_class=page_class)
