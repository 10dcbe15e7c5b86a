"""`proofdesk agreement`: how far two versions of the same pages agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desktop.cli_output import indented, reporting

if TYPE_CHECKING:
    from desktop.jobs.comparing import Compared


def agreement(
    first: Annotated[Path, typer.Argument(help="A project NAME.proofdesk, or a folder of pages.")],
    second: Annotated[Path, typer.Argument(help="Another version of the same documents.")],
    *,
    teds: Annotated[bool, typer.Option(help="TEDS, too: seconds for each large table.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare two versions of pages: two people, or before and after.

    Pages belong together when their documents are the same file and they have the same number.
    """
    from desktop.jobs.comparing import agreement as agreed
    from desktop.jobs.comparing import open_version

    with reporting(first, as_json=as_json) as report:
        one, other = open_version(first), open_version(second)
        try:
            with report.progress("Compare") as on_page:
                found = agreed(one, other, has_teds=teds, on_progress=on_page)
        finally:
            one.close()
            other.close()
        report.give(asdict(found), list(_lines(found)))


def _lines(found: Compared) -> Iterator[str]:
    yield f"pages: {found.pages}, only first: {found.only_first}, only second: {found.only_second}"
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(found.changes.items()))
    yield f"differences: {kinds or 'none'}"
    yield from indented(found.figures)
