"""`proofdesk export` and `proofdesk convert`: data sets out of projects and of other data sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desktop.cli_losses import before_convert, before_export
from desktop.cli_options import (
    Boxes,
    BoxStyle,
    CategoryIds,
    Dpi,
    Format,
    Jobs,
    Json,
    Parts,
    PasswordFile,
    Project,
    Seed,
    category_ids_of,
    split_of,
)
from desktop.cli_output import HOW_TO_UNLOCK, counted, exported_lines, reporting
from desktop.cli_project import given_password, must_be_there, unlocked, working


def export(
    project: Project,
    *,
    format_name: Annotated[Format, typer.Option("--format", help="The data set's format.")],
    out: Annotated[Path, typer.Option(help="A folder that is not there yet.")],
    include_proposed: Annotated[
        bool, typer.Option("--include-proposed", help="Also proposals, and pages not done.")
    ] = False,
    boxes: BoxStyle = Boxes.STRETCHED,
    dpi: Dpi = 150,
    split: Parts = "",
    seed: Seed = 0,
    category_id: CategoryIds = None,
    password_file: PasswordFile = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Export what people settled, as a data set.

    That is what they accepted, corrected or drew on pages that are done or accepted. The format
    pages is a copy of the whole project instead: import-dataset makes the project again from it.
    """
    from desktop.jobs.work import export_project
    from desktop.store.store import Store
    from model_backend.formats import WriteOptions

    parts = split_of(split, seed)
    ids = category_ids_of(category_id, format_name.value)
    with reporting(project, as_json=as_json) as report, working(jobs) as workers:
        must_be_there(project)
        options = WriteOptions(boxes=boxes.value, dpi=dpi, split=parts, category_ids=ids)
        with Store.open(project, read_only=True) as store:
            passwords = unlocked(store, workers, given_password(password_file))
        lost = before_export(
            report, project, format_name.value, out, include_proposed=include_proposed
        )
        with report.progress("Export") as on_progress:
            exported = export_project(
                project,
                format_name.value,
                out,
                options,
                workers,
                passwords,
                include_proposed=include_proposed,
                on_progress=on_progress,
            )
        result, lines = exported_lines(exported.report)
        stayed = {kind: count for kind, count in exported.left.stayed.items() if count}
        lines.append(f"stayed in the project: {counted(stayed)}")
        for name in exported.locked:
            report.fail(name, f"is protected: its pages stayed in the project. {HOW_TO_UNLOCK}")
        report.give({**result, "cannot_hold": lost, "stayed": stayed}, lines)


def convert(
    path: Annotated[Path, typer.Argument(help="The data set to read.")],
    out: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    *,
    from_format: Annotated[Format, typer.Option("--from", help="The format of the data set.")],
    to_format: Annotated[Format, typer.Option("--to", help="The format to write.")],
    boxes: BoxStyle = Boxes.STRETCHED,
    dpi: Dpi = 150,
    split: Parts = "",
    seed: Seed = 0,
    category_id: CategoryIds = None,
    as_json: Json = False,
) -> None:
    """Write a data set in another format, without a project."""
    from model_backend.formats import WriteOptions
    from model_backend.formats.export import convert as converted

    parts = split_of(split, seed)
    ids = category_ids_of(category_id, to_format.value)
    with reporting(path, as_json=as_json) as report:
        options = WriteOptions(boxes=boxes.value, dpi=dpi, split=parts, category_ids=ids)
        lost = before_convert(report, from_format.value, path, to_format.value, out)
        done = converted(from_format.value, path, to_format.value, out, options)
        for why in done.failed:
            report.fail("", why)
        result, lines = exported_lines(done)
        report.give({**result, "cannot_hold": lost}, lines)
