"""Letters as strokes of a pen: what hands write with.

A point is two digits: how far to the right, and how high; the base line is 3, small letters reach
6, tall ones 9, tails 0. Strokes are parted by blanks; a point given twice is a corner.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float64]
"""Points (N, 2), right and up."""

FORMS = {
    "a": "462614233345464453",
    "b": "1913 153645443313",
    "c": "45362514233344",
    "d": "453625142334494453",
    "e": "143545362514233344",
    "f": "48392820 1636",
    "g": "46362514244546413010",
    "h": "1913 1436454353",
    "i": "262334 2828",
    "j": "36312010 3838",
    "k": "1913 4614254353",
    "l": "143829232334",
    "m": "1613 15263533 3546555363",
    "n": "1613 1436454353",
    "o": "36251423344536",
    "p": "1610 153645443313",
    "q": "46261423354640 51",
    "r": "1613 153646",
    "s": "45362534433314",
    "t": "28243344 1646",
    "u": "16142334464453",
    "v": "16232346",
    "w": "1624233643446666",
    "x": "164353 4613",
    "y": "16142446 463110",
    "z": "1616464613134343",
    "A": "133939396363 2454",
    "B": "1913 19494716565413",
    "C": "583917153354",
    "D": "1913 1948564413",
    "E": "59191919131353 1646",
    "F": "5919191913 1646",
    "G": "583917143354565636",
    "H": "1913 5953 1656",
    "I": "2923",
    "J": "49443314",
    "K": "1913 591653",
    "L": "1913131353",
    "M": "1319193636595953",
    "N": "1319195353595959",
    "O": "39171533555739",
    "P": "1913 19484716",
    "Q": "39171533555739 4463",
    "R": "1913 1948471653",
    "S": "5839182745543314",
    "T": "1959 3933",
    "U": "1915335459",
    "V": "19333359",
    "W": "19232337375353 5369",
    "X": "1953 5913",
    "Y": "193659 3633",
    "Z": "195959131353",
    "0": "39171533555739",
    "1": "17393933",
    "2": "18395847131353",
    "3": "1948472646543314",
    "4": "3915155555 4743",
    "5": "5919191647554314",
    "6": "4916143354 4515",
    "7": "1959593333",
    "8": "48291736543314365748",
    "9": "573917265757 5743",
    "-": "1545",
    ".": "2323",
    "/": "1359",
    ",": "2312",
    "$": "5839182745543314 3932",
    "'": "2928",
}


@cache
def strokes_of(letter: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The points of each stroke of a letter; none for what no hand here can write."""
    return tuple(
        tuple((int(part[index]), int(part[index + 1])) for index in range(0, len(part) - 1, 2))
        for part in FORMS.get(letter, "").split()
    )


def smooth(points: Stroke, steps: int = 5) -> Stroke:
    """A curve (Catmull-Rom) through the points."""
    if len(points) < 3:
        return points
    wide = np.concatenate([points[:1], points, points[-1:]])
    before, start, end, after = (wide[index : len(wide) - 3 + index, None] for index in range(4))
    t = (np.arange(steps) / steps)[None, :, None]
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])
