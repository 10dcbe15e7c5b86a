"""Label Studio's brush strokes: run lengths of an RGBA picture, packed in bits of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_PIXELS = 50_000_000


class BrokenBrush(Exception):
    """The run lengths are not what they should be."""


class _Bits:
    """Numbers of any width, read from bytes from the highest bit on."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def read(self, width: int) -> int:
        """The next number of so many bits."""
        first, last = self._place // 8, (self._place + width + 7) // 8
        if last > len(self._data):
            raise BrokenBrush
        block = int.from_bytes(self._data[first:last], "big")
        self._place += width
        return block >> (last * 8 - self._place) & ((1 << width) - 1)


def brush_bitmap(value: Any, width: int, height: int) -> NDArray[np.bool_]:  # noqa: ANN401 - any JSON value
    """Where the brush is not fully transparent; BrokenBrush for anything but such run lengths.

    A stream begins with the number of values, the bits of a value less one and four widths of
    run lengths less one; then runs: one bit that tells a run of one value from a list of values,
    two bits for the width of the length, the length less one, and the value or values.
    """
    import numpy as np

    if width * height > MOST_PIXELS or not isinstance(value, list) or len(value) > 4 * MOST_PIXELS:
        raise BrokenBrush
    if not all(isinstance(item, int) and 0 <= item <= 255 for item in value):
        raise BrokenBrush
    bits = _Bits(bytes(value))
    count, word = bits.read(32), bits.read(5) + 1
    if count != width * height * 4:
        raise BrokenBrush
    lengths = [bits.read(4) + 1 for _ in range(4)]
    values = np.zeros(count, dtype=bool)
    place = 0
    while place < count:
        is_run = bits.read(1)
        end = place + 1 + bits.read(lengths[bits.read(2)])
        if end > count:
            raise BrokenBrush
        if is_run:
            values[place:end] = bits.read(word) > 0
        else:
            values[place:end] = [bits.read(word) > 0 for _ in range(end - place)]
        place = end
    alpha: NDArray[np.bool_] = values.reshape(height, width, 4)[:, :, 3]
    return alpha
