"""Generated pages: `make(order, number)` draws one, `pages` many in parallel, `write` a data set.

A kind of page is one module with one function

    draw(order: Order, random: Random) -> tuple[PIL.Image.Image, Page]

that draws a clean page and tells the exact truth of it: words (their boxes tight to the ink),
entities, relations, tables and regions, all in the pixels of the picture (mode "L" or "RGB"),
`page.unit` "px" and `page.page_class` the kind of document it is (letter, invoice, ...). All chance
comes from `random`, so that page `number` depends on the order and its number alone, whoever makes
it and in whatever sequence. `paper.Paper` draws fast (operators printed by `press`; its
`printed(dpi)` is just what `draw` gives), and numpy may paint on the picture afterwards. The noise
of a scanner comes afterwards, for all kinds alike, from

    noise.scanned(picture, page, level, random: Random) -> tuple[PIL.Image.Image, Page]

which moves the truth where it turns the paper (`sheet.scanned_truth`). A new kind is one entry of
`KINDS`.
"""

from __future__ import annotations

import importlib
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from model_backend.document import Document, Page, PageStatus
from model_backend.errors import Cancelled, UserError
from model_backend.formats.export import export
from model_backend.formats.pictures import FilePicture
from model_backend.formats.values import ExportPage, ExportReport, WriteOptions
from model_backend.synthesis.families import Family

if TYPE_CHECKING:
    from PIL.Image import Image

ENGLISH, KOREAN = LANGUAGES = ("en", "ko")
CHUNK = 8
"""Pages that one piece of work makes: as many as keep the way between processes short."""
AHEAD = 4
"""Pieces of work that are under way at the same time."""


@dataclass(frozen=True)
class Kind:
    """A kind of page: the module that draws it, the format its sets are written in, and the
    languages it can be in.
    """

    module: str
    format_name: str
    languages: tuple[str, ...] = LANGUAGES


KINDS = {
    "forms": Kind("model_backend.synthesis.forms", "funsd"),
    "masks": Kind("model_backend.synthesis.masks", "coco", ("en",)),
    "tables": Kind("model_backend.synthesis.tables", "pubtables", ("en",)),
}


@dataclass(frozen=True)
class Order:
    """What is to be made; `noise` is one of `noise.LEVELS`, `family` says what it may be made of.

    With `has_ocr` the words are those that tesseract reads on the scan, a second or more a page.
    """

    kind: str
    seed: int = 0
    language: str = ENGLISH
    dpi: float = 100.0
    noise: str = "medium"
    family: Family = Family.TRAINING
    has_ocr: bool = False


@dataclass(frozen=True)
class GeneratedPage:
    """A page, its picture and where it comes from; everything in the picture's pixels."""

    order: Order
    number: int
    page: Page
    picture: Image

    @property
    def name(self) -> str:
        """A name that no other page of the set has."""
        return name_of(self.order, self.number)


class Submit(Protocol):
    """Runs a function elsewhere: `Workers.submit` for "batch", or a process pool's `submit`."""

    def __call__(
        self,
        function: Callable[..., Any],
        /,
        *args: Any,  # noqa: ANN401 - anything
        **kwargs: Any,  # noqa: ANN401 - anything
    ) -> Future[Any]:
        """The future of the function's result."""


def checked(order: Order) -> Order:
    """The order; UserError for what cannot be made."""
    from model_backend.synthesis import noise, recognition

    if order.kind not in KINDS:
        raise UserError(
            "Pages of the kind {kind} cannot be generated. Choose one of: {kinds}.",
            kind=order.kind,
            kinds=", ".join(KINDS),
        )
    languages = KINDS[order.kind].languages
    if order.language not in languages:
        raise UserError(
            "Pages in the language {language} cannot be generated. Choose one of: {languages}.",
            language=order.language,
            languages=", ".join(languages),
        )
    if order.noise not in noise.LEVELS:
        raise UserError(
            "There is no noise {noise}. Choose one of: {levels}.",
            noise=order.noise,
            levels=", ".join(noise.LEVELS),
        )
    if order.has_ocr:
        recognition.languages_of(order.language)
    return order


def name_of(order: Order, number: int) -> str:
    """The name of a page of a set."""
    return f"{order.kind}-{order.language}-{order.seed}-{number:06d}"


def make(order: Order, number: int) -> GeneratedPage:
    """Page `number` of the order: always the same, whatever else is made."""
    from model_backend.synthesis import noise, recognition

    random = Random(f"{order.kind} {order.language} {order.family} {order.seed} {number}")
    module = importlib.import_module(KINDS[order.kind].module)
    picture, page = module.draw(order, random)
    picture, page = noise.scanned(picture, page, order.noise, random)
    if order.has_ocr:
        page = recognition.recognized(page, picture, order.language, order.dpi)
    page = replace(page, id=1, document_id=1, number=0, status=PageStatus.DONE, is_scan=True)
    return GeneratedPage(order, number, page, picture)


def make_files(order: Order, numbers: Sequence[int], folder: Path) -> list[Page]:
    """Make pages and save their pictures (NAME.png); their truth."""
    pages = []
    for number in numbers:
        made = make(order, number)
        made.picture.save(folder / f"{made.name}.png", dpi=(order.dpi,) * 2, compress_level=1)
        pages.append(made.page)
    return pages


def pages_in(
    order: Order,
    count: int,
    folder: Path,
    submit: Submit,
    *,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[ExportPage]:
    """Pages 0 to `count` in their order, made elsewhere a few pieces ahead, pictures in `folder`.

    A picture is removed as soon as the next page is asked for. Raises Cancelled.
    """
    chunks = deque(range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK))
    running: deque[tuple[range, Future[list[Page]]]] = deque()
    try:
        while chunks or running:
            while chunks and len(running) < AHEAD:
                numbers = chunks.popleft()
                running.append((numbers, submit(make_files, order, numbers, folder)))
            numbers, future = running.popleft()
            for number, page in zip(numbers, _result(future, is_cancelled), strict=True):
                name = name_of(order, number)
                file = folder / f"{name}.png"
                document = Document(0, f"{name}.png", "", "image/png", 1)
                yield ExportPage(name, page, document, FilePicture(file))
                file.unlink()
    finally:
        for _numbers, future in running:
            future.cancel()


def write(
    order: Order,
    count: int,
    out: Path,
    submit: Submit,
    *,
    on_page: Callable[[int], None] = lambda done: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> ExportReport:
    """Write a set of `count` pages to `out`, which must not exist or be empty; all of it or nothing
    (`formats.export.export`). Raises UserError, or Cancelled."""
    done = 0

    def count_page(_name: str) -> None:
        nonlocal done
        done += 1
        on_page(done)

    options = WriteOptions(dpi=order.dpi)
    with tempfile.TemporaryDirectory(prefix="proofdesk-") as folder:
        made = pages_in(checked(order), count, Path(folder), submit, is_cancelled=is_cancelled)
        return export(
            KINDS[order.kind].format_name,
            made,
            out,
            options,
            on_page=count_page,
            is_cancelled=is_cancelled,
        )


def _result(future: Future[list[Page]], is_cancelled: Callable[[], bool]) -> list[Page]:
    """The future's result; Cancelled as soon as somebody wants no more."""
    while True:
        try:
            return future.result(timeout=0.2)
        except TimeoutError:
            if future.done():
                raise
            if is_cancelled():
                future.cancel()
                raise Cancelled from None
