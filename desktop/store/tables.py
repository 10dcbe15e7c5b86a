"""The tables of a project, as typed columns that SQLite and PostgreSQL both know."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite gives out row ids only for a primary key that is called INTEGER."""

project = Table(
    "project",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("labels", Text, nullable=False),
    Column("page_count", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_with", String(64), nullable=False),
)
"""One row: the label schema, and the number of pages, which is slow to count."""

documents = Table(
    "documents",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("media_type", String(255), nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("source_data", Text, nullable=False),
)
"""`file_name` is that of the project's own copy in documents/; empty where there is none."""

MARK_COUNTS = ("unsure_count", "noted_count", "doubtful_count", "illegible_count")
"""How many annotations of a page are unsure or have a note (the page's own counts too), how many
of its words are doubtful or illegible; each with an index of the few pages where it is not zero.
"""

pages = Table(
    "pages",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("document_id", Id, ForeignKey("documents.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("width", Float(53), nullable=False),
    Column("height", Float(53), nullable=False),
    Column("unit", String(16), nullable=False),
    Column("geometry", Text, nullable=False),
    Column("rotation", Integer, nullable=False),
    Column("skew", Float(53), nullable=False),
    Column("status", String(16), nullable=False),
    Column("is_scan", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("accepted_warnings", Text, nullable=False, server_default="[]"),
    Column("page_class", Text, nullable=False, server_default="null"),
    Column("next_id", BigInteger, nullable=False),
    Column("is_read", Boolean, nullable=False),
    Column("problem", Text, nullable=False),
    Column("word_count", Integer, nullable=False),
    Column("annotation_count", Integer, nullable=False),
    Column("proposed_count", Integer, nullable=False),
    *(Column(name, Integer, nullable=False, server_default="0") for name in MARK_COUNTS),
    Column("digest", LargeBinary),
    Index(None, "status", "id"),
    Index(None, "is_read", "id"),
    *(
        Index(f"ix_pages_{name}", "id", name, sqlite_where=some, postgresql_where=some)
        for name, some in ((name, text(f"{name} > 0")) for name in MARK_COUNTS)
    ),
)
"""Small rows, since every edit rewrites one; what is large lies in `page_contents`."""

page_contents = Table(
    "page_contents",
    metadata,
    Column("page_id", Id, ForeignKey("pages.id"), primary_key=True, autoincrement=False),
    Column("words", LargeBinary, nullable=False),
    Column("source_data", LargeBinary, nullable=False),
)
"""The words of a page as one compressed value, and what its file said beyond our fields."""

page_annotations = Table(
    "annotations",
    metadata,
    Column("page_id", Id, ForeignKey("pages.id"), primary_key=True, autoincrement=False),
    Column("annotation_id", Id, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("label", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("score", Float(53)),
    Column("value", Text, nullable=False),
    Index(None, "label", "page_id"),
    Index(
        "ix_annotations_open",
        "kind",
        "score",
        "page_id",
        sqlite_where=text("status = 'proposed'"),
        postgresql_where=text("status = 'proposed'"),
    ),
)
"""One row for each annotation; `kind` is the page's collection, `value` the whole of it as JSON."""

proposals = Table(
    "proposals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("page_id", Id, ForeignKey("pages.id"), nullable=False, index=True),
    Column("annotation_id", Id, nullable=False),
    Column("model", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("is_withdrawn", Boolean, nullable=False),
    Column("value", Text, nullable=False),
    Column("rotation", Integer, nullable=False, server_default="0"),
    Column("skew", Float(53), nullable=False, server_default="0"),
)
"""What models said, unchanged; `annotation_id` is the annotation it became, `rotation` and `skew`
those of the page as the model saw it.
"""

revisions = Table(
    "revisions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("of", Id),
    Column("below", Id),
    Column("undo_top", Id),
    Column("redo_top", Id),
)
"""Append-only. `at` is in milliseconds since 1970, for people: the order is that of the ids."""

revision_changes = Table(
    "revision_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("revision_id", Id, ForeignKey("revisions.id"), nullable=False, index=True),
    Column("page_id", Id, ForeignKey("pages.id"), index=True),
    Column("difference", LargeBinary, nullable=False),
)
"""What a revision changed on one page, or (without a page) in the label schema."""

pending_imports = Table(
    "pending_imports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("path", LargeBinary, nullable=False, unique=True),
    Column("options", Text, nullable=False),
)
"""Files that still wait for their import, so that it goes on after a restart."""
