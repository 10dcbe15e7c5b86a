"""Values to bytes and back: JSON that loses nothing, compressed where it is large."""

from __future__ import annotations

import json
import zlib
from typing import Any, TypeVar

import orjson

from model_backend.document_json import from_json
from model_backend.errors import UserError
from model_backend.translation import mark

Value = TypeVar("Value")


class Unreadable(UserError):
    """What is stored is nothing that was ever written: the file is damaged."""

    def __init__(self) -> None:
        super().__init__(
            mark(
                "A value of the project cannot be read: its file is damaged. Nothing was changed."
                " Restore a backup in File > Backups."
            )
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (Unreadable, ())


def to_text(value: Any) -> str:  # noqa: ANN401 - any frozen value, or lists and dictionaries of them
    """The value as JSON text; numbers keep every digit."""
    return _to_bytes(value).decode("utf-8")


def from_text(text: str) -> Any:  # noqa: ANN401 - JSON
    """What `to_text` wrote, as plain JSON types."""
    return _from_bytes(text.encode("utf-8"))


def pack(value: Any) -> bytes:  # noqa: ANN401 - any frozen value, or lists and dictionaries of them
    """The value as compressed JSON."""
    return zlib.compress(_to_bytes(value), 1)


def unpack(data: bytes) -> Any:  # noqa: ANN401 - JSON
    """What `pack` wrote, as plain JSON types."""
    return _from_bytes(zlib.decompress(data))


def understood(kind: type[Value], data: Any) -> Value:  # noqa: ANN401 - plain JSON types
    """The value of this type that these data are; `Unreadable` where they are none."""
    try:
        return from_json(kind, data)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable from error


def decoded(kind: type[Value], stored: str | bytes) -> Value:
    """The value of this type that `to_text` or `pack` wrote; `Unreadable` where it is none."""
    try:
        data = unpack(stored) if isinstance(stored, bytes) else from_text(stored)
    except (zlib.error, ValueError, TypeError, AttributeError) as error:
        raise Unreadable from error
    return understood(kind, data)


def _to_bytes(value: Any) -> bytes:  # noqa: ANN401 - as above
    try:
        return orjson.dumps(value, default=_plain)
    except orjson.JSONEncodeError:
        # Half of a surrogate pair, as some data sets hold: only escapes can carry it.
        return json.dumps(value, default=_plain, ensure_ascii=True).encode("ascii")


def _from_bytes(data: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever the encoder does not know
    if isinstance(value, bytes):
        return value.decode("ascii")
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    raise TypeError(f"{type(value).__name__} cannot be stored")


def clean(text: str) -> str:
    """The text as a database column can hold it: no NUL, no halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
