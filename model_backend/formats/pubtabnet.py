"""PubTabNet 2.0: one JSON line for each picture of a table, with HTML and boxes of cells (read
only).

The grid comes from the HTML (spans included; rows of `thead` are the header), its bands from the
boxes of the cells that are not empty. Each text of a cell is one word, without its inline tags.
Where rows or columns have no box to tell their place, or spans overlap, there is no Table: the
cells stay as Regions, and the problem says so. The original HTML stays in `source_data`.
Lines in PDF points (FinTabNet) are of another kind and are refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from model_backend.document import (
    IMPORTED,
    Box,
    Page,
    PageGeometry,
    PageStatus,
    Region,
    Span,
    Table,
    Word,
    union_of,
)
from model_backend.errors import UserError
from model_backend.formats import safe_json
from model_backend.formats.cell_grid import GivenCell, grid_of_cells
from model_backend.formats.pictures import geometry_of
from model_backend.formats.source_data import boxes_outside, numbers, pack
from model_backend.formats.text_files import files_below, picture_of, root_of
from model_backend.formats.values import ReadPage
from model_backend.labels import REGION
from model_backend.translation import _, counted, mark

FORMAT = "pubtabnet"
SPLITS = ("train", "val", "test")
CELL = "table cell"
"""Label of the cells of a table that has no grid."""
LONGEST_LINE = 2**24
MOST_TOKENS = 200_000
_SPAN = re.compile(r"""(rowspan|colspan)\s*=\s*["']?(\d{1,4})["']?""")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
Values = dict[str, Any]
Lines = dict[str, tuple[Path, int, int]]


def members(path: Path) -> tuple[str, ...]:
    """Names of all tables: their pictures' names, numbered where they are there twice."""
    return tuple(_index(path))


def _index(path: Path) -> Lines:
    files = [file for file in files_below(path, (".jsonl", ".json")) if file.suffix == ".jsonl"]
    stamps = tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    found = _lines(stamps)
    if not found:
        raise UserError(
            "{folder} holds no {title} files. Choose another folder or file.",
            folder=path,
            title="PubTabNet (JSONL)",
        )
    return found


@lru_cache(maxsize=2)
def _lines(stamps: tuple[tuple[Path, int, int], ...]) -> Lines:
    """Where each line lies in its file; only the lines' places are kept."""
    found: Lines = {}
    for file, _modified, size in stamps:
        if size:
            safe_json.check_file(file, safe_json.MAXIMUM_STREAM_BYTES)
            _add_lines(file, found)
    return found


def _add_lines(file: Path, found: Lines) -> None:
    place = 0
    with file.open("rb") as opened:
        while line := opened.readline(LONGEST_LINE + 1):
            if line.strip():
                name = _named(line) or f"{file.stem}_{len(found) + 1}"
                known, count = name, 1
                while known in found:
                    count += 1
                    known = f"{name}#{count}"
                found[known] = (file, place, len(line))
            place += len(line)


def _named(line: bytes) -> str:
    match = re.search(rb'"filename"\s*:\s*"([^"\\]{1,200})"', line)
    return match[1].decode("utf-8", "replace") if match else ""


def read_member(path: Path, member: str) -> ReadPage:
    """One table; UserError where its line cannot be used."""
    index = _index(path)
    if member not in index:
        raise UserError("The folder {folder} has no table {name}.", folder=path, name=member[:200])
    file, place, size = index[member]
    data = _line(file, place, size, member)
    cells, problems = _cells(data, file, member)
    name = data.get("filename") if isinstance(data.get("filename"), str) else ""
    image, missing = picture_of(root_of(path), file, name or member)
    geometry, image, wrong = _geometry(image, cells)
    page = _page(cells, geometry, data)
    found = [*missing, *wrong, *problems]
    if not page.tables:
        found.append(_("its cells make no grid: they are kept as regions"))
    if outside := boxes_outside(page):
        found.append(counted(mark("{count} boxes reach out of the page"), outside))
    labels = tuple((label, REGION) for label in sorted({region.label for region in page.regions}))
    split = data.get("split") if data.get("split") in SPLITS else ""
    stem = Path(name or member).stem or member
    return ReadPage(stem, page, image, labels, tuple(found), split=split or "")


def _line(file: Path, place: int, size: int, member: str) -> Values:
    if size > LONGEST_LINE:
        raise _broken(file, member, _("its line is too long"))
    with file.open("rb") as opened:
        opened.seek(place)
        line = opened.read(size)
    try:
        text = line.decode("utf-8-sig" if place == 0 else "utf-8")
    except UnicodeDecodeError as error:
        raise _broken(file, member, _("it is not UTF-8 text")) from error
    data = safe_json.loads(text.strip(), file)
    if not isinstance(data, dict):
        raise _broken(file, member, _("it is not an object"))
    if "table_id" in data and "imgid" not in data:
        raise _broken(file, member, _("it is in PDF points, as FinTabNet has them"))
    return data


def _broken(file: Path, member: str, reason: str) -> UserError:
    return UserError(
        "The file {file} has a table that cannot be read ({name}: {reason}). Correct it.",
        file=file,
        name=member[:200],
        reason=reason,
    )


class _Given:
    """A cell with its text."""

    def __init__(self, place: GivenCell, text: str) -> None:
        self.place, self.text = place, text


def _cells(data: Values, file: Path, member: str) -> tuple[list[_Given], list[str]]:
    html = data.get("html")
    structure = html.get("structure") if isinstance(html, dict) else None
    tokens = structure.get("tokens") if isinstance(structure, dict) else None
    contents = html.get("cells", html.get("cell")) if isinstance(html, dict) else None
    is_right = isinstance(tokens, list) and len(tokens) <= MOST_TOKENS
    if not is_right or not isinstance(contents, list) or not isinstance(tokens, list):
        raise _broken(file, member, _("it has no HTML with structure and cells"))
    if not all(isinstance(token, str) for token in tokens):
        raise _broken(file, member, _("it has no HTML with structure and cells"))
    places = _places(tokens)
    problems = []
    if len(places) != len(contents):
        text = mark("its HTML has {count} cells, but {found} are described")
        problems.append(counted(text, len(places), found=len(contents)))
    pairs = zip(places, contents, strict=False)
    return [_given(span, raw, is_header=is_header) for (span, is_header), raw in pairs], problems


def _places(tokens: list[str]) -> list[tuple[Span, bool]]:
    """The place of every cell as browsers lay tables out, and whether it is in the head."""
    found: list[tuple[Span, bool]] = []
    taken: set[tuple[int, int]] = set()
    row = column = -1
    is_head, place = False, 0
    while place < len(tokens):
        token = tokens[place].strip()
        if token in ("<thead>", "</thead>"):
            is_head = token == "<thead>"
        elif token == "<tr>":
            row, column = row + 1, 0
        elif token in ("<td", "<td>", "<th", "<th>") and row >= 0:
            rows, columns = _spans(tokens, place)
            while (row, column) in taken:
                column += 1
            span = Span(row, row + rows, column, column + columns)
            if rows * columns + len(taken) <= MOST_TOKENS:
                across = range(column, span.column1)
                taken.update((line, slot) for line in range(row, span.row1) for slot in across)
            found.append((span, is_head))
            column = span.column1
        place += 1
    return _within(found, row + 1)


def _spans(tokens: list[str], place: int) -> tuple[int, int]:
    """The rows and columns of a cell, whose tag may be split over tokens."""
    sizes = {"rowspan": 1, "colspan": 1}
    if tokens[place].strip() in ("<td>", "<th>"):
        return 1, 1
    for token in tokens[place + 1 : place + 8]:
        if token.strip() == ">":
            break
        for name, size in _SPAN.findall(token):
            sizes[name] = min(max(1, int(size)), 1000)
    return sizes["rowspan"], sizes["colspan"]


def _within(found: list[tuple[Span, bool]], rows: int) -> list[tuple[Span, bool]]:
    """Spans that reach below the last row end there."""
    return [(Span(s.row0, min(s.row1, rows), s.column0, s.column1), head) for s, head in found]


def _given(span: Span, raw: object, *, is_header: bool) -> _Given:
    values = raw if isinstance(raw, dict) else {}
    sides = numbers(values.get("bbox"), 4)
    box = None if sides is None else Box(*sides).normalized()
    tokens = values.get("tokens")
    texts = tokens if isinstance(tokens, list) else []
    plain = (token for token in texts if isinstance(token, str) and not _TAG.fullmatch(token))
    text = "".join(plain)
    return _Given(GivenCell(span, box, is_header), " ".join(text.split()))


def _geometry(
    image: Path | None, cells: list[_Given]
) -> tuple[PageGeometry, Path | None, tuple[str, ...]]:
    """The picture's size, or that around all cells where there is none."""
    problems: tuple[str, ...] = ()
    if image is not None:
        try:
            return geometry_of(image), image, ()
        except UserError as error:
            problems = (str(error),)
    boxes = [cell.place.box for cell in cells if cell.place.box is not None]
    around = union_of(boxes) if boxes else Box(0, 0, 1, 1)
    width, height = max(1.0, around.x1 + 1), max(1.0, around.y1 + 1)
    return PageGeometry(FORMAT, width, height), None, problems


def _page(cells: list[_Given], geometry: PageGeometry, data: Values) -> Page:
    words = tuple(
        Word(place, cell.text, cell.place.box)
        for place, cell in enumerate((c for c in cells if c.place.box and c.text), 1)
        if cell.place.box is not None
    )
    first = len(words) + 1
    table = grid_of_cells(first, [cell.place for cell in cells])
    tables: tuple[Table, ...] = () if table is None else (table,)
    boxes = [] if tables else [c.place.box for c in cells if c.place.box is not None]
    regions = tuple(
        Region(first + place, CELL, box, source=IMPORTED) for place, box in enumerate(boxes)
    )
    kept = {key: value for key, value in data.items() if key != "html"}
    return Page(
        id=0,
        document_id=0,
        number=0,
        width=geometry.width,
        height=geometry.height,
        unit="px",
        geometry=geometry,
        status=PageStatus.DONE,
        words=words,
        tables=tables,
        regions=regions,
        next_id=first + len(tables) + len(regions),
        source_data=pack(FORMAT, line=kept, html=data.get("html")),
    )
