"""Files of recognised text (PAGE, ALTO, hOCR): which of a folder belong to a format, and their
pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from model_backend.document import PageGeometry
from model_backend.errors import UserError
from model_backend.formats.pictures import SUFFIXES, check_same_size, check_size, geometry_of
from model_backend.formats.safe_path import resolve_inside, shown
from model_backend.translation import _

MOST_FILES = 1_000_000
_PICTURE_FOLDERS = ("", "images", "image", "img", "imgs")
_NUMBER = re.compile(r"(.+)#(\d{1,6})")


def files_below(path: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """The file itself, or all files below a folder with one of these endings, in order."""
    if path.is_file():
        yield path
        return
    found = (file for file in path.rglob("*") if file.suffix.lower() in suffixes)
    yield from sorted(file for file in found if file.is_file() and not file.is_symlink())


def head_of(file: Path, size: int) -> bytes:
    """The first bytes of a file, without the zero bytes of UTF-16; UserError where it cannot be
    opened."""
    try:
        with file.open("rb") as opened:
            return opened.read(size).replace(b"\0", b"")
    except OSError as error:
        raise UserError("The file {file} cannot be opened. Check its rights.", file=file) from error


def members_of(
    path: Path, suffixes: tuple[str, ...], pages_in: Callable[[Path], int], title: str
) -> tuple[str, ...]:
    """Names of all pages below `path`: FILE, and FILE#2, FILE#3, ... for further pages of a file.

    Empty files are members too: they may have been pages once, and the error says so.
    """
    found: list[str] = []
    for file in files_below(path, suffixes):
        name = file.name if path.is_file() else file.relative_to(path).as_posix()
        count = pages_in(file) or (1 if file.stat().st_size == 0 else 0)
        found += [name if number == 1 else f"{name}#{number}" for number in range(1, count + 1)]
        if len(found) > MOST_FILES:
            break
    if not found:
        raise UserError(
            "{folder} holds no {title} files. Choose another folder or file.",
            folder=path,
            title=title,
        )
    return tuple(found)


def file_of(path: Path, member: str) -> tuple[Path, int]:
    """The file of a member and the number of its page in it, from 0."""
    root = path.parent if path.is_file() else path
    file = resolve_inside(root, member)
    numbered = _NUMBER.fullmatch(member)
    if file.is_file() or numbered is None:
        return file, 0
    return resolve_inside(root, numbered[1]), max(0, int(numbered[2]) - 1)


def root_of(path: Path) -> Path:
    """The folder in which everything that a file names must lie."""
    return path.parent if path.is_file() else path


def picture_of(root: Path, file: Path, name: str) -> tuple[Path | None, tuple[str, ...]]:
    """The picture that a file names, or one of the file's own name; None and why where there is
    none.

    Names come with or without their ending and relative to the file, to the folder above it
    or to the whole set.
    """
    stem = file.name[: -len(file.suffix)] if file.suffix else file.name
    for candidate in filter(None, (name, stem)):
        for folder in _folders(root, file):
            if found := _with_ending(root, folder, candidate):
                return found, ()
    text = _("its picture {name} is missing")
    return None, (text.format(name=shown(name or stem)),)


def _folders(root: Path, file: Path) -> list[Path]:
    root, parent = root.resolve(), file.resolve().parent
    above = (parent, parent.parent, root)
    inside = [folder for folder in above if folder.is_relative_to(root)]
    return list(dict.fromkeys(folder / name for folder in inside for name in _PICTURE_FOLDERS))


def _with_ending(root: Path, folder: Path, name: str) -> Path | None:
    plain = name.replace("\\", "/")
    for text in dict.fromkeys((plain, plain.rpartition("/")[2])):
        for suffix in ("", *SUFFIXES):
            whole = (folder / (text + suffix)).as_posix()
            try:
                path = resolve_inside(root, whole.removeprefix(root.resolve().as_posix() + "/"))
                if path.suffix.lower() in SUFFIXES and path.is_file():
                    return path
            except (UserError, OSError):  # leads elsewhere, or no disk has such names
                continue
    return None


def sized(
    file: Path, picture: Path | None, said: tuple[float, float] | None, engine: str
) -> tuple[PageGeometry, Path | None, tuple[str, ...]]:
    """The page's size, its picture and what is wrong with that: what was marked up is worth
    having without it."""
    if said is not None:
        check_size(round(said[0]), round(said[1]), file)
    problems: tuple[str, ...] = ()
    if picture is not None:
        try:
            if said is None:
                return geometry_of(picture), picture, ()
            size = (round(said[0]), round(said[1]))
            return check_same_size(picture, size, file), picture, ()
        except UserError as error:
            problems = (str(error),)
    if said is None:
        raise UserError(
            "The file {file} does not say how large its page is, and its picture cannot be used."
            " Add the picture or the size.",
            file=file,
        )
    return PageGeometry(engine, float(said[0]), float(said[1])), None, problems


@lru_cache(maxsize=8)
def _matches(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.IGNORECASE)


def count_in(file: Path, pattern: str, size: int) -> int:
    """How often a pattern occurs in the first `size` bytes of a file."""
    return sum(1 for _found in _matches(pattern).finditer(head_of(file, size)))
