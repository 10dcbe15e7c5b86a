"""What every predictor is: pages in, proposals out; and the one call that a worker process runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from model_backend.document import Affine, Page, Proposals
from model_backend.translation import mark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

NO_NUMBERS = mark("The model gave no numbers for this page.")
"""The note of a model whose outputs are infinite or no numbers."""
MOST_PIXELS = 12_000_000
"""Of a picture for predictors: A3 at 200 dpi. A plan or poster is looked at more coarsely."""
_SHEET_INCHES = 11.7
"""Longest side of A4 and letter: what an image's page is taken to be when its dpi says nothing."""


@dataclass
class PredictorInput:
    """A page with the file it came from; its picture is rendered when a predictor asks for it."""

    path: Path
    page: Page
    password: str = ""
    _pictures: dict[float, Pixels] = field(default_factory=dict, repr=False)

    def color_picture(self, dpi: float) -> Pixels:
        """The page as people see it (height, width, 3: red, green, blue), at about this resolution.

        Images are never enlarged. The picture is kept for the next predictor.
        """
        scale = self.scale(dpi)
        if scale not in self._pictures:
            self._pictures[scale] = self._render(scale)
        return self._pictures[scale]

    def picture(self, dpi: float) -> Pixels:
        """The page in grey (height, width), 0 black to 255 white (ITU-R 601 luma)."""
        import numpy as np

        red_green_blue = self.color_picture(dpi)
        weights = np.array([299, 587, 114], dtype=np.uint32)
        return ((red_green_blue @ weights) // 1000).astype(np.uint8)

    def scale(self, dpi: float) -> float:
        """Pixels of the picture per page unit; less than asked for where the sheet is huge."""
        area = max(1.0, self.page.width * self.page.height)
        wanted = dpi / 72.0 if self.page.unit == "pt" else min(1.0, dpi / native_dpi(self.page))
        return min(wanted, math.sqrt(MOST_PIXELS / area))

    def true_dpi(self, dpi: float) -> float:
        """The resolution that the picture has where `dpi` was asked for."""
        native = 72.0 if self.page.unit == "pt" else native_dpi(self.page)
        return self.scale(dpi) * native

    def to_page(self, dpi: float) -> Affine:
        """From the picture's pixels to page units; exact also where the picture's size was
        rounded.
        """
        height, width = self.color_picture(dpi).shape[:2]
        return (self.page.width / width, 0.0, 0.0, self.page.height / height, 0.0, 0.0)

    def _render(self, scale: float) -> Pixels:
        import numpy as np

        from model_backend import sources

        picture = sources.render_image(
            self.path,
            self.page.number,
            scale=scale,
            rotation=self.page.rotation,
            skew=self.page.skew,
            password=self.password,
        )
        return np.asarray(picture.convert("RGB"))


class Predictor(Protocol):
    """A model with what comes before and after it: pages in, proposals out."""

    @property
    def name(self) -> str:
        """The name under which it can be chosen."""
        ...

    @property
    def task(self) -> str:
        """What it proposes: entities, tables or masks."""
        ...

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page, in the order of the pages."""
        ...


def native_dpi(page: Page) -> float:
    """The resolution of an image's page: what its file claims, when the sheet is then a likely
    one.
    """
    longest = max(page.width, page.height, 1.0)
    claimed = page.geometry.dpi
    if claimed and 3.0 <= longest / claimed <= 17.0 and claimed > 96:  # 72 and 96 are mere defaults
        return claimed
    return longest / _SHEET_INCHES
