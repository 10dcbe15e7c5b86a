"""What a file of weights really is: by its content, never by its name. What could run code, or is
no file of weights, is refused with a sentence that says why.
"""

from __future__ import annotations

import json
import struct
import zipfile
from enum import StrEnum
from io import BytesIO
from typing import Any, BinaryIO

from model_backend.errors import UserError

MOST_HEADER = 100 * 2**20
"""Bytes of a safetensors header: the limit of the format itself."""
HEAD_BYTES = 64
_PICKLE = b"\x80"
_GIT_LFS = b"version https://git-lfs"
_WEB_PAGE = (b"<!doctype", b"<html", b"<?xml")
_SIZES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "F16": 2,
    "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8,
}  # fmt: skip
"""Bytes of one number of each type of a safetensors file."""


class FileKind(StrEnum):
    """The kinds of files that weights are read from."""

    SAFETENSORS = "safetensors"
    TORCH = "torch"
    ONNX = "onnx"


def kind_of(file: BinaryIO, name: str, size: int) -> FileKind:
    """The kind of the file of weights, which is open at its start; UserError for every other."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    lowered = head.lstrip().lower()
    if not head:
        raise UserError("The file {file} is empty. Download it again.", file=name)
    if head[8:9] == b"{":  # first of all: the length before it may begin with any byte
        read_header(file, name, size)
        return FileKind.SAFETENSORS
    if lowered.startswith(_WEB_PAGE):
        raise UserError(
            "The file {file} is a web page, not a model: the download went wrong. Download the"
            " model again.",
            file=name,
        )
    if head.startswith(_GIT_LFS):
        raise UserError(
            "The file {file} only points to the weights (Git LFS). Fetch them with `git lfs pull`"
            " and retry.",
            file=name,
        )
    if head.startswith(b"PK\x03\x04"):
        _check_torch_archive(file, name, size)
        return FileKind.TORCH
    if head.startswith(_PICKLE):
        return FileKind.TORCH
    if head.startswith(b"\x08") and len(head) > 2:
        return FileKind.ONNX
    raise UserError(
        "The file {file} is none that weights can be read from (safetensors, or a state dict of"
        " torch). It may be damaged: download it again.",
        file=name,
    )


def _check_torch_archive(file: BinaryIO, name: str, size: int) -> None:
    """UserError unless the archive is whole, not packed, and holds data only."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _cut(name) from error
    inside = [member.filename.partition("/")[2] for member in members]
    if "constants.pkl" in inside or any(item.startswith("code/") for item in inside):
        raise UserError(
            "The file {file} is a TorchScript program: it carries code, which is never run here."
            " Choose the file with the weights alone (safetensors or a state dict).",
            file=name,
        )
    if any(item.startswith(("models/", "data/aotinductor")) for item in inside) or (
        "serialized_exported_program.json" in [member.filename for member in members]
    ):
        raise UserError(
            "The file {file} is an exported program (.pt2): it carries code, which is never run"
            " here. Choose the file with the weights alone (safetensors or a state dict).",
            file=name,
        )
    if "data.pkl" not in inside:
        raise UserError(
            "The file {file} is an archive without weights. Unpack it, and choose the model's"
            " folder.",
            file=name,
        )
    is_packed = any(member.compress_type != zipfile.ZIP_STORED for member in members)
    if is_packed or sum(member.file_size for member in members) > size:
        raise UserError(
            "The file {file} is packed in a way that torch never writes, and was not opened."
            " Download it from where its authors published it.",
            file=name,
        )


def read_header(file: BinaryIO, name: str, size: int) -> dict[str, Any]:
    """The header of a safetensors file: key -> dtype, shape, data_offsets; UserError where it does
    not fit the file (the format's own rules: no gaps, no overlaps, nothing outside).
    """
    file.seek(0)
    length = struct.unpack("<Q", file.read(8).ljust(8, b"\xff"))[0]
    if length > min(MOST_HEADER, size - 8):
        raise _cut(name)
    try:
        header = json.loads(file.read(length))
    except (ValueError, RecursionError) as error:
        raise _cut(name) from error
    if not isinstance(header, dict):
        raise _cut(name)
    header.pop("__metadata__", None)
    _check_offsets(header, name, size - 8 - length)
    return header


def _check_offsets(header: dict[str, Any], name: str, data_size: int) -> None:
    spans = []
    try:
        for entry in header.values():
            start, end = entry["data_offsets"]
            numbers = 1
            for side in entry["shape"]:
                if side < 0:
                    raise _cut(name)
                numbers *= side
            if end - start != numbers * _SIZES[entry["dtype"]]:
                raise _cut(name)
            spans.append((start, end))
    except (KeyError, TypeError, ValueError) as error:
        raise _cut(name) from error
    at = 0
    for start, end in sorted(spans):
        if start != at:
            raise _cut(name)
        at = end
    if at != data_size:
        raise _cut(name)


def _cut(name: str) -> UserError:
    return UserError("The file {file} is damaged or was cut short. Download it again.", file=name)


def kind_of_bytes(data: bytes, name: str) -> FileKind:
    """The kind of a file of weights that is in memory."""
    return kind_of(BytesIO(data), name, len(data))
