"""What a file really is: by its first bytes, not its name; checked before anything opens it."""

from __future__ import annotations

import hashlib
import re
import stat
from pathlib import Path

from model_backend.errors import UserError
from model_backend.translation import _, mark

PDF = "application/pdf"
HEAD_BYTES = 1024
"""How far into a file its type is looked for: a PDF's header may stand anywhere in this part."""
PDF_OBJECT = re.compile(rb"^%.*\s\d+ \d+ obj\b", re.DOTALL)
"""How a PDF begins that lost its header line; it can be repaired."""

MEDIA_TYPES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)
"""First bytes of the picture formats we open; WebP and PDF are looked for apart."""

ARCHIVE = mark("an archive, which has to be unpacked first")
TAR_MAGIC = slice(257, 262)
FOREIGN_TYPES = (
    (b"%!PS", mark("a PostScript file")),
    (b"\xc5\xd0\xd3\xc6", mark("a PostScript file")),
    (b"PK", mark("a ZIP archive or an office document")),
    (b"\x1f\x8b", ARCHIVE),
    (b"BZh", ARCHIVE),
    (b"\xfd7zXZ\x00", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"Rar!", ARCHIVE),
    (b"\x28\xb5\x2f\xfd", ARCHIVE),
    (b"\xd0\xcf\x11\xe0", mark("an old office document")),
    (b"SQLite format 3", mark("a database")),
    (b"\x00\x00\x00\x0cjP  ", mark("a JPEG 2000 picture")),
    (b"\xff\x4f\xff\x51", mark("a JPEG 2000 picture")),
    (b"8BPS", mark("a Photoshop picture")),
    (b"{\\rtf", mark("a text document")),
    (b"<svg", mark("an SVG drawing")),
    (b"<!DOCTYPE", mark("a web page")),
    (b"<html", mark("a web page")),
    (b"<?xml", mark("an XML file")),
)
"""What people mistake for a picture or a PDF, named so that the message can say it."""


def checked(path: Path) -> int:
    """Size of a file that is there, regular, readable and not empty; UserError otherwise."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise UserError(
            "The file {file} cannot be found. Check that it is still there and retry.", file=path
        ) from error
    if not stat.S_ISREG(status.st_mode):
        raise UserError("{file} is not a file. Choose a PDF or a picture.", file=path)
    if status.st_size == 0:
        raise UserError("The file {file} is empty. Export or scan it again and retry.", file=path)
    return status.st_size


def media_type(path: Path) -> str:
    """Media type by the first bytes; UserError that says what a file is that we do not open."""
    head = _head(path)
    for magic, name in MEDIA_TYPES:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if b"%PDF-" in head or PDF_OBJECT.search(head):
        return PDF
    raise _foreign(path, head)


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of the file's bytes."""
    with readable(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def readable(path: Path) -> Path:
    """The path itself when the file may be read; UserError otherwise."""
    try:
        path.open("rb").close()
    except PermissionError as error:
        raise UserError(
            "The file {file} may not be read. Give yourself permission to read it and retry.",
            file=path,
        ) from error
    except OSError as error:
        raise UserError(
            "The file {file} cannot be read ({reason}). Copy it to another disk and retry.",
            file=path,
            reason=error.strerror or type(error).__name__,
        ) from error
    return path


def _head(path: Path) -> bytes:
    checked(path)
    with readable(path).open("rb") as file:
        return file.read(HEAD_BYTES)


def _foreign(path: Path, head: bytes) -> UserError:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[TAR_MAGIC] == b"ustar":
        kind = _(ARCHIVE)
    elif text[4:8] == b"ftyp":
        kind = _("a HEIC picture or a video")
    else:
        start = text.lower()
        kinds = (name for magic, name in FOREIGN_TYPES if start.startswith(magic.lower()))
        kind = _(next(kinds, mark("of an unknown kind")))
    return UserError(
        "The file {file} is {kind}. Save it as PDF, PNG, JPEG or TIFF and retry.",
        file=path,
        kind=kind,
    )
