"""`proofdesk check`: the dataset doctor on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from desktop.cli_output import reporting
from model_backend.errors import UserError

if TYPE_CHECKING:
    from model_backend.quality.findings import Finding
    from model_backend.quality.repair_set import Checked

ENDING = ".proofdesk"
WIDTH = 120


def check(
    path: Annotated[Path, typer.Argument(help="A project NAME.proofdesk, or a data set.")],
    *,
    format_name: Annotated[
        str, typer.Option("--format", help="The data set's format; for a project, whose rules.")
    ] = "",
    repair: Annotated[
        bool, typer.Option("--repair", help="Write a repaired copy with a report of changes.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="The copy: a name not used yet.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what is wrong with a project or a data set.

    What can be repaired is repaired in a copy.
    """
    if repair != (out is not None):
        raise typer.BadParameter("--repair and --out belong together")
    with reporting(path, as_json=as_json) as report:
        if not path.exists():
            raise UserError("{file} cannot be found. Check that it is still there.", file=path)
        with report.progress("Check") as on_progress:
            done = iter(range(1, 10**9))
            checked = _checked(path, format_name, out, lambda _name: on_progress(next(done), 0))
        report.give(_result(checked, out), list(_lines(checked, out)))
        if errors := sum(found.severity.value == "error" for found in _open_findings(checked, out)):
            report.fail(path.name, f"errors: {errors}")


def _checked(path: Path, format_name: str, out: Path | None, on_page: Any) -> Checked:  # noqa: ANN401 - a function, typed where it is used
    from desktop.jobs.checking import check_project, repair_project
    from model_backend.formats import module_of
    from model_backend.quality.repair_set import check_dataset, repair_dataset

    if path.suffix == ENDING:
        if format_name:
            module_of(format_name)
        if out is None:
            return check_project(path, format_name, on_page)
        return repair_project(path, out, format_name, on_page)
    if not format_name:
        raise typer.BadParameter("a data set needs --format")
    if out is None:
        return check_dataset(format_name, path, on_page)
    return repair_dataset(format_name, path, out, on_page)[0]


def _open_findings(checked: Checked, out: Path | None) -> list[Finding]:
    """What decides about the status: what is left after repairs, where there were any."""
    return checked.findings if out is None else checked.left


def _result(checked: Checked, out: Path | None) -> dict[str, Any]:
    from model_backend.quality.repair_set import report_json

    result = {"rules": list(_rules(checked.findings)), **report_json(checked)}
    if out is None:
        del result["changes"], result["left"]
        return result
    return {"path": out, **result}


def _rules(findings: list[Finding]) -> Iterator[dict[str, Any]]:
    """The findings counted by rule, with one example each."""
    from model_backend.quality.checks import sorted_by_rule

    by_rule: dict[str, list[Finding]] = {}
    for found in sorted_by_rule(findings):
        by_rule.setdefault(found.rule, []).append(found)
    for rule, its in by_rule.items():
        yield {
            "rule": rule,
            "severity": its[0].severity.value,
            "count": len(its),
            "pages": len({found.page for found in its}),
            "example": f"{its[0].page}: {its[0].text}",
            "repair": its[0].repair,
        }


def _lines(checked: Checked, out: Path | None) -> Iterator[str]:
    yield from _table(list(_rules(checked.findings)))
    yield f"pages: {checked.pages}, {_summary(checked.findings)}"
    if out is not None:
        repaired = sum(len(change.findings) for change in checked.changes)
        yield f"repaired: {repaired}; not repaired: {_summary(checked.left)}"
        yield f"{out}: what was changed is in report.json"


def _summary(findings: list[Finding]) -> str:
    errors = sum(found.severity.value == "error" for found in findings)
    return f"errors: {errors}, warnings: {len(findings) - errors}"


def _table(rules: list[dict[str, Any]]) -> Iterator[str]:
    if not rules:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for name in ("severity", "rule", "count", "pages", "repair", "example"):
        is_number = name in ("count", "pages")
        table.add_column(name, justify="right" if is_number else "left", no_wrap=name != "example")
    for rule in rules:
        cells = ("severity", "rule", "count", "pages", "repair", "example")
        table.add_row(*(_plain(rule[name]) for name in cells))
    console = Console(file=StringIO(), width=max(WIDTH, Console().width), highlight=False)
    console.print(table)
    written: str = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    yield from (line.rstrip() for line in written.splitlines())


def _plain(value: object) -> str:
    """A cell's text; brackets of a text are no markup."""
    from rich.markup import escape

    return escape("" if value is None else str(value))
