"""The file formats as people know them."""

from __future__ import annotations

from model_backend.formats import readable, writable
from model_backend.translation import mark

FORMAT_TEXTS = (
    ("funsd", mark("FUNSD: entities and links of forms")),
    ("xfund", mark("XFUND: forms of many pages in one file")),
    ("ppkie", mark("PP-KIE: label files of PaddleOCR and PPOCRLabel")),
    ("coco", mark("COCO: boxes, polygons and masks")),
    ("pubtables", mark("PubTables-1M: tables, rows, columns, cells, words")),
    ("icdar2013", mark("ICDAR-2013: tables of PDF files, with their cells")),
    ("pages", mark("Proofdesk pages: the whole project, without loss")),
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

_FORMS = mark("This format holds words, entities and links; no tables and no regions.")
_TABLES = mark("This format holds tables only; pages without tables are left out.")
HELD = {
    "funsd": _FORMS,
    "xfund": _FORMS,
    "ppkie": mark(
        "This format holds entities, each a box with its text, and links; no tables, no regions."
    ),
    "coco": mark(
        "This format holds the boxes of entities, regions and tables; no words, links or cells."
    ),
    "pubtables": mark("This format holds tables and their words; no entities and no links."),
    "icdar2013": _TABLES,
    "html": _TABLES,
    "otsl": _TABLES,
    "csv": _TABLES,
    "xlsx": _TABLES,
    "pages": mark(
        "This format holds everything: all pages, done or not, with proposals, documents and the"
        " record of edits."
    ),
}
"""What of a project these formats can hold, said before an export."""

IMPORTED_FORMATS = tuple(item for item in FORMAT_TEXTS if item[0] in readable())
EXPORTED_FORMATS = tuple(item for item in FORMAT_TEXTS if item[0] in writable())
