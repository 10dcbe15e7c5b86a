"""Tracebacks without a word of a document: where an error happened and of what kind it is, not what
it says; that may quote a page, a label, the name of a file.
"""

from __future__ import annotations

import errno
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_FRAMES = 30
"""Of one error, the innermost; a recursion has a thousand."""
MOST_CAUSES = 6
_FRAME = re.compile(r'^\s*File "([^"]+)", line (\d+)(?:,)? in (\S+)')
_NAME = re.compile(r"^((?:\w+\.)*[A-Z]\w*)(?::|$)")
_HEAD = re.compile(r"^(Fatal Python error: [\w ]+|Current thread|Thread 0x|Timeout)")


class Harmless(str):
    """A text that holds nothing of a document: it may stand in a log as it is."""

    __slots__ = ()


def lines_of(error: BaseException) -> list[str]:
    """Kind and places of an error and of what caused it, also in the process where it happened."""
    lines: list[str] = []
    for number, one in enumerate(_chain(error)):
        lines.append(f"after {name_of(one)}" if number else name_of(one))
        lines += _frames(one)
        lines += _told_by_worker(one)
    return lines


def name_of(error: BaseException) -> str:
    """The kind of an error, with the number that a system or a database gave it."""
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    name = f"{module}{kind.__qualname__}"
    cause = getattr(error, "orig", None) or error
    number = getattr(cause, "errno", None)
    code = errno.errorcode.get(number, "") if isinstance(number, int) else ""
    code = code or getattr(cause, "sqlite_errorname", None) or ""
    return f"{name} ({code})" if code else name


def _chain(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    seen: set[int] = set()
    while one is not None and id(one) not in seen and len(seen) < MOST_CAUSES:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _frames(error: BaseException) -> list[str]:
    found = [
        f"  {place(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return found[-MOST_FRAMES:]


def _told_by_worker(error: BaseException) -> list[str]:
    """Errors of worker processes bring the traceback from there as text."""
    texts = [note for note in getattr(error, "__notes__", ()) if isinstance(note, str)]
    if type(error).__name__ == "WorkerBug":
        texts += [argument for argument in error.args if isinstance(argument, str)]
    return [line for text in texts for line in ("in a worker process", *lines_in(text))]


def lines_in(text: str) -> list[str]:
    """Places and kinds of errors in a traceback, or in what faulthandler wrote; nothing else."""
    found = []
    for line in text.splitlines():
        if frame := _FRAME.match(line):
            found.append(f"  {place(frame[1])}:{frame[2]} {frame[3]}")
        elif head := _HEAD.match(line):
            found.append(head[1])
        elif name := _NAME.match(line):
            found.append(name[1])
    return found[-4 * MOST_FRAMES :]


def place(filename: str) -> str:
    """A source file as everybody has it, without the folders of this computer."""
    path = Path(filename)
    parts = path.parts
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    if path.is_relative_to(ROOT):
        return path.relative_to(ROOT).as_posix()
    return filename if filename.startswith("<") else "/".join(parts[-2:])
