"""Data set formats: one module each, in which reading and writing are inverses.

Every module has `members(path)`, `read_member(path, member)` and `Writer(folder, options)`;
`export` writes whole data sets and reads them back.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from model_backend.errors import Missing, UserError
from model_backend.formats.values import (
    ExportPage,
    ExportReport,
    PictureSource,
    ReadPage,
    WriteOptions,
    Writer,
    Written,
)

__all__ = [
    "FORMATS",
    "READ_ONLY",
    "WRITE_ONLY",
    "ExportPage",
    "ExportReport",
    "PictureSource",
    "ReadPage",
    "WriteOptions",
    "Writer",
    "Written",
    "check_readable",
    "check_writable",
    "members",
    "module_of",
    "read",
    "read_member",
    "readable",
    "writable",
]

FORMATS = {
    "funsd": "funsd",
    "xfund": "xfund",
    "ppkie": "ppkie",
    "coco": "coco",
    "pubtables": "pubtables",
    "icdar2013": "icdar2013_set",
    "pages": "page_json",
    "page_xml": "page_xml",
    "alto": "alto",
    "hocr": "hocr",
    "labelme": "labelme",
    "labelstudio": "labelstudio",
    "pubtabnet": "pubtabnet",
    "html": "html_tables",
    "otsl": "otsl_tables",
    "csv": "csv_tables",
    "xlsx": "xlsx_tables",
}
"""Name of each format and the module that reads and writes it."""

WRITE_ONLY = frozenset({"html", "otsl", "csv", "xlsx"})
READ_ONLY: frozenset[str] = frozenset({"labelme", "labelstudio", "pubtabnet"})


def readable() -> tuple[str, ...]:
    """Names of the formats that can be imported."""
    return tuple(name for name in FORMATS if name not in WRITE_ONLY)


def writable() -> tuple[str, ...]:
    """Names of the formats that can be exported."""
    return tuple(name for name in FORMATS if name not in READ_ONLY)


def check_readable(format_name: str) -> None:
    """UserError for a format that can only be written."""
    if format_name in WRITE_ONLY:
        raise UserError(
            "The format {name} can only be exported. Choose one of: {known}.",
            name=format_name,
            known=", ".join(readable()),
        )


def check_writable(format_name: str) -> None:
    """UserError for a format that can only be read."""
    if format_name in READ_ONLY:
        raise UserError(
            "The format {name} can only be imported. Choose one of: {known}.",
            name=format_name,
            known=", ".join(writable()),
        )


def module_of(format_name: str) -> ModuleType:
    """The module of a format, imported when it is asked for."""
    if format_name not in FORMATS:
        raise UserError(
            "There is no format {name}. Choose one of: {known}.",
            name=format_name,
            known=", ".join(FORMATS),
        )
    return importlib.import_module(f"{__name__}.{FORMATS[format_name]}")


def members(format_name: str, path: Path) -> tuple[str, ...]:
    """Names of the pages of a data set; UserError where there is none at `path`."""
    if not path.exists():
        raise Missing(path)
    check_readable(format_name)
    found: tuple[str, ...] = module_of(format_name).members(path)
    return found


def read_member(format_name: str, path: Path, member: str) -> ReadPage:
    """One page of a data set; UserError where it cannot be used."""
    page: ReadPage = module_of(format_name).read_member(path, member)
    return page


def read(format_name: str, path: Path) -> Iterator[ReadPage | UserError]:
    """All pages in turn; a broken member is yielded as its error and the rest goes on."""
    for member in members(format_name, path):
        try:
            yield read_member(format_name, path, member)
        except UserError as error:
            yield error
