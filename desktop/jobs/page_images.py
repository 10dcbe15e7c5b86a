"""The pictures of pages for the window: asked for when they are shown, kept while there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from desktop.errors import explain
from desktop.jobs import steps
from desktop.jobs.passwords import Passwords
from desktop.jobs.picture_sizes import (
    finest_scale,
    needs_tiles,
    step_scale,
    tile_boxes,
    tile_scale,
)
from model_backend.document import Box, Page
from model_backend.errors import PasswordNeeded, UserError
from model_backend.service import TookTooLong, WorkerDied
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.jobs.runner import Runner
    from model_backend.service import SharedPicture

MEMORY = 12 * 2550 * 3300 * 4
"""Bytes of pictures kept: twelve letter pages at 300 dpi."""
THUMBNAILS = 300
"""Thumbnails kept in memory; the store has them all."""
LONGEST_QUEUE = 64
"""Requests that wait; older ones are dropped, whoever still wants them asks again when painting."""
TIME_LIMIT = 15.0
SLICE_BYTES = 1 << 20
STRIKES = 2
"""Failures after which a page is not tried again until `forget`."""


@dataclass(frozen=True)
class PagePicture:
    """A picture of a whole page and its pixels a page unit."""

    image: QImage
    scale: float


class _Priority(IntEnum):
    """What is rendered first."""

    VIEW = 0
    TILE = 1
    PREFETCH = 2
    THUMBNAIL = 3


@dataclass(frozen=True)
class _Key:
    """One picture: a page as it is turned, at a scale, whole or a part of it."""

    page_id: int
    rotation: int
    skew: float
    scale: float
    box: Box | None = None


class _Kept:
    """Pictures by key, the least recently used dropped first when they exceed the room."""

    def __init__(self, room: int) -> None:
        self._room, self._bytes = room, 0
        self._images: OrderedDict[_Key, QImage] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes of all pictures."""
        return self._bytes

    def get(self, key: _Key) -> QImage | None:
        """The picture, which thereby is the last to be dropped."""
        if key in self._images:
            self._images.move_to_end(key)
        return self._images.get(key)

    def put(self, key: _Key, image: QImage) -> None:
        """Keep a picture, drop what no longer fits."""
        self.drop([key])
        self._images[key] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > self._room and len(self._images) > 1:
            self._bytes -= self._images.popitem(last=False)[1].sizeInBytes()

    def whole(self, page: Page) -> list[tuple[float, QImage]]:
        """The pictures of the whole page as it is turned now, by scale."""
        return [
            (key.scale, image)
            for key, image in self._images.items()
            if (key.page_id, key.rotation, key.skew, key.box)
            == (page.id, page.rotation, page.skew, None)
        ]

    def drop(self, keys: Iterable[_Key]) -> None:
        """Forget these."""
        for key in keys:
            image = self._images.pop(key, None)
            self._bytes -= image.sizeInBytes() if image else 0

    def of_page(self, page_id: int) -> list[_Key]:
        """All keys of a page."""
        return [key for key in self._images if key.page_id == page_id]


class PageImages(QObject):
    """Pictures of pages, at once where there is one, and better ones as they arrive."""

    image_ready = Signal(int)
    thumbnail_ready = Signal(int)
    password_needed = Signal(int)

    def __init__(
        self,
        document: OpenDocument,
        runner: Runner,
        passwords: Passwords | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._runner = document, runner
        self._passwords = passwords or Passwords()
        self._kept = _Kept(MEMORY)
        self._thumbnails: OrderedDict[int, QImage] = OrderedDict()
        self._queue: OrderedDict[_Key | int, _Priority] = OrderedDict()
        self._in_flight: dict[_Key | int, Future[Any]] = {}
        self._problems: dict[int, str] = {}
        self._locked: set[int] = set()
        self._strikes: dict[int, int] = {}
        self._shown_scale = 1.0
        self._is_closed = False
        # Requests come from paint events: nothing is sent or answered inside one.
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._send)

    def picture(self, page: Page, scale: float) -> PagePicture | None:
        """The best picture there is for showing the page at `scale` (device pixels a page unit).

        When a better one can be had it is asked for, and `image_ready` follows.
        """
        self._shown_scale = scale
        key = self._key(page, step_scale(page, scale))
        found = self._kept.get(key)
        if found is not None:
            return PagePicture(found, key.scale)
        self._ask(key, _Priority.VIEW)
        others = self._kept.whole(page)
        if not others:
            return None
        best, image = max(others, key=lambda other: other[0])
        return PagePicture(image, best)

    def tiles(self, page: Page, scale: float, box: Box) -> list[tuple[Box, QImage]]:
        """The tiles in `box` (page units) that show more than the finest whole picture."""
        if not needs_tiles(page, scale):
            return []
        fine = tile_scale(page, scale)
        found = []
        for _column, _row, part in tile_boxes(page, fine, box):
            key = self._key(page, fine, part)
            image = self._kept.get(key)
            if image is None:
                self._ask(key, _Priority.TILE)
            else:
                found.append((part, image))
        return found

    def prefetch(self, page_ids: Iterable[int]) -> None:
        """Render these pages ahead, at the scale that is shown, when nothing else is to be done."""
        for page_id in page_ids:
            page = self._document.page(page_id)
            key = self._key(page, step_scale(page, self._shown_scale))
            if self._kept.get(key) is None:
                self._ask(key, _Priority.PREFETCH)

    def thumbnail(self, page_id: int) -> QImage | None:
        """The page's thumbnail; None while it is being made, `thumbnail_ready` follows."""
        if page_id in self._thumbnails:
            self._thumbnails.move_to_end(page_id)
            return self._thumbnails[page_id]
        self._ask(page_id, _Priority.THUMBNAIL)
        return None

    def problem(self, page_id: int) -> str:
        """Why the page cannot be shown; empty when it can."""
        return self._problems.get(page_id, "")

    @property
    def is_calm(self) -> bool:
        """Whether nothing that was asked for is still on its way."""
        return not self._queue and not self._in_flight

    @property
    def bytes_kept(self) -> int:
        """The memory that pictures take, which is bounded."""
        return self._kept.size

    def forget(self, page_id: int) -> None:
        """Drop all pictures of the page, and what went wrong with it: it is tried again."""
        self._kept.drop(self._kept.of_page(page_id))
        self._thumbnails.pop(page_id, None)
        self._problems.pop(page_id, None)
        self._locked.discard(page_id)
        self._strikes.pop(page_id, None)

    def close(self) -> None:
        """Ask for nothing any more and keep nothing: the project closes."""
        self._is_closed = True
        self._timer.stop()
        self._queue.clear()
        self._in_flight.clear()
        self._kept = _Kept(MEMORY)
        self._thumbnails.clear()

    def _key(self, page: Page, scale: float, box: Box | None = None) -> _Key:
        return _Key(page.id, page.rotation, page.skew, scale, box)

    def _ask(self, key: _Key | int, priority: _Priority) -> None:
        page_id = key if isinstance(key, int) else key.page_id
        if self._is_closed or key in self._in_flight or self._strikes.get(page_id, 0) >= STRIKES:
            return
        self._queue[key] = min(priority, self._queue.pop(key, priority))
        while len(self._queue) > LONGEST_QUEUE:
            self._queue.popitem(last=False)
        self._timer.start()

    @Slot()
    def _send(self) -> None:
        """Submit what matters most: two pictures of the view at once, else one at a time."""
        if self._queue:
            key = min(reversed(self._queue), key=lambda key: self._queue[key])
            if len(self._in_flight) >= (2 if self._queue[key] <= _Priority.TILE else 1):
                return
            del self._queue[key]
            self._timer.start()
            try:
                self._send_one(key)
            except UserError as error:
                self._failed(key, key if isinstance(key, int) else key.page_id, error)

    def _send_one(self, key: _Key | int) -> None:
        if isinstance(key, int):
            self._send_thumbnail(key)
        else:
            self._send_picture(key)

    def _send_picture(self, key: _Key) -> None:
        page = self._document.page(key.page_id)
        document = self._document.store.document(page.document_id)
        future = self._runner.workers.submit_picture(
            "view",
            self._document.store.document_path(document),
            page.number,
            scale=key.scale,
            rotation=key.rotation,
            skew=key.skew,
            clip=key.box,
            password=self._passwords.of(document.sha256),
            timeout=TIME_LIMIT,
        )
        self._in_flight[key] = future
        self._runner.call(
            future,
            lambda picture: self._picture_arrived(key, picture),
            lambda error: self._failed(key, key.page_id, error),
        )

    def _picture_arrived(self, key: _Key, picture: SharedPicture) -> None:
        self._runner.call(
            self._runner.aside(_copied, picture),
            lambda image: self._picture_copied(key, image),
            lambda error: self._failed(key, key.page_id, error),
        )

    def _picture_copied(self, key: _Key, image: QImage) -> None:
        self._in_flight.pop(key, None)
        self._timer.start()
        self._kept.put(key, image)
        self._problems.pop(key.page_id, None)
        self.image_ready.emit(key.page_id)

    def _send_thumbnail(self, page_id: int) -> None:
        page = self._document.page(page_id)
        store = self._document.store
        kept = store.thumbnails.get(page_id, _turn(page))
        if kept is not None:
            self._thumbnail_arrived(page_id, kept)
            return
        document = store.document(page.document_id)
        future = self._runner.workers.submit(
            "view",
            steps.thumbnail,
            store.document_path(document),
            page.number,
            min(steps.THUMBNAIL / max(page.width, page.height, 1.0), finest_scale(page)),
            rotation=page.rotation,
            skew=page.skew,
            password=self._passwords.of(document.sha256),
            timeout=TIME_LIMIT,
        )
        self._in_flight[page_id] = future
        self._runner.call(
            future,
            lambda data: self._thumbnail_made(page, data),
            lambda error: self._failed(page_id, page_id, error),
        )

    def _thumbnail_made(self, page: Page, data: bytes) -> None:
        self._in_flight.pop(page.id, None)
        self._timer.start()
        self._document.store.thumbnails.put(page.id, _turn(page), data)
        self._thumbnail_arrived(page.id, data)

    def _thumbnail_arrived(self, page_id: int, data: bytes) -> None:
        self._thumbnails[page_id] = QImage.fromData(data)
        while len(self._thumbnails) > THUMBNAILS:
            self._thumbnails.popitem(last=False)
        self.thumbnail_ready.emit(page_id)

    def _failed(self, key: _Key | int, page_id: int, error: BaseException) -> None:
        """Say why; what will fail again for sure is not tried again, a killed process is, once."""
        self._in_flight.pop(key, None)
        is_final = isinstance(error, UserError) and not isinstance(error, (TookTooLong, WorkerDied))
        self._strikes[page_id] = STRIKES if is_final else self._strikes.get(page_id, 0) + 1
        self._problems[page_id] = self._explained(page_id, error)
        self._timer.start()
        self.image_ready.emit(page_id)
        if isinstance(error, PasswordNeeded):
            self.password_needed.emit(page_id)

    def _explained(self, page_id: int, error: BaseException) -> str:
        """What went wrong; a locked file by its own name, not by that of the project's copy."""
        if not isinstance(error, PasswordNeeded):
            self._locked.discard(page_id)
            return explain(error)
        self._locked.add(page_id)
        document = self._document.store.document(self._document.page(page_id).document_id)
        return _("{file} is locked. Press Ctrl+L to enter its password.").format(file=document.name)

    def is_locked(self, page_id: int) -> bool:
        """Whether this page could not be drawn without a password."""
        return page_id in self._locked


def _copied(picture: SharedPicture) -> QImage:
    """The picture out of shared memory, which is freed: 30 ms for 300 dpi, not for the window.

    In slices, because a copy holds the interpreter's lock.
    """
    image = QImage(picture.width, picture.height, QImage.Format.Format_RGB32)
    with picture.open() as pixels:
        target = memoryview(image.bits())
        for start in range(0, len(pixels), SLICE_BYTES):
            part = slice(start, start + SLICE_BYTES)
            target[part] = pixels[part]
    return image


def _turn(page: Page) -> str:
    """What a stored thumbnail depends on besides the page's own file."""
    return f"{page.rotation}:{page.skew:g}"
