"""Recognised text as PAGE, ALTO and hOCR hold it - blocks of lines of words - turned into a page.

Blocks become Entities, words Words, lines Regions with the label "line", other regions Regions.
A line without words gives one word with its text. What a file says beside that (ids, outlines of
blocks and words, attributes) stays in `source_data`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from model_backend.document import (
    IMPORTED,
    Box,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Polygon,
    Region,
    Relation,
    Span,
    Word,
)
from model_backend.formats.cell_grid import GivenCell, grid_of_cells
from model_backend.formats.source_data import boxes_outside, pack
from model_backend.labels import ENTITY, REGION
from model_backend.translation import counted, mark

LINE = "line"
"""Label of the regions that are lines of text."""
MADE = "proofdesk_made_"
"""Ids that begin so were made by an export, for blocks and lines that the page itself has not."""
PLAIN = "text"
"""Label of a block of which the file says nothing more."""


class Kind(StrEnum):
    """What a piece of a layout is."""

    BLOCK = "block"
    LINE = "line"
    WORD = "word"
    REGION = "region"
    TABLE = "table"
    CELL = "cell"


@dataclass(frozen=True)
class Piece:
    """A block, line, word, table, cell or other region with its parts; `text` is None where the
    file says none, `polygon` empty where it gives a mere box."""

    kind: Kind
    box: Box
    text: str | None = None
    polygon: Polygon = ()
    label: str = ""
    confidence: float | None = None
    key: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[Piece, ...] = ()
    span: Span | None = None
    is_header: bool = False
    is_projected: bool = False

    @property
    def is_made(self) -> bool:
        """Whether an export made it up to hold its parts."""
        return self.key.startswith(MADE)

    def all_words(self) -> list[Piece]:
        """The words in it, in the file's order."""
        if self.kind is Kind.WORD:
            return [self]
        return [word for part in self.parts for word in part.all_words()]


@dataclass(frozen=True)
class Layout:
    """One page of such a file; `links` join blocks by their keys, `size` is None where the file
    says none."""

    size: tuple[float, float] | None
    image: str
    pieces: tuple[Piece, ...]
    links: tuple[tuple[str, str], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def is_share(value: float | None) -> bool:
    """Whether this can be a confidence."""
    return value is not None and 0.0 <= value <= 1.0


def joined(texts: Sequence[str]) -> str:
    """The text of words in a row."""
    return " ".join(text for text in texts if text)


def page_of(layout: Layout, format_name: str, name: str, geometry: PageGeometry) -> Page:
    """The page with everything the layout holds; ids run in the file's order."""
    maker = _Maker(format_name, name)
    for piece in layout.pieces:
        maker.add(piece)
    page = Page(
        id=0,
        document_id=0,
        number=0,
        width=geometry.width,
        height=geometry.height,
        unit="px",
        geometry=geometry,
        status=PageStatus.DONE,
        words=tuple(maker.words),
        entities=tuple(maker.entities),
        regions=tuple(maker.regions),
        tables=tuple(maker.tables),
        source_data=pack(format_name, name=name, image=layout.image, extra=dict(layout.extra)),
    )
    relations = maker.relations(layout.links)
    page = replace(page, relations=relations, next_id=maker.next_id)
    return replace(
        page,
        words=tuple(sorted(page.words, key=lambda word: word.id)),
        entities=tuple(sorted(page.entities, key=lambda item: item.id)),
        regions=tuple(sorted(page.regions, key=lambda item: item.id)),
    )


def problems_of(layout: Layout, page: Page) -> tuple[str, ...]:
    """What is kept but looks wrong."""
    found = list(layout.problems)
    if outside := boxes_outside(page):
        found.append(counted(mark("{count} boxes reach out of the page"), outside))
    if wrong := sum(map(_contradictions, layout.pieces)):
        text = mark("{count} lines have another text than their words")
        found.append(counted(text, wrong))
    lost = len(layout.links) - len(page.relations)
    if lost:
        found.append(counted(mark("{count} links lead to missing entities"), lost))
    return tuple(found)


def _contradictions(piece: Piece) -> int:
    """Lines whose text is not that of their words, spaces apart."""
    own = 0
    if piece.kind is Kind.LINE and piece.text is not None and piece.parts:
        words = "".join(word.text or "" for word in piece.parts)
        own = "".join(piece.text.split()) != "".join(words.split())
    return own + sum(map(_contradictions, piece.parts))


def labels_of(page: Page) -> tuple[tuple[str, str], ...]:
    """The (name, kind) pairs that a page uses."""
    found = {(item.label, ENTITY) for item in page.entities}
    return tuple(sorted(found | {(item.label, REGION) for item in page.regions}))


class _Maker:
    """Collects the values of a page."""

    def __init__(self, format_name: str, name: str) -> None:
        self.format_name, self.name = format_name, name
        self.next_id = 1
        self.words: list[Word] = []
        self.entities: list[Entity] = []
        self.regions: list[Region] = []
        self.tables: list[Any] = []
        self._keys: dict[str, int] = {}

    def add(self, piece: Piece) -> None:
        """Take over a block, a table or another region."""
        if piece.kind is Kind.TABLE:
            self._table(piece)
        elif piece.kind is Kind.REGION:
            self._region(piece)
        elif piece.is_made:
            self._parts(piece, 0)
        else:
            self._block(piece)

    def relations(self, links: Sequence[tuple[str, str]]) -> tuple[Relation, ...]:
        """The links between blocks that are there."""
        pairs = dict.fromkeys(
            (self._keys[a], self._keys[b]) for a, b in links if a in self._keys and b in self._keys
        )
        return tuple(Relation(self._new_id(), *pair, source=IMPORTED) for pair in pairs)

    def _new_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def _data(self, piece: Piece, **values: object) -> str:
        kept = {
            "key": piece.key,
            "polygon": [list(point) for point in piece.polygon],
            "confidence": piece.confidence,
            "extra": dict(piece.extra),
            **values,
        }
        if piece.polygon or piece.extra:  # they hold as long as the box is this one
            kept["box"] = [piece.box.x0, piece.box.y0, piece.box.x1, piece.box.y1]
        return pack(self.format_name, **{key: value for key, value in kept.items() if value})

    def _word(self, piece: Piece, level: str = "") -> int:
        confidence = piece.confidence if is_share(piece.confidence) else None
        new = Word(
            self._new_id(),
            piece.text or "",
            piece.box,
            confidence,
            source_data=self._data(
                piece, level=level, bare=piece.text is None, text=piece.text if piece.extra else ""
            ),
        )
        self.words.append(new)
        return new.id

    def _parts(self, piece: Piece, block: int) -> list[int]:
        """The words of a block's lines."""
        return [number for line in piece.parts for number in self._line(line, block)]

    def _line(self, line: Piece, block: int) -> list[int]:
        if line.kind is Kind.WORD:
            return [self._word(line)]
        if line.parts or not line.text:
            numbers = [self._word(word) for word in line.all_words()]
        else:
            numbers = [self._word(replace(line, key="", extra={}), level=LINE)]
        if line.is_made:
            return numbers
        region_id = self._new_id()
        region = Region(
            id=region_id,
            label=LINE,
            box=line.box,
            polygons=(line.polygon,) if line.polygon else (),
            source=IMPORTED,
            source_data=self._data(
                replace(line, polygon=()),
                of=f"{self.name}#{region_id}",
                words=numbers,
                texts=[word.text or "" for word in line.parts],
                block=block,
                text=line.text,
            ),
        )
        self.regions.append(region)
        return numbers

    def _block(self, piece: Piece) -> None:
        entity_id = self._new_id()
        numbers = self._parts(piece, entity_id)
        by_words = joined([word.text for word in self.words[len(self.words) - len(numbers) :]])
        self.entities.append(
            Entity(
                id=entity_id,
                label=piece.label or PLAIN,
                word_ids=tuple(numbers),
                text=by_words if piece.text is None else piece.text,
                box=piece.box,
                source=IMPORTED,
                source_data=self._data(piece, bare=piece.text is None),
            )
        )
        if piece.key:
            self._keys.setdefault(piece.key, entity_id)

    def _region(self, piece: Piece) -> None:
        self.regions.append(
            Region(
                id=self._new_id(),
                label=piece.label,
                box=piece.box,
                polygons=(piece.polygon,) if piece.polygon else (),
                source=IMPORTED,
                source_data=self._data(replace(piece, polygon=())),
            )
        )

    def _table(self, piece: Piece) -> None:
        given = [
            GivenCell(cell.span, cell.box, cell.is_header, cell.is_projected)
            for cell in piece.parts
            if cell.span is not None
        ]
        table = grid_of_cells(self.next_id, given, piece.box)
        if table is None:
            self._region(piece)
            for cell in piece.parts:
                self._block(replace(cell, kind=Kind.BLOCK))
            return
        self._new_id()
        self.tables.append(replace(table, source_data=self._data(replace(piece, parts=()))))
        for cell in piece.parts:
            if cell.parts or not cell.text:
                self._parts(cell, 0)
            else:
                self._line(replace(cell, kind=Kind.LINE, key=MADE), 0)
