"""Pages with something of every kind that a format may lose, made by Hypothesis."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from model_backend import masks
from model_backend.document import (
    Band,
    Box,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Region,
    Relation,
    Span,
    Status,
    Table,
    Word,
)

texts = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6)
shares = st.none() | st.sampled_from([0.25, 0.5, 1.0])
HOLED = masks.mask_from_bitmap([[1, 1, 1, 1], [1, 0, 0, 1], [1, 1, 1, 1]])
SPANS = (
    ((), 0, ()),
    ((), 1, ()),
    ((Span(0, 1, 0, 2),), 1, ()),
    ((Span(0, 2, 1, 3),), 0, ()),
    ((), 1, (2,)),
    ((Span(1, 3, 0, 1),), 0, ()),
)
COLUMNS = (Band(200, 260), Band(260, 330), Band(330, 400))
ROWS = (Band(200, 230), Band(230, 260), Band(260, 300))


def _word_in(number: int, text: str, row: int, column: int) -> Word:
    x, y = COLUMNS[column].start + 5, ROWS[row].start + 5
    return Word(number, text, Box(x, y, x + 40, y + 12))


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """A page with something of every kind that a format may lose; boxes are whole pixels."""
    words = [
        Word(
            number, draw(texts), Box(10, 12 * number, 60, 12 * number + 10), draw(shares),
            is_illegible=draw(st.booleans()), is_doubtful=draw(st.booleans()),
        )
        for number in range(1, draw(st.integers(1, 6)) + 1)
    ]  # fmt: skip
    ids = iter(range(50, 99))
    entities = [
        Entity(
            next(ids), draw(texts), tuple(chosen), text, Box(5, 5, 100, 90),
            draw(shares), draw(st.sampled_from(Status)), is_unsure=draw(st.booleans()),
            note=draw(st.sampled_from(["", "Is this one?"])),
        )
        for chosen in draw(st.lists(st.lists(
            st.sampled_from([word.id for word in words]), min_size=1, max_size=3, unique=True
        ), max_size=3))
        for own in [" ".join(word.text for n in chosen for word in words if word.id == n)]
        for text in [draw(st.sampled_from([own, "another text"]))]
    ]  # fmt: skip
    ends = [entity.id for entity in entities]
    pairs = draw(st.sets(st.tuples(*[st.sampled_from(ends)] * 2), max_size=3)) if ends else set()
    relations = tuple(Relation(next(ids), pair[0], pair[1], draw(shares)) for pair in sorted(pairs))
    tables: tuple[Table, ...] = ()
    if draw(st.booleans()):
        tables = (_table(draw, next(ids)),)
        cells = draw(st.sets(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=9))
        words += [_word_in(20 + n, draw(texts), *cell) for n, cell in enumerate(sorted(cells))]
    regions = tuple(
        replace(draw(st.sampled_from(REGIONS)), id=next(ids), label=draw(texts), score=draw(shares))
        for _ in range(draw(st.integers(0, 2)))
    )
    return Page(
        0, 0, 0, 500.0, 400.0, "px", PageGeometry("test", 500, 400), status=PageStatus.DONE,
        words=tuple(words), entities=tuple(entities), relations=relations, tables=tables,
        regions=regions, next_id=100, note=draw(st.sampled_from(["", "Look again"])),
    )  # fmt: skip


SQUARE = ((300.0, 20.0), (340.0, 20.0), (320.0, 60.0))
FAR = ((400.0, 20.0), (440.0, 20.0), (420.0, 60.0))
REGIONS = (
    Region(1, "", Box(300, 20, 340, 60)),
    Region(1, "", Box(300, 20, 340, 60), (SQUARE,)),
    Region(1, "", Box(290, 10, 350, 70), (SQUARE,)),
    Region(1, "", Box(300, 20, 440, 60), (SQUARE, FAR)),
    Region(1, "", Box(0, 0, 4, 3), mask=HOLED),
)


def _table(draw: st.DrawFn, number: int) -> Table:
    spans, header, projected = draw(st.sampled_from(SPANS))
    return Table(
        number, Box(200, 200, 400, 300), ROWS, COLUMNS, spans, header, projected,
        rotation=draw(st.sampled_from([0.0, 0.0, 90.0, 7.0])), score=draw(shares),
        continues=draw(st.sampled_from([0, 7])), is_unsure=draw(st.booleans()),
    )  # fmt: skip
