"""What the commands take: arguments and options that several of them share."""

from __future__ import annotations

import importlib.metadata
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model_backend import registry
from model_backend.errors import UserError

if TYPE_CHECKING:
    from model_backend.formats.splits import Split

ENDING = ".proofdesk"
LARGEST_ID = 2**53
"""Ids beyond are rounded by other programs."""


class Format(StrEnum):
    """The data set formats."""

    FUNSD = "funsd"
    XFUND = "xfund"
    PPKIE = "ppkie"
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
    known = ", ".join(registry.names(task))
    pair = " Two models: DETECTION,STRUCTURE." if task == registry.TABLES else ""
    return f"Predictor of {task}: {known}.{pair}"


def split_of(text: str, seed: int) -> Split | None:
    """The split that was asked for; None where none was."""
    from model_backend.formats.splits import parsed

    if not text:
        if seed:
            raise typer.BadParameter("--seed belongs to --split")
        return None
    try:
        return parsed(text, seed)
    except UserError as error:
        raise typer.BadParameter(str(error)) from error


def category_ids_of(texts: list[str] | None, format_name: str) -> tuple[tuple[str, int], ...]:
    """The names with the ids that were asked for; no name and no id twice."""
    if texts and format_name != Format.COCO:
        raise typer.BadParameter("--category-id belongs to the format coco")
    found: dict[str, int] = {}
    for text in texts or ():
        name, _sign, number = text.rpartition("=")
        if not name or not (number.isascii() and number.isdigit()) or int(number) > LARGEST_ID:
            raise typer.BadParameter(f"{text} is no name with its id. Write it like table=7.")
        if name in found or int(number) in found.values():
            raise typer.BadParameter(f"{text}: the name or the id was given before")
        found[name] = int(number)
    return tuple(found.items())


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
Parts = Annotated[
    str,
    typer.Option(
        "--split",
        metavar="train=0.8,val=0.1,test=0.1",
        help="Give out the documents to parts; the pages of one always stay together.",
    ),
]
Seed = Annotated[int, typer.Option(help="Which documents --split takes for which part.")]
CategoryIds = Annotated[
    list[str] | None,
    typer.Option(
        "--category-id",
        metavar="NAME=ID",
        help="A category's id in COCO, such as table=7; may be given several times.",
    ),
]
BoxStyle = Annotated[Boxes, typer.Option(help="Table boxes on their text, or touching.")]


def show_version(is_wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    """Print the version and stop, where that was asked for."""
    if is_wanted:
        typer.echo(f"proofdesk {importlib.metadata.version('proofdesk')}")
        raise typer.Exit
