"""`proofdesk synthesize`: data sets of pages that we draw ourselves, with exact truth."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from desktop.cli_options import Jobs, Json
from desktop.cli_output import exported_lines, reporting
from desktop.cli_project import working


def synthesize(
    *,
    kind: Annotated[str, typer.Option(help="What to draw: forms, tables or masks.")],
    count: Annotated[int, typer.Option(min=1, help="How many pages.")],
    out: Annotated[Path, typer.Option(help="A folder that is not there yet.")],
    seed: Annotated[int, typer.Option(help="Another seed draws other pages.")] = 0,
    language: Annotated[str, typer.Option(help="en or ko.")] = "en",
    dpi: Annotated[float, typer.Option(min=50, max=400, help="Resolution of the scans.")] = 100,
    noise: Annotated[
        str, typer.Option(help="How bad the scans are: none, light, medium or heavy.")
    ] = "medium",
    ocr: Annotated[
        bool, typer.Option("--ocr", help="Words as tesseract reads them, a second or more a page.")
    ] = False,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Draw pages with exact truth, as a data set for training.

    Forms come as FUNSD, tables as PubTables-1M, masks as COCO. The same kind, seed, language, dpi
    and noise always give the same pages; more of them begin with the same ones.
    """
    from model_backend.synthesis.generator import Order, checked, write

    with reporting(out, as_json=as_json) as report:
        order = checked(Order(kind, seed, language, dpi, noise, has_ocr=ocr))
        with working(jobs) as workers, report.progress("Draw") as on_progress:
            written = write(
                order,
                count,
                out,
                partial(workers.submit, "batch"),
                on_page=lambda done: on_progress(done, count),
            )
        result, lines = exported_lines(written)
        report.give({"kind": kind, "seed": seed, **result}, lines)
