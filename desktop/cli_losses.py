"""What an export or a conversion will leave out, said before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from desktop.cli_output import Report, counted


def before_export(
    report: Report, project: Path, format_name: str, out: Path, *, include_proposed: bool
) -> dict[str, int]:
    """Count over the pages of a project that would leave; `out` must be free."""
    from desktop.jobs.export_preview import preview_export
    from model_backend.formats.export import check_free

    check_free(out)
    with report.progress("Look at the pages") as on_progress:
        preview = preview_export(project, on_progress=on_progress)
    return _noted(report, format_name, preview.lost(format_name, include_proposed=include_proposed))


def before_convert(
    report: Report, from_format: str, path: Path, to_format: str, out: Path
) -> dict[str, int]:
    """Count over the pages of a data set, `out` must be free; broken members are told when they are
    converted."""
    from model_backend.formats import ReadPage, check_writable, read
    from model_backend.formats.export import check_free, export_page
    from model_backend.formats.losses import losses

    check_writable(to_format)
    check_free(out)
    found: Counter[str] = Counter()
    for item in read(from_format, path):
        if isinstance(item, ReadPage):
            pdf = getattr(export_page(item).picture, "pdf", None)
            found += losses(item.page, to_format, keeps_pdf=pdf is not None)
    return _noted(report, to_format, found)


def _noted(report: Report, format_name: str, lost: Mapping[str, int]) -> dict[str, int]:
    if lost:
        report.note(f"{format_name} cannot hold, and leaves out: {counted(lost)}")
    return dict(lost)
