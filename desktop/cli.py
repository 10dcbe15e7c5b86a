"""The `proofdesk` command: everything the window does to whole projects, without Qt."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desktop import bugs, crashes, logs
from desktop.cli_agreement import agreement
from desktop.cli_check import check
from desktop.cli_evaluate import evaluate
from desktop.cli_export import convert, export
from desktop.cli_models import models
from desktop.cli_options import (
    Format,
    Jobs,
    Json,
    Languages,
    Ocr,
    PasswordFile,
    Project,
    choices,
    show_version,
)
from desktop.cli_output import (
    HOW_TO_UNLOCK,
    Report,
    counted,
    indented,
    keyed,
    reporting,
)
from desktop.cli_project import (
    attempts,
    check_languages,
    given_password,
    must_be_there,
    run_work,
    there,
    unlocked,
    working,
    writing,
)
from desktop.cli_rivals import compare, promote
from desktop.cli_synthesize import synthesize
from desktop.cli_train import train
from desktop.cli_versions import freeze, versions
from model_backend import registry, runtime
from model_backend.errors import UserError

if TYPE_CHECKING:
    from desktop.jobs.work import Imported, ImportFiles
    from desktop.store.store import Store
    from model_backend.service import Workers

FOREIGN = (
    "waits to be imported, but was not read, because somebody else may have chosen it."
    " Import it again by its name."
)
app = typer.Typer(
    name="proofdesk",
    help="Label forms and tables, correct what models propose, export data sets for training.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit status: 0, 1 (failed) or 2 (wrong usage)."""
    log = logs.start("command", tell=lambda _error: None)  # what fails is said on the terminal
    record = crashes.Crashes(logs.folder())
    try:
        app(args=list(arguments), prog_name="proofdesk")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except Exception as error:
        bugs.report(error)
        raise
    finally:
        record.close()
        if log is not None:
            log.stop()
    return 0


@app.callback()
def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Nothing but the version is an option of all commands."""


@app.command("open")
def open_window(
    project: Annotated[Path | None, typer.Argument(help="A project, or nothing.")] = None,
    *,
    sample: Annotated[bool, typer.Option("--sample", help="On the bundled samples.")] = False,
    screenshot: Annotated[
        Path | None,
        typer.Option(help="Write a picture of the window once all is shown, and close it."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Open the window, on a project where one is given."""
    with reporting(as_json=as_json) as report:
        options = ["--sample"] * sample + (["--screenshot", str(screenshot)] if screenshot else [])
        paths = [str(project)] if project else []
        command = [sys.executable, "-m", "desktop", "open", *paths, *options]
        status = subprocess.run(command, check=False).returncode
        if status:
            report.fail("The window", f"ended with status {status}")
        report.give({"project": project}, [])


@app.command("import")
def import_files(
    project: Project,
    paths: Annotated[list[Path] | None, typer.Argument(help="Files and folders.")] = None,
    *,
    ocr: Annotated[Ocr, typer.Option(help="When to read scans by tesseract.")] = Ocr.AUTO,
    languages: Languages = "",
    password_file: PasswordFile = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Import files and folders, or go on with an import.

    Without files it goes on with an import that was stopped.
    """
    from desktop.jobs.work import (
        EMPTY_FOLDER,
        ImportFiles,
        StoreTarget,
        foreign,
        unfinished_datasets,
    )

    with reporting(project, as_json=as_json) as report:
        check_languages(languages)
        given, found = given_password(password_file), there(paths or [], report)
        if paths and not found:
            _give_imported(report, project, None)
            return
        with writing(project, make=bool(found)) as store, working(jobs) as workers:
            target = StoreTarget(store)
            work = ImportFiles(target, found, ocr=ocr.value, languages=languages)
            if not paths:
                work = ImportFiles.rest(target, unlocked(store, workers, given)) or work
            for path in () if paths else foreign(store):
                report.fail(str(path), FOREIGN)
            imported = run_work(work, workers, report).result
            for stopped in () if paths else unfinished_datasets(target):
                imported.add(run_work(stopped, workers, report).result)
            for what, why in imported.refused:
                report.fail(what, why)
            for path in tuple(imported.locked):
                again = partial(ImportFiles, target, [path], ocr=ocr.value, languages=languages)
                _unlock(path, again, given, imported, workers, report)
            _keep_first(store, report)
        for path in imported.empty:
            report.fail(str(path), EMPTY_FOLDER)
        _give_imported(report, project, imported)


def _unlock(
    path: Path,
    again: Callable[..., ImportFiles],
    given: str,
    imported: Imported,
    workers: Workers,
    report: Report,
) -> None:
    """Import a protected file with the given password, or with one that is asked for."""
    from desktop.jobs.work import Passwords

    for password in attempts(path.name, given):
        work = again(passwords=Passwords(), password=password)
        result = run_work(work, workers, report, is_quiet=True).result
        if not result.locked:
            imported.add(result)
            return
    report.fail(path.name, f"is protected and was not imported. {HOW_TO_UNLOCK}")


@app.command("import-dataset")
def import_dataset(
    project: Project,
    path: Annotated[Path, typer.Argument(help="The data set's folder or file.")],
    *,
    format_name: Annotated[Format, typer.Option("--format", help="The data set's format.")],
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Import a data set with its annotations."""
    from desktop.jobs.work import StoreTarget
    from desktop.jobs.work import import_dataset as importing

    with reporting(project, as_json=as_json) as report:
        if not path.exists():
            text = "{file} cannot be found. Check that it is still there."
            raise UserError(text, file=str(path))
        with writing(project, make=True) as store, working(jobs) as workers:
            work = importing(StoreTarget(store), format_name.value, path)
            outcome = run_work(work, workers, report)
            _keep_first(store, report)
        _give_imported(report, project, outcome.result)


def _keep_first(store: Store, report: Report) -> None:
    """The first backup of a project; without one the import is still what it is."""
    from desktop.store.backups import keep_first

    try:
        keep_first(store)
    except UserError as error:
        report.fail("", str(error))


def _give_imported(report: Report, project: Path, imported: Imported | None) -> None:
    told = imported.notes if imported is not None else ()
    notes = [{"what": what, "why": why} for what, why in told]
    for what, why in told:
        report.note(f"{what}: {why}")
    if imported is None or not project.exists():
        text = f"{project}: nothing was imported, it was not made"
        report.give({"project": project, "notes": notes}, [text])
        return
    counts = {
        "documents": imported.documents,
        "pages": imported.pages,
        "words": imported.words,
        "annotations": imported.annotations,
        "already there": imported.known,
    }
    report.give(
        {"project": project, **keyed(counts), "notes": notes},
        [f"{project.name}: {counted(counts)}"],
    )


@app.command()
def prelabel(
    project: Project,
    *,
    entities: Annotated[str, typer.Option(help=choices(registry.ENTITIES))] = "",
    tables: Annotated[str, typer.Option(help=choices(registry.TABLES))] = "",
    masks: Annotated[str, typer.Option(help=choices(registry.MASKS))] = "",
    page_class: Annotated[
        str, typer.Option("--page-class", help=choices(registry.PAGE_CLASS))
    ] = "",
    device: Annotated[
        str, typer.Option(help=f"Where models run: {', '.join(runtime.CHOICES)}.")
    ] = runtime.AUTO,
    again: Annotated[
        bool, typer.Option("--again", help="Also pages that have proposals already.")
    ] = False,
    password_file: PasswordFile = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Let predictors propose on all new pages.

    No human work is touched.
    """
    from desktop.jobs.work import Prelabel, StoreTarget
    from desktop.store.promoted import chosen as in_use

    with reporting(project, as_json=as_json) as report:
        chosen = {
            registry.ENTITIES: entities,
            registry.TABLES: tables,
            registry.MASKS: masks,
            registry.PAGE_CLASS: page_class,
        }
        names = [
            registry.checked(task, name) if name else in_use(project, task)
            for task, name in chosen.items()
        ]
        with writing(project, make=False) as store, working(jobs) as workers:
            _note_device(device, workers, report)
            passwords = unlocked(store, workers, given_password(password_file))
            work = Prelabel(
                StoreTarget(store), names, again=again, passwords=passwords, device=device
            )
            predicted = run_work(work, workers, report).result
        if not work.total and not again:
            report.note("No page is new. With --again, pages that have proposals get others.")
        for what, why in predicted.notes:
            report.note(f"{what}: {why}")
        counts = {
            "pages": predicted.pages,
            "entities": predicted.entities,
            "relations": predicted.relations,
            "tables": predicted.tables,
            "regions": predicted.regions,
            "page_classes": predicted.page_classes,
        }
        result = {"project": project, "predictors": names, **counts}
        report.give(result, [f"{project.name}: {counted(counts)}"])


def _note_device(device: str, workers: Workers, report: Report) -> None:
    """Say which device models run on, where one was asked for."""
    if runtime.checked(device, runtime.CHOICES) != runtime.AUTO:
        chosen = workers.submit("model", runtime.torch_device, device).result()
        report.note(f"Models run on {chosen.name}: {chosen.reason}")


app.command()(export)
app.command()(convert)
app.command()(freeze)
app.command()(versions)
models.command()(compare)
models.command()(promote)
app.add_typer(models)
app.add_typer(train)
app.command()(evaluate)
app.command()(check)
app.command()(agreement)
app.command()(synthesize)


@app.command()
def stats(project: Project, *, as_json: Json = False) -> None:
    """Count what a project holds, and what became of proposals."""
    from desktop.store.store import Store

    with reporting(project, as_json=as_json) as report:
        must_be_there(project)
        with Store.open(project, read_only=True) as store:
            result = store.statistics()
        report.give({"project": project, **result}, list(indented(result)))


@app.command()
def doctor(*, as_json: Json = False) -> None:
    """Say what this machine has and lacks, and what to do about it."""
    from desktop.doctor import Verdict, findings

    with reporting(as_json=as_json) as report:
        found = list(findings())
        lines = [
            f"{item.verdict:8} {item.name}: {item.text}"
            + (f"\n         to do: {item.remedy}" if item.remedy else "")
            for item in found
        ]
        report.give({"checks": [vars(item) for item in found]}, lines)
        for item in found:
            if item.verdict is Verdict.MISSING:
                report.fail(item.name, f"{item.text}. To do: {item.remedy}")


@app.command()
def demo(
    *,
    out: Annotated[Path, typer.Option(help="A folder that is not there yet.")] = Path(
        "demo-output"
    ),
    as_json: Json = False,
) -> None:
    """Do the main job on the bundled samples.

    It makes a project, proposals, exports and a screenshot.
    """
    from desktop.demo import run_demo

    with reporting(as_json=as_json) as report:
        run_demo(out, report)
