"""Pages have a digest, made when they are next written: opening a large project must not wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column without values."""
    op.add_column("pages", sa.Column("digest", sa.LargeBinary()))
