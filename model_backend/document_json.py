"""Values to JSON and back, without loss; one mapping, used by the store, the history and
Proofdesk's page files.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
Json = dict[str, Any]


def to_json(value: Any) -> Any:  # noqa: ANN401 - any of the frozen values, or a part of one
    """The value as JSON types; fields that have their default are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            item.name: to_json(getattr(value, item.name))
            for item in fields(value)
            if item.default is MISSING or getattr(value, item.name) != item.default
        }
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("ascii")
    return value


def from_json(kind: type[Value], data: Json) -> Value:
    """The frozen value of this type; TypeError, KeyError or ValueError when it is not one."""
    return _reader(kind)(data)  # type: ignore[no-any-return, arg-type]


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a type expression
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = _reader(next(item for item in arguments if item is not type(None)))
        return lambda data: None if data is None else inner(data)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _reader(arguments[0])
        return lambda data: tuple(map(item, data))
    if origin is tuple:
        readers = [_reader(argument) for argument in arguments]
        return lambda data: tuple(read(part) for read, part in zip(readers, data, strict=True))
    if kind is bytes:
        return lambda data: data.encode("ascii")
    if kind is float:
        return float
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    return lambda data: data


def _dataclass_reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a dataclass type
    hints = get_type_hints(kind)
    readers = {item.name: _reader(hints[item.name]) for item in fields(kind)}
    return lambda data: kind(**{name: readers[name](part) for name, part in data.items()})
