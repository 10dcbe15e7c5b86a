"""`proofdesk models compare` and `promote`: the better predictor becomes the project's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from desktop.cli_evaluate import number
from desktop.cli_options import Jobs, Json, checked_project
from desktop.cli_output import Report, reporting
from desktop.cli_project import must_be_there, working
from model_backend import registry, runtime
from model_backend.errors import UserError

SAID = {
    "better": "{new} is better",
    "worse": "{new} is worse",
    "alike": "no difference that these pages could tell",
}
OfProject = Annotated[
    Path, typer.Option("--project", callback=checked_project, help="The project's folder.")
]
New = Annotated[str, typer.Argument(help="The predictor that may become the project's.")]
OnVersion = Annotated[
    str, typer.Option("--data", help="The version to measure with; else the newest gold one.")
]
Device = Annotated[str, typer.Option(help=f"Where models run: {', '.join(runtime.CHOICES)}.")]


def compare(
    new: New,
    *,
    project: OfProject,
    old: Annotated[
        str, typer.Option("--with", help="The predictor to compare with; else the project's.")
    ] = "",
    data: OnVersion = "",
    device: Device = runtime.AUTO,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Measure a predictor against the one in use, on pages that nothing was trained on.

    The interval is that of the difference: 95 of 100 draws of the documents lie in it.
    """
    with reporting(project, as_json=as_json) as report:
        found = _compared(project, new, old, data, device, jobs, report)
        report.give({"project": project, **found}, list(lines(found)))


def promote(
    new: New,
    *,
    project: OfProject,
    data: OnVersion = "",
    even_if_worse: Annotated[
        bool, typer.Option("--even-if-worse", help="Also one that is worse on those pages.")
    ] = False,
    device: Device = runtime.AUTO,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Make a predictor the project's own: its pages are pre-labelled with it from now on.

    It is compared with the one in use first. Promoting the earlier one goes back.
    """
    from desktop.store.promoted import promote as promoting

    with reporting(project, as_json=as_json) as report:
        found = _compared(project, new, "", data, device, jobs, report)
        for line in lines(found):
            report.note(line)
        difference = found["figures"][found["main"]]["difference"]
        if (difference or 0.0) < 0 and not even_if_worse:  # few pages tell no small step for sure
            raise UserError(
                "{name} is worse than {old} on {version}, so it was not promoted. With"
                " --even-if-worse it is.",
                name=new,
                old=found["old"],
                version=found["version"],
            )
        made = promoting(project, found["task"], new, found)
        result = {"project": project, "promoted": new, **found}
        report.give(result, [f"{project.name}: {made.task} are proposed by {new} now"])


def _compared(
    project: Path,
    new: str,
    old: str,
    data: str,
    device: str,
    jobs: int | None,
    report: Report,
) -> dict[str, Any]:
    from desktop.jobs.rivals import compare_models, gold_version
    from desktop.store.promoted import chosen

    must_be_there(project)
    task = registry.registered(new).task
    before = old or chosen(project, task)
    if before == new:
        raise UserError("{name} is the project's predictor already. Name another one.", name=new)
    version = data or gold_version(project)
    with working(jobs) as workers, report.progress("Compare") as on_progress:
        return compare_models(
            project, version, before, new, workers, device=device, on_progress=on_progress
        )


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The comparison for people."""
    yield f"{found['pages']} pages of {found['version']}: {found['old']} and {found['new']}"
    rows = [["", found["old"], found["new"], "difference", "95% interval"]]
    for name, told in found["figures"].items():
        rows.append([name, *_cells(told)])
    for label, told in found["labels"].items():
        rows.append([f"  {label}", number(told["old"]), number(told["new"]), "", ""])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for name, *cells in rows:
        aligned = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        yield "  ".join((name.ljust(widths[0]), *aligned)).rstrip()
    for page in found["changed"][:5]:
        yield f"changed most: {page['name']}, {number(page['old'])} to {number(page['new'])}"
    yield f"by {found['main']}: {SAID[found['verdict']].format(new=found['new'])}"


def _cells(told: Mapping[str, Any]) -> Iterator[str]:
    yield number(told["old"])
    yield number(told["new"])
    yield "–" if told["difference"] is None else f"{told['difference']:+.4f}"
    edges = told["interval"]
    yield "–" if edges is None else f"{edges[0]:+.3f} to {edges[1]:+.3f}"
