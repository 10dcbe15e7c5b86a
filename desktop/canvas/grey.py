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
        """The weakest channel: red and blue ink are dark there."""
        import numpy as np

        if self._grey is None or self._key != image.cacheKey():
            pixels = np.frombuffer(image.constBits(), dtype=np.uint8)
            rows = pixels.reshape(image.height(), image.bytesPerLine())
            channels = rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)
            blue, green, red = channels[..., 0], channels[..., 1], channels[..., 2]
            self._grey = np.minimum(np.minimum(blue, green), red)
            self._key = image.cacheKey()
        return self._grey


def _wanted_scale(page: Page) -> float:
    """Pixels a page unit: a scan's own, or 300 dpi."""
    return 1.0 if page.unit == "px" else WANTED_DPI / 72.0
