"""A sheet of paper that remembers what was drawn on it, so that its ground truth is exact."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

import pymupdf

from model_backend.document import (
    Affine,
    Band,
    Box,
    Entity,
    Page,
    PageGeometry,
    Point,
    Region,
    Relation,
    Span,
    Table,
    Word,
    bounding_box,
    compose,
    transform_point,
    union_of,
)

A4 = (595.0, 842.0)
BLACK = (0.0, 0.0, 0.0)
Colour = tuple[float, float, float]
ENGINE = "drawn"
ASCENT, DESCENT = 0.76, 0.22
"""Height of letters above and below the line they stand on, as a share of the font size."""
KOREAN_ASCENT, KOREAN_DESCENT = 0.88, 0.14


@cache
def font(name: str) -> pymupdf.Font:
    """One of the fonts that PyMuPDF carries: the base fourteen, "korea" for Hangul."""
    return pymupdf.Font(name)


@dataclass(kw_only=True)
class Truth:
    """What is known of a page that is being drawn: words, entities, relations, tables, regions."""

    size: tuple[float, float] = A4
    words: list[Word] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    next_id: int = 1

    def new_id(self) -> int:
        """The next id of the page's one sequence."""
        self.next_id += 1
        return self.next_id - 1

    def entity(self, label: str, word_ids: tuple[int, ...]) -> int:
        """Say that these words are one entity; its id."""
        wanted = set(word_ids)
        words = [word for word in self.words if word.id in wanted]
        made = Entity(
            self.new_id(),
            label,
            word_ids,
            " ".join(word.text for word in words),
            union_of(word.box for word in words),
        )
        self.entities.append(made)
        return made.id

    def link(self, from_id: int, to_id: int) -> None:
        """Say that the second entity answers the first."""
        self.relations.append(Relation(self.new_id(), from_id, to_id))

    def table(
        self,
        box: Box,
        row_edges: tuple[float, ...],
        column_edges: tuple[float, ...],
        *,
        spans: tuple[Span, ...] = (),
        header_rows: int = 1,
        projected_rows: tuple[int, ...] = (),
    ) -> None:
        """Say that there is a table with these edges."""
        self.tables.append(
            Table(
                self.new_id(),
                box,
                _bands(row_edges),
                _bands(column_edges),
                tuple(sorted(spans)),
                header_rows,
                projected_rows,
            )
        )

    def truth(self, number: int = 0) -> Page:
        """The page with all that was drawn, in points."""
        width, height = self.size  # a page of PyMuPDF dies when the next one is made
        return Page(
            id=1,
            document_id=1,
            number=number,
            width=width,
            height=height,
            unit="pt",
            geometry=PageGeometry(ENGINE, width, height),
            words=tuple(self.words),
            entities=tuple(self.entities),
            relations=tuple(self.relations),
            tables=tuple(self.tables),
            regions=tuple(self.regions),
            next_id=self.next_id,
            is_scan=False,
        )


@dataclass
class Sheet(Truth):
    """One page of a document being drawn, in points."""

    page: pymupdf.Page

    def text(
        self,
        at: Point,
        text: str,
        *,
        face: str = "helv",
        size: float = 10.0,
        color: Colour = BLACK,
        is_bold: bool = False,
    ) -> tuple[int, ...]:
        """Write one line that starts at a point of its base line; ids of its words."""
        used = font(face)
        writer = pymupdf.TextWriter(self.page.rect, color=color)
        writer.append(at, text, font=used, fontsize=size)
        writer.write_text(self.page, render_mode=2 if is_bold else 0)
        return tuple(self._word(at, text, start, end, face, size) for start, end in _spans(text))

    def right(self, at: Point, text: str, *, face: str = "helv", size: float = 10.0) -> None:
        """Write one line that ends at a point of its base line."""
        self.text((at[0] - font(face).text_length(text, size), at[1]), text, face=face, size=size)

    def centered(
        self, at: Point, text: str, *, face: str = "helv", size: float = 10.0
    ) -> tuple[int, ...]:
        """Write one line with its middle at a point of its base line; ids of its words."""
        start = at[0] - font(face).text_length(text, size) / 2
        return self.text((start, at[1]), text, face=face, size=size)

    def paragraph(
        self, at: Point, width: float, text: str, *, face: str = "tiro", size: float = 10.5
    ) -> float:
        """Write running text that fills lines of this width; base line of the line after it."""
        x, y = at
        line = ""
        for word in [*text.split(), ""]:
            longer = f"{line} {word}".strip()
            if line and (not word or font(face).text_length(longer, size) > width):
                self.text((x, y), line, face=face, size=size)
                y += size * 1.35
                longer = word
            line = longer
        return y

    def line(self, start: Point, end: Point, *, width: float = 0.6) -> None:
        """Draw a line."""
        self.page.draw_line(start, end, width=width, color=BLACK)

    def rule(self, box: Box, *, width: float = 0.6, fill: Colour | None = None) -> None:
        """Draw the outline of a box, filled when a colour is given."""
        self.page.draw_rect(
            pymupdf.Rect(box.x0, box.y0, box.x1, box.y1), color=BLACK, fill=fill, width=width
        )

    def _word(self, at: Point, text: str, start: int, end: int, face: str, size: float) -> int:
        used = font(face)
        left = at[0] + used.text_length(text[:start], size)
        right = at[0] + used.text_length(text[:end], size)
        is_korean = face == "korea"
        above = size * (KOREAN_ASCENT if is_korean else ASCENT)
        below = size * (KOREAN_DESCENT if is_korean else DESCENT)
        box = Box(*(round(value, 2) for value in (left, at[1] - above, right, at[1] + below)))
        self.words.append(Word(self.new_id(), text[start:end], box))
        return self.words[-1].id


def new_sheet(document: pymupdf.Document, size: tuple[float, float] = A4) -> Sheet:
    """A new, empty page at the end of the document."""
    return Sheet(document.new_page(width=size[0], height=size[1]), size=size)


def scanned_truth(page: Page, to_picture: Affine, skew: float, size: tuple[int, int]) -> Page:
    """The ground truth on the picture of a scan: every value moved, tables turned by the skew."""

    def moved(box: Box) -> Box:
        corners = (transform_point(to_picture, corner) for corner in box.corners)
        around = bounding_box(corners)
        return Box(*(round(v, 1) for v in (around.x0, around.y0, around.x1, around.y1)))

    width, height = map(float, size)
    return replace(
        page,
        width=width,
        height=height,
        unit="px",
        geometry=PageGeometry(ENGINE, width, height),
        words=tuple(replace(word, box=moved(word.box)) for word in page.words),
        entities=tuple(replace(entity, box=moved(entity.box)) for entity in page.entities),
        tables=tuple(_scanned_table(table, to_picture, skew) for table in page.tables),
        regions=tuple(_scanned_region(region, to_picture) for region in page.regions),
        is_scan=True,
    )


def _scanned_region(region: Region, to_picture: Affine) -> Region:
    """The region moved; a mask keeps its bitmap, which then lies turned on the picture."""
    mask = region.mask
    return replace(
        region,
        box=bounding_box(transform_point(to_picture, corner) for corner in region.box.corners),
        polygons=tuple(
            tuple(transform_point(to_picture, point) for point in polygon)
            for polygon in region.polygons
        ),
        mask=mask and replace(mask, to_page=compose(mask.to_page, to_picture)),
    )


def _scanned_table(table: Table, to_picture: Affine, skew: float) -> Table:
    """The table in its own frame: as large as on the picture, about its centre there, turned."""
    a, b, _c, _d, _e, _f = to_picture
    scale = (a * a + b * b) ** 0.5
    centre = transform_point(to_picture, table.box.center)
    dx, dy = (centre[i] - table.box.center[i] * scale for i in (0, 1))

    def bands(old: tuple[Band, ...], shift: float) -> tuple[Band, ...]:
        return tuple(
            Band(round(band.start * scale + shift, 2), round(band.end * scale + shift, 2))
            for band in old
        )

    rows, columns = bands(table.rows, dy), bands(table.columns, dx)
    box = Box(columns[0].start, rows[0].start, columns[-1].end, rows[-1].end)
    return replace(table, box=box, rows=rows, columns=columns, rotation=skew)


def _spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each word of a line."""
    spans = []
    start = 0
    for word in text.split():
        start = text.index(word, start)
        spans.append((start, start + len(word)))
        start += len(word)
    return spans


def _bands(edges: tuple[float, ...]) -> tuple[Band, ...]:
    return tuple(Band(start, end) for start, end in zip(edges, edges[1:], strict=False))
