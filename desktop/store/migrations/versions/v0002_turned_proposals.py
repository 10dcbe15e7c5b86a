"""Proposals know how their page was turned: their coordinates stay as they were said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns; earlier proposals were said of pages as they are in their file."""
    for name, kind in (("rotation", sa.Integer()), ("skew", sa.Float(53))):
        op.add_column("proposals", sa.Column(name, kind, nullable=False, server_default="0"))
