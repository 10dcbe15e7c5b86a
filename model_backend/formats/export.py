"""Whole data sets out: written beside, read back, compared, then put in place in one step."""

from __future__ import annotations

import contextlib
import errno
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from model_backend.document import Annotation, Document, Page, PageStatus, Status
from model_backend.errors import Cancelled, UserError
from model_backend.formats import check_writable, module_of, read
from model_backend.formats.parts import Placing, writer_of
from model_backend.formats.pictures import (
    NO_PICTURE,
    DocumentPicture,
    FilePicture,
    PdfPicture,
)
from model_backend.formats.source_data import boxes_outside
from model_backend.formats.values import (
    ExportPage,
    ExportReport,
    PictureSource,
    ReadPage,
    WriteOptions,
    Writer,
    Written,
)
from model_backend.translation import _, counted, mark
from model_backend.unfinished import folder_beside

KINDS = ("entities", "relations", "tables", "regions")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass
class Left:
    """What left and what stayed behind, counted by kind ("pages", "entities", ...)."""

    left: Counter[str] = field(default_factory=Counter)
    stayed: Counter[str] = field(default_factory=Counter)

    def add(self, other: Left) -> None:
        """Count another page's."""
        self.left.update(other.left)
        self.stayed.update(other.stayed)


def leaving(page: Page, *, include_proposed: bool) -> tuple[Page | None, Left]:
    """The part of a page that leaves (None: the page stays behind), and the counts of both parts.

    By default pages that are done or accepted leave, with what people drew, accepted or corrected.
    """
    if include_proposed:
        return page, Left(_counted(page))
    if page.status not in (PageStatus.DONE, PageStatus.ACCEPTED):
        return None, Left(stayed=_counted(page))
    kept = _without_proposed(page)
    left, everything = _counted(kept), _counted(page)
    return kept, Left(left, everything - left)


def _without_proposed(page: Page) -> Page:
    entities = tuple(item for item in page.entities if _is_settled(item))
    known = {entity.id for entity in entities}
    return replace(
        page,
        entities=entities,
        relations=tuple(
            link
            for link in page.relations
            if _is_settled(link) and {link.from_id, link.to_id} <= known
        ),
        tables=tuple(item for item in page.tables if _is_settled(item)),
        regions=tuple(item for item in page.regions if _is_settled(item)),
    )


def _is_settled(item: Annotation) -> bool:
    return item.status is not Status.PROPOSED


def _counted(page: Page) -> Counter[str]:
    return Counter({"pages": 1, **{kind: len(getattr(page, kind)) for kind in KINDS}})


def _nothing(_name: str) -> None:
    """Progress that nobody watches."""


def _never() -> bool:
    return False


def export(
    format_name: str,
    pages: Iterable[ExportPage],
    out: Path,
    options: WriteOptions | None = None,
    *,
    on_page: Callable[[str], None] = _nothing,
    is_cancelled: Callable[[], bool] = _never,
    finish: Callable[[Path], None] | None = None,
) -> ExportReport:
    """Write a data set to `out`, which must not exist or be empty; nothing is left when it fails.

    Pages are taken one at a time; `on_page` hears the name of each; `finish` adds to the folder
    what belongs to no page. Raises UserError, or Cancelled.
    """
    out = Path(os.path.abspath(out))
    options = options or WriteOptions()
    check_writable(format_name)
    _check_options(options)
    check_free(out)
    with _errors_of(out), _folder_beside(out) as folder:
        writer = writer_of(format_name, folder, options, module_of(format_name).Writer)
        placing, problems = Placing(format_name, options), list[str]()
        try:
            for page in map(placing.placed, pages):
                if is_cancelled():
                    raise Cancelled
                writer.write(page)
                problems += _boxes_outside(page)
                on_page(page.name)
            _check_something(writer)
            writer.close()
            if finish is not None:
                finish(folder)
        finally:
            writer.abandon()
        if is_cancelled():
            raise Cancelled
        _put_in_place(folder, out)
    return _report(format_name, out, writer.written, problems)


def _check_options(options: WriteOptions) -> None:
    if options.boxes not in ("stretched", "tight"):
        raise UserError(
            "There are no {boxes} boxes. Choose stretched or tight.", boxes=options.boxes
        )
    if not 10 <= options.dpi <= 2400:
        raise UserError("{dpi} dpi cannot be rendered. Choose 10 to 2400.", dpi=options.dpi)


def check_free(out: Path) -> None:
    """UserError where `out` is no place for a new data set: something is there already."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise UserError("{folder} is not a folder. Choose another place to export to.", folder=out)
    if out.is_dir() and any(out.iterdir()):
        raise UserError(
            "The folder {folder} is not empty. Choose a new one, so that nothing is overwritten.",
            folder=out,
        )


def _boxes_outside(item: ExportPage) -> Iterator[str]:
    """They leave as they are, but LayoutLM, for one, ends at them."""
    if count := boxes_outside(item.page):
        problem = counted(mark("{count} boxes reach out of the page"), count)
        yield _("{name}: {problem}").format(name=item.name, problem=problem)


def _check_something(writer: Writer) -> None:
    if not writer.written.counts["pages"]:
        reasons = " ".join(writer.written.problems[:1])
        raise UserError(
            "There is nothing to export: no page has what this format holds. Mark pages as done or"
            " include proposals. {reason}",
            reason=reasons,
        )


@contextlib.contextmanager
def _folder_beside(out: Path) -> Iterator[Path]:
    """An empty folder on the same disk as `out`; removed, with parents made for it, on failure."""
    parent = out.parent
    made = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    try:
        with _made(out) as folder:
            yield folder
    except BaseException:
        with contextlib.suppress(OSError):  # somebody else has put something there
            for empty in made:
                empty.rmdir()
        raise


@contextlib.contextmanager
def _made(out: Path) -> Iterator[Path]:
    parent, beside = out.parent, contextlib.ExitStack()
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = beside.enter_context(folder_beside(out))
    except (FileExistsError, NotADirectoryError) as error:
        raise UserError(
            "{folder} is not a folder. Choose another place to export to.", folder=str(parent)
        ) from error
    except FileNotFoundError as error:  # /proc and its kin take no folders
        raise UserError(
            "The folder {folder} may not be written to. Choose another one.", folder=str(parent)
        ) from error
    with beside:
        yield folder


@contextlib.contextmanager
def _errors_of(out: Path) -> Iterator[None]:
    """What the disk of `out` refuses, said in words."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise UserError(
                "The disk of the folder {folder} is full; nothing was exported. Free some space or"
                " choose another disk.",
                folder=out,
            ) from error
        if error.errno in _FORBIDDEN:
            raise UserError(
                "The folder {folder} may not be written to. Choose another one.", folder=out
            ) from error
        raise


def _put_in_place(folder: Path, out: Path) -> None:
    """One rename; an empty folder of that name makes room (Windows does not replace folders)."""
    if out.is_dir():
        out.rmdir()
    os.replace(folder, out)


def _report(format_name: str, out: Path, written: Written, problems: Iterable[str]) -> ExportReport:
    return ExportReport(
        format_name=format_name,
        path=out,
        pages=written.counts["pages"],
        counts={kind: count for kind, count in written.counts.items() if count},
        lost={kind: count for kind, count in written.lost.items() if count},
        renamed=tuple(written.renamed),
        problems=(*written.problems, *problems),
    )


def convert(
    from_format: str,
    path: Path,
    to_format: str,
    out: Path,
    options: WriteOptions | None = None,
    *,
    on_page: Callable[[str], None] = _nothing,
    is_cancelled: Callable[[], bool] = _never,
) -> ExportReport:
    """One data set into another format, without a project.

    Broken members are in the report, as failed; where no other is there, the first one's error is
    raised.
    """
    problems: list[str] = []
    failed: list[UserError] = []
    report = export(
        to_format,
        _pages(from_format, path, problems, failed),
        out,
        options,
        on_page=on_page,
        is_cancelled=is_cancelled,
    )
    return replace(
        report,
        problems=tuple(dict.fromkeys((*problems, *report.problems))),
        failed=tuple(dict.fromkeys(map(str, failed))),
    )


def _pages(
    format_name: str, path: Path, problems: list[str], failed: list[UserError]
) -> Iterator[ExportPage]:
    is_empty = True
    for item in read(format_name, path):
        if isinstance(item, UserError):
            failed.append(item)
            continue
        problems.extend(
            _("{name}: {problem}").format(name=item.name, problem=text) for text in item.problems
        )
        if item.file is not None and (reason := _shut(item.file)):
            problems.append(_("{name}: {problem}").format(name=item.name, problem=reason))
            continue
        is_empty = False
        yield export_page(item)
    if is_empty and failed:
        raise failed[0]


@lru_cache(maxsize=16)
def _shut(file: Path) -> str:
    """Why a document's own file cannot be opened; empty where it can."""
    from model_backend.sources import pdf

    try:
        if file.suffix == ".pdf":
            pdf.open_pdf(file, "")
    except UserError as error:
        return str(error)
    return ""


def export_page(item: ReadPage) -> ExportPage:
    """A page that was read, ready to be written elsewhere."""
    document = item.document or Document(0, item.group or item.name, "", "", 1)
    picture: PictureSource | None = None
    if item.file is not None and document.media_type != NO_PICTURE:
        picture = DocumentPicture(item.file, item.page, document)
    elif item.image is not None and item.image.suffix.lower() == ".pdf":
        picture = PdfPicture(item.image, item.page.number)
    elif item.image is not None:
        picture = FilePicture(item.image, item.image_scale)
    group = item.group
    if item.image is not None and item.image.suffix.lower() == ".pdf":
        group = group or item.image.name
    return ExportPage(
        item.name, item.page, document, picture, item.split, record=item.record, group=group
    )
