"""Open proposals are counted by their score as fast as somebody moves a slider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index of what is open only."""
    is_open = sa.text("status = 'proposed'")
    op.create_index(
        "ix_annotations_open",
        "annotations",
        ["kind", "score", "page_id"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
