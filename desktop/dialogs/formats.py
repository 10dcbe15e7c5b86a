"""The file formats as people know them."""

from __future__ import annotations

from model_backend.translation import mark

FORMAT_TEXTS = (
    ("funsd", mark("FUNSD: entities and links of forms")),
    ("coco", mark("COCO: boxes, polygons and masks")),
    ("pubtables", mark("PubTables-1M: tables, rows, columns, cells, words")),
    ("pages", mark("Proofdesk pages: everything, without loss")),
)
"""Name and text of every format, in the order of the boxes."""
