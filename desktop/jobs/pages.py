"""Pages on their way into a project: from what a file says, and with the words that were read."""

from __future__ import annotations

import re
from dataclasses import replace

from desktop.document import edits
from model_backend.document import Document, Page, PageGeometry, with_words
from model_backend.errors import UserError
from model_backend.sources import PageRead
from model_backend.translation import _

_COPY = re.compile(r"\b[0-9a-f]{64}(\.\w+)?\b")
EVERY = 2**31
"""As many pages as there are."""


def new_page(number: int, geometry: PageGeometry, unit: str) -> Page:
    """A page as its file describes it, without words."""
    return Page(0, 0, number, geometry.width, geometry.height, unit, geometry)


def page_label(document: Document, number: int) -> str:
    """What people call a page: its file, and which page of it where there are several."""
    if document.page_count == 1:
        return document.name
    return _("{name}, page {number}").format(name=document.name, number=number + 1)


def own_name(text: str, name: str) -> str:
    """The text with a document's own name: the project's copies are named by their SHA-256."""
    return _COPY.sub(lambda _found: name, text)


def with_own_name(error: UserError, name: str) -> UserError:
    """The same error about the document as people call it."""
    values = {
        key: own_name(value, name) if isinstance(value, str) else value
        for key, value in error.values.items()
    }
    return type(error)(error.template, **values)


def with_read(page: Page, read: PageRead) -> Page:
    """The page with the words of its file; a page that already has words stays as it is."""
    if page.words:
        return page
    words = read.words
    if page.next_id > 1:
        words = tuple(replace(word, id=page.next_id + index) for index, word in enumerate(words))
    as_in_file = with_words(
        Page(page.id, 0, page.number, read.width, read.height, read.unit, read.geometry), words
    )
    shown = edits.deskew(edits.rotate(as_in_file, page.rotation), page.skew)
    return with_words(replace(page, is_scan=read.is_scan), shown.words)
