"""`proofdesk train`: the models that come with Proofdesk, each made again by one command."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import platformdirs
import typer

from desktop.cli_options import Jobs, Json
from desktop.cli_output import reporting
from desktop.cli_project import working
from model_backend import runtime
from model_backend.errors import Cancelled

if TYPE_CHECKING:
    from desktop.cli_output import Report
    from model_backend.training.card import Trained
    from model_backend.training.trainer import Note

train = typer.Typer(
    name="train",
    help="Train the models that come with Proofdesk on generated pages.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Seed = Annotated[int, typer.Option(help="Another seed gives other pages and another model.")]
Minutes = Annotated[float | None, typer.Option(help="Stop after so long; --resume goes on.")]
Out = Annotated[Path, typer.Option(help="A folder for the model and its card.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with what was begun in the same folder.")
]
Device = Annotated[str, typer.Option(help=f"One of: {', '.join(runtime.CHOICES)}.")]


@train.callback()
def _of_kinds() -> None:
    """Each kind of model is a command of its own."""


@train.command("masks")
def train_masks(
    *,
    out: Out,
    data: Annotated[
        str, typer.Option(help="'generated', or the folder of a COCO data set.")
    ] = "generated",
    pages: Annotated[int, typer.Option(min=1, help="How many pages to generate.")] = 600,
    seed: Seed = 1,
    steps: Annotated[int, typer.Option(min=1, help="Steps of the whole training.")] = 6000,
    rate: Annotated[float, typer.Option(help="How fast it learns.")] = 4e-3,
    minutes: Minutes = None,
    device: Device = runtime.AUTO,
    work: Annotated[
        Path | None, typer.Option(help="A folder for pages and what is needed to go on.")
    ] = None,
    measured: Annotated[
        int, typer.Option(min=1, help="Pages to measure with, at each of three noises.")
    ] = 30,
    resume: Resume = False,
    as_it_is: Annotated[
        bool, typer.Option("--as-it-is", help="Write and measure what was learnt so far.")
    ] = False,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Train the network that finds stamps, signatures, figures and tables.

    Ctrl+C saves and stops; the same command with --resume goes on, as if it had not been stopped.
    """
    from model_backend.training import train_masks as training

    with reporting(out, as_json=as_json) as report:
        folder = work or platformdirs.user_cache_path("proofdesk", appauthor=False) / "masks"
        wish = training.Wish(out, folder, data, pages, seed, steps, rate, device, measured)
        with working(jobs) as workers, _training(report, minutes) as is_cancelled:
            trained = training.train_masks(
                wish,
                partial(workers.submit, "batch"),
                resume=resume,
                as_it_is=as_it_is,
                on_page=lambda done, total: report.note(f"{done} of {total} pages"),
                on_note=lambda note: report.note(_line(note)),
                is_cancelled=is_cancelled,
            )
            _give(report, trained, "dice", "Dice, {name} noise: ")


@train.command("entities")
def train_entities(
    *,
    out: Out,
    data: Annotated[
        list[Path] | None,
        typer.Option(help="The folder of a FUNSD data set, or a version; may be repeated."),
    ] = None,
    project: Annotated[
        Path | None, typer.Option(help="The project whose versions --data names.")
    ] = None,
    generated: Annotated[int, typer.Option(min=0, help="How many forms to generate.")] = 0,
    language: Annotated[str, typer.Option(help="Of the generated forms: en or ko.")] = "en",
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="minilm, nothing, a model that was trained before, or a folder of BERT's weights."
            " English begins with minilm, Korean with nothing.",
        ),
    ] = None,
    seed: Seed = 1,
    rate: Annotated[float, typer.Option(help="How fast it learns.")] = 1.5e-4,
    minutes: Minutes = None,
    device: Device = runtime.AUTO,
    work: Annotated[Path | None, typer.Option(help="A folder for what is needed to go on.")] = None,
    measured: Annotated[int, typer.Option(min=1, help="Generated forms to measure with.")] = 100,
    resume: Resume = False,
    as_json: Json = False,
) -> None:
    """Train the network that reads forms: questions, answers, headers and their links.

    Ctrl+C saves and stops; the same command with --resume goes on, as if it had not been stopped.
    """
    from model_backend.synthesis.generator import Order, checked
    from model_backend.training import train_entities as training

    with reporting(out, as_json=as_json) as report:
        checked(Order("forms", seed, language))
        cache = platformdirs.user_cache_path("proofdesk", appauthor=False)
        folder = work or cache / training.NAMES[language]
        sets, begun = _sets(data or [], project), start or training.STARTS[language]
        wish = training.Wish(
            out, folder, sets, generated, begun, seed, rate, device, measured, language
        )
        with _training(report, minutes) as is_cancelled:
            trained = training.train_entities(
                wish,
                resume=resume,
                on_note=lambda note: report.note(_line(note)),
                is_cancelled=is_cancelled,
            )
            _give(report, trained)


def _sets(data: list[Path], project: Path | None) -> tuple[Path, ...]:
    """The data sets to learn from: folders, or what a project's versions have for training."""
    if project is None:
        return tuple(data)
    from desktop.store.versions import training_set

    return tuple(training_set(project, str(name), "entities") for name in data)


@train.command("tables")
def train_tables(
    *,
    out: Out,
    seed: Seed = 1,
    steps: Annotated[int, typer.Option(min=1, help="Steps of the whole training.")] = 1500,
    rate: Annotated[float, typer.Option(help="How fast it learns.")] = 3e-3,
    minutes: Minutes = None,
    device: Device = runtime.AUTO,
    work: Annotated[Path | None, typer.Option(help="A folder for what is needed to go on.")] = None,
    chosen: Annotated[
        int, typer.Option(min=1, help="Generated pages to learn the choice of grids from.")
    ] = 150,
    measured: Annotated[int, typer.Option(min=1, help="Generated pages to measure with.")] = 40,
    resume: Resume = False,
    as_json: Json = False,
) -> None:
    """Train the network that reads the rows, columns and merged cells of tables.

    Ctrl+C saves and stops; the same command with --resume goes on, as if it had not been stopped.
    """
    from model_backend.training import train_tables as training

    with reporting(out, as_json=as_json) as report:
        folder = work or platformdirs.user_cache_path("proofdesk", appauthor=False) / "tables"
        wish = training.Wish(out, folder, seed, steps, rate, device, chosen, measured)
        with _training(report, minutes) as is_cancelled:
            trained = training.train_tables(
                wish,
                resume=resume,
                on_note=lambda note: report.note(_line(note)),
                on_page=lambda done, total: report.note(f"{done} of {total} pages"),
                is_cancelled=is_cancelled,
            )
            _give(report, trained)


@train.command("page-class")
def train_page_class(
    *,
    out: Out,
    pages: Annotated[int, typer.Option(min=1, help="How many pages to generate.")] = 6000,
    seed: Seed = 1,
    steps: Annotated[int, typer.Option(min=1, help="Steps of the whole training.")] = 2500,
    rate: Annotated[float, typer.Option(help="How fast it learns.")] = 3e-3,
    minutes: Minutes = None,
    device: Device = runtime.AUTO,
    work: Annotated[Path | None, typer.Option(help="A folder for what is needed to go on.")] = None,
    measured: Annotated[int, typer.Option(min=2, help="Generated pages to measure with.")] = 800,
    resume: Resume = False,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Train the network that tells the kind of a page: invoice, letter, memo and others.

    Ctrl+C saves and stops; the same command with --resume goes on, as if it had not been stopped.
    """
    from model_backend.training import train_page_class as training

    with reporting(out, as_json=as_json) as report:
        folder = work or platformdirs.user_cache_path("proofdesk", appauthor=False) / "page-class"
        wish = training.Wish(out, folder, pages, seed, steps, rate, device, measured)
        with working(jobs) as workers, _training(report, minutes) as is_cancelled:
            trained = training.train_page_class(
                wish,
                partial(workers.submit, "batch"),
                resume=resume,
                on_note=lambda note: report.note(_line(note)),
                on_page=lambda done, total: report.note(f"{done} of {total} pages"),
                is_cancelled=is_cancelled,
            )
            _give(report, trained)


@contextmanager
def _training(report: Report, minutes: float | None) -> Iterator[Callable[[], bool]]:
    """A training that can be stopped: what was learnt is kept, and one is told how to go on."""
    try:
        with _stopping(minutes) as is_cancelled:
            yield is_cancelled
    except Cancelled:
        report.note("Stopped and saved. The same command with --resume goes on.")
        report.give({"program": None}, [])


def _give(report: Report, trained: Trained, key: str = "figures", row: str = "{name}: ") -> None:
    """Tell what came of a training."""
    lines = [f"{trained.program}: {trained.bytes / 1e6:.1f} MB"]
    for name, figures in trained.figures.items():
        shown = ", ".join(f"{what} {_two(value)}" for what, value in figures.items())
        lines.append(row.format(name=name) + shown)
    report.give({"program": trained.program, key: trained.figures}, lines)


def _two(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _line(note: Note) -> str:
    return f"Step {note.step} of {note.steps}, loss {note.loss:.4f}, {note.seconds:.0f} s"


@contextmanager
def _stopping(minutes: float | None) -> Iterator[Callable[[], bool]]:
    """Whether to stop: after so many minutes, or since Ctrl+C was pressed."""
    end = None if minutes is None else time.monotonic() + 60 * minutes
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        yield lambda: bool(pressed) or (end is not None and time.monotonic() > end)
    finally:
        signal.signal(signal.SIGINT, before)
