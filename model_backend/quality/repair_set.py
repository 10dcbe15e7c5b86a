"""A whole data set checked, or written anew with what can be repaired; what was done is told in a
report beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from model_backend.formats import ReadPage, check_readable, check_writable
from model_backend.formats.export import export, export_page
from model_backend.formats.values import ExportPage, ExportReport
from model_backend.quality.checks import check, check_set
from model_backend.quality.findings import Finding
from model_backend.quality.repairs import Change, repaired

REPORT = "report.json"
NUMBERED = ("id-doubled",)
"""Rules of COCO files that any copy obeys: its writer gives every annotation an id of its own."""
OnPage = Callable[[str], None]


@dataclass
class Checked:
    """What was looked at and found, what was repaired, and what is left to find after that."""

    pages: int = 0
    findings: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)

    def add(self, item: object, found: tuple[Finding, ...]) -> None:
        """Count a page (None: a file, or what could not be read) and keep its findings."""
        self.pages += item is not None
        self.findings.extend(found)


def finding_json(found: Finding) -> dict[str, Any]:
    """A finding as a JSON object."""
    return {
        "rule": found.rule,
        "severity": found.severity.value,
        "page": found.page,
        "ids": list(found.ids),
        "text": found.text,
        "repair": found.repair,
    }


def report_json(checked: Checked) -> dict[str, Any]:
    """What was found, changed and left, as a JSON object."""
    return {
        "pages": checked.pages,
        "findings": [finding_json(found) for found in checked.findings],
        "changes": [asdict(change) for change in checked.changes],
        "left": [finding_json(found) for found in checked.left],
    }


def write_report(checked: Checked, folder: Path, **more: Any) -> Path:  # noqa: ANN401 - JSON values
    """The report of changes, in the repaired copy."""
    import orjson

    file = folder / REPORT
    file.write_bytes(
        orjson.dumps({**more, **report_json(checked)}, option=orjson.OPT_INDENT_2, default=str)
    )
    return file


def check_dataset(format_name: str, path: Path, on_page: OnPage = lambda _name: None) -> Checked:
    """All findings of a data set."""
    checked = Checked()
    for item, found in check_set(format_name, path):
        checked.add(item, found)
        on_page(item.name if item else "")
    return checked


def repair_dataset(
    format_name: str, path: Path, out: Path, on_page: OnPage = lambda _name: None
) -> tuple[Checked, ExportReport]:
    """Write a repaired copy to `out`, which must not exist or be empty, in the same format.

    What cannot be read stays out; the report in the copy says what was found, changed and left.
    """
    check_readable(format_name)
    check_writable(format_name)
    checked = Checked()
    pages = _repaired_pages(format_name, path, checked)
    report = export(format_name, pages, out, on_page=on_page)
    write_report(checked, report.path, format=format_name, of=path.name)
    return checked, report


def _repaired_pages(format_name: str, path: Path, checked: Checked) -> Iterator[ExportPage]:
    for item, found in check_set(format_name, path):
        checked.add(item, found)
        if item is None:
            checked.changes.extend(_numbered_anew(found))
            checked.left.extend(one for one in found if one.rule not in NUMBERED)
        else:
            yield export_page(_repaired(item, format_name, found, checked))


def _numbered_anew(findings: Iterable[Finding]) -> Iterator[Change]:
    """What the writer repairs of a file as a whole: the first keeps its id, the others get new
    ones."""
    for rule in NUMBERED:
        if texts := tuple(found.text for found in findings if found.rule == rule):
            page = next(found.page for found in findings if found.rule == rule)
            yield Change(page, rule, "number-anew", texts)


def _repaired(
    item: ReadPage, format_name: str, found: tuple[Finding, ...], checked: Checked
) -> ReadPage:
    page, changes = repaired(item.page, item.name, found)
    checked.changes.extend(changes)
    checked.left.extend(check(page, item.name, format_name) if changes else found)
    return replace(item, page=page)
