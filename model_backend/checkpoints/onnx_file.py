"""ONNX programs looked at before anything runs them: no files outside their folder, no operators
that need an add-on.

The file is walked as protobuf (field numbers of onnx.proto3); nothing of it is executed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from model_backend.checkpoints.checkpoint import MOST_WEIGHTS, open_file
from model_backend.errors import UserError
from model_backend.formats.safe_path import shown

KNOWN_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
"""Sets of operators that onnxruntime itself has."""
EXTERNAL = 1
_DEEPEST = 64
_GRAPH_OF_MODEL, _OUTPUT_OF_GRAPH, _NAME_OF_VALUE = 7, 12, 1
_MODEL = {7: "graph", 20: "training", 25: "function"}
_TRAINING = {1: "graph", 2: "graph"}
_GRAPH = {1: "node", 5: "tensor", 15: "sparse"}
_FUNCTION = {7: "node"}
_NODE = {5: "attribute"}
_ATTRIBUTE = {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"}
_SPARSE = {1: "tensor", 2: "tensor"}
_INSIDE: dict[str, dict[int, str]] = {
    "model": _MODEL,
    "training": _TRAINING,
    "graph": _GRAPH,
    "function": _FUNCTION,
    "node": _NODE,
    "attribute": _ATTRIBUTE,
    "sparse": _SPARSE,
    "tensor": {},
}
"""For each message the fields that are messages again, as far as they matter here."""

Field = tuple[int, int | memoryview]


@dataclass
class OnnxParts:
    """What an ONNX file refers to: its operators' domains, its functions', its data files."""

    domains: set[str] = field(default_factory=set)
    own_domains: set[str] = field(default_factory=set)
    data_files: set[str] = field(default_factory=set)


def check_onnx(path: Path) -> tuple[str, ...]:
    """The names of the data files beside an ONNX file; UserError where it is damaged, refers to
    files outside its folder or through links, or needs operators that onnxruntime has not.
    """
    with open_file(path, MOST_WEIGHTS) as file:
        data = memoryview(file.read())
    parts = OnnxParts()
    try:
        _walk("model", data, parts, 0)
    except (IndexError, ValueError, RecursionError) as error:
        raise UserError(
            "The file {file} is no ONNX program, or was cut short. Download it again.", file=path
        ) from error
    foreign = parts.domains - parts.own_domains - set(KNOWN_DOMAINS)
    if foreign:
        raise UserError(
            "The file {file} needs an add-on we do not load (operators of {names}). Choose a model"
            " without it.",
            file=path,
            names=", ".join(shown(name, 40) for name in sorted(foreign)[:3]),
        )
    for name in parts.data_files:
        _check_data_file(path, name)
    return tuple(sorted(parts.data_files))


def outputs_of(path: Path) -> tuple[str, ...]:
    """The names of what a program that was checked gives out; nothing is loaded for it."""
    data = memoryview(path.read_bytes())
    graphs = (value for number, value in _fields(data) if number == _GRAPH_OF_MODEL)
    return tuple(
        _text(name)
        for graph in graphs
        for number, value in _fields(_message(graph))
        if number == _OUTPUT_OF_GRAPH
        for inner, name in _fields(_message(value))
        if inner == _NAME_OF_VALUE
    )


def _message(value: int | memoryview) -> memoryview:
    if not isinstance(value, memoryview):
        raise ValueError("not a message")
    return value


def _check_data_file(path: Path, name: str) -> None:
    beside = path.parent / name
    is_plain = name == Path(name).name and name not in ("", ".", "..") and "\\" not in name
    if not is_plain or beside.is_symlink() or not beside.is_file() or beside.stat().st_nlink > 1:
        raise UserError(
            "The file {file} keeps its weights in {name}, which is not a file of its own in the"
            " same folder. Download the model again.",
            file=path,
            name=shown(name),
        )


def _walk(kind: str, data: memoryview, parts: OnnxParts, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    is_external, location = False, ""
    for number, value in _fields(data):
        if kind == "node" and number == 7:
            parts.domains.add(_text(value))
        elif kind == "function" and number == 10:
            parts.own_domains.add(_text(value))
        elif kind == "tensor" and number == 14:
            is_external = value == EXTERNAL
        elif kind == "tensor" and number == 13:
            location = _location(value) or location
        elif isinstance(value, memoryview) and number in _INSIDE[kind]:
            _walk(_INSIDE[kind][number], value, parts, depth + 1)
    if is_external or location:
        parts.data_files.add(location)


def _location(value: int | memoryview) -> str:
    """The value of a key-value pair, where its key is `location`."""
    if not isinstance(value, memoryview):
        raise ValueError("not a pair")
    pair = {number: _text(text) for number, text in _fields(value)}
    return pair.get(2, "") if pair.get(1) == "location" else ""


def _text(value: int | memoryview) -> str:
    if not isinstance(value, memoryview):
        raise ValueError("not a text")
    return bytes(value).decode("utf-8")


def _fields(data: memoryview) -> Iterator[Field]:
    """The fields of a message: number and value (a number, or the bytes)."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == 2:
            size, at = _varint(data, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if number == 0 or at + size > len(data):
            raise ValueError("cut short")
        if wire == 2:
            yield number, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number without an end")
