"""What jobs run in worker processes: plain functions of files and values, no Qt."""

from __future__ import annotations

import io
from pathlib import Path

THUMBNAIL = 160
"""Longest side of a thumbnail in pixels."""


def thumbnail(
    path: Path, number: int, scale: float, *, rotation: int, skew: float, password: str
) -> bytes:
    """A small picture of a page as JPEG."""
    from model_backend import sources

    picture = sources.render_image(
        path, number, scale=scale, rotation=rotation, skew=skew, password=password
    )
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()
