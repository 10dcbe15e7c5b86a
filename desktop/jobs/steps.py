"""What jobs run in worker processes: plain functions of files and values, no Qt."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from model_backend.errors import Missing, PasswordNeeded, UserError
from model_backend.formats.pictures import NO_PICTURE

if TYPE_CHECKING:
    from model_backend.formats import ReadPage
    from model_backend.sources import SourceInfo

THUMBNAIL = 160
"""Longest side of a thumbnail in pixels."""
EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/webp": ".webp",
    NO_PICTURE: ".png",
}
LIKELY = {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp"}
"""Endings of documents: what else lies in a folder is left out without a word."""
TRIES, PAUSE = 3, 0.5
"""How often, and after how many seconds, a file is tried that changes while it is read."""


@dataclass(frozen=True)
class Inspected:
    """A file that can be imported, and where its copy lies."""

    info: SourceInfo
    copy: Path


def find_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The documents that these files and folders stand for; a file named itself is always one."""
    return tuple(
        dict.fromkeys(
            file
            for path in paths
            for file in (_documents_under(path) if path.is_dir() else (path,))
        )
    )


def _documents_under(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not name.endswith(".proofdesk")
        )
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in LIKELY:
                yield Path(parent, name)


def inspect_file(path: Path, folder: Path, password: str = "") -> Inspected:
    """What the file is, with a copy of it in `folder` named by its SHA-256.

    A file that changes meanwhile, as another program still writes it, is tried again.
    """
    for _attempt in range(TRIES):
        before = _state(path)
        try:
            return _inspected(path, folder, password)
        except (UserError, FileNotFoundError):
            if _state(path) == before:
                raise
        time.sleep(PAUSE)
    raise _changed(path)


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


def _changed(path: Path) -> UserError:
    return UserError(
        "The file {file} changed while it was read. Wait until it is complete and retry.",
        file=path,
    )


def _inspected(path: Path, folder: Path, password: str) -> Inspected:
    from model_backend import sources

    info = sources.inspect(path, password=password)
    target = folder / (info.sha256 + EXTENSIONS[info.media_type])
    copy_document(path, target, info.sha256)
    return Inspected(info, target)


def copy_document(path: Path, target: Path, sha256: str) -> None:
    """Copy beside the target, then rename: a copy that is there is whole and on the disk."""
    from model_backend import sources

    if target.exists():
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".copy-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out, path.open("rb") as file:
            shutil.copyfileobj(file, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        if sources.sha256(part) != sha256:
            raise _changed(path)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def needs_password(path: Path, password: str = "") -> bool:
    """Whether a PDF is protected and this password does not open it."""
    from model_backend.sources import pdf

    try:
        pdf.open_pdf(path, password)
    except PasswordNeeded:
        return True
    except UserError:  # damaged: whoever needs its pages says so
        return False
    return False


@contextmanager
def present(path: Path) -> Iterator[None]:
    """Whatever else fails: where the whole data set is gone, that is what is wrong."""
    try:
        yield
    except (UserError, OSError) as error:
        if not path.exists():
            raise Missing(path) from error
        raise


def read_member(
    format_name: str, path: Path, member: str, folder: Path
) -> tuple[ReadPage, Inspected]:
    """One page of a data set with a copy of its picture, or of a white page where it has none."""
    from model_backend import formats
    from model_backend.formats import page_json

    with present(path):
        page = page_json.in_picture(formats.read_member(format_name, path, member))
        return _with_picture(page, member, folder)


def _with_picture(page: ReadPage, member: str, folder: Path) -> tuple[ReadPage, Inspected]:
    from model_backend.formats import page_json

    if page.file is not None:
        raise UserError(
            "{name} belongs to the copy of a project, whose file {file} is missing. Export it"
            " again.",
            name=member,
            file=page_json.PROJECT,
        )
    if page.image is not None and page.image.suffix.lower() == ".pdf":
        alone = replace(page, page=replace(page.page, number=0))
        return alone, _page_of_pdf(page.image, page.page.number, folder)
    if page.image is not None:
        return page, inspect_file(page.image, folder)
    return page, _stand_in(page, folder)


def _page_of_pdf(path: Path, number: int, folder: Path) -> Inspected:
    """One page of a PDF as a document of its own; the same page always gives the same file."""
    import pymupdf

    from model_backend.sources import pdf

    handle, name = tempfile.mkstemp(suffix=".pdf")
    os.close(handle)
    try:
        with pdf.damaged(path, number), pymupdf.open(path) as document:
            document.select([number])
            document.save(name, garbage=3, deflate=True, no_new_id=True)
        return inspect_file(Path(name), folder)
    finally:
        Path(name).unlink()


def _stand_in(page: ReadPage, folder: Path) -> Inspected:
    """A white picture as large as the page; its own for each page, by a text that PNG can carry.

    The text tells pages apart by what is on them, too: sets often name their pages alike.
    """
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Comment", f"No picture came with {page.name}")
    text.add_text("Page", hashlib.sha256(repr(page.page).encode(errors="replace")).hexdigest())
    size = (max(1, round(page.page.width)), max(1, round(page.page.height)))
    handle, name = tempfile.mkstemp(suffix=".png")
    try:
        with os.fdopen(handle, "wb") as out:
            Image.new("1", size, 1).save(out, "PNG", pnginfo=text)
        inspected = inspect_file(Path(name), folder)
    finally:
        Path(name).unlink()
    return replace(inspected, info=replace(inspected.info, media_type=NO_PICTURE))


def thumbnail(
    path: Path, number: int, scale: float, *, rotation: int, skew: float, password: str
) -> bytes:
    """A small picture of a page as JPEG."""
    from model_backend import sources

    picture = sources.render_image(
        path, number, scale=scale, rotation=rotation, skew=skew, password=password
    )
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()
