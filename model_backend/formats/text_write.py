"""A page turned into blocks of lines of words, for the writers of PAGE, ALTO and hOCR."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from model_backend import table_grid
from model_backend.document import (
    Box,
    Entity,
    Page,
    Polygon,
    Region,
    Table,
    Word,
    bounding_box,
    transform_point,
    union_of,
)
from model_backend.formats.source_data import unpack
from model_backend.formats.text_layout import LINE, MADE, Kind, Layout, Piece, joined
from model_backend.formats.values import ExportPage
from model_backend.translation import _

OF_PLACE = ("BASELINE",)
OF_TEXT = ("CC", "SUBS_TYPE", "SUBS_CONTENT")
"""Attributes that belong to the place or the text that the file gave, not to another one."""


def layout_of(page: Page, format_name: str) -> Layout:
    """The page's words in their blocks and lines, its tables with their cells, its other
    regions."""
    return _Blocks(page, format_name).layout()


class _Blocks:
    """The words of a page, each in one place."""

    def __init__(self, page: Page, format_name: str) -> None:
        self.page, self.format_name = page, format_name
        self.source = unpack(page.source_data, format_name)
        self.words = {word.id: word for word in page.words}
        self.lines: dict[int, tuple[Region, dict[str, Any]]] = {}
        self.line_of: dict[int, int] = {}
        self._taken: set[int] = set()
        self._used_lines: set[int] = set()
        self._keys: set[str] = set()
        self._made = 0
        self._find_lines()

    def _find_lines(self) -> None:
        drawn = []
        for region in self.page.regions:
            if region.label != LINE or region.mask is not None:
                continue
            data = self._own(region)
            self.lines[region.id] = (region, data)
            if not data:
                drawn.append(region)
            for number in data.get("words", ()):
                if number in self.words:
                    self.line_of.setdefault(number, region.id)
        for region in drawn:
            for word in self.page.words:
                if region.box.contains(word.box.center):
                    self.line_of.setdefault(word.id, region.id)

    def _own(self, item: Region) -> dict[str, Any]:
        """What the file said, unless the item was pasted from elsewhere: its ids mean nothing
        here."""
        data = unpack(item.source_data, self.format_name)
        is_own = data.get("of") == f"{self.source.get('name')}#{item.id}"
        return data if is_own else {}

    def layout(self) -> Layout:
        """All pieces, in the order of ids; loose words and lines last."""
        pieces = {entity.id: self._block(entity) for entity in self.page.entities}
        keys = {number: piece.key for number, piece in pieces.items()}
        pieces.update((table.id, self._table(table)) for table in self.page.tables)
        others = (item for item in self.page.regions if item.id not in self.lines)
        pieces.update((region.id, self._region(region)) for region in others)
        ordered = [piece for _, piece in sorted(pieces.items())]
        links = tuple((keys[link.from_id], keys[link.to_id]) for link in self.page.relations)
        size = (self.page.width, self.page.height)
        return Layout(
            size,
            self.source.get("image", ""),
            (*ordered, *self._loose()),
            links,
            self.source.get("extra", {}),
        )

    def _key(self, wanted: str, number: int | None = None) -> str:
        """An id for the file: its own where that is still free."""
        if number is None:
            self._made += 1
            wanted = f"{MADE}{self._made}"
        key, count = wanted or f"item_{number}", 1
        while key in self._keys:
            count += 1
            key = f"{wanted or f'item_{number}'}_{count}"
        self._keys.add(key)
        return key

    def _take(self, numbers: Iterable[int]) -> list[Word]:
        free = [n for n in dict.fromkeys(numbers) if n in self.words and n not in self._taken]
        self._taken.update(free)
        return [self.words[number] for number in free]

    def _block(self, entity: Entity) -> Piece:
        data = unpack(entity.source_data, self.format_name)
        words = self._take(entity.word_ids)
        lines = [*self._lines_of(words), *self._empty_lines(entity.id)]
        is_bare = data.get("bare") and entity.text == joined([word.text for word in words])
        return Piece(
            Kind.BLOCK,
            entity.box,
            None if is_bare else entity.text,
            _polygon(data, entity.box),
            entity.label,
            data.get("confidence"),
            self._key(data.get("key", ""), entity.id),
            _extra(data, entity.box),
            tuple(lines),
        )

    def _empty_lines(self, block: int) -> list[Piece]:
        """Lines without words that the file had in this block."""
        known = set(self.line_of.values()) | self._used_lines
        found = [n for n, (_, data) in self.lines.items() if data.get("block", 0) == block]
        return [self._line(number, ()) for number in found if number not in known]

    def _lines_of(self, words: Sequence[Word]) -> list[Piece]:
        """Words in their order, parted where the line changes."""
        groups: list[tuple[int, list[Word]]] = []
        for word in words:
            line = self.line_of.get(word.id, 0)
            is_same = bool(groups) and groups[-1][0] == line
            if is_same and (line or _follows(groups[-1][1][-1].box, word.box)):
                groups[-1][1].append(word)
            else:
                groups.append((line, [word]))
        return [self._line(line, group) for line, group in groups]

    def _line(self, number: int, words: Sequence[Word]) -> Piece:
        if not number or number in self._used_lines:
            return self._made_line(words)
        self._used_lines.add(number)
        region, data = self.lines[number]
        line = Piece(
            Kind.LINE,
            region.box,
            polygon=_outline(region),
            confidence=data.get("confidence"),
            key=self._key(data.get("key", ""), region.id),
            extra=_extra(data, region.box),
        )
        if len(words) == 1 and self._is_line(words[0], region):
            confidence = words[0].confidence
            return replace(line, text=words[0].text, confidence=confidence)
        texts = [word.text for word in words]
        as_given = texts == data.get("texts", [])
        text = data.get("text") if as_given else joined(texts)
        return replace(line, text=text, parts=tuple(map(self._word, words)))

    def _is_line(self, word: Word, region: Region) -> bool:
        data = unpack(word.source_data, self.format_name)
        return data.get("level") == LINE and word.box == region.box and bool(word.text)

    def _made_line(self, words: Sequence[Word]) -> Piece:
        box = union_of(word.box.normalized() for word in words)
        parts = tuple(map(self._word, words))
        text = joined([word.text for word in words])
        return Piece(Kind.LINE, box, text, key=self._key(MADE), parts=parts)

    def _word(self, word: Word) -> Piece:
        data = unpack(word.source_data, self.format_name)
        return Piece(
            Kind.WORD,
            word.box,
            None if data.get("bare") and not word.text else word.text,
            _polygon(data, word.box),
            confidence=word.confidence,
            key=self._key(data.get("key", ""), word.id),
            extra=_extra(data, word.box, word.text),
        )

    def _region(self, region: Region) -> Piece:
        data = unpack(region.source_data, self.format_name)
        return Piece(
            Kind.REGION,
            region.box,
            data.get("text"),
            _outline(region),
            region.label,
            key=self._key(data.get("key", ""), region.id),
            extra=_extra(data, region.box),
        )

    def _table(self, table: Table) -> Piece:
        data = unpack(table.source_data, self.format_name)
        in_entities = {number for item in self.page.entities for number in item.word_ids}
        free = [w for w in self.page.words if w.id not in in_entities | self._taken]
        words = table_grid.words_of_cells(table, free)
        key = self._key(data.get("key", ""), table.id)
        cells = tuple(
            self._cell(table, cell, words[cell.span], f"{key}_cell_{number}")
            for number, cell in enumerate(table_grid.cells(table), 1)
        )
        box = table_grid.box_to_page(table, table.box)
        return Piece(
            Kind.TABLE, box, polygon=_polygon(data, box), label="table", key=key,
            extra=_extra(data, box), parts=cells,
        )  # fmt: skip

    def _cell(self, table: Table, cell: table_grid.Cell, words: Sequence[Word], key: str) -> Piece:
        lines = self._lines_of(self._take(word.id for word in words))
        affine = table_grid.frame_to_page(table)
        corners = tuple(transform_point(affine, point) for point in cell.box.corners)
        return Piece(
            Kind.CELL,
            bounding_box(corners),
            joined([word.text for word in words]),
            corners if table.rotation or table.shear else (),
            key=self._key(key, 0),
            parts=tuple(lines),
            span=cell.span,
            is_header=cell.is_column_header,
            is_projected=cell.is_projected_row_header,
        )

    def _loose(self) -> list[Piece]:
        """One block around everything that is in no other."""
        lines = self._lines_of(self._take(sorted(self.words)))
        lines += [self._line(n, ()) for n in self.lines if n not in self._used_lines]
        if not lines:
            return []
        box = union_of(line.box.normalized() for line in lines)
        return [Piece(Kind.BLOCK, box, key=self._key(MADE), parts=tuple(lines))]


def _follows(before: Box, box: Box) -> bool:
    """Whether a word goes on the line of the one before it."""
    before, box = before.normalized(), box.normalized()
    common = min(before.y1, box.y1) - max(before.y0, box.y0)
    return box.x0 >= before.x0 and common >= 0.5 * min(before.height, box.height)


def _polygon(data: dict[str, Any], box: Box) -> Polygon:
    """The file's own outline while the box is the one it came with."""
    if not _is_same_box(data, box):
        return ()
    return tuple((float(x), float(y)) for x, y in data.get("polygon", ()))


def _is_same_box(data: dict[str, Any], box: Box) -> bool:
    return data.get("box") == [box.x0, box.y0, box.x1, box.y1]


def _extra(data: dict[str, Any], box: Box, text: str | None = None) -> dict[str, Any]:
    """What the file said beside, without what a changed place or text makes wrong."""
    extra: dict[str, Any] = dict(data.get("extra", {}))
    stale = () if _is_same_box(data, box) else OF_PLACE
    if text is not None and text != data.get("text"):
        stale = (*stale, *OF_TEXT)
    if stale and "attributes" in extra:
        given = extra["attributes"].items()
        extra["attributes"] = {key: value for key, value in given if key not in stale}
    return extra


def _outline(region: Region) -> Polygon:
    return region.polygons[0] if region.polygons and region.mask is None else ()


def picture_missing(item: ExportPage) -> str:
    """One line for a page that leaves without a picture."""
    return _("{name}: {problem}").format(name=item.name, problem=_("it has no picture"))
