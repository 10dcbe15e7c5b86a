"""Pages know how many of their annotations and words are marked, so that lists need not count."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COUNTS = ("unsure_count", "noted_count", "doubtful_count", "illegible_count")
DOUBT = 0.6
SLICE = 200


def upgrade() -> None:
    """Four counts, each with an index of the pages where it is not zero; words are counted once."""
    for name in COUNTS:
        column = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("pages", column)
        is_there = sa.text(f"{name} > 0")
        op.create_index(
            f"ix_pages_{name}",
            "pages",
            ["id", name],
            sqlite_where=is_there,
            postgresql_where=is_there,
        )
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE pages SET noted_count = 1 WHERE note <> ''"))
    _count_words(connection)


def _count_words(connection: sa.Connection) -> None:
    """Count in slices of pages: a project may be larger than the memory."""
    select = sa.text(
        "SELECT page_id, words FROM page_contents WHERE page_id > :after ORDER BY page_id"
        f" LIMIT {SLICE}"
    )
    update = sa.text(
        "UPDATE pages SET doubtful_count = :doubtful, illegible_count = :illegible WHERE id = :page"
    )
    after = 0
    while found := connection.execute(select, {"after": after}).all():
        after = found[-1].page_id
        counts = [{"page": row.page_id, **_counts(_words(row.words))} for row in found]
        connection.execute(update, counts)


def _words(packed: bytes) -> list[dict[str, Any]]:
    """The words of a page; none where they are damaged, which whoever opens the page is told."""
    try:
        words = json.loads(zlib.decompress(packed))
    except (zlib.error, ValueError):
        return []
    return words if isinstance(words, list) else []


def _counts(words: Iterable[dict[str, Any]]) -> dict[str, int]:
    illegible = doubtful = 0
    for word in words:
        confidence = word.get("confidence")
        is_weak = confidence is not None and confidence < DOUBT
        illegible += bool(word.get("is_illegible"))
        doubtful += not word.get("is_illegible") and bool(word.get("is_doubtful") or is_weak)
    return {"doubtful": doubtful, "illegible": illegible}
