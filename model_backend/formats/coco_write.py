"""Pages to COCO: annotations are spooled as they come, ids are given when all are known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from model_backend import masks, table_grid
from model_backend.document import (
    Box,
    Entity,
    Mask,
    Page,
    Polygon,
    Region,
    Table,
    bounding_box,
)
from model_backend.formats.coco_region import FORMAT, Record, digest, read_box
from model_backend.formats.losses import losses
from model_backend.formats.pictures import Saved, export_scale, save_picture
from model_backend.formats.safe_path import SafeNames, safe_stem
from model_backend.formats.scaling import scaled_page
from model_backend.formats.source_data import unpack
from model_backend.formats.table_crop import outline_label
from model_backend.formats.values import ExportPage, WriteOptions, Written
from model_backend.quality import read_back_coco

FILE = Path("annotations") / "instances.json"
IMAGES = "images"
COPIED = (".png", ".jpg", ".jpeg")
INFO = {"description": "Exported by Proofdesk"}


def corners(box: Box) -> list[float]:
    """A box as a COCO polygon."""
    return [side for point in box.corners for side in point]


def area_of(polygons: tuple[Polygon, ...]) -> float:
    """Area of polygons as COCO counts it: each by itself, overlaps twice."""
    total = 0.0
    for polygon in polygons:
        pairs = zip(polygon, (*polygon[1:], polygon[0]), strict=True)
        total += abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2
    return total


def annotation_of(region: Region, page: Page) -> Record:
    """The region as an annotation; ids of image and category are still to come."""
    source = unpack(region.source_data, FORMAT)
    raw: Record = source.get("raw", {})
    is_same_outline = bool(raw) and source["outline"] == digest(region)
    is_same_box = "bbox" in raw and read_box(raw["bbox"]) == region.box
    kind = source["kind"] if is_same_outline else ""
    segmentation, area = _segmentation(region, page, kind)
    is_whole = kind not in ("none", "empty", "broken") or is_same_box
    if kind == "empty" and is_same_box:
        segmentation = []
    new: Record = {
        "bbox": raw["bbox"] if is_same_box else _bbox(region.box),
        "area": raw["area"] if "area" in raw and is_same_outline and is_whole else area,
        "segmentation": segmentation,
        "iscrowd": raw.get("iscrowd", 0),
    }
    if kind == "none" and is_same_box:
        del new["segmentation"]
    return {**raw, **new}


def _bbox(box: Box) -> list[float]:
    box = box.normalized()
    return [box.x0, box.y0, box.width, box.height]


def _segmentation(region: Region, page: Page, kind: str) -> tuple[Any, float]:
    """The outline as COCO has it, and its area."""
    if region.mask is not None:
        return _run_lengths(region.mask, page, kind)
    polygons = tuple(polygon for polygon in region.polygons if len(polygon) >= 3)
    if polygons:
        flat = [[side for point in polygon for side in point] for polygon in polygons]
        return flat, area_of(polygons)
    return [corners(region.box)], region.box.normalized().area


def _run_lengths(mask: Mask, page: Page, kind: str) -> tuple[Record, float]:
    """Run lengths of the whole page; a mask that already is one is taken as it is."""
    width, height = round(page.width), round(page.height)
    counts = masks.counts_on(mask, width, height)
    value = masks.runs_of(counts) if kind == "uncompressed" else counts.decode("ascii")
    return {"size": [height, width], "counts": value}, float(masks.pixel_count(counts))


def entity_annotation(entity: Entity) -> Record:
    """An entity as the box of its label, with its text."""
    return {
        "bbox": _bbox(entity.box),
        "area": entity.box.normalized().area,
        "segmentation": [corners(entity.box)],
        "iscrowd": 0,
        "text": entity.text,
    }


def table_annotation(table: Table) -> Record:
    """A table as its outline."""
    outline = tuple(table_grid.to_page(table, corner) for corner in table.box.corners)
    return {
        "bbox": _bbox(bounding_box(outline)),
        "area": area_of((outline,)),
        "segmentation": [[side for point in outline for side in point]],
        "iscrowd": 0,
    }


@dataclass
class Categories:
    """Categories of the file: names in `fixed` have the ids that were asked for, those of imported
    sets keep theirs, new names follow."""

    fixed: dict[str, int] = field(default_factory=dict)
    records: dict[Any, Record] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    wanted: dict[str, Record] = field(default_factory=dict)

    def add_all(self, records: list[Record]) -> None:
        """Take over what an imported page knows, unless its id means something else here."""
        for record in records:
            name = record["name"]
            is_given = record["id"] in self.fixed.values()
            if name in self.fixed:
                self.records[self.fixed[name]] = {**record, "id": self.fixed[name]}
            elif is_given or self.records.setdefault(record["id"], record)["name"] != name:
                self._want(name, record)

    def key(self, label: str, category_id: Any, kind: str) -> Any:  # noqa: ANN401 - id or place
        """The id of the category, or a list with its place in `names` where it has none yet."""
        if label in self.fixed:
            self._put_fixed(label, kind)
            return self.fixed[label]
        if category_id is not None and self.records.get(category_id, {}).get("name") == label:
            return category_id
        return [self._want(label, {"supercategory": kind})]

    def _put_fixed(self, name: str, kind: str) -> None:
        number = self.fixed[name]
        self.records.setdefault(number, {"supercategory": kind, "id": number, "name": name})

    def _want(self, name: str, record: Record) -> int:
        if name not in self.wanted:
            self.names.append(name)
            self.wanted[name] = record
        return self.names.index(name)

    def close(self, labels: tuple[str, ...]) -> list[Any]:
        """Give the names their ids: `labels` first, then in alphabetical order."""
        for name in self.fixed:
            self._put_fixed(name, "")
        known = {record["name"]: key for key, record in reversed(self.records.items())}
        free = max([0, *(key for key in self.records if isinstance(key, int))]) + 1
        for name in dict.fromkeys((*labels, *sorted(self.names))):
            if name not in known:
                record = self.wanted.get(name, {})
                self.records[free] = {**record, "id": free, "name": name}
                known[name], free = free, free + 1
        return [known[name] for name in self.names]


class Ids:
    """Ids that are kept where they can be, and given out above them where not."""

    def __init__(self) -> None:
        self._taken: set[Any] = set()
        self._next = 0

    def keep(self, wanted: Any) -> Any:  # noqa: ANN401 - a number, a text or nothing
        """The id itself when it is free; None for one that must be given later."""
        if wanted is None or wanted in self._taken:
            return None
        self._taken.add(wanted)
        return wanted

    def give(self) -> int:
        """The next id above all that were kept; from 1."""
        if not self._next:
            self._next = max([0, *(key for key in self._taken if isinstance(key, int))])
        self._next += 1
        return self._next


class _Part:
    """One file of the set: what goes into it is spooled until all ids are known."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.pages = name, 0
        self._closing = ExitStack()
        self.images, self.annotations, self.expected = (
            self._spool(folder / f"{name}.{kind}.spool")
            for kind in ("images", "annotations", "expected")
        )

    def _spool(self, path: Path) -> BinaryIO:
        self._closing.callback(path.unlink, missing_ok=True)
        return self._closing.enter_context(path.open("w+b"))

    def expectations(self) -> Iterator[read_back_coco.ExpectedBoxes]:
        """What the file must say, image for image."""
        return (read_back_coco.ExpectedBoxes(**record) for record in _lines(self.expected))

    def close(self) -> None:
        """Close and remove the spools."""
        self._closing.close()


class Writer:
    """Writes annotations/instances.json (or a file for each part, instances_train.json) and
    images/, a page at a time; read back with pycocotools."""

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        self.folder, self.options = folder, options
        self.written = Written()
        self._names = SafeNames()
        self._categories = Categories(dict(options.category_ids))
        self._image_ids, self._annotation_ids = Ids(), Ids()
        self._top: Record = {}
        self._parts: dict[str, _Part] = {}
        (folder / FILE).parent.mkdir()
        (folder / IMAGES).mkdir()

    def write(self, item: ExportPage) -> None:
        """Add a page; pages without annotations count too."""
        source = unpack(item.page.source_data, FORMAT)
        for key, value in source.get("top", {}).items():
            self._top.setdefault(key, value)
        self._categories.add_all(source.get("categories", []))
        record = source.get("image", {})
        name = self._file_name(item, record)
        saved = self._save_picture(item, name)
        page = item.page if saved is None else scaled_page(item.page, *saved.factors(item.page))
        if saved is not None:
            name = saved.path.relative_to(self.folder / IMAGES).as_posix()
        size = {"width": round(page.width), "height": round(page.height)}
        image = {**record, "id": self._image_ids.keep(record.get("id")), "file_name": name, **size}
        part = self._part(item.split)
        _put(part.images, image)
        expected = read_back_coco.ExpectedBoxes(name, has_picture=saved is not None)
        for annotation, label in self._annotations_of(page):
            annotation["id"] = self._annotation_ids.keep(annotation.get("id") or None)
            _put(part.annotations, {**annotation, "image_id": part.pages})
            expected.labels.append(label)
        expected.take(page)
        _put(part.expected, vars(expected))
        part.pages += 1
        self._count(page)

    def _part(self, name: str) -> _Part:
        if name not in self._parts:
            self._parts[name] = _Part(self.folder, name or "all")
        return self._parts[name]

    def _file_name(self, item: ExportPage, record: Record) -> str:
        """The name the file had, where it is safe and free; else one made from the page's."""
        name = str(record.get("file_name", "")).replace("\\", "/")
        stem, dot, suffix = name.rpartition(".")
        is_safe = dot and all(safe_stem(part) == part for part in stem.split("/"))
        if is_safe and f".{suffix.lower()}" in COPIED and self._names.take(stem):
            return name
        stem = self._names.stem(item.name)
        if stem != item.name:
            self.written.renamed.append((item.name, stem))
        return f"{stem}.png"

    def _save_picture(self, item: ExportPage, name: str) -> Saved | None:
        if item.picture is None:
            return None
        scale = export_scale(item, item.picture, self.options)
        target = self.folder / IMAGES / name
        return save_picture(item, item.picture, target, scale=scale, copied=COPIED)

    def _annotations_of(self, page: Page) -> Iterator[tuple[Record, str]]:
        known = {item["id"] for item in unpack(page.source_data, FORMAT).get("categories", [])}
        for region in page.regions:
            annotation = annotation_of(region, page)
            category = annotation.get("category_id")
            category = category if category in known else None
            key = self._categories.key(region.label, category, "region")
            yield {**annotation, "category_id": key}, region.label
        for entity in page.entities:
            key = self._categories.key(entity.label, None, "entity")
            yield {"category_id": key, **entity_annotation(entity)}, entity.label
        for table in page.tables:
            label = outline_label(table)
            key = self._categories.key(label, None, "table")
            yield {"category_id": key, **table_annotation(table)}, label

    def _count(self, page: Page) -> None:
        self.written.counts.update(
            pages=1,
            regions=len(page.regions),
            entities=len(page.entities),
            tables=len(page.tables),
        )
        self.written.lost.update(losses(page, FORMAT))

    def close(self) -> None:
        """Put the files together and read them back."""
        category_ids = self._categories.close(self.options.labels)
        is_parted = len(self._parts) > 1 or self.options.split is not None
        for name, part in self._parts.items():
            file = FILE.with_stem(f"{FILE.stem}_{name}") if name and is_parted else FILE
            self._assemble(self.folder / file, part, category_ids)
        for name, part in self._parts.items():
            file = FILE.with_stem(f"{FILE.stem}_{name}") if name and is_parted else FILE
            read_back_coco.check_coco(self.folder / file, self.folder / IMAGES, part.expectations)
        self.abandon()

    def _assemble(self, file: Path, part: _Part, category_ids: list[Any]) -> None:
        image_ids: list[Any] = []
        with file.open("wb") as out:
            top = {"info": INFO, "licenses": [], **self._top}
            out.write(orjson.dumps(top)[:-1] + b',\n"images":[\n')
            put_all(out, self._numbered_images(part.images, image_ids))
            out.write(b'],\n"categories":')
            out.write(orjson.dumps(list(self._categories.records.values())))
            out.write(b',\n"annotations":[\n')
            put_all(out, self._numbered_annotations(part.annotations, image_ids, category_ids))
            out.write(b"]}\n")

    def _numbered_images(self, spool: BinaryIO, image_ids: list[Any]) -> Iterator[Record]:
        for record in _lines(spool):
            if record["id"] is None:
                record["id"] = self._image_ids.give()
            image_ids.append(record["id"])
            yield record

    def _numbered_annotations(
        self, spool: BinaryIO, image_ids: list[Any], category_ids: list[Any]
    ) -> Iterator[Record]:
        for record in _lines(spool):
            if record["id"] is None:
                record["id"] = self._annotation_ids.give()
            if isinstance(record["category_id"], list):
                record["category_id"] = category_ids[record["category_id"][0]]
            record["image_id"] = image_ids[record["image_id"]]
            yield record

    def abandon(self) -> None:
        """Close and remove the spools."""
        for part in self._parts.values():
            part.close()


def _put(spool: BinaryIO, record: Record) -> None:
    spool.write(orjson.dumps(record) + b"\n")


def put_all(out: BinaryIO, records: Iterator[Record]) -> None:
    """Write list entries one by one, a line each."""
    for number, record in enumerate(records):
        out.write((b",\n" if number else b"") + orjson.dumps(record))


def _lines(spool: BinaryIO) -> Iterator[Record]:
    spool.flush()
    spool.seek(0)
    for line in spool:
        yield orjson.loads(line)
