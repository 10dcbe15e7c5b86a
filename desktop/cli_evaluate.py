"""`proofdesk evaluate`: figures by document, their total and its intervals, and a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from desktop.cli_output import indented, reporting, shown
from model_backend.errors import UserError

MOST_DOCUMENTS = 200
LONGEST_NAME = 48
APART = ("format", "pages", "documents", "total", "intervals", "worst", "settings")
OTHER = 'entities: without the label "other", as in published figures; f1_all_labels counts it too'
REPORT_SUFFIXES = (".html", ".htm")


class GritsKind(StrEnum):
    """Which GriTS is counted."""

    PAPER = "paper"
    REFERENCE = "reference"


def evaluate(
    *,
    format_name: Annotated[str, typer.Option("--format", help="The format of both.")],
    truth: Annotated[Path, typer.Option(help="The data set that is right.")],
    predicted: Annotated[Path, typer.Option(help="The data set to measure.")],
    grits: Annotated[
        GritsKind, typer.Option(help="GriTS as its paper says, or as its released code counts.")
    ] = GritsKind.PAPER,
    teds: Annotated[bool, typer.Option(help="TEDS: seconds for each large table.")] = True,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws for the intervals.")] = 1,
    report_file: Annotated[
        Path | None, typer.Option("--report", help="Also write a page FILE.html with pictures.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure one data set against another."""
    from model_backend.metrics.evaluate import Choices
    from model_backend.metrics.evaluate import evaluate as measured

    if report_file is not None and report_file.suffix.lower() not in REPORT_SUFFIXES:
        raise typer.BadParameter(f"a report is a file NAME.html, not {report_file.name}")
    with reporting(truth, as_json=as_json) as report:
        if report_file is not None and not report_file.absolute().parent.is_dir():
            raise UserError("The folder {folder} is not there. Make it.", folder=report_file.parent)
        choices = Choices(grits is GritsKind.REFERENCE, has_teds=teds, seed=seed)
        with report.progress("Evaluate") as on_page:
            found = measured(format_name, truth, predicted, choices, on_page)
        if report_file is not None:
            from model_backend.metrics.report import write_report

            write_report(report_file, found, truth, predicted)
            report.note(f"report: {report_file}")
        for why in found.figures["unreadable"]:
            report.fail("", why)
        report.give(found.figures, list(evaluation_lines(found.figures)))


def evaluation_lines(result: Mapping[str, Any]) -> Iterator[str]:
    """A line for each document, the total, the interval of the total; then all other figures."""
    names = [name for name, value in result["total"].items() if value is not None]
    rows = [["document", "pages", *map(shown, names)], *_rows(result, names)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells).rstrip()
    hidden = len(result["documents"]) - MOST_DOCUMENTS
    if hidden > 0:
        yield f"{hidden} more documents: --json lists them"
    for name, edges in result["intervals"].items():
        if name not in result["total"] and edges is not None:
            yield f"{name}: 95% interval {edges[0]:.3f}–{edges[1]:.3f}"
    if any(name.startswith("entities") for name in names):
        yield OTHER
    yield ""
    yield from indented({key: value for key, value in result.items() if key not in APART})


def _rows(result: Mapping[str, Any], names: list[str]) -> Iterator[list[str]]:
    for name, figures in list(result["documents"].items())[:MOST_DOCUMENTS]:
        short = name if len(name) <= LONGEST_NAME else "…" + name[1 - LONGEST_NAME :]
        yield [short, str(figures["pages"]), *(number(figures[key]) for key in names)]
    yield ["total", str(result["pages"]), *(number(result["total"][key]) for key in names)]
    intervals = (result["intervals"][key] for key in names)
    shown_intervals = ("–" if i is None else f"{i[0]:.3f}–{i[1]:.3f}" for i in intervals)
    yield ["95% interval", "", *shown_intervals]


def number(value: float | None) -> str:
    """A figure as text; a dash where it is not defined."""
    return "–" if value is None else f"{value:.4f}"
