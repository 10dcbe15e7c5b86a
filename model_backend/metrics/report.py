"""An evaluation as one HTML file that needs nothing else: figures, and pictures of the worst pages.

Names and messages come from data sets: every text is escaped, and the page may load nothing.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Container, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from model_backend import formats, masks, table_grid
from model_backend.document import Page, Polygon
from model_backend.errors import UserError
from model_backend.formats.export import export_page
from model_backend.metrics.agreement import differences
from model_backend.metrics.evaluate import Evaluation, WorstPage, defined_figures, said_of
from model_backend.translation import _

PICTURE_SIDE = 900
JPEG_QUALITY = 70
MOST_ROWS = 1000
TRUE_COLOUR, SAID_COLOUR = (20, 90, 200), (215, 60, 20)
HEAD = """<!DOCTYPE html>
<html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title><style>
body {{ font: 15px/1.45 sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums }}
th, td {{ padding: .2em .7em; border-bottom: 1px solid #8886; text-align: right }}
th:first-child, td:first-child {{ text-align: left; overflow-wrap: anywhere }}
img {{ max-width: 100%; border: 1px solid #8886 }}
.true {{ color: rgb(20,90,200) }} .said {{ color: rgb(215,60,20) }}
</style></head><body>
"""


def write_report(file: Path, found: Evaluation, truth: Path, predicted: Path) -> None:
    """Write the report; the file is there whole or, where something fails, as it was."""
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("w", encoding="utf-8") as out:
            out.writelines(_parts(found, truth, predicted))
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _parts(found: Evaluation, truth: Path, predicted: Path) -> Iterator[str]:
    figures = found.figures
    title = _("Evaluation: {predicted} against {truth}").format(
        predicted=predicted.name, truth=truth.name
    )
    yield HEAD.format(title=escape(title)) + f"<h1>{escape(title)}</h1>\n"
    yield _table(_totals(figures))
    yield _heading(_("Worst pages"))
    sides = escape(_("truth")), escape(_("predicted"))
    yield "<p><span class=true>▭ {}</span> <span class=said>▭ {}</span></p>\n".format(*sides)
    for page in found.worst:
        yield _worst(figures["format"], page, truth, predicted)
    if not found.worst:
        yield _paragraph(_("No page differs."))
    yield _heading(_("Documents")) + _table(_documents(figures))
    for heading, key in (
        (_("Only in the truth"), "only_in_truth"),
        (_("Only in the prediction"), "only_in_predicted"),
        (_("Not readable"), "unreadable"),
    ):
        if figures[key]:
            items = "".join(f"<li>{escape(str(item))}</li>\n" for item in figures[key][:MOST_ROWS])
            yield _heading(f"{heading}: {len(figures[key])}") + f"<ul>\n{items}</ul>\n"
    yield "</body></html>\n"


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>\n"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>\n"


def _totals(figures: Mapping[str, Any]) -> Iterator[list[str]]:
    yield [_("Figure"), _("total"), _("Interval (95%)")]
    intervals = figures["intervals"]
    for name in defined_figures(figures):
        yield [name, _number(figures["total"][name]), _interval(intervals[name])]
    for measure in ("objects", "masks"):
        for name, value in figures.get(measure, {}).items():
            if name[:2] in ("ap", "ar") and value is not None:
                whole = f"{measure}.{name}"
                yield [whole, _number(value), _interval(intervals.get(whole))]


def _interval(edges: Sequence[float] | None) -> str:
    return "–" if edges is None else f"{edges[0]:.4f} – {edges[1]:.4f}"


def _documents(figures: Mapping[str, Any]) -> Iterator[list[str]]:
    names = defined_figures(figures)
    yield [_("document"), _("pages"), *names]
    for document, values in list(figures["documents"].items())[:MOST_ROWS]:
        yield [document, str(values["pages"]), *(_number(values[name]) for name in names)]


def _table(rows: Iterator[list[str]]) -> str:
    lines = []
    for i, row in enumerate(rows):
        tag = "td" if i else "th"
        lines.append("<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) + "</tr>")
    return "<table>\n" + "\n".join(lines) + "\n</table>\n"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _worst(format_name: str, worst: WorstPage, truth: Path, predicted: Path) -> str:
    """A page's name, score and picture; why there is no picture, where there is none."""
    head = f"<h3>{escape(worst.name)}: {worst.score:.4f}</h3>\n"
    try:
        data = _picture(format_name, worst, truth, predicted)
    except UserError as error:
        return head + _paragraph(str(error))
    if data is None:
        return head + _paragraph(_("The data set has no picture of this page."))
    return f'{head}<img alt="{escape(worst.name)}" src="data:image/jpeg;base64,{data}">\n'


def _picture(format_name: str, worst: WorstPage, truth: Path, predicted: Path) -> str | None:
    """The page as JPEG in base64, with what differs drawn over it."""
    from PIL import ImageDraw

    right = formats.read_member(format_name, truth, worst.truth)
    said = said_of(right, format_name, predicted, worst.predicted)
    source = export_page(right).picture or export_page(said).picture
    if source is None:
        return None
    scale = min(1.0, PICTURE_SIDE / max(right.page.width, right.page.height))
    picture = source.render(scale).convert("RGB")
    draw = ImageDraw.Draw(picture)
    unequal = differences(right.page, said.page)
    sides = (
        (right.page, {item.first_id for item in unequal}, TRUE_COLOUR, 3),
        (said.page, {item.second_id for item in unequal}, SAID_COLOUR, 1),
    )
    for page, ids, colour, width in sides:
        for label, outline in _outlines(page, ids):
            points = [(x * scale, y * scale) for x, y in outline]
            draw.line([*points, points[0]], fill=colour, width=width)
            if label:  # what is true stands above, what was said below
                corner = min(points, key=lambda p: p[1] if page is right.page else -p[1])
                anchor = "lb" if page is right.page else "lt"
                draw.text(corner, label, fill=colour, anchor=anchor)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _outlines(page: Page, ids: Container[int | None]) -> Iterator[tuple[str, Polygon]]:
    """Label and outline of what differs: entities and their links, cells of tables, regions."""
    entities = {entity.id: entity for entity in page.entities}
    for entity in page.entities:
        if entity.id in ids:
            yield entity.label, entity.box.corners
    for link in page.relations:
        ends = entities.get(link.from_id), entities.get(link.to_id)
        if link.id in ids and ends[0] is not None and ends[1] is not None:
            yield "", (ends[0].box.center, ends[1].box.center)
    for table in page.tables:
        for cell in table_grid.cells(table) if table.id in ids else ():
            yield "", tuple(table_grid.to_page(table, corner) for corner in cell.box.corners)
    for region in page.regions:
        if region.id in ids:
            has_mask = region.mask is not None and not region.polygons
            outlines = masks.contours(region.mask) if has_mask and region.mask else region.polygons
            yield from ((region.label, outline) for outline in outlines or (region.box.corners,))
