"""The schema's history: projects of earlier versions are brought up to this when opened."""

from __future__ import annotations

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""All versions, oldest first; kept here so that opening need not load Alembic."""

HEAD = REVISIONS[-1]
"""The version of the tables that this program reads and writes."""
