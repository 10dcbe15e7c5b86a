"""What PDFs say wrongly of themselves: senseless page sizes and turns, page trees that miscount."""

from __future__ import annotations

import math
import re

import pymupdf

REFERENCE = re.compile(r"(\d+) \d+ R")
DEEPEST = 64
"""Levels of a page tree that are climbed; a deeper one is a fault of the file."""
LARGEST_UNIT = 100.0
"""A user unit beyond this (1.4 inches) is a mistake, not a drawing."""


def is_there(page: pymupdf.Page) -> bool:
    """Whether the page has an object of its own: page trees count pages that are lost."""
    return _has(page.parent, page.xref)


def has_odd_geometry(document: pymupdf.Document, xref: int) -> bool:
    """Whether the page's boxes, turn or unit are written so that programs disagree on them."""
    media = _inherited(document, xref, "MediaBox")
    crop = _inherited(document, xref, "CropBox")
    if media == "null" or _is_senseless(media) or (crop != "null" and _is_senseless(crop)):
        return True
    if crop != "null" and _lie_apart(_numbers(media), _numbers(crop)):
        return True
    turn = _number(_inherited(document, xref, "Rotate"), 0.0)
    unit = _number(_entry(document, xref, "UserUnit")[1], 1.0)
    return turn % 90 != 0 or not 0 < unit <= LARGEST_UNIT


def counted_pages(document: pymupdf.Document, most: int) -> int:
    """How many pages the tree holds, whatever it says itself; `most` where it holds more."""
    seen: set[int] = set()
    waiting = _references(_entry(document, document.pdf_catalog(), "Pages"))
    count = 0
    while waiting and count < most:
        xref = waiting.pop()
        if xref in seen or not _has(document, xref):
            continue
        seen.add(xref)
        kids = _entry(document, xref, "Kids")
        count += kids[0] == "null"
        waiting += _references(kids)
    return count


def mend_count(document: pymupdf.Document, most: int) -> bool:
    """Write the true number of pages into the tree, in memory only; False where it has none."""
    root = _references(_entry(document, document.pdf_catalog(), "Pages"))
    count = counted_pages(document, most)
    if not root or not count:
        return False
    document.xref_set_key(root[0], "Count", str(count))
    return True


def _has(document: pymupdf.Document, xref: int) -> bool:
    return bool(0 < xref < document.xref_length())


def _entry(document: pymupdf.Document, xref: int, key: str) -> tuple[str, str]:
    """Kind and text of an entry as written; "null" where there is no such object or entry."""
    if not _has(document, xref):
        return ("null", "null")
    kind, value = document.xref_get_key(xref, key)
    return str(kind), str(value)


def _inherited(document: pymupdf.Document, xref: int, key: str) -> str:
    """The entry of the page or of the nearest of its parents, as written; "null" without any."""
    for _level in range(DEEPEST):
        kind, value = _entry(document, xref, key)
        if kind == "xref":
            target = int(value.split()[0])
            return str(document.xref_object(target)) if _has(document, target) else "null"
        if kind != "null":
            return value
        parents = _references(_entry(document, xref, "Parent"))
        if not parents:
            return "null"
        xref = parents[0]
    return "null"


def _references(entry: tuple[str, str]) -> list[int]:
    return [int(number) for number in REFERENCE.findall(entry[1])]


def _numbers(box: str) -> list[float]:
    """The numbers of a box; none where it has others than numbers (references, say)."""
    try:
        return [float(part) for part in box.strip("[] \n").split()]
    except ValueError:
        return []


def _number(text: str, otherwise: float) -> float:
    numbers = _numbers(text)
    return numbers[0] if numbers else otherwise


def _is_senseless(box: str) -> bool:
    if "R" in box:
        return False  # numbers that stand elsewhere
    numbers = _numbers(box)
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        return True
    return numbers[0] == numbers[2] or numbers[1] == numbers[3]


def _lie_apart(first: list[float], second: list[float]) -> bool:
    if len(first) != 4 or len(second) != 4:
        return False
    sides = ((first[0::2], second[0::2]), (first[1::2], second[1::2]))
    return any(max(a) <= min(b) or max(b) <= min(a) for a, b in sides)
