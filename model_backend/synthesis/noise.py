"""What scanners, copiers and fax machines make of a clean page; the truth moves with the paper."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from model_backend.document import Page

if TYPE_CHECKING:
    from PIL.Image import Image

LEVELS = ("none", "light", "medium", "heavy")


def scanned(picture: Image, page: Page, level: str, random: Random) -> tuple[Image, Page]:
    """The picture as a scan of that level, and the truth on it."""
    return picture, page
