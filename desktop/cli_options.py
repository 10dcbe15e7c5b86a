"""What the commands take: arguments and options that several of them share."""

from __future__ import annotations

import importlib.metadata
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from model_backend import registry

ENDING = ".proofdesk"


class Ocr(StrEnum):
    """When the words of a page are read by tesseract."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Boxes(StrEnum):
    """How PubTables-1M's boxes are drawn."""

    TIGHT = "tight"
    STRETCHED = "stretched"


def choices(task: str) -> str:
    """The help of an option that names a predictor."""
    return f"Predictor of {task}: {', '.join(registry.names(task))}."


def checked_project(path: Path) -> Path:
    """Refuse, as wrong usage, what cannot be a project's folder."""
    if path.suffix != ENDING:
        raise typer.BadParameter(f"a project is a folder NAME{ENDING}, not {path.name}")
    return path


Project = Annotated[
    Path, typer.Argument(callback=checked_project, help=f"The project's folder NAME{ENDING}.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes at work at the same time.")]
Dpi = Annotated[float, typer.Option(min=10, max=1200, help="Resolution of pages without one.")]
Languages = Annotated[str, typer.Option(help="Languages of scans, such as eng+kor.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        exists=True,
        dir_okay=False,
        help="A file with the password of protected documents; it is not stored.",
    ),
]
BoxStyle = Annotated[Boxes, typer.Option(help="Table boxes on their text, or touching.")]


def show_version(is_wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    """Print the version and stop, where that was asked for."""
    if is_wanted:
        typer.echo(f"proofdesk {importlib.metadata.version('proofdesk')}")
        raise typer.Exit
