"""Pages that Hypothesis makes for the formats of recognised text, and how they are compared."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from model_backend.document import (
    Band,
    Box,
    Document,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Region,
    Relation,
    Span,
    Table,
    Word,
)
from model_backend.errors import UserError
from model_backend.formats import ExportPage, ReadPage
from model_backend.formats.pictures import FilePicture

coordinates = st.floats(0, 90, allow_nan=False).map(lambda value: round(value, 3))
boxes = st.tuples(*[coordinates] * 4).map(
    lambda sides: Box(sides[0], sides[1], sides[0] + sides[2] + 1, sides[1] + sides[3] + 1)
)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=8)
labels = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=8)
outlines = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=6, unique=True)


def region_of(number: int, label: str, polygon: list[tuple[float, float]]) -> Region:
    """A region whose box is its outline's."""
    xs, ys = zip(*polygon, strict=True)
    box = Box(min(xs), min(ys), max(xs), max(ys))
    return Region(number, label, box, () if tuple(polygon) == box.corners else (tuple(polygon),))


@st.composite
def text_pages(draw: st.DrawFn) -> Page:
    """A page with words, entities, links, a table and regions; each word is in one entity at
    most."""
    words = tuple(
        Word(n, draw(texts), draw(boxes), draw(st.none() | st.sampled_from([0.0, 0.25, 1.0])))
        for n in range(1, draw(st.integers(0, 7)) + 1)
    )
    free = [word.id for word in words]
    ids = iter(range(10, 100))
    entities = []
    for _ in range(draw(st.integers(0, 3))):
        count = draw(st.integers(0, len(free)))
        own, free = tuple(free[:count]), free[count:]
        entities.append(Entity(next(ids), draw(labels), own, draw(texts), draw(boxes)))
    known = [entity.id for entity in entities]
    ends = st.sampled_from(known) if known else st.just(0)
    pairs = sorted(draw(st.sets(st.tuples(ends, ends), max_size=3))) if known else []
    relations = tuple(Relation(next(ids), start, end) for start, end in pairs)
    spans, header = draw(
        st.sampled_from([((), 0), ((), 1), ((Span(0, 1, 0, 2),), 1), ((Span(0, 2, 1, 2),), 0)])
    )
    rows, columns = (Band(10, 20), Band(20, 50)), (Band(10, 30), Band(30, 60))
    table = Table(next(ids), Box(10, 10, 60, 50), rows, columns, spans, header)
    regions = tuple(
        region_of(next(ids), draw(labels | st.just("line")), draw(outlines))
        for _ in range(draw(st.integers(0, 3)))
    )
    return Page(
        0, 0, 0, 90.0, 100.0, "px", PageGeometry("test", 90, 100), status=PageStatus.DONE,
        words=words, entities=tuple(entities), relations=relations, regions=regions,
        tables=(table,) if draw(st.booleans()) else (), next_id=100,
    )  # fmt: skip


def item_of(page: Page, picture: FilePicture | None, name: str = "page") -> ExportPage:
    """The page ready to leave."""
    return ExportPage(name, page, Document(0, "x", "", "image/png", 1), picture)


def pages_of(found: list[ReadPage | UserError]) -> list[ReadPage]:
    """The pages, none of which was refused."""
    assert all(isinstance(page, ReadPage) for page in found), [str(page) for page in found]
    return [page for page in found if isinstance(page, ReadPage)]


def rounded(box: Box, digits: int | None) -> tuple[float, ...]:
    """The sides as the format holds them."""
    return tuple(round(side, digits) for side in (box.x0, box.y0, box.x1, box.y1))


def seen(page: Page, digits: int | None) -> dict[str, Any]:
    """What a page says, without ids: words, entities with their words, links, other regions."""
    words = {word.id: word for word in page.words}
    entities = {
        item.id: (
            item.label,
            item.text,
            rounded(item.box, digits),
            tuple(words[number].text for number in item.word_ids),
        )
        for item in page.entities
    }
    return {
        "words": Counter((w.text, rounded(w.box, digits), w.confidence) for w in page.words),
        "entities": Counter(entities.values()),
        "links": Counter((entities[r.from_id], entities[r.to_id]) for r in page.relations),
        "regions": Counter((r.label, rounded(r.box, digits)) for r in page.regions),
        "tables": [(t.rows, t.columns, t.spans, t.header_rows) for t in page.tables],
    }


def mutated(data: bytes, seed: int) -> bytes:
    """A file with a few bytes changed, a piece cut out, doubled, or its end gone."""
    chance = random.Random(seed)  # noqa: S311 - a fixed seed is the point
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(out)) if out else 0
        end = min(len(out), at + chance.randint(1, 60))
        kind = chance.randrange(6)
        if kind == 0:
            out[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
        elif kind == 1:
            del out[at:end]
        elif kind == 2:
            out[at:at] = out[at:end] * chance.randint(1, 40)
        elif kind == 3:
            del out[at:]
        elif kind == 4:
            digits = [n for n in range(at, end) if chr(out[n]).isdigit()]
            for place in digits:
                out[place : place + 1] = chance.choice([b"-", b"e99", b"NaN", b"9" * 30, b"", b"0"])
        else:
            out[at:end] = chance.choice([b"\0", b"<", b'"', b"{", b"null", b"&x;", b"\xff\xfe"])
    return bytes(out)


def or_refused(call: Callable[[], ReadPage]) -> ReadPage | UserError:
    """The page, or why there is none; everything else is a bug and comes out."""
    try:
        return call()
    except UserError as error:
        return error


def small_files(files: list[Path], limit: int = 200_000) -> list[Path]:
    """Those of the files that are mutated in a moment."""
    return [file for file in files if 0 < file.stat().st_size < limit]
