"""Pages remember the warnings that a person let stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; nothing was let stand before."""
    column = sa.Column("accepted_warnings", sa.Text(), nullable=False, server_default="[]")
    op.add_column("pages", column)
