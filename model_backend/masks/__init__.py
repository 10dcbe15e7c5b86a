"""Bitmap masks: COCO's run lengths in and out, areas, boxes, resampling, outlines, ink.

numpy is imported inside the functions: the window's process opens without it.
"""

from __future__ import annotations

from model_backend.masks.edges import contours
from model_backend.masks.ink import Ink, connected_ink
from model_backend.masks.outlines import (
    bridged,
    outline_polygons,
    parts_of_mask,
    parts_of_polygons,
    rings_of,
)
from model_backend.masks.rasters import (
    bitmap_on,
    combined,
    counts_on,
    mask_of_polygons,
    polygons_to_bitmap,
)
from model_backend.masks.runs import (
    MAX_PIXELS,
    area,
    bounding_box_of,
    counts_of,
    decode,
    encode,
    mask_from_bitmap,
    pixel_count,
    runs_of,
)
from model_backend.masks.simplification import Simplification

__all__ = [
    "MAX_PIXELS",
    "Ink",
    "Simplification",
    "area",
    "bitmap_on",
    "bounding_box_of",
    "bridged",
    "combined",
    "connected_ink",
    "contours",
    "counts_of",
    "counts_on",
    "decode",
    "encode",
    "mask_from_bitmap",
    "mask_of_polygons",
    "outline_polygons",
    "parts_of_mask",
    "parts_of_polygons",
    "pixel_count",
    "polygons_to_bitmap",
    "rings_of",
    "runs_of",
]
