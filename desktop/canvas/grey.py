"""The picture of the page in view in levels of grey, for finding ink in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.canvas.scene import PageScene
from model_backend import masks
from model_backend.document import Affine, Mask, Page, Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QImage

WANTED_DPI = 300.0
ROWS = 64


class GreyPicture:
    """The best whole picture there is; made grey when it is first needed and kept."""

    def __init__(self, scene: PageScene) -> None:
        self._scene = scene
        self._key = 0
        self._grey: NDArray[np.uint8] | None = None
        self._found()  # ask for the fine picture now: it takes a moment

    @property
    def is_there(self) -> bool:
        """Whether there is any picture of the page."""
        return self._found() is not None

    def ink(self, point: Point, reach: float, tolerance: int, gap: int) -> Mask | None:
        """The ink connected with that at a point of the page, within reach (page units)."""
        page, image = self._scene.page, self._found()
        if page is None or image is None:
            return None
        a, d = page.width / image.width(), page.height / image.height()
        grey = self._grey_of(image)
        found = masks.connected_ink(
            grey,
            int(point[0] / a),
            int(point[1] / d),
            tolerance=tolerance,
            gap=gap,
            reach=max(1, round(reach / a)),
        )
        if found is None:
            return None
        to_page: Affine = (a, 0.0, 0.0, d, found.left * a, found.top * d)
        return masks.mask_from_bitmap(found.bitmap, to_page)

    def _found(self) -> QImage | None:
        page, images = self._scene.page, self._scene.picture.images
        if page is None or images is None:
            return None
        picture = images.picture(page, _wanted_scale(page))
        return None if picture is None else picture.image

    def _grey_of(self, image: QImage) -> NDArray[np.uint8]:
        if self._grey is None or self._key != image.cacheKey():
            self._grey = weakest_channel(image)
            self._key = image.cacheKey()
        return self._grey


def weakest_channel(image: QImage) -> NDArray[np.uint8]:
    """Levels of grey (height, width) of 32 bit pixels: red and blue ink are dark there, too."""
    import numpy as np

    height, width = image.height(), image.width()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(height, -1)[:, :width]
    grey = np.empty((height, width), dtype=np.uint8)
    for top in range(0, height, ROWS):  # a few rows at a time stay in the processor's cache
        part, darkest = pixels[top : top + ROWS], grey[top : top + ROWS]
        np.minimum(part.astype(np.uint8), (part >> 8).astype(np.uint8), out=darkest)
        np.minimum(darkest, (part >> 16).astype(np.uint8), out=darkest)
    return grey


def _wanted_scale(page: Page) -> float:
    """Pixels a page unit: a scan's own, or 300 dpi."""
    return 1.0 if page.unit == "px" else WANTED_DPI / 72.0
