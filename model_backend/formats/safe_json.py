"""Strict JSON for files from elsewhere: what Python's parser would let through is refused with
the file's name."""

from __future__ import annotations

import codecs
import json
import math
import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from model_backend.errors import UserError
from model_backend.sources.files import readable

MAXIMUM_BYTES = 64 * 2**20
"""The largest file that is parsed as a whole; larger ones are read an element at a time by
`elements`."""
MAXIMUM_STREAM_BYTES = 16 * 2**30
LARGEST_INTEGER = 2**53
_CHUNK = 2**20
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ENDS = tuple(" \t\r\n,]}:")
_NUMBER = frozenset("0123456789+-.eE")
_SPACE = re.compile(r"[ \t\r\n]*")


def load(path: Path, *, limit: int = MAXIMUM_BYTES, halves: bool = False) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a JSON file; UserError for anything that is not plain, finite, unambiguous
    JSON. `halves`: texts may have halves of surrogate pairs, as our own files may."""
    check_file(path, limit)
    data = path.read_bytes()
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError as error:
        raise _not_text(path, error.start) from error
    return loads(text, path, halves=halves)


def loads(text: str, path: Path, *, halves: bool = False) -> Any:  # noqa: ANN401 - any JSON value
    """The value of JSON text; `path` only names the file in errors."""
    decoder = _Decoder(path, halves=halves)
    start = _skip(text, 0)
    value, end = decoder.value(text, start)
    if _skip(text, end) != len(text):
        raise _broken(path, end)
    return value


def check_file(path: Path, limit: int) -> None:
    """UserError unless this is a regular, readable file that is neither empty nor larger than
    `limit` bytes."""
    if not path.is_file():
        raise UserError(
            "The file {file} is missing or not a regular file. Restore it and retry.", file=path
        )
    size = path.stat().st_size
    if size == 0:
        raise UserError("The file {file} is empty. Export it again and retry.", file=path)
    if size > limit:
        raise UserError(
            "The file {file} has {size} MB, more than the {limit} MB that are read at once."
            " Split it into smaller files.",
            file=path,
            size=size // 2**20,
            limit=limit // 2**20,
        )
    readable(path)


class _Decoder:
    """Python's scanner with the checks it lacks."""

    def __init__(self, path: Path, *, halves: bool = False) -> None:
        self.path = path
        self._halves = halves
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._integer,
            parse_float=self._real,
            parse_constant=self._constant,
        )

    def value(self, text: str, start: int) -> tuple[Any, int]:
        """The value that begins at `start` and where it ends."""
        try:
            value, end = self._decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            raise _broken(self.path, error.pos) from error
        except RecursionError as error:
            raise UserError(
                "The file {file} is nested too deeply to be read. Check where it comes from.",
                file=self.path,
            ) from error
        if not self._halves and _SURROGATE.search(text, start, end):
            self._check_surrogates(value)
        return value, end

    def _check_surrogates(self, value: Any) -> None:  # noqa: ANN401 - any JSON value
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise UserError(
                "The file {file} has half a character (a lone surrogate) in a text."
                " Export it again.",
                file=self.path,
            ) from error

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise _twice(self.path, twice)
        return value

    def _integer(self, text: str) -> int:
        if len(text) > 17 or abs(int(text)) > LARGEST_INTEGER:
            raise self._number(text)
        return int(text)

    def _real(self, text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            raise self._number(text)
        return value

    def _constant(self, text: str) -> float:
        raise self._number(text)

    def _number(self, text: str) -> UserError:
        return UserError(
            "The file {file} has the number {number}, which cannot be kept exactly. Correct it.",
            file=self.path,
            number=text[:40],
        )


def _broken(path: Path, position: int) -> UserError:
    return UserError(
        "The file {file} is not valid JSON (character {position}). Export it again.",
        file=path,
        position=position,
    )


def _twice(path: Path, key: str) -> UserError:
    return UserError(
        "The file {file} has the key {key} twice in one object. Remove one of them.",
        file=path,
        key=repr(key[:80]),
    )


def _not_text(path: Path, position: int) -> UserError:
    return UserError(
        "The file {file} is not UTF-8 text (byte {position}). Save it as UTF-8 and retry.",
        file=path,
        position=position,
    )


def _skip(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start


def _encoding(head: bytes) -> str:
    """The encoding by its byte order mark, else by the zero bytes that ASCII braces leave in
    UTF-16."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if head[:1] == b"\0" else "utf-8"


Place = tuple[int, int]
"""Where an element lies in its file: first byte and number of bytes."""


class Places:
    """Places of elements in their file, 16 bytes each."""

    def __init__(self) -> None:
        self._starts, self._sizes = array("Q"), array("Q")

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, row: int) -> Place:
        return self._starts[row], self._sizes[row]

    def __setitem__(self, row: int, place: Place) -> None:
        self._starts[row], self._sizes[row] = place

    def append(self, place: Place) -> None:
        """Another place."""
        self._starts.append(place[0])
        self._sizes.append(place[1])


class ElementReader:
    """Reads the top-level object of a large file an element at a time: memory for one element,
    not for the file."""

    def __init__(self, path: Path) -> None:
        check_file(path, MAXIMUM_STREAM_BYTES)
        self.path = path
        self.decoder = _Decoder(path)
        with path.open("rb") as file:
            head = file.read(4)
        encoding = _encoding(head)
        self.mark = {"utf-8-sig": 3, "utf-16": 2}.get(encoding, 0)
        if encoding == "utf-16":
            encoding = "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        self.encoding = "utf-8" if encoding == "utf-8-sig" else encoding

    def elements(self, *lists: str) -> Iterator[tuple[str, Any, Place]]:
        """Each element of each top-level list (or of those that are named) as (key, element,
        place); other top-level values once, as they are."""
        with self.path.open("rb") as file:
            window = _Window(file, self)
            window.expect("{")
            seen: set[str] = set()
            is_open = window.peek() != "}" or not window.expect("}")
            while is_open:
                key = window.key(seen)
                if window.peek() == "[" and (not lists or key in lists):
                    yield from window.items(key)
                else:
                    yield (key, *window.value())
                is_open = window.expect(",}") == ","
            window.finish()

    def read(self, file: BinaryIO, place: Place) -> Any:  # noqa: ANN401 - any JSON value
        """The element at a place that `elements` named."""
        file.seek(place[0])
        try:
            text = file.read(place[1]).decode(self.encoding)
        except UnicodeDecodeError as error:
            raise _not_text(self.path, place[0] + error.start) from error
        return self.decoder.value(text, 0)[0]


class _Window:
    """The part of the file's text that is in memory, and the byte at which its next character
    lies."""

    def __init__(self, file: BinaryIO, reader: ElementReader) -> None:
        self._file, self._reader = file, reader
        self._decode = codecs.getincrementaldecoder(reader.encoding)()
        self._text, self._position, self._is_at_end = "", 0, False
        self._counted, self._byte = 0, reader.mark
        file.seek(self._byte)

    def _more(self, size: int = _CHUNK) -> bool:
        if self._is_at_end:
            return False
        data = self._file.read(size)
        self._is_at_end = not data
        try:
            new = self._decode.decode(data, final=self._is_at_end)
        except UnicodeDecodeError as error:
            start = self._file.tell() - len(error.object)  # with what was left of the last part
            raise _not_text(self._reader.path, start + error.start) from error
        self._here()
        self._text = self._text[self._position :] + new
        self._position = self._counted = 0
        return True

    def _here(self) -> int:
        """The byte at the current position: what was read since the last call is counted."""
        passed = self._text[self._counted : self._position]
        is_plain = self._reader.encoding == "utf-8" and passed.isascii()
        self._byte += len(passed) if is_plain else len(passed.encode(self._reader.encoding))
        self._counted = self._position
        return self._byte

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            self._position = _skip(self._text, self._position)
            if self._position < len(self._text):
                return self._text[self._position]
            if not self._more():
                return ""

    def expect(self, characters: str) -> str:
        """Take the next character, which must be one of these."""
        found = self.peek()
        if not found or found not in characters:
            raise _broken(self._reader.path, self._here())
        self._position += 1
        return found

    def value(self) -> tuple[Any, Place]:
        """Take the next value; more of the file is read until it is whole."""
        self.peek()
        size = _CHUNK
        while (whole := self._whole()) is None:
            if len(self._text) - self._position > MAXIMUM_BYTES:
                raise _broken(self._reader.path, self._here())
            self._more(size)
            size *= 2
        start = self._here()
        self._position = whole[1]
        return whole[0], (start, self._here() - start)

    def _whole(self) -> tuple[Any, int] | None:
        """The value at the position with its end; None when it goes on beyond the text in
        memory."""
        try:
            found, end = self._reader.decoder.value(self._text, self._position)
        except UserError as error:
            is_number_cut = self._text[-1:] in _NUMBER  # too large only without its decimal point
            is_cut = is_number_cut or isinstance(error.__cause__, json.JSONDecodeError)
            if self._is_at_end or not is_cut:
                raise
            return None
        is_ended = self._text[end : end + 1] in _ENDS  # the rest of a number may still come
        return (found, end) if is_ended or self._is_at_end else None

    def key(self, seen: set[str]) -> str:
        """Take a key of the top-level object and its colon; one that was there is refused."""
        if self.peek() != '"':
            raise _broken(self._reader.path, self._here())
        key = str(self.value()[0])
        if key in seen:
            raise _twice(self._reader.path, key)
        seen.add(key)
        self.expect(":")
        return key

    def items(self, key: str) -> Iterator[tuple[str, Any, Place]]:
        """Take a list, an element at a time."""
        self.expect("[")
        if self.peek() == "]":
            self._position += 1
            return
        while True:
            yield (key, *self.value())
            if self.expect(",]") == "]":
                return

    def finish(self) -> None:
        """Nothing may follow."""
        if self.peek():
            raise _broken(self._reader.path, self._here())
