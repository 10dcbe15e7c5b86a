"""The schema's history: a project of any earlier version is brought up to this one when it is opened."""

from __future__ import annotations

REVISIONS = ("0001",)
"""All versions of the tables, oldest first; kept here so that opening a current project need not load Alembic."""

HEAD = REVISIONS[-1]
"""The version of the tables that this program reads and writes."""
