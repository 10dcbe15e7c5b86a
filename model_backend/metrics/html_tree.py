"""Tables as the trees that TEDS compares: from HTML, or from a grid of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from model_backend.metrics.grits import GridCell

Attributes = list[tuple[str, str | None]]
CELL = "td"
SECTIONS = ("thead", "tbody", "tfoot", "colgroup", "caption")
VOID = frozenset(("br", "img", "hr", "col", "input", "wbr", "area", "embed", "meta", "link"))
MOST_SPANNED = 1000
"""Browsers take no larger colspan."""


@dataclass
class TableNode:
    """An element of a table. A `td` holds its content as tokens (characters and inline tags) and
    has no children."""

    tag: str
    columns: int = 0
    rows: int = 0
    content: list[str] = field(default_factory=list)
    children: list[TableNode] = field(default_factory=list)


@dataclass(frozen=True)
class TableTree:
    """A table's root, and how many elements it has beneath: also those inside of cells."""

    root: TableNode
    size: int


def tree_of_html(text: str, *, ignored: Sequence[str] = ()) -> TableTree | None:
    """The first table of an HTML text, None where there is none; `ignored` tags are stripped.

    Elements left open are closed as browsers close them; nothing is fetched, no entity is defined.
    """
    reader = _TableReader(frozenset(ignored))
    reader.feed(text)
    reader.close()
    return None if reader.root is None else TableTree(reader.root, reader.size)


def tree_of_cells(cells: Sequence[GridCell], *, header_rows: int = 0) -> TableTree:
    """The tree of a grid as PubTabNet would write it: `thead` for header rows, `tbody`, `td`."""
    last = max((cell.span.row1 for cell in cells), default=0)
    root = TableNode("table")
    for tag, first, end in (("thead", 0, min(header_rows, last)), ("tbody", header_rows, last)):
        if first < end:
            rows = [_row(cells, row) for row in range(first, end)]
            root.children.append(TableNode(tag, children=rows))
    return TableTree(root, _size(root))


def _row(cells: Sequence[GridCell], row: int) -> TableNode:
    starting = sorted((cell for cell in cells if cell.span.row0 == row), key=lambda c: c.span)
    return TableNode("tr", children=[_cell(cell) for cell in starting])


def _cell(cell: GridCell) -> TableNode:
    span = cell.span
    columns, rows = span.column1 - span.column0, span.row1 - span.row0
    return TableNode(CELL, columns, rows, list(cell.text))


def _size(node: TableNode) -> int:
    return sum(1 + _size(child) for child in node.children)


class _TableReader(HTMLParser):
    """Makes the tree of the first table; all else is passed over."""

    def __init__(self, ignored: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.ignored = ignored
        self.root: TableNode | None = None
        self.size = 0
        self._open: list[TableNode] = []
        self._inside: list[str] = []  # tags open in the cell
        self._is_done = False

    @property
    def _is_in_cell(self) -> bool:
        return bool(self._open) and self._open[-1].tag == CELL

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Open an element."""
        if self._is_done or (self.root is None and tag != "table"):
            return
        if self.root is None:
            self.root = TableNode(tag)
            self._open = [self.root]
            return
        if self._is_in_cell and (tag not in (CELL, "th", "tr", *SECTIONS) or self._is_nested):
            self._start_inside(tag)
        elif tag not in self.ignored:
            self._start_element(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        """Close an element; an end without a beginning is passed over."""
        if self._is_in_cell and tag in self._inside:
            while self._inside:
                last = self._inside.pop()
                self._open[-1].content.append(f"</{last}>")
                if last == tag:
                    return
        elif not self._is_nested and any(node.tag == tag for node in self._open):
            self._close_to(tag)
            self._close_last()

    def handle_data(self, data: str) -> None:
        """Characters count in cells only."""
        if self._is_in_cell and not self._is_done:
            self._open[-1].content.extend(data)

    def close(self) -> None:
        """The end of the text closes what is open."""
        super().close()
        while self._open:
            self._close_last()

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Pass `<![...]>` over as browsers do; the library ends with an error for unknown ones."""
        return self.parse_bogus_comment(i)

    @property
    def _is_nested(self) -> bool:
        return "table" in self._inside

    def _start_inside(self, tag: str) -> None:
        if tag in self.ignored:
            return
        self.size += 1
        self._open[-1].content.append(f"<{tag}>")
        if tag in VOID:
            self._open[-1].content.append(f"</{tag}>")
        else:
            self._inside.append(tag)

    def _start_element(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in SECTIONS:
            self._close_to("table")
        elif tag == "tr":
            self._close_to("table", *SECTIONS)
        elif tag in (CELL, "th"):
            self._close_to("tr", "table", *SECTIONS)
        node = TableNode(tag)
        if tag == CELL:
            node.columns = _span(attributes.get("colspan"))
            node.rows = _span(attributes.get("rowspan"))
        self.size += 1
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def _close_to(self, *tags: str) -> None:
        while self._open[-1].tag not in tags:
            self._close_last()

    def _close_last(self) -> None:
        node = self._open.pop()
        if node.tag == CELL:
            node.content.extend(f"</{tag}>" for tag in reversed(self._inside))
            self._inside.clear()
        self._is_done = not self._open


def _span(text: str | None) -> int:
    """A span as written; 1 for what is no whole number."""
    is_number = text is not None and text.isascii() and text.strip().isdigit()
    return min(int(text), MOST_SPANNED) if is_number and text and len(text) < 9 else 1
