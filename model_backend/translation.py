"""Text in the user's language: gettext catalogues in resources/translations, English source."""

from __future__ import annotations

import gettext
import struct
from pathlib import Path

TRANSLATIONS = Path(__file__).resolve().parent.parent / "resources" / "translations"
SOURCE_LANGUAGE = "en"
_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = SOURCE_LANGUAGE


def use_language(code: str) -> bool:
    """Show everything in this language from now on; English, and False, where its catalogue is
    missing or damaged.
    """
    global _catalogue, _language
    _language, _catalogue = code, gettext.NullTranslations()
    try:
        _catalogue = gettext.translation("proofdesk", TRANSLATIONS, [code])
    except (OSError, ValueError, LookupError, struct.error):
        return code == SOURCE_LANGUAGE
    return True


def language() -> str:
    """The code of the language in use."""
    return _language


def _(text: str) -> str:
    """The text in the language in use."""
    return _catalogue.gettext(text) if text else ""


def mark(text: str) -> str:
    """Mark a text for translation where it stands in a table and is translated when it is shown."""
    return text


SINGULAR = {
    "{count} files still wait to be imported. They were not read, because somebody else may have"
    " chosen them: open them again in the File menu.": mark(
        "1 file still waits to be imported. It was not read, because somebody else may have"
        " chosen it: open it again in the File menu."
    ),
    "The import was stopped: {count} files or pages were not taken in. Import again what you still"
    " want.": mark(
        "The import was stopped: 1 file or page was not taken in. Import it again if you still want"
        " it."
    ),
    "The import was stopped: the words of {count} pages were not read. Whatever is imported next"
    " reads them, too.": mark(
        "The import was stopped: the words of 1 page were not read. Whatever is imported next reads"
        " them, too."
    ),
    "{count} tables have no rows and columns: only their places were found": mark(
        "1 table has no rows and columns: only its place was found"
    ),
    mark("{count} files still wait to be imported; they are not in the copy"): mark(
        "1 file still waits to be imported; it is not in the copy"
    ),
    "{count} boxes reach out of the page": mark("1 box reaches out of the page"),
    "{count} parts lie outside their table": mark("1 part lies outside its table"),
    "{count} boxes have their corners swapped": mark("1 box has its corners swapped"),
    "{count} entities are linked to themselves": mark("1 entity is linked to itself"),
    "{count} links lead to missing entities": mark("1 link leads to a missing entity"),
    "{count} parts have no readable outline and were left out: {names}": mark(
        "1 part has no readable outline and was left out: {names}"
    ),
    "{count} pictures have no annotation: {names}": mark("1 picture has no annotation: {names}"),
    "{count} lines have another text than their words": mark(
        "1 line has another text than its words"
    ),
    "{count} annotations belong to images that are not in the file": mark(
        "1 annotation belongs to an image that is not in the file"
    ),
    "{count} more problems": mark("1 more problem"),
    "its HTML has {count} cells, but {found} are described": mark(
        "its HTML has 1 cell, but {found} are described"
    ),
    "{count} cells have more text than a sheet can hold": mark(
        "1 cell has more text than a sheet can hold"
    ),
    "{count} words of the entity {id} have no text": mark("1 word of the entity {id} has no text"),
    "{count} annotations have no usable id": mark("1 annotation has no usable id"),
    "{count} rows overlap their neighbours": mark("1 row overlaps its neighbour"),
    "{count} columns overlap their neighbours": mark("1 column overlaps its neighbour"),
    'an edge cuts {count} words in half, such as "{text}"': mark(
        'an edge cuts 1 word in half: "{text}"'
    ),
    'the outline cuts {count} words in half, such as "{text}"': mark(
        'the outline cuts 1 word in half: "{text}"'
    ),
    '{count} words lie in more than one cell, such as "{text}"': mark(
        '1 word lies in more than one cell: "{text}"'
    ),
    '{count} words lie partly outside the table, such as "{text}"': mark(
        '1 word lies partly outside the table: "{text}"'
    ),
    "{count} cells hold a currency sign alone: their column may belong to the next": mark(
        "1 cell holds a currency sign alone: its column may belong to the next"
    ),
    "Number of this mistake: {id}. It happened {count} times.": mark(
        "Number of this mistake: {id}. It happened 1 time."
    ),
    "{count} cells still have leading dots": mark("1 cell still has leading dots"),
}
"""Texts for several things, and their form for one."""


def counted(text: str, count: int, /, **values: object) -> str:
    """The text about so many things, in the language in use; `text` is worded for several."""
    form = SINGULAR.get(text, text) if count == 1 else text
    return _(form).format(count=count, **values)
