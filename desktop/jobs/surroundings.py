"""What a person should know of the place a project lies in: little room, a network, conflicts."""

from __future__ import annotations

import glob
import shutil
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.store.places import place_of
from desktop.store.store import FILE
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument

LITTLE = 500_000_000
"""With less room than this a person is warned, once; again after there was `ENOUGH`."""
ENOUGH = 600_000_000
EVERY_SECONDS = 1.0


class Surroundings(QObject):
    """Looks when the project opens, and at the room again when something was written."""

    warned = Signal(str)
    room_changed = Signal(int)
    """The bytes that are left while they are few, else -1."""

    def __init__(self, document: OpenDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._looked_at = 0.0
        self.free = -1
        for changed in (document.history_changed, document.pages_added, document.page_changed):
            changed.connect(self._changed)

    def look(self) -> None:
        """Say what is to be known at the beginning."""
        store = self._document.store
        for text in (place_of(store.folder).warning, store.left_open, *_conflicts(store.folder)):
            if text:
                self.warned.emit(text)
        self.look_for_room()

    def _changed(self) -> None:
        if monotonic() - self._looked_at >= EVERY_SECONDS:
            self.look_for_room()

    def look_for_room(self) -> None:
        """Warn once when little is left, until there is enough again."""
        self._looked_at = monotonic()
        try:
            free = shutil.disk_usage(self._document.store.folder).free
        except OSError:
            return  # it is gone: the next edit says so
        is_few = free < (LITTLE if self.free < 0 else ENOUGH)
        if is_few and self.free < 0:
            self.warned.emit(_few_left(free))
        before, self.free = self.free, free if is_few else -1
        if before != self.free:
            self.room_changed.emit(self.free)


def _few_left(free: int) -> str:
    text = _(
        "Only {megabytes} MB are left on the disk of this project. Free some space: when it is"
        " full, nothing more can be saved. What is saved stays."
    )
    return text.format(megabytes=free // 1_000_000)


def _conflicts(folder: Path) -> Iterator[str]:
    """Copies that programs which synchronise folders make where two computers wrote at once."""
    stem = Path(FILE).stem
    inside = (path for path in folder.glob(f"{stem}*.sqlite") if path.name != FILE)
    named = f"{glob.escape(folder.stem)}*conflict*"
    beside = (path for path in folder.parent.glob(named) if path != folder)
    for path in sorted((*inside, *beside)):
        yield _(
            "{name} lies here as well: two computers wrote at the same time, and a program that"
            " synchronises folders kept both. See what is in it (put it into a folder of its own"
            " that ends in .proofdesk, as project.sqlite), then delete it."
        ).format(name=path.name)
