"""XML files from elsewhere: no document types, no entities, limited in size, depth and number of
elements."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from model_backend.errors import UserError
from model_backend.formats.safe_json import check_file

MAXIMUM_BYTES = 20 * 2**20
MAXIMUM_DEPTH = 64
MAXIMUM_ELEMENTS = 100_000


def load(path: Path) -> Element:
    """The root element of an XML file; UserError for one that is broken, hostile or too large."""
    check_file(path, MAXIMUM_BYTES)
    try:
        return _root(path)
    except DefusedXmlException as error:
        raise UserError(
            "The file {file} declares a document type or entities, which are not read."
            " Remove them.",
            file=path,
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        raise UserError(
            "The file {file} is not valid XML ({reason}). Export it again.", file=path, reason=error
        ) from error


def _root(path: Path) -> Element:
    depth = count = 0
    root: Element | None = None
    for event, element in iterparse(str(path), events=("start", "end"), forbid_dtd=True):
        root = element if root is None else root
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAXIMUM_DEPTH or count > MAXIMUM_ELEMENTS:
            raise UserError(
                "The file {file} is nested too deeply or has too many elements to be an annotation."
                " Check where it comes from.",
                file=path,
            )
    if root is None:
        raise ValueError("no element")
    return root
