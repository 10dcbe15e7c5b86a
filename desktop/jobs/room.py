"""Whether an export fits on its disk, told before it begins."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.errors import DiskFullError
from desktop.store import tables
from model_backend.formats import WRITE_ONLY, WriteOptions
from model_backend.formats.pictures import NO_PICTURE, POINTS_PER_INCH

if TYPE_CHECKING:
    from desktop.store.store import Store

RESERVE = 200_000_000
"""So much stays free on a large disk: the project has to be saved, too."""
SHARE = 20
"""On a small one (a stick), a twentieth."""
BYTES_A_PIXEL = 0.05
"""A rendered page of text as PNG or JPEG: rather too little, so that nothing is refused wrongly."""

_PICTURES = (
    select(
        tables.documents.c.media_type,
        tables.documents.c.file_name,
        func.sum(tables.pages.c.width * tables.pages.c.height).label("area"),
    )
    .join(tables.pages, tables.pages.c.document_id == tables.documents.c.id)
    .group_by(tables.documents.c.id, tables.documents.c.media_type, tables.documents.c.file_name)
)


def require_room(
    store: Store, format_name: str, out: Path, options: WriteOptions, *, copies_all: bool
) -> None:
    """Refuse an export that its disk has no room for; `copies_all`: documents leave as they are."""
    needed = 0 if format_name in WRITE_ONLY else _needed(store, options, copies_all=copies_all)
    usage = shutil.disk_usage(_there(out))
    free = usage.free - min(RESERVE, usage.total // SHARE)
    if needed > free:
        raise DiskFullError(
            "The export needs about {needed} MB, but only {free} MB can be used on the disk of"
            " {folder}. Nothing was written. Free some space or choose another disk.",
            needed=-(-needed // 1_000_000),
            free=max(0, free) // 1_000_000,
            folder=out,
        )


def _there(out: Path) -> Path:
    return next((folder for folder in (out, *out.parents) if folder.exists()), out)


def _needed(store: Store, options: WriteOptions, *, copies_all: bool) -> int:
    """The pictures of all pages; annotations are small beside them."""
    with store.database.reading() as connection:
        found = connection.execute(_PICTURES).all()
    total, folder = 0.0, store.folder / "documents"
    for row in found:
        if row.media_type == NO_PICTURE:
            continue
        if copies_all or row.media_type != "application/pdf":
            path = folder / row.file_name
            total += path.stat().st_size if row.file_name and path.is_file() else 0
        else:
            total += row.area * (options.dpi / POINTS_PER_INCH) ** 2 * BYTES_A_PIXEL
    return int(total)
