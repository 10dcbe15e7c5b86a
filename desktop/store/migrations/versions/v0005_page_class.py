"""Pages have a class: a letter, an invoice, and so on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; no page was of a class before."""
    column = sa.Column("page_class", sa.Text(), nullable=False, server_default="null")
    op.add_column("pages", column)
