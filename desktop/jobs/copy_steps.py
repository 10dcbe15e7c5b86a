"""What worker processes do for the import of a project's copy; nothing in it is trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast, get_type_hints

from desktop.jobs.project_copy import FORMAT, VERSION
from desktop.jobs.steps import EXTENSIONS, copy_document, present
from desktop.store.difference import from_data
from desktop.store.records import Proposal, Revision
from desktop.store.restoring import KeptChange, KeptPage, damaged_record
from model_backend import formats
from model_backend.document import COLLECTIONS, Page
from model_backend.document_json import from_json
from model_backend.errors import UserError
from model_backend.formats import safe_json
from model_backend.formats.page_json import HISTORY, PROJECT, has_types, value_of
from model_backend.labels import LabelSchema

Read = TypeVar("Read", bound=Callable[..., object])

SLICE = 1 << 18
"""Bytes of the record that are read at a time, and a change beyond."""
_WRONG = (TypeError, KeyError, ValueError, AttributeError)


@dataclass(frozen=True)
class Project:
    """What a copy says of the whole project, and the names of its pages."""

    schema: LabelSchema
    created_at: int
    members: tuple[str, ...]


def _of_present(read: Read) -> Read:
    """Reads what is there; `Missing` where the whole copy is gone."""

    @wraps(read)
    def call(path: Path, *more: object) -> object:
        with present(path):
            return read(path, *more)

    return cast(Read, call)


@_of_present
def read_project(path: Path) -> Project:
    """Labels, date and names of the pages."""
    file = path / PROJECT
    data = safe_json.load(file)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise _damaged(file, "format")
    if data.get("version") != VERSION:
        raise UserError(
            "The file {file} was written by a newer Proofdesk. Update and retry.", file=file
        )
    created_at = data.get("created_at")
    if not isinstance(created_at, int) or isinstance(created_at, bool):
        raise _damaged(file, "created_at")
    schema = value_of(LabelSchema, data.get("labels"), file)
    return Project(schema, created_at, formats.members("pages", path))


def _damaged(file: Path, part: str) -> UserError:
    return UserError(
        "The page file {file} is damaged ({part}). Export it again.", file=file, part=part
    )


@_of_present
def read_page(path: Path, member: str, folder: Path) -> KeptPage:
    """One page with all that was kept of it; its document's own file is copied to `folder`."""
    item = formats.read_member("pages", path, member)
    file = path / "pages" / f"{member}.json"
    page_id, document_id = item.ids
    if item.document is None or item.file is None or min(item.ids) <= 0:
        raise _damaged(file, "document")
    if item.document.media_type not in EXTENSIONS:
        raise _damaged(file, "media_type")
    is_read, problem = item.record.get("is_read"), item.record.get("problem")
    said = item.record.get("proposals")
    if not (isinstance(is_read, bool) and isinstance(problem, str) and isinstance(said, list)):
        raise _damaged(file, "record")
    proposals = tuple(_proposal(data, file) for data in said)
    copy_document(item.file, folder / item.file.name, item.document.sha256)
    return KeptPage(
        replace(item.page, id=page_id, document_id=document_id),
        replace(item.document, id=document_id),
        item.file.name,
        is_read,
        problem,
        proposals,
    )


def _proposal(data: Any, file: Path) -> Proposal:  # noqa: ANN401 - any JSON value
    """What a model said."""
    if not isinstance(data, dict) or data.get("kind") not in COLLECTIONS:
        raise _damaged(file, "proposals")
    rest = {key: value for key, value in data.items() if key not in ("kind", "annotation")}
    annotation: Any = value_of(COLLECTIONS[data["kind"]], data.get("annotation"), file)
    try:
        proposal = Proposal(annotation=annotation, **rest)
    except TypeError as error:
        raise _damaged(file, "proposals") from error
    if not has_types(proposal, Proposal):
        raise _damaged(file, "proposals")
    return proposal


@_of_present
def read_record(path: Path, place: int) -> tuple[tuple[Revision | KeptChange, ...], int | None]:
    """The next slice of the record from a byte on, and the byte where the rest begins (None: it
    has no more)."""
    file = path / HISTORY
    if file.is_file() and not file.stat().st_size:  # a project that nobody edited
        return (), None
    safe_json.check_file(file, safe_json.MAXIMUM_STREAM_BYTES)
    with file.open("rb") as opened:
        opened.seek(place)
        entries = tuple(_entries(opened, place + SLICE))
        end = opened.tell()
    return entries, end if end < file.stat().st_size else None


def _entries(opened: BinaryIO, end: int) -> Iterator[Revision | KeptChange]:
    while opened.tell() < end and (line := opened.readline(safe_json.MAXIMUM_BYTES)):
        try:
            data = safe_json.loads(line.decode("utf-8"), Path(opened.name), halves=True)
            yield _entry(data)
        except (UserError, *_WRONG) as error:
            raise damaged_record() from error


def _entry(data: Any) -> Revision | KeptChange:  # noqa: ANN401 - any JSON value
    if "revision" in data:
        revision = from_json(Revision, data["revision"])
        if not has_types(revision, Revision):
            raise TypeError("revision")
        return revision
    page_id, difference = data["page"], data["difference"]
    if page_id is None:
        before, after = difference
        is_right = all(
            has_types(from_json(LabelSchema, part), LabelSchema) for part in (before, after)
        )
    else:
        is_right = isinstance(page_id, int) and _is_difference(page_id, difference)
    if not is_right:
        raise TypeError("difference")
    return KeptChange(page_id, difference)


def _is_difference(page_id: int, data: dict[str, Any]) -> bool:
    change = from_data(page_id, data)
    hints = get_type_hints(Page)
    return all(
        has_types(value, hints[item.name])
        for item in change.fields
        for value in (item.before, item.after)
    ) and all(
        value is None or has_types(value, COLLECTIONS[item.collection])
        for item in change.items
        for value in (item.before, item.after)
    )
