"""What the readers of PAGE, ALTO and hOCR share: from a layout to the page of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from model_backend.formats.text_files import picture_of, root_of, sized
from model_backend.formats.text_layout import Layout, labels_of, page_of, problems_of
from model_backend.formats.values import ReadPage
from model_backend.translation import counted, mark

SHOWN = 5

Picture = tuple[Path | None, tuple[str, ...]]
"""The picture of a page, and a line for one that is missing."""


def picture_for(path: Path, file: Path, name: str) -> Picture:
    """The picture that a file of the data set at `path` names."""
    image, missing = picture_of(root_of(path), file, name)
    return image, tuple(missing)


def read_page(
    layout: Layout, format_name: str, file: Path, place: int, picture: Picture
) -> ReadPage:
    """The page of a layout, the `place`-th of its file; UserError where it has no size."""
    image, missing = picture
    geometry, image, wrong = sized(file, image, layout.size, format_name)
    stem = file.stem if place == 0 else f"{file.stem}_{place + 1}"
    page = page_of(layout, format_name, stem, geometry)
    problems = (*missing, *wrong, *problems_of(layout, page))
    return ReadPage(stem, page, image, labels_of(page), problems)


def left_out(skipped: Sequence[str]) -> tuple[str, ...]:
    """One line for the parts of a page that have no place on it."""
    if not skipped:
        return ()
    text = mark("{count} parts have no readable outline and were left out: {names}")
    return (counted(text, len(skipped), names=", ".join(skipped[:SHOWN])),)
