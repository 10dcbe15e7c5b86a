"""The first tables of a project. Frozen: what changes later is a step of its own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and their indexes."""
    _make_project()
    _make_pages()
    _make_annotations()
    _make_history()


def _table(name: str, *columns: Any) -> None:  # noqa: ANN401 - columns and constraints
    op.create_table(name, *columns, sa.PrimaryKeyConstraint("id", name=f"pk_{name}"))


def _id(name: str = "id") -> sa.Column[int]:
    return sa.Column(name, ID, autoincrement=False, nullable=False)


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=False)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _make_project() -> None:
    _table(
        "project",
        _id(),
        _text("labels"),
        sa.Column("page_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        _text("created_with", 64),
    )
    _table(
        "documents",
        _id(),
        _text("name"),
        _text("sha256", 64),
        _text("media_type", 255),
        sa.Column("page_count", sa.Integer(), nullable=False),
        _text("file_name"),
        _text("source_data"),
    )
    _index("documents", "sha256")
    _table(
        "pending_imports",
        sa.Column("id", ID, nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        _text("options"),
        sa.UniqueConstraint("path", name="uq_pending_imports_path"),
    )


def _make_pages() -> None:
    _table(
        "pages",
        _id(),
        _id("document_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("width", sa.Float(53), nullable=False),
        sa.Column("height", sa.Float(53), nullable=False),
        _text("unit", 16),
        _text("geometry"),
        sa.Column("rotation", sa.Integer(), nullable=False),
        sa.Column("skew", sa.Float(53), nullable=False),
        _text("status", 16),
        sa.Column("is_scan", sa.Boolean(), nullable=False),
        _text("note"),
        sa.Column("next_id", sa.BigInteger(), nullable=False),
        sa.Column("is_read", sa.Boolean(), nullable=False),
        _text("problem"),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("annotation_count", sa.Integer(), nullable=False),
        sa.Column("proposed_count", sa.Integer(), nullable=False),
        _reference("pages", "document_id", "documents"),
    )
    _index("pages", "document_id")
    _index("pages", "status", "id")
    _index("pages", "is_read", "id")
    op.create_table(
        "page_contents",
        _id("page_id"),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("source_data", sa.LargeBinary(), nullable=False),
        _reference("page_contents", "page_id", "pages"),
        sa.PrimaryKeyConstraint("page_id", name="pk_page_contents"),
    )


def _make_annotations() -> None:
    op.create_table(
        "annotations",
        _id("page_id"),
        _id("annotation_id"),
        _text("kind", 16),
        _text("label"),
        _text("status", 16),
        _text("source"),
        sa.Column("score", sa.Float(53)),
        _text("value"),
        _reference("annotations", "page_id", "pages"),
        sa.PrimaryKeyConstraint("page_id", "annotation_id", name="pk_annotations"),
    )
    _index("annotations", "label", "page_id")
    _table(
        "proposals",
        sa.Column("id", ID, nullable=False),
        _id("page_id"),
        _id("annotation_id"),
        _text("model"),
        _text("kind", 16),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        _text("value"),
        _reference("proposals", "page_id", "pages"),
    )
    _index("proposals", "page_id")


def _make_history() -> None:
    _table(
        "revisions",
        _id(),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _text("who"),
        _text("kind", 16),
        _text("text"),
        sa.Column("of", ID),
        sa.Column("below", ID),
        sa.Column("undo_top", ID),
        sa.Column("redo_top", ID),
    )
    _table(
        "revision_changes",
        sa.Column("id", ID, nullable=False),
        _id("revision_id"),
        sa.Column("page_id", ID),
        sa.Column("difference", sa.LargeBinary(), nullable=False),
        _reference("revision_changes", "revision_id", "revisions"),
        _reference("revision_changes", "page_id", "pages"),
    )
    _index("revision_changes", "revision_id")
    _index("revision_changes", "page_id")
