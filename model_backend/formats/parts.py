"""Which part of its set each page leaves in, and the same picture in two of them, which is refused:
a model would be tested on what it was trained on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from model_backend.document import Page
from model_backend.errors import UserError
from model_backend.formats.pictures import limited
from model_backend.formats.splits import PARTS, Split
from model_backend.formats.values import (
    ExportPage,
    PictureSource,
    WriteOptions,
    Writer,
    Written,
)

ALWAYS = frozenset({"pubtables"})
"""Formats that have parts even where nobody asks for them."""
WITH_PARTS = frozenset({"funsd", "xfund", "coco", "pubtables", "pages"})
"""Formats that say themselves which part a page belongs to; others get a folder for each part."""
LONGEST_SIDE = 1000
"""Pixels at which pages without a resolution of their own are compared."""


def picture_digest(picture: PictureSource, page: Page) -> bytes:
    """A mark of the pixels of a page as they are shown; empty for a page of one colour, which says
    nothing."""
    scale = picture.native_scale or LONGEST_SIDE / max(page.width, page.height)
    image = picture.render(limited(page, scale)).convert("RGB")
    if all(low == high for low, high in image.getextrema()):  # type: ignore[misc]  # of three bands
        return b""
    size = f"{image.width}x{image.height}:".encode()
    return hashlib.blake2b(size + image.tobytes(), digest_size=16).digest()


class Pictures:
    """The pictures of a set so far: 16 bytes each, with the part and the name of their page."""

    def __init__(self) -> None:
        self._seen: dict[bytes, tuple[str, str]] = {}

    def twin(self, digest: bytes, part: str, name: str) -> tuple[str, str] | None:
        """Part and page of the same picture in another part; None where there is none."""
        if not digest:
            return None
        found = self._seen.setdefault(digest, (part, name))
        return found if found[0] != part else None


def part_of(split: Split, item: ExportPage) -> str:
    """The part of a page's document; pages of one group stay together."""
    return split.part_of(item.group or item.document.sha256 or item.document.name)


class Placing:
    """Gives every page its part: the one that was asked for, else the one it came with."""

    def __init__(self, format_name: str, options: WriteOptions) -> None:
        self._split = options.split
        self._otherwise = Split() if format_name in ALWAYS else None
        self._pictures = Pictures()

    def placed(self, item: ExportPage) -> ExportPage:
        """The page in its part; UserError where its picture is in another part already."""
        item = replace(item, split=self._part(item))
        if not item.split or item.picture is None:
            return item
        digest = picture_digest(item.picture, item.page)
        if twin := self._pictures.twin(digest, item.split, item.name):
            raise UserError(
                "The same picture is in {part} ({name}) and in {other_part} ({other}): a model"
                " would be tested on what it was trained on. Take one of the two pages out.",
                part=item.split,
                name=item.name,
                other_part=twin[0],
                other=twin[1],
            )
        return item

    def _part(self, item: ExportPage) -> str:
        if self._split is not None:
            return part_of(self._split, item)
        if item.split in PARTS:
            return item.split
        return part_of(self._otherwise, item) if self._otherwise else ""


class PartsWriter:
    """Writes a set of a format that knows no parts into a folder for each."""

    def __init__(
        self, folder: Path, options: WriteOptions, make: Callable[[Path, WriteOptions], Writer]
    ) -> None:
        self._folder, self._options, self._make = folder, options, make
        self._writers: dict[str, Writer] = {}

    @property
    def written(self) -> Written:
        """What all parts together hold."""
        whole = Written()
        for writer in self._writers.values():
            whole.counts.update(writer.written.counts)
            whole.lost.update(writer.written.lost)
            whole.renamed += writer.written.renamed
            whole.problems += writer.written.problems
        return whole

    def write(self, item: ExportPage) -> None:
        """Add a page to its part."""
        if item.split not in self._writers:
            folder = self._folder / item.split
            folder.mkdir()
            self._writers[item.split] = self._make(folder, self._options)
        self._writers[item.split].write(item)

    def close(self) -> None:
        """Finish and check every part."""
        for writer in self._writers.values():
            writer.close()

    def abandon(self) -> None:
        """Close open files."""
        for writer in self._writers.values():
            writer.abandon()


def writer_of(
    format_name: str,
    folder: Path,
    options: WriteOptions,
    make: Callable[[Path, WriteOptions], Writer],
) -> Writer:
    """The writer of a set, with a folder for each part where its format has no better place."""
    if options.split is None or format_name in WITH_PARTS:
        return make(folder, options)
    return PartsWriter(folder, options, make)
