"""The texts of a project, page after page, without anything else of the pages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from desktop.store import tables, values
from desktop.store.database import Database

_CONTENTS = tables.page_contents
_ANNOTATIONS = tables.page_annotations
_WORDS = (
    select(_CONTENTS.c.page_id, _CONTENTS.c.words)
    .where(_CONTENTS.c.page_id > bindparam("after"))
    .order_by(_CONTENTS.c.page_id)
)
_ENTITIES = (
    select(_ANNOTATIONS.c.page_id, _ANNOTATIONS.c.value)
    .where(
        _ANNOTATIONS.c.page_id > bindparam("after"),
        _ANNOTATIONS.c.page_id <= bindparam("last"),
        _ANNOTATIONS.c.kind == "entities",
    )
    .order_by(_ANNOTATIONS.c.page_id, _ANNOTATIONS.c.annotation_id)
)


@dataclass(frozen=True)
class EntityText:
    """The text of an entity and the words it is made of."""

    id: int
    text: str
    word_ids: tuple[int, ...]


@dataclass(frozen=True)
class PageTexts:
    """All texts of a page; the words by their ids."""

    page_id: int
    words: dict[int, str]
    entities: tuple[EntityText, ...]


class Texts:
    """The texts of pages in slices."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, page_id: int, limit: int) -> list[PageTexts]:
        """The texts of the next pages after this one."""
        with self._database.reading() as connection:
            found = connection.execute(_WORDS.limit(limit), {"after": page_id}).all()
            if not found:
                return []
            span = {"after": page_id, "last": found[-1].page_id}
            entities: dict[int, list[EntityText]] = {}
            for row in connection.execute(_ENTITIES, span):
                entities.setdefault(row.page_id, []).append(_entity(row.value))
        return [
            PageTexts(row.page_id, _words(row.words), tuple(entities.get(row.page_id, ())))
            for row in found
        ]


def _words(packed: bytes) -> dict[int, str]:
    return {word["id"]: word["text"] for word in values.unpack(packed)}


def _entity(value: str) -> EntityText:
    data = values.from_text(value)
    return EntityText(data["id"], data["text"], tuple(data["word_ids"]))
