"""`proofdesk models`: the models of this machine, from published checkpoints."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from desktop.cli_options import Format, Json
from desktop.cli_output import Report, reporting
from desktop.cli_project import run_work, working
from model_backend import installed, registry, runtime
from model_backend.errors import UserError
from model_backend.networks import network

if TYPE_CHECKING:
    from model_backend.checkpoints.adding import Answers
    from model_backend.checkpoints.recognizing import Found
    from model_backend.installed import InstalledModel
    from model_backend.onnx_export import Exported

WIDTH = 120
UNKNOWN_LICENCE = "not stated"

models = typer.Typer(
    name="models",
    help="List, add, remove and try models from published checkpoints.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[str, typer.Argument(help="The model's name; `proofdesk models list` shows all.")]


@models.command("list")
def list_models(*, as_json: Json = False) -> None:
    """List predictors and added models."""
    with reporting(as_json=as_json) as report:
        own = [{"name": item.name, "task": item.task, "what": item.description}
               for item in registry.PREDICTORS]  # fmt: skip
        added = installed.installed_models()
        for error in installed.broken_records():
            report.note(str(error))
        result = {"built_in": own, "models": [as_data(model) for model in added]}
        report.give({**result, "folder": installed.models_folder()}, _table(added).splitlines())


def as_data(model: InstalledModel) -> dict[str, Any]:
    """A model as scripts see it."""
    return {
        "name": model.name,
        "task": model.task,
        "network": model.network,
        "labels": list(model.labels),
        "licence": model.licence,
        "bytes": model.size,
        "files": {file.name: file.sha256 for file in model.files},
        "source": model.source,
        "is_linked": model.is_linked,
        "temperature": model.temperature,
        "added": model.added,
        "self_test": model.tested,
        "picture": model.folder / installed.PICTURE,
    }


def _table(added: tuple[InstalledModel, ...]) -> str:
    table = Table(box=None, pad_edge=False, header_style="")
    for title in ("name", "task", "what", "MB", "licence", "self-test"):
        table.add_column(title, overflow="fold")
    for item in registry.PREDICTORS:
        table.add_row(item.name, item.task, item.description, "", "", "")
    for model in added:
        what = f"{network(model.network).title}{', linked' if model.is_linked else ''}"
        size = f"{model.size / 1e6:.0f}"
        licence = model.licence or UNKNOWN_LICENCE
        table.add_row(model.name, model.task, what, size, licence, model.tested)
    text = StringIO()
    Console(file=text, width=WIDTH).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


@models.command()
def add(
    path: Annotated[Path, typer.Argument(help="The model's folder, or its file of weights.")],
    *,
    name: Annotated[str, typer.Option(help="What to call it; else the folder's name.")] = "",
    labels: Annotated[
        str, typer.Option(help="Its labels, with commas, in the order of its outputs.")
    ] = "",
    task: Annotated[str, typer.Option(help="What it does, where its labels do not tell.")] = "",
    licence: Annotated[str, typer.Option(help="Its licence, where its files do not name it.")] = "",
    link: Annotated[
        bool, typer.Option("--link", help="Leave the files where they are instead of copying.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a published model, and try it.

    It is taken as its authors published it, and looks at a sample page. The weights are checked
    and read without running code; their sums are recorded, and a changed file is refused from then
    on.
    """
    from desktop.jobs.models import AddModel, LookAtModel, twin_text
    from model_backend.checkpoints.adding import Answers, free_name

    with reporting(path, as_json=as_json) as report, working(1) as workers:
        if name:
            free_name(name)  # told before anything is looked at
        found = run_work(LookAtModel(path.absolute()), workers, report).result
        if found is None:
            return
        named = tuple(part.strip() for part in labels.split(",")) if labels else ()
        answers = asked(found, Answers(name, named, task, licence, link))
        added = run_work(AddModel(found, answers), workers, report).result
        if added is not None:
            if twin := twin_text(added):
                report.note(twin)
            _give(report, added)


def asked(found: Found, answers: Answers) -> Answers:
    """The answers, with what a person on a terminal says to what is still missing."""
    from dataclasses import replace

    from model_backend.checkpoints.adding import default_name, missing

    lacking = missing(found, answers)
    if not sys.stdin.isatty():
        if lacking.labels:
            raise UserError(
                "The model {name} does not name its {count} labels. Give them with --labels A,B,..."
                " in the order of its outputs.",
                name=answers.name or default_name(found),
                count=found.classes,
            )
        return answers
    if lacking.labels:
        typed = typer.prompt(f"Its {found.classes} labels, in order, with commas", err=True)
        answers = replace(answers, labels=tuple(part.strip() for part in typed.split(",")))
    if lacking.task:
        answers = replace(answers, task=typer.prompt(f"What it does ({found.tasks})", err=True))
    if not (answers.licence or found.licence):
        typed = typer.prompt("Its licence (empty: unknown)", default="", err=True)
        answers = replace(answers, licence=typed)
    return answers


def _give(report: Report, model: InstalledModel) -> None:
    lines = [
        f"{model.name}: {network(model.network).title} for {model.task},"
        f" licence {model.licence or UNKNOWN_LICENCE}",
        f"labels: {', '.join(model.labels)}",
        f"on the sample page: {model.tested}",
        f"picture: {model.folder / installed.PICTURE}",
    ]
    report.give(as_data(model), lines)


@models.command()
def remove(name: Name, *, as_json: Json = False) -> None:
    """Remove a model; linked files stay."""
    with reporting(as_json=as_json) as report:
        installed.remove_model(name)
        report.give({"removed": name}, [f"{name} was removed"])


@models.command("test")
def try_model(name: Name, *, as_json: Json = False) -> None:
    """Check a model's files, and try it again.

    They are compared with their recorded sums; the sample page is looked at again.
    """
    from desktop.jobs.models import TryModel

    with reporting(as_json=as_json) as report, working(1) as workers:
        installed.installed_model(name)
        tried = run_work(TryModel(name), workers, report).result
        if tried is not None:
            _give(report, tried)


@models.command()
def export(
    name: Name,
    *,
    onnx: Annotated[bool, typer.Option("--onnx", help="As ONNX programs.")] = False,
    int8: Annotated[
        bool, typer.Option("--int8", help="Also with weights of eight bits; says what they cost.")
    ] = False,
    truth: Annotated[
        Path | None,
        typer.Option(help="A data set on whose pages it is measured; else the sample page."),
    ] = None,
    format_name: Annotated[
        Format | None, typer.Option("--format", help="The data set's format.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write to; else NAME-onnx here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a model as ONNX programs.

    Each is run beside the model itself; one that says something else is not kept.
    """
    from dataclasses import asdict

    from desktop.jobs.models import ExportModel

    if not onnx:
        raise typer.BadParameter("say --onnx: models are written in no other form")
    if (truth is None) != (format_name is None):
        raise typer.BadParameter("--truth and --format belong together")
    with reporting(as_json=as_json) as report, working(1) as workers:
        installed.installed_model(name)
        folder = (out or Path(f"{name}-onnx")).absolute()
        if folder.exists() and not folder.is_dir():
            raise UserError("{file} is no folder. Choose another.", file=folder)
        pages = (format_name.value, truth.absolute()) if truth and format_name else None
        work = ExportModel(name, folder, with_int8=int8, truth=pages)
        exported = run_work(work, workers, report).result
        if exported is not None:
            data = {"model": name, "folder": folder, "files": [asdict(file) for file in exported]}
            report.give(data, [f"{name}: written to {folder}", *map(_exported_line, exported)])


def _exported_line(file: Exported) -> str:
    names = f"{', '.join(file.inputs)} -> {', '.join(file.outputs)}"
    said = file.cost
    if file.tolerance is not None:
        said = f"differs from torch by {file.difference:.1g}, allowed {file.tolerance:.0e}"
    return f"{file.file}: {file.bytes / 1e6:.1f} MB, {names}; {said}"


@models.command()
def calibrate(
    name: Name,
    *,
    truth: Annotated[Path, typer.Option(help="A data set that the model was not trained on.")],
    format_name: Annotated[Format, typer.Option("--format", help="The data set's format.")],
    device: Annotated[
        str, typer.Option(help=f"Where models run: {', '.join(runtime.CHOICES)}.")
    ] = runtime.AUTO,
    as_json: Json = False,
) -> None:
    """Make scores mean what they say.

    0.9 is to be right nine times in ten. The temperature that its outputs are divided by is kept
    with the model, unless it makes the scores worse.
    """
    from dataclasses import asdict

    from desktop.jobs.models import CalibrateModel

    with reporting(truth, as_json=as_json) as report, working(1) as workers:
        installed.installed_model(name)
        work = CalibrateModel(name, format_name.value, truth.absolute(), device)
        found = run_work(work, workers, report).result
        if found is not None:
            fitted = "" if found.is_held_out else ", measured on the page that it was fitted to"
            line = (
                f"{name}: temperature {found.temperature:.3f}, expected calibration error"
                f" {found.before:.3f} before, {found.after:.3f} after{fitted}"
                f" ({found.decisions} decisions on {found.pages} pages)"
            )
            if not found.is_kept:
                line += "; not kept, as it makes the scores worse"
            report.give({"model": name, **asdict(found)}, [line])
