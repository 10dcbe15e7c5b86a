"""The file formats as people know them."""

from __future__ import annotations

from model_backend.formats import readable, writable
from model_backend.translation import mark

FORMAT_TEXTS = (
    ("funsd", mark("FUNSD: entities and links of forms")),
    ("xfund", mark("XFUND: forms of many pages in one file")),
    ("coco", mark("COCO: boxes, polygons and masks")),
    ("pubtables", mark("PubTables-1M: tables, rows, columns, cells, words")),
    ("icdar2013", mark("ICDAR-2013: tables of PDF files, with their cells")),
    ("pages", mark("Proofdesk pages: everything, without loss")),
    ("page_xml", mark("PAGE XML: regions, lines, words, tables and links")),
    ("alto", mark("ALTO: blocks, lines and words")),
    ("hocr", mark("hOCR: blocks, lines and words")),
    ("labelme", mark("labelme: boxes, polygons and masks")),
    ("labelstudio", mark("Label Studio: boxes, texts, links and brushes")),
    ("pubtabnet", mark("PubTabNet: tables with their cells")),
    ("html", mark("HTML: tables with header and merged cells")),
    ("otsl", mark("OTSL: tables as tokens")),
    ("csv", mark("CSV: the texts of tables")),
    ("xlsx", mark("Excel workbooks: tables with merged cells")),
)
"""Name and text of every format, in the order of the boxes."""

IMPORTED_FORMATS = tuple(item for item in FORMAT_TEXTS if item[0] in readable())
EXPORTED_FORMATS = tuple(item for item in FORMAT_TEXTS if item[0] in writable())
