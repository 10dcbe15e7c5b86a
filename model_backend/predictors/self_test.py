"""A model tried on a sample page before anybody uses it: what it says, counted and drawn."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from model_backend import registry
from model_backend.document import Box, Entity, Page, Proposals, Region, Table
from model_backend.document_json import from_json
from model_backend.errors import UserError
from model_backend.networks import DETECTION, MASKS, PAGE_CLASS, STRUCTURE
from model_backend.predictors.predicting import predict_page
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.table_grid.cells import cells
from model_backend.translation import _

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
_PAGES = {
    DETECTION: ("report.pdf", 0),
    STRUCTURE: ("report.pdf", 0),
    MASKS: ("letter.jpg", 0),
    PAGE_CLASS: ("letter.jpg", 0),
}
"""The sample page for each task; all others get the form."""
DPI = 110.0
_COLORS = ("#2f6fde", "#1f9d55", "#d9822b", "#c026d3", "#0e9aa7", "#e5484d", "#8b5e34", "#5b5bd6")


@dataclass(frozen=True)
class SelfTest:
    """What a model said about the sample page: in one line, and drawn on it (PNG)."""

    summary: str
    picture: bytes


def self_test(name: str) -> SelfTest:
    """Load the model and have it look at a sample page; UserError where it cannot. Runs in the
    model process.
    """
    path, page = sample_page(registry.registered(name).models[0].task)
    said = predict_page(path, page, [name])[0]
    if _(NO_NUMBERS) in said.notes:
        raise UserError(
            "The model {name} gave no numbers for the sample page: its weights are damaged, or of"
            " another network. Download it again.",
            name=name,
        )
    return SelfTest(summary_of(said), drawn(path, page, said))


def sample_page(task: str) -> tuple[Path, Page]:
    """The sample file for this task, and its page with words."""
    file_name, number = _PAGES.get(task, ("form.png", 0))
    path = SAMPLES / file_name
    try:
        pages = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["pages"]
    except FileNotFoundError as error:
        raise UserError(
            "The sample page {file} is missing. Install Proofdesk anew.", file=path
        ) from error
    read = [from_json(Page, data) for data in pages]
    page = next(page for page in read if page.number == number)
    tables = page.tables if task == STRUCTURE else ()  # whose structure would it find else?
    return path, replace(page, entities=(), relations=(), regions=(), tables=tables)


def summary_of(said: Proposals) -> str:
    """What was proposed, counted, in the language in use."""
    counts = {
        _("entities"): len(said.entities),
        _("links"): len(said.relations),
        _("tables"): len(said.tables),
        _("regions"): len(said.regions),
    }
    parts = [f"{name}: {count}" for name, count in counts.items() if count]
    if said.page_class is not None:
        parts.append(f"{said.page_class.label} {said.page_class.score or 0:.0%}")
    return "; ".join((", ".join(parts or [_("nothing")]), *said.notes))


def drawn(path: Path, page: Page, said: Proposals) -> bytes:
    """The sample page with the boxes, labels and scores of what was proposed, as PNG."""
    from PIL import Image, ImageDraw, ImageFont

    given = PredictorInput(path, page)
    picture = Image.fromarray(given.color_picture(DPI))
    scale = picture.width / page.width
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(10)
    labels: dict[str, str] = {}
    items: tuple[Region | Table | Entity, ...] = (*said.regions, *said.tables, *said.entities)
    for item in items:
        label = getattr(item, "label", "table")
        color = labels.setdefault(label, _COLORS[len(labels) % len(_COLORS)])
        box = item.box.normalized().scaled(scale, scale)
        draw.rectangle(_corners(box), outline=color, width=2)
        score = "" if item.score is None else f" {item.score:.0%}"
        at = (box.x0, max(0.0, box.y0 - 13))
        text = f"{label}{score}"
        draw.rectangle(draw.textbbox(at, text, font=font), fill=color)  # read on any ground
        draw.text(at, text, fill="white", font=font)
    for table in said.tables:
        _draw_grid(draw, table, scale)
    if said.page_class is not None:
        text = f"{said.page_class.label} {said.page_class.score or 0:.0%}"
        draw.text((10, 10), text, fill=_COLORS[0], font=ImageFont.load_default(32))
    return _png(picture)


def _corners(box: Box) -> tuple[float, float, float, float]:
    return (box.x0, box.y0, max(box.x1, box.x0 + 1), max(box.y1, box.y0 + 1))


def _draw_grid(draw: ImageDraw.ImageDraw, table: Table, scale: float) -> None:
    for cell in cells(table):
        draw.rectangle(_corners(cell.box.scaled(scale, scale)), outline="#7b8794", width=1)


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
