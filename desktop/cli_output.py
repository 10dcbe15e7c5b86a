"""What a command says: its result on standard output, all else on standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from desktop.errors import PasswordNeeded, UserError, explain, known_error

if TYPE_CHECKING:
    from model_backend.formats import ExportReport

FAILED = 1
MOST_LISTED = 10
PASSWORD_VARIABLE = "PROOFDESK_PASSWORD"
HOW_TO_UNLOCK = f"Give its password with --password-file FILE or in {PASSWORD_VARIABLE}."


class Report:
    """One command's say: notes and progress while it runs, its result at the end."""

    def __init__(self, subject: Path | None = None, *, as_json: bool) -> None:
        self._subject = subject
        self._as_json = as_json
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._failed: list[tuple[str, str]] = []
        self._result: dict[str, Any] = {}

    def note(self, text: str) -> None:
        """Something to know, on standard error."""
        self._console.print(text, markup=False)

    def fail(self, what: str, why: str) -> None:
        """One clear line for something that failed; the command ends with status 1."""
        self._failed.append((what, why))
        line = why if what in why or not what else f"{what}: {why}"
        self._console.print(line, markup=False, style="red")

    def stop(self, why: str) -> None:
        """The whole command failed, whatever it is about."""
        self._failed.append((str(self._subject or ""), why))
        self._console.print(why, markup=False, style="red")

    def give(self, result: dict[str, Any], lines: Sequence[str]) -> None:
        """The result: `result` is shown as JSON where that was asked for, `lines` otherwise."""
        self._result = result
        if not self._as_json:
            sys.stdout.write("".join(f"{line}\n" for line in lines))

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """A progress bar on standard error; yields the function that moves it."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        is_hidden = not self._console.is_terminal  # rich would write an empty line for it
        with Progress(*columns, console=self._console, transient=True, disable=is_hidden) as bars:
            bar = bars.add_task(title, total=None)
            yield lambda done, total: bars.update(bar, completed=done, total=total)

    def close(self) -> None:
        """Write the JSON object and end with status 1 when something failed."""
        if self._as_json:
            failed = [{"what": what, "why": why} for what, why in self._failed]
            result = {"ok": not failed, **self._result, "failed": failed}
            sys.stdout.write(json.dumps(result, ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()
        if self._failed:
            raise typer.Exit(FAILED)


@contextmanager
def reporting(subject: Path | None = None, *, as_json: bool) -> Iterator[Report]:
    """A report around a command: what people can act on becomes one line, bugs surface."""
    report = Report(subject, as_json=as_json)
    try:
        yield report
    except PasswordNeeded as error:
        report.stop(f"{explain(error)} {HOW_TO_UNLOCK}")
    except UserError as error:
        report.stop(explain(error))
    except OSError as error:
        if known_error(error) is None:
            raise
        report.stop(explain(error))
    report.close()


def counted(counts: Mapping[str, int]) -> str:
    """Counts as one line; what is none is left out."""
    return ", ".join(f"{shown(name)}: {n}" for name, n in counts.items() if n) or "nothing"


def shown(name: str) -> str:
    """What people call what scripts know by `name`."""
    return re.sub(r"\brelations?\b", _link, name.replace("_", " "))


def _link(found: re.Match[str]) -> str:
    return "links" if found[0].endswith("s") else "link"


def keyed(counts: Mapping[str, int]) -> dict[str, int]:
    """The same with names that are easy to use in scripts."""
    return {name.replace(" ", "_"): count for name, count in counts.items()}


def indented(values: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """Nested values as lines, each level indented; what is not defined is a dash."""
    for name, value in values.items():
        head = "  " * depth + shown(str(name))
        if isinstance(value, Mapping):
            yield f"{head}:"
            yield from indented(value, depth + 1)
        elif isinstance(value, float):
            yield f"{head}: {value:.4f}"
        elif isinstance(value, list):
            yield f"{head}: {_listed(value)}"
        else:
            yield f"{head}: {'–' if value is None else value}"


def _listed(values: Sequence[object]) -> str:
    """How many there are, and the first of them."""
    if not values:
        return "none"
    more = ", …" if len(values) > MOST_LISTED else ""
    return f"{len(values)}: {', '.join(map(str, values[:MOST_LISTED]))}{more}"


def exported_lines(report: ExportReport) -> tuple[dict[str, Any], list[str]]:
    """What an export wrote, as a JSON object and as lines."""
    result = {
        "format": report.format_name,
        "path": report.path,
        "pages": report.pages,
        "counts": report.counts,
        "lost": report.lost,
        "renamed": dict(report.renamed),
        "problems": report.problems,
    }
    lines = [f"{report.format_name}: {report.path}", f"exported: {counted(report.counts)}"]
    if report.lost:
        lines.append(f"the format cannot hold: {counted(report.lost)}")
    lines += [f"renamed: {before} is {after}" for before, after in report.renamed]
    return result, [*lines, *report.problems]
