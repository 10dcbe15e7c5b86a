"""Names that come from data: found only inside the folder the user chose, written only under
safe names."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath

from model_backend.errors import UserError

_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$", re.I)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_LONGEST_STEM = 150
_LONGEST_PART, _LONGEST_NAME = 255, 1024
"""Bytes that file systems allow for one part of a path, and what leaves room for the folder."""
_CONFUSING = (".xml", ".jpg", ".jpeg", ".png", "json")
"""Parts that loaders replace anywhere in a name (`replace("json", "png")`)."""


def resolve_inside(root: Path, name: str) -> Path:
    """The file of that name below `root`; UserError, without touching the disk, for a name that
    leads elsewhere.

    Absolute names, drives, network shares, "..", reserved names, alternate streams and control
    characters are refused; a symbolic link that leads out of `root` is refused too. The file need
    not exist.
    """
    plain = name.replace("\\", "/")
    parts = PurePosixPath(plain).parts
    is_long = len(plain.encode(errors="replace")) > _LONGEST_NAME
    if not parts or is_long or plain.startswith("/") or not all(map(_is_plain_part, parts)):
        raise _leads_out(name)
    root = root.resolve()
    try:
        path = root.joinpath(*parts).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, names too long
        raise _leads_out(name) from error
    if not path.is_relative_to(root):
        raise _leads_out(name)
    return path


def _is_plain_part(part: str) -> bool:
    has_control = any(unicodedata.category(character) == "Cc" for character in part)
    is_long = len(part.encode(errors="replace")) > _LONGEST_PART
    return not (part == ".." or ":" in part or has_control or is_long or _RESERVED.match(part))


def _leads_out(name: str) -> UserError:
    return UserError(
        "The name {name} does not lead to a file inside the data set's folder. Correct the name.",
        name=shown(name),
    )


def shown(name: str, longest: int = 120) -> str:
    """A name from data as it may stand in a message: quoted, escaped, cut."""
    return ascii(name) if not name.isprintable() else repr(name[:longest])


class SafeNames:
    """Names for files of an export: legal everywhere, distinct also where case and accents do
    not count."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def stem(self, name: str) -> str:
        """A stem made from the name, equal to it where that is safe and still free."""
        base = clean = safe_stem(name)
        number = 2
        while not self.take(clean):
            clean, number = f"{base}_{number}", number + 1
        return clean

    def take(self, name: str) -> bool:
        """Whether the name was still free; now it is not."""
        folded = _folded(name)
        is_free = folded not in self._taken
        self._taken.add(folded)
        return is_free


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def safe_stem(name: str) -> str:
    """The name without what file systems and the data sets' own loaders stumble over."""
    whole = name.encode(errors="replace").decode()  # names of files need not be text
    stem = _UNSAFE.sub("_", whole).strip(" .") or "page"
    for part in _CONFUSING:
        stem = re.sub(
            re.escape(part), part.replace(".", "_").replace("json", "js_on"), stem, flags=re.I
        )
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    while len(stem.encode()) > _LONGEST_STEM:
        stem = stem[:-1]
    return stem.strip(" .")
