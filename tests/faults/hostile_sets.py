"""Hostile and odd data sets, made as rows B56 to B81 of the catalogue of bad inputs say.

Each is a folder of its own with a format's name; `canary` is a folder outside that none may reach.
"""

from __future__ import annotations

import json
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hostile_pdfs
from PIL import Image

SIZE = (200, 100)
PAIR = ("left.png", "right.png")
Put = Callable[[Path], None]


@dataclass(frozen=True)
class OddSet:
    """A data set: its format, and what puts its files into a folder."""

    format: str
    put: Put


def _picture(path: Path, size: tuple[int, int] = SIZE, seed: int = 0) -> None:
    """A white picture like no other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("L", size, 255)
    for place, value in enumerate(zlib.crc32(f"{path} {seed}".encode()).to_bytes(4, "big")):
        image.putpixel((place, 0), value)
    image.save(path)


def coco(
    *annotations: dict[str, Any],
    names: tuple[str, ...] = ("page.png",),
    made: tuple[str, ...] | None = None,
    image: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
    text: Callable[[str], str] = str,
    encoding: str = "utf-8",
) -> OddSet:
    """A COCO file with pictures of these names, of which those `made` are there."""

    def put(folder: Path) -> None:
        for seed, name in enumerate(names if made is None else made, 1):
            _picture(folder / name, seed=seed)
        images = [
            {"id": number, "file_name": name, "width": SIZE[0], "height": SIZE[1], **(image or {})}
            for number, name in enumerate(names, 1)
        ]
        values = {
            "images": images,
            "categories": [{"id": 1, "name": "thing"}],
            "annotations": [
                {"id": number, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20]} | odd
                for number, odd in enumerate(annotations or ({},), 1)
            ],
            **(more or {}),
        }
        whole = text(json.dumps(values, ensure_ascii=encoding == "ascii"))
        (folder / "set.json").write_bytes(whole.encode(encoding, "surrogatepass"))

    return OddSet("coco", put)


def _box(text: str) -> OddSet:
    """A COCO annotation whose box is written just so, beside a good one."""
    return coco({}, {"bbox": "HERE"}, text=lambda whole: whole.replace('"HERE"', text))


def _written(text: str) -> OddSet:
    """A COCO file whose only category is named just so."""
    return coco(text=lambda whole: whole.replace('"thing"', text))


def _rle(counts: object, size: tuple[int, int] = (SIZE[1], SIZE[0])) -> OddSet:
    return coco({}, {"segmentation": {"counts": counts, "size": list(size)}, "iscrowd": 1})


def funsd(*items: dict[str, Any]) -> OddSet:
    """A FUNSD form: a good question and answer, changed as `items` say."""
    plain: list[dict[str, Any]] = [
        {"id": number, "text": text, "label": label, "box": box, "linking": [[0, 1]],
         "words": [{"text": text, "box": box}]}
        for number, (text, label, box) in enumerate(
            [("Name:", "question", [10, 10, 50, 20]), ("Ann", "answer", [60, 10, 90, 20])]
        )
    ]  # fmt: skip

    def put(folder: Path) -> None:
        _picture(folder / "images/form.png")
        form = [item | odd for item, odd in zip(plain, (*items, {}, {}), strict=False)]
        (folder / "annotations").mkdir(parents=True)
        (folder / "annotations/form.json").write_text(json.dumps({"form": form}))

    return OddSet("funsd", put)


VOC = (
    "<annotation><folder/><filename>{name}</filename>{size}<segmented>0</segmented>"
    "{objects}</annotation>"
)
VOC_SIZE = "<size><width>200</width><height>100</height><depth>3</depth></size>"


def voc_object(label: str, box: tuple[object, ...]) -> str:
    """One object of a structure file of PubTables-1M."""
    names = ("xmin", "ymin", "xmax", "ymax")
    sides = "".join(f"<{name}>{side}</{name}>" for name, side in zip(names, box, strict=True))
    return f"<object><name>{label}</name><bndbox>{sides}</bndbox></object>"


def _grid(*more: str, skip: str = "") -> str:
    objects = {
        "table": voc_object("table", (10, 10, 110, 50)),
        "column 1": voc_object("table column", (10, 10, 60, 50)),
        "column 2": voc_object("table column", (60, 10, 110, 50)),
        "row 1": voc_object("table row", (10, 10, 110, 30)),
        "row 2": voc_object("table row", (10, 30, 110, 50)),
    }
    kept = [text for name, text in objects.items() if not skip or not name.startswith(skip)]
    return "".join((*kept, *more))


def pubtables(
    objects: str = "", *, whole: str = "", size: str = VOC_SIZE, encoding: str = "utf-8"
) -> OddSet:
    """A structure file of PubTables-1M with its picture; `whole` instead of all of it."""

    def put(folder: Path) -> None:
        _picture(folder / "images/table.png")
        text = VOC.format(name="table.png", size=size, objects=objects or _grid())
        (folder / "train").mkdir(parents=True)
        (folder / "train/table.xml").write_bytes((whole or text).encode(encoding))

    return OddSet("pubtables", put)


def xml(format_name: str, text: str) -> OddSet:
    """One XML file of a format."""

    def put(folder: Path) -> None:
        name = {"hocr": "page.hocr", "icdar2013": "page-str.xml"}.get(format_name, "page.xml")
        (folder / name).write_text(text)
        if format_name == "icdar2013":
            (folder / "page.pdf").write_bytes(hostile_pdfs.document())
        else:
            _picture(folder / "page.png")

    return OddSet(format_name, put)


def _attacks(secret: Path, address: str) -> dict[str, str]:
    """What a document type can be misused for, by the row of the catalogue."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return {
        "B77 laughs": f'<!DOCTYPE R [<!ENTITY a0 "ha">{levels}]>BODY(&a9;)',
        "B78 quadratic": f'<!DOCTYPE R [<!ENTITY b "{"x" * 100_000}">]>BODY({"&b;" * 20_000})',
        "B79 file entity": f'<!DOCTYPE R [<!ENTITY b SYSTEM "{secret.as_uri()}">]>BODY(&b;)',
        "B79 outer DTD": f'<!DOCTYPE R SYSTEM "{address}/x.dtd">BODY()',
        "B79 parameter entity": f'<!DOCTYPE R [<!ENTITY % b SYSTEM "{address}/x"> %b;]>BODY()',
        "B79 XInclude": f'BODY(<x:include xmlns:x="http://www.w3.org/2001/XInclude"'
        f' href="{secret.as_uri()}" parse="text"/>)',
        "B80 deep": f"BODY({'<a>' * 200_000}{'</a>' * 200_000})",
    }


PAGE_NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
BODIES = {
    "pubtables": VOC.format(name="HERE", size=VOC_SIZE, objects=_grid()),
    "page_xml": f'<PcGts xmlns="{PAGE_NAMESPACE}"><Page imageFilename="page.png" imageWidth="200"'
    ' imageHeight="100"><TextRegion id="r"><Coords points="1,1 9,1 9,9"/><TextEquiv><Unicode>HERE'
    "</Unicode></TextEquiv></TextRegion></Page></PcGts>",
    "alto": '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description>'
    "<MeasurementUnit>pixel</MeasurementUnit></Description><Layout>"
    "<Page ID='p' WIDTH='200' HEIGHT='100'><PrintSpace><TextBlock ID='b'><TextLine>"
    "<String CONTENT='a' HPOS='1' VPOS='1' WIDTH='5' HEIGHT='5'/>HERE"
    "</TextLine></TextBlock></PrintSpace></Page></Layout></alto>",
    "hocr": "<html><body><div class='ocr_page' title='bbox 0 0 200 100'><span class='ocrx_word'"
    " title='bbox 1 1 9 9'>HERE</span></div></body></html>",
    "icdar2013": "<document filename='page.pdf'><table id='1'><region id='1' page='1'>"
    "<cell id='1' start-row='0' start-col='0'>"
    "<bounding-box x1='1' y1='1' x2='9' y2='9'/><content>HERE</content>"
    "</cell></region></table></document>",
}  # fmt: skip


def _attacked(text: str, body: str) -> str:
    head, _, inner = text.partition("BODY(")
    return head + body.replace("HERE", inner[:-1])


def _xml_sets(secret: Path, address: str) -> dict[str, OddSet]:
    attacks = _attacks(secret, address)
    return {
        f"{row} {name}": pubtables(whole=_attacked(text, body))
        if name == "pubtables"
        else xml(name, _attacked(text, body))
        for name, body in BODIES.items()
        for row, text in attacks.items()
    }


def _named(secret: Path) -> dict[str, OddSet]:
    """Names of pictures that lead elsewhere, or look like others."""
    for letter in "abcdef":  # a page is named by its picture's file: each its own
        secret.with_stem(letter).write_bytes(secret.read_bytes() + letter.encode())
    canary = secret.parent
    composed = unicodedata.normalize("NFC", "é.png")
    twins = (composed, unicodedata.normalize("NFD", composed))
    refused = {
        "B56 upwards": f"../../{canary.name}/a.png",
        "B56 backslashes": f"..\\..\\{canary.name}\\b.png",
        "B57 absolute": str(canary / "c.png"),
        "B57 drive": "C:x.png",
        "B57 share": "\\\\127.0.0.1\\share\\z.png",
        "B57 share with slashes": "//127.0.0.1/y.png",
        "B57 address": (canary / "d.png").as_uri(),
        "B58 zero byte": "a\0b.png",
        "B58 line break": "a\nb.png",
        "B59 device": "CON.png",
        "B59 stream": "q.png:b",
    }
    kept = {
        "B58 bidi": "a\u202egnp.png",
        "B58 emoji": "😀.png",
        "B58 255 bytes": f"{'x' * 251}.png",
    }
    return {
        **{row: coco(names=(name,), made=()) for row, name in refused.items()},
        **{row: coco(names=(name,)) for row, name in kept.items()},
        "B58 twins": coco({}, {"image_id": 2}, names=twins),
        "B61 link": OddSet("coco", lambda folder: _linked(folder, secret)),
        "B61 linked folder": OddSet("coco", lambda folder: _linked_folder(folder, secret)),
    }  # fmt: skip


def _linked(folder: Path, secret: Path) -> None:
    coco(made=()).put(folder)
    (folder / "page.png").symlink_to(secret)


def _linked_folder(folder: Path, secret: Path) -> None:
    coco(names=("in/e.png",), made=()).put(folder)
    (folder / "in").symlink_to(secret.parent)


def _coco_sets() -> dict[str, OddSet]:
    ids = {"B65 id 2^63": 2**63, "B65 id true": True, "B65 id text": "x"}
    labels = {
        "B70 lone surrogate": '"\\ud800"',
        "B70 zero byte": '"a\\u0000b"',
        "B70 megabyte": json.dumps("x" * 2**20),
        "B70 HTML": "\"<img src='http://127.0.0.1:9/x'><b>x\"",
        "B70 right to left": json.dumps("\u202eabc שלום"),
    }
    boxes = {
        "B62 NaN": "[1, 2, NaN, 4]", "B62 Infinity": "[1, 2, Infinity, 4]",
        "B62 1e308": "[1, 2, 1e308, 4]", "B62 1e999": "[1, 2, 1e999, 4]",
        "B63 negative": "[50, 50, -20, -20]", "B63 zero": "[5, 5, 0, 0]",
        "B63 texts": '["1", "2", "3", "4"]', "B63 three": "[1, 2, 3]",
        "B63 five": "[1, 2, 3, 4, 5]", "B63 bool": "[true, 1, 2, 3]", "B63 null": "null",
        "B64 partly outside": "[190, 90, 50, 50]", "B64 wholly outside": "[900, 900, 50, 50]",
        "B69 5000 digits": f"[1, 2, 3, {'9' * 5000}]",
    }  # fmt: skip
    return {
        **{row: _box(text) for row, text in boxes.items()},
        **{row: coco({}, {"id": number}) for row, number in ids.items()},
        **{row: _written(text) for row, text in labels.items()},
        "B65 doubled key": coco(text=lambda whole: whole[:-1] + ', "images": []}'),
        "B65 doubled id": coco({}, {"id": 1}),
        "B65 no category": coco({}, {"category_id": 7}),
        "B66 odd polygon": coco({}, {"segmentation": [[1, 1, 5, 1, 5]]}),
        "B66 crossing polygon": coco({}, {"segmentation": [[1, 1, 9, 9, 9, 1, 1, 9]]}),
        "B66 negative runs": _rle([10, -5, 20_000]),
        "B66 runs too few": _rle([10, 5]),
        "B66 endless mask": _rle([10, 5], (10**6, 10**6)),
        "B66 garbage runs": _rle("\x7f\x01ÿ"),
        "B67 nested": coco(text=lambda _whole: "[" * 200_000),
        "B67 nested inside": coco({}, {"extra": "HERE"}, text=lambda whole: whole.replace(
            '"HERE"', "[" * 200_000 + "]" * 200_000)),
        "B68 byte order mark": coco(encoding="utf-8-sig"),
        "B68 UTF-16": coco(encoding="utf-16"),
        "B68 Latin-1": coco(text=lambda whole: whole.replace("thing", "thé"), encoding="latin-1"),
        "B68 garbage behind": coco(text=lambda whole: whole + "x"),
        "B68 list": coco(text=lambda whole: f"[{whole}]"),
        "B75 other size": coco(image={"width": 300}),
        "B76 picture missing": coco({}, {"image_id": 2}, names=PAIR, made=PAIR[:1]),
        "B76 two entries for one picture": coco({}, {"image_id": 2}, names=("both.png",) * 2),
        "B76 no such picture": coco({}, {"image_id": 9}),
    }  # fmt: skip


def _funsd_sets() -> dict[str, OddSet]:
    wide = [10, 10, 50, 20]
    return {
        "B63 swapped corners": funsd({"box": [50, 20, 10, 10]}),
        "B72 link to nothing": funsd({"linking": [[0, 99]]}),
        "B72 link to itself": funsd({"linking": [[0, 0]]}),
        "B72 circle": funsd({"linking": [[0, 1], [1, 0]]}),
        "B72 doubled link": funsd({"linking": [[0, 1], [0, 1]]}),
        "B73 word outside": funsd({"words": [{"text": "Name:", "box": [150, 80, 190, 90]}]}),
        "B73 box of three": funsd({"box": [10, 10, 50]}),
        "B73 empty text": funsd({"text": ""}),
        "B73 other text": funsd({"text": "Surname:"}),
        "B73 word of three": funsd({"words": [{"text": "Name:", "box": wide[:3]}]}),
    }


def _table_sets() -> dict[str, OddSet]:
    return {
        "B74 cell beyond": pubtables(_grid(voc_object("table spanning cell", (60, 30, 190, 90)))),
        "B74 spans overlap": pubtables(
            _grid(
                voc_object("table spanning cell", (10, 10, 110, 30)),
                voc_object("table spanning cell", (10, 10, 60, 50)),
            )
        ),
        "B74 no rows": pubtables(_grid(skip="row")),
        "B81 wrong encoding": pubtables(
            whole="<?xml version='1.0' encoding='utf-8'?>" + VOC.format(
                name="é", size=VOC_SIZE, objects=_grid()), encoding="latin-1"),
        "B81 no size": pubtables(size=""),
        "B81 swapped": pubtables(_grid(voc_object("table row", (110, 40, 10, 30)))),
        "B81 comma": pubtables(_grid(voc_object("table row", ("12,5", 10, 110, 30)))),
    }  # fmt: skip


def sets(secret: Path, address: str) -> dict[str, OddSet]:
    """All of them by name; `secret` is the file that none may reach."""
    return {
        **_named(secret), **_coco_sets(), **_funsd_sets(), **_table_sets(),
        **_xml_sets(secret, address),
    }  # fmt: skip
