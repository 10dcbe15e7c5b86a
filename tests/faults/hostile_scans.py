"""Odd scans, made as rows B34 and B101 of the catalogue say: tesseract reads these."""

from __future__ import annotations

from pathlib import Path

import hostile_pdfs
from PIL import Image


def put(folder: Path, samples: Path) -> None:
    """Make them all in a folder."""
    Image.new("L", (850, 1100), 255).save(folder / "B101 blank.png")
    Image.new("L", (1, 1), 255).save(folder / "B101 1 x 1.png")
    strip = Image.new("L", (32_768, 40), 255)
    strip.save(folder / "B101 32768 wide.png")
    with Image.open(samples / "form.png") as form:
        part = form.convert("L").crop((0, 0, form.width, form.height // 3))
        part.transpose(Image.Transpose.ROTATE_180).save(folder / "B101 upside down.png")
        pixels = part.resize((part.width // 2, part.height // 2)).tobytes()
        size = (part.width // 2, part.height // 2)
    entries = b"/ColorSpace /DeviceGray "
    scan = hostile_pdfs.picture(*size, pixels, entries=entries)
    (folder / "B34 no text layer.pdf").write_bytes(scan)
