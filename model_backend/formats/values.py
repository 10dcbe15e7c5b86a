"""What the formats speak in: pages read, pages to export, pictures, options and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from model_backend.document import Box, Document, Page
from model_backend.formats.splits import Split

if TYPE_CHECKING:
    from PIL.Image import Image

Json = dict[str, Any]
Labels = tuple[tuple[str, str], ...]
Report = Callable[[str], None]


@dataclass(frozen=True)
class ReadPage:
    """One member of a data set: its page (ids of page and document 0) and its picture, None where
    there is none.

    `labels` are the (name, kind) pairs a schema needs for it; `problems` one line each, already
    worded for a person. `image_scale` is the number of picture pixels to a page unit (page files of
    PDF pages; 1 everywhere else); `split` is "train", "val" or "test" where the data set says so,
    `group` the document that the page is a part of where several members share one.
    `document` comes with page files only, and with it, in a copy of a project, `file` (the
    document's own file, of which the page is page `page.number` before its rotation and skew),
    `ids` (of page and document in that project) and `record` (what else the project keeps of it).
    """

    name: str
    page: Page
    image: Path | None
    labels: Labels = ()
    problems: tuple[str, ...] = ()
    document: Document | None = None
    image_scale: float = 1.0
    split: str = ""
    file: Path | None = None
    group: str = ""
    ids: tuple[int, int] = (0, 0)
    record: Json = field(default_factory=dict)


class PictureSource(Protocol):
    """Where the pixels of a page come from, as the page is shown (after rotation and skew)."""

    @property
    def original(self) -> Path | None:
        """A file that already is this page's picture (unrotated, a single image), or None."""

    @property
    def native_scale(self) -> float | None:
        """Pixels to a page unit at which nothing is lost; None for vector pages."""

    def render(self, scale: float, box: Box | None = None) -> Image:
        """The page, or the part of it in `box` (page units), at `scale` pixels to a page unit."""


@dataclass(frozen=True)
class ExportPage:
    """A page on its way out: what leaves of it, the document it belongs to, and its picture
    (None: not to be had).

    `group` is the document it belongs to where that is not `document` (crops of one paper, say). A
    project adds the document's own `file` and the `record` of the page, for page files.
    """

    name: str
    page: Page
    document: Document
    picture: PictureSource | None
    split: str = ""
    file: Path | None = None
    record: Json = field(default_factory=dict)
    group: str = ""


@dataclass(frozen=True)
class WriteOptions:
    """Choices of an export: `boxes` is "stretched" (rows and columns touch) or "tight" (on their
    text); `labels` are names that a COCO file lists even when no page uses them, in this order;
    `category_ids` are ids that a COCO file gives to names, above all others;
    `split` gives out the documents anew (None: pages stay in the part they came with)."""

    boxes: str = "stretched"
    dpi: float = 150.0
    labels: tuple[str, ...] = ()
    category_ids: tuple[tuple[str, int], ...] = ()
    split: Split | None = None


@dataclass
class Written:
    """What a writer did so far: counts by kind, what the format could not hold, renamed pages,
    problems."""

    counts: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ExportReport:
    """The summary of an export that was read back and found equal.

    `counts`: written, by kind; `lost`: what the format cannot hold, by kind; `renamed`: (page name,
    name of its files) where a name could not be used as it was; `failed`: why members of a data set
    that is converted could not be read.
    """

    format_name: str
    path: Path
    pages: int
    counts: dict[str, int]
    lost: dict[str, int]
    renamed: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


class Writer(Protocol):
    """Writes one data set into an empty folder, a page at a time."""

    @property
    def written(self) -> Written:
        """What it did so far."""

    def write(self, item: ExportPage) -> None:
        """Add one page and check what was written for it."""

    def close(self) -> None:
        """Write what belongs at the end and check the whole."""

    def abandon(self) -> None:
        """Close open files; what was written is thrown away by the caller."""
