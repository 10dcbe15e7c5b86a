"""A digest for each page: it shows a bit that turned in a value, which SQLite's check cannot see.

It covers the page's row, its words, what its file said and every annotation. What models said is
not in it: nobody's work, and models can say it again. The digest of the annotations is a sum, so
that an edit hashes only what it changes, before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from desktop.errors import UserError, remedy
from desktop.store import tables
from model_backend.translation import _

_PAGE = tables.pages
_CONTENTS = tables.page_contents
_ANNOTATIONS = tables.page_annotations
_FIELDS = tuple(name for name in _PAGE.c.keys() if name != "digest")  # noqa: SIM118 - a collection
_SIZE = 16
_RANGE = 1 << 8 * _SIZE
_EMPTY = (None, 0, "", "null", "[]", "{}")
"""Left out, so that a new column changes no digest while it is empty. A migration that drops or
renames a column, or writes into one, must set the digests to NULL: they are made again.
"""
_MANY = 200

_SELECT_ROW = select(_PAGE).where(_PAGE.c.id == bindparam("page"))
_SELECT_CONTENTS = select(_CONTENTS).where(_CONTENTS.c.page_id == bindparam("page"))
_SELECT_ALL = select(_ANNOTATIONS).where(_ANNOTATIONS.c.page_id == bindparam("page"))
_SELECT_SOME = _SELECT_ALL.where(_ANNOTATIONS.c.annotation_id.in_(bindparam("ids", expanding=True)))
_UPDATE = (
    update(_PAGE).where(_PAGE.c.id == bindparam("page")).values(digest=bindparam("new_digest"))
)

Values = Mapping[str, Any] | RowMapping


def is_whole(row: Values, annotations: Iterable[Any]) -> bool:
    """Whether a page is what was written; `row` has its fields and contents. Pages that no edit
    of this version has touched yet have no digest, and count as whole.
    """
    digest = row["digest"]
    return digest is None or digest == _digest(
        _sum(item._mapping for item in annotations), _contents(row), _row(row)
    )


def seal(connection: Connection, page_id: int) -> None:
    """Make the digest of a page from all its rows, whatever it was before."""
    key = {"page": page_id}
    row = connection.execute(_SELECT_ROW, key).one()._mapping
    contents = connection.execute(_SELECT_CONTENTS, key).one()._mapping
    annotations = (item._mapping for item in connection.execute(_SELECT_ALL, key))
    digest = _digest(_sum(annotations), _contents(contents), _row(row))
    connection.execute(_UPDATE, {**key, "new_digest": digest})


def new_digest(row: Values, contents: Values, annotations: Iterable[Values]) -> bytes:
    """The digest of a page that is about to be inserted."""
    return _digest(_sum(annotations), _contents(contents), _row(row))


class Sealing:
    """The digest of a page while an edit is written: what goes out of it, and what comes in."""

    def __init__(self, connection: Connection, page_id: int) -> None:
        self._connection, self._page_id = connection, page_id
        self._fields = dict(connection.execute(_SELECT_ROW, {"page": page_id}).one()._mapping)
        self._before = self._fields.pop("digest")
        if self._before is None:
            return
        if self._before[2 * _SIZE :] != _row(self._fields):
            raise damaged_page(self._fields["number"])
        self._total = int.from_bytes(self._before[:_SIZE], "big")
        self._contents = self._before[_SIZE : 2 * _SIZE]

    def take_out(self, ids: Sequence[int]) -> None:
        """Annotations as they are stored, before they are changed or deleted."""
        if self._before is None or not ids:
            return
        statement, key = _SELECT_SOME, {"page": self._page_id, "ids": ids}
        if len(ids) > _MANY:
            statement, key = _SELECT_ALL, {"page": self._page_id}
        wanted = set(ids)
        found = (row._mapping for row in self._connection.execute(statement, key))
        self._total -= _sum(row for row in found if row["annotation_id"] in wanted)

    def put_in(self, annotations: Iterable[Values]) -> None:
        """Annotations as they are written."""
        if self._before is not None:
            self._total += _sum(annotations)

    def put_contents(self, contents: Values) -> None:
        """The words and what the file said, as they are written."""
        if self._before is not None:
            self._contents = _contents(contents)

    def finish(self, **fields: Any) -> None:  # noqa: ANN401 - columns of any type
        """Write the digest, with the columns of the page's row that were written."""
        if self._before is None:
            seal(self._connection, self._page_id)
            return
        digest = _digest(self._total, self._contents, _row({**self._fields, **fields}))
        if digest != self._before:
            self._connection.execute(_UPDATE, {"page": self._page_id, "new_digest": digest})


def damaged_page(number: int, project: Path | None = None) -> UserError:
    """A page that is not what was written must not be written on."""
    return UserError(
        "Page {number} is damaged: it is not what was saved. It can be looked at, but not changed."
        " {remedy}",
        number=number + 1,
        remedy=remedy(project) if project else _("Open the project again."),
    )


def _digest(total: int, contents: bytes, row: bytes) -> bytes:
    return (total % _RANGE).to_bytes(_SIZE, "big") + contents + row


def _sum(annotations: Iterable[Values]) -> int:
    return sum(int.from_bytes(_annotation(item), "big") for item in annotations)


def _annotation(item: Values) -> bytes:
    score = item["score"]
    parts = (
        str(item["annotation_id"]),
        item["kind"],
        item["label"],
        item["status"],
        item["source"],
        "" if score is None else _number(score),
        item["value"],
    )
    return _hash("\0".join(map(str, parts)))


def _contents(row: Values) -> bytes:
    made = blake2b(digest_size=_SIZE)
    words = _bytes(row["words"])
    made.update(len(words).to_bytes(8, "big"))
    made.update(words)
    made.update(_bytes(row["source_data"]))
    return made.digest()


def _bytes(stored: object) -> bytes:
    """In a file that is damaged a column may hold anything; then it has another digest."""
    return stored if isinstance(stored, bytes) else repr(stored).encode("utf-8", "surrogatepass")


def _number(stored: object) -> str:
    return repr(float(stored)) if isinstance(stored, int | float) else repr(stored)


def _row(row: Values) -> bytes:
    return _hash(
        "\0".join(f"{name}={_plain(row[name])}" for name in _FIELDS if row[name] not in _EMPTY)
    )


def _plain(value: object) -> str:
    """The same for one number, whether it went into the column or came out of it."""
    if isinstance(value, float):
        return repr(int(value) if value.is_integer() else value)
    return str(int(value) if isinstance(value, bool) else value)


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()
