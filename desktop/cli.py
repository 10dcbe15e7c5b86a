"""The `proofdesk` command: everything the window does to whole projects, without Qt."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli_check import check
from desktop.cli_evaluate import evaluate
from desktop.cli_output import Report, counted, exported_lines, indented, keyed, reporting
from model_backend import registry
from model_backend.errors import UserError

if TYPE_CHECKING:
    from desktop.jobs.work import Imported, Outcome, Passwords, Work
    from desktop.store.store import Store
    from model_backend.service import Workers

app = typer.Typer(
    name="proofdesk",
    help="Label forms and tables, correct what models propose, export data sets for training.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
ENDING = ".proofdesk"
PASSWORD_TRIES = 3


class Ocr(StrEnum):
    """When the words of a page are read by tesseract."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Format(StrEnum):
    """The data set formats."""

    FUNSD = "funsd"
    XFUND = "xfund"
    COCO = "coco"
    PUBTABLES = "pubtables"
    ICDAR2013 = "icdar2013"
    PAGES = "pages"
    PAGE_XML = "page_xml"
    ALTO = "alto"
    HOCR = "hocr"
    LABELME = "labelme"
    LABELSTUDIO = "labelstudio"
    PUBTABNET = "pubtabnet"
    HTML = "html"
    OTSL = "otsl"
    CSV = "csv"
    XLSX = "xlsx"


class Boxes(StrEnum):
    """How PubTables-1M's boxes are drawn."""

    TIGHT = "tight"
    STRETCHED = "stretched"


def _choices(task: str) -> str:
    return f"Predictor of {task}: {', '.join(registry.names(task))}."


def _project(path: Path) -> Path:
    if path.suffix != ENDING:
        raise typer.BadParameter(f"a project is a folder NAME{ENDING}, not {path.name}")
    return path


Project = Annotated[
    Path, typer.Argument(callback=_project, help=f"The project's folder NAME{ENDING}.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes at work at the same time.")]
Dpi = Annotated[float, typer.Option(min=10, max=1200, help="Resolution of pages without one.")]
Languages = Annotated[str, typer.Option(help="Languages of scans, such as eng+kor.")]
BoxStyle = Annotated[Boxes, typer.Option(help="Table boxes on their text, or touching.")]


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit status: 0, 1 (failed) or 2 (wrong usage)."""
    try:
        app(args=list(arguments), prog_name="proofdesk")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


@app.command("open")
def open_window(
    project: Annotated[Path | None, typer.Argument(help="A project, or nothing.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Open the window, on a project where one is given."""
    with reporting(as_json=as_json) as report:
        command = [sys.executable, "-m", "desktop", "open", *([str(project)] if project else [])]
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
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Import files and folders; without any, go on with an import that was stopped."""
    from desktop.jobs.work import ImportFiles, Passwords, StoreTarget

    with reporting(as_json=as_json) as report, _writing(project, make=bool(paths)) as store:
        if languages:
            from model_backend.sources.ocr import checked_languages

            checked_languages(languages)
        target, passwords = StoreTarget(store), Passwords()
        work = ImportFiles(target, paths or (), ocr=ocr.value, languages=languages)
        if not paths:
            work = ImportFiles.rest(target, passwords) or work
        with _workers(jobs) as workers:
            outcome = _run(work, workers, report)
            for path in outcome.result.locked:
                _unlock(path, target, passwords, workers, report, ocr.value, languages)
        _give_imported(report, project, outcome.result)


def _unlock(
    path: Path,
    target: Any,  # noqa: ANN401 - a StoreTarget, imported late
    passwords: Passwords,
    workers: Workers,
    report: Report,
    ocr: str,
    languages: str,
) -> None:
    """Ask for a protected file's password, three times at most; a pipe is never asked."""
    from desktop.jobs.work import ImportFiles

    for _attempt in range(PASSWORD_TRIES if sys.stdin.isatty() else 0):
        password = typer.prompt(f"Password of {path.name}", hide_input=True, err=True, default="")
        work = ImportFiles(
            target, [path], ocr=ocr, languages=languages, passwords=passwords, password=password
        )
        if password and not _run(work, workers, report, is_quiet=True).result.locked:
            return
    report.fail(path.name, "is protected by a password and was not imported.")


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
    from desktop.jobs.work import ImportDataset, StoreTarget

    with reporting(as_json=as_json) as report:
        if not path.exists():
            raise UserError("{file} cannot be found. Check that it is still there.", file=path)
        with _writing(project, make=True) as store, _workers(jobs) as workers:
            work = ImportDataset(StoreTarget(store), format_name.value, path)
            outcome = _run(work, workers, report)
        _give_imported(report, project, outcome.result)


def _give_imported(report: Report, project: Path, imported: Imported) -> None:
    for what, why in imported.notes:
        report.note(f"{what}: {why}")
    counts = {
        "documents": imported.documents,
        "pages": imported.pages,
        "words": imported.words,
        "annotations": imported.annotations,
        "already there": imported.known,
    }
    notes = [{"what": what, "why": why} for what, why in imported.notes]
    report.give(
        {"project": project, **keyed(counts), "notes": notes},
        [f"{project.name}: {counted(counts)}"],
    )


@app.command()
def prelabel(
    project: Project,
    *,
    entities: Annotated[str, typer.Option(help=_choices(registry.ENTITIES))] = "",
    tables: Annotated[str, typer.Option(help=_choices(registry.TABLES))] = "",
    masks: Annotated[str, typer.Option(help=_choices(registry.MASKS))] = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, directml or coreml.")] = "auto",
    again: Annotated[
        bool, typer.Option("--again", help="Also pages that have proposals already.")
    ] = False,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Let the predictors propose on all new pages; no human work is touched."""
    from desktop.jobs.work import Prelabel, StoreTarget

    with reporting(as_json=as_json) as report:
        chosen = {registry.ENTITIES: entities, registry.TABLES: tables, registry.MASKS: masks}
        names = [
            registry.checked(task, name or registry.default(task)) for task, name in chosen.items()
        ]
        with _writing(project, make=False) as store, _workers(jobs) as workers:
            _note_device(device, workers, report)
            work = Prelabel(StoreTarget(store), names, again=again)
            predicted = _run(work, workers, report).result
        counts = {
            "pages": predicted.pages,
            "entities": predicted.entities,
            "relations": predicted.relations,
            "tables": predicted.tables,
            "regions": predicted.regions,
        }
        result = {"project": project, "predictors": names, **counts}
        report.give(result, [f"{project.name}: {counted(counts)}"])


def _note_device(device: str, workers: Workers, report: Report) -> None:
    """Say which device models run on, where one was asked for."""
    from model_backend.runtime import choose_device

    if device != "auto":
        chosen = workers.submit("model", choose_device, device).result()
        report.note(f"Models run on {chosen.name}: {chosen.reason}")


@app.command()
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
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Export what people accepted, corrected or drew on pages that are done or accepted."""
    from desktop.jobs.work import export_project
    from model_backend.formats import WriteOptions

    with reporting(as_json=as_json) as report, _workers(jobs) as workers:
        _must_be_there(project)
        options = WriteOptions(boxes=boxes.value, dpi=dpi)
        with report.progress("Export") as on_progress:
            exported = export_project(
                project,
                format_name.value,
                out,
                options,
                workers,
                include_proposed=include_proposed,
                on_progress=on_progress,
            )
        result, lines = exported_lines(exported.report)
        stayed = {kind: count for kind, count in exported.left.stayed.items() if count}
        lines.append(f"stayed: {counted(stayed)}" if stayed else "nothing stayed behind")
        report.give({**result, "stayed": stayed}, lines)


@app.command()
def convert(
    path: Annotated[Path, typer.Argument(help="The data set to read.")],
    out: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    *,
    from_format: Annotated[Format, typer.Option("--from", help="The format of the data set.")],
    to_format: Annotated[Format, typer.Option("--to", help="The format to write.")],
    boxes: BoxStyle = Boxes.STRETCHED,
    dpi: Dpi = 150,
    as_json: Json = False,
) -> None:
    """Write a data set in another format, without a project."""
    from model_backend.formats import WriteOptions
    from model_backend.formats.export import convert as converted

    with reporting(as_json=as_json) as report:
        options = WriteOptions(boxes=boxes.value, dpi=dpi)
        done = converted(from_format.value, path, to_format.value, out, options)
        report.give(*exported_lines(done))


app.command()(evaluate)
app.command()(check)


@app.command()
def stats(project: Project, *, as_json: Json = False) -> None:
    """Count what a project holds, and what became of proposals."""
    from desktop.store.store import Store

    with reporting(as_json=as_json) as report:
        _must_be_there(project)
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
    """Do the main job on the bundled samples: project, proposals, exports and a screenshot."""
    from desktop.demo import run_demo

    with reporting(as_json=as_json) as report:
        run_demo(out, report)


@contextmanager
def _writing(project: Path, *, make: bool) -> Iterator[Store]:
    """The project for writing; made where it is not there yet and `make` is set."""
    from desktop.store.store import Store

    if not make:
        _must_be_there(project)
    is_new = not project.exists()
    with Store.create(project) if is_new else Store.open(project) as store:
        yield store


def _must_be_there(project: Path) -> None:
    if not project.is_dir():
        raise UserError(
            "There is no project {project}. Make it by importing something into it.",
            project=project,
        )


@contextmanager
def _workers(jobs: int | None) -> Iterator[Workers]:
    from model_backend.service import Workers

    workers = Workers(batch=jobs)
    try:
        yield workers
    finally:
        workers.close()


def _run(work: Work, workers: Workers, report: Report, *, is_quiet: bool = False) -> Outcome:
    """Do the work with a progress bar; each failure is one line, a locked file is asked for."""
    from desktop.jobs.work import run

    with report.progress(work.title) as on_progress:
        outcome = run(work, workers, on_progress)
    locked = {path.name for path in getattr(outcome.result, "locked", ())}
    for what, why in outcome.failed:
        if not is_quiet and what not in locked:
            report.fail(what, why)
    return outcome
