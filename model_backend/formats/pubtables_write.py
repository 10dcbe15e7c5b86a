"""Pages to PubTables-1M: pages for detection, upright crops of tables for structure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_backend import table_grid
from model_backend.document import Box, Page, Region, Table, Word, bounding_box
from model_backend.formats import voc
from model_backend.formats.losses import losses
from model_backend.formats.pictures import Saved, limited, save_image, save_picture
from model_backend.formats.safe_path import SafeNames
from model_backend.formats.scaling import scaled_page
from model_backend.formats.source_data import unpack
from model_backend.formats.splits import PARTS
from model_backend.formats.table_crop import TableCrop, crop_of, outline_label, padding_px
from model_backend.formats.values import ExportPage, PictureSource, WriteOptions, Written
from model_backend.labels import DETECTION_CLASSES, TABLE_CLASSES
from model_backend.quality import read_back
from model_backend.reading_order import reading_order
from model_backend.translation import _

if TYPE_CHECKING:
    from PIL.Image import Image

FORMAT = "pubtables"
STRUCTURE_KIND, DETECTION_KIND = "structure", "detection"
STRUCTURE = "PubTables1M-Structure-PASCAL-VOC"
DETECTION = "PubTables1M-Detection-PASCAL-VOC"
TABLE_WORDS = "PubTables1M-Table-Words-JSON"
PAGE_WORDS = "PubTables1M-Page-Words-JSON"
DATABASES = {STRUCTURE: "PubTables1M-Structure", DETECTION: "PubTables1M-Detection"}
LONGEST_SIDE = 1000
MOST_OBJECTS = 125
"""So many objects the reference's structure model can name in one picture."""
SAME_TABLE = 0.5
JPEG = (".jpg", ".jpeg")
Json = dict[str, Any]


def grid_digest(table: Table) -> str:
    """A short mark of the grid, by which a changed table is known."""
    grid = (
        table.box, table.rows, table.columns, table.spans, table.header_rows,
        table.projected_rows, table.rotation, table.shear,
    )  # fmt: skip
    return hashlib.sha256(repr(grid).encode()).hexdigest()[:16]


def detection_objects(page: Page) -> list[voc.VocObject]:
    """Where tables are: the regions that say so, then the tables that no such region covers."""
    objects = [_object(region) for region in page.regions if region.label in DETECTION_CLASSES]
    known = [item.box for item in objects]
    for table in page.tables:
        corners = (table_grid.to_page(table, corner) for corner in table.box.corners)
        box = bounding_box(corners)
        if all(box.iou(other) < SAME_TABLE for other in known):
            objects.append(voc.VocObject(outline_label(table), box))
    return objects


def _object(region: Region) -> voc.VocObject:
    attributes = unpack(region.source_data, FORMAT).get("attributes", {})
    return voc.VocObject(region.label, region.box.normalized(), attributes)


def structure_objects(
    table: Table, words: Sequence[Word], options: WriteOptions
) -> list[voc.VocObject]:
    """The six classes of an upright table: as imported while it is unchanged, else from its
    grid."""
    source = unpack(table.source_data, FORMAT)
    is_tight = options.boxes == "tight"
    if not is_tight and source.get("grid") == grid_digest(table):
        return [
            voc.VocObject(name, Box(*sides), attributes)
            for name, *sides, attributes in source["objects"]
        ]
    return [
        voc.VocObject(name, _rounded(box))
        for name, box in table_grid.objects(table, words, tight=is_tight)
    ]


def _rounded(box: Box) -> Box:
    """Four decimals, as the structure files have them."""
    return Box(round(box.x0, 4), round(box.y0, 4), round(box.x1, 4), round(box.y1, 4))


def words_json(words: Iterable[Word], places: dict[int, int]) -> list[Json]:
    """Words as the set has them; `places` are the numbers of words that came without."""
    result: list[Json] = []
    for word in words:
        usual = {"flags": 0, "span_num": places[word.id], "line_num": 0, "block_num": 0}
        raw = unpack(word.source_data, FORMAT).get("raw") or {"bbox": [], "text": "", **usual}
        box = word.box
        result.append({**raw, "bbox": [box.x0, box.y0, box.x1, box.y1], "text": word.text})
    return result


def places_of(words: Sequence[Word]) -> dict[int, int]:
    """Numbers for words in their order, above those that imported words brought along."""
    raws = (unpack(word.source_data, FORMAT).get("raw", {}) for word in words)
    taken = [raw["span_num"] for raw in raws if isinstance(raw.get("span_num"), int)]
    first = max([-1, *taken]) + 1
    return {word.id: first + place for place, word in enumerate(words)}


class Writer:
    """Writes both sets with their words, pictures and file lists, a page at a time, read back."""

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        self.folder, self.options = folder, options
        self.written = Written()
        self._names = {STRUCTURE: SafeNames(), DETECTION: SafeNames()}
        self._samples = {STRUCTURE: 0, DETECTION: 0}
        for name in (STRUCTURE, DETECTION):
            for part in (*PARTS, "images"):
                (folder / name / part).mkdir(parents=True)
        for name in (TABLE_WORDS, PAGE_WORDS):
            (folder / name).mkdir()

    def write(self, item: ExportPage) -> None:
        """Add a page: a sample for detection and one for each table, or the crop that it is."""
        self.written.lost.update(losses(item.page, FORMAT))
        if item.picture is None:
            text = _("{name} has no picture and was left out.")
            self.written.problems.append(text.format(name=item.name))
            return
        source = unpack(item.page.source_data, FORMAT)
        if source.get("kind") == STRUCTURE_KIND and _is_crop(item.page):
            is_written = self._write_crop_page(item, item.picture, source)
        else:
            is_written = self._write_page(item, item.picture, source)
        self.written.counts["pages"] += is_written

    def _write_crop_page(self, item: ExportPage, picture: PictureSource, source: Json) -> bool:
        """A page that came as a structure sample leaves as one."""
        page = item.page
        if page.tables:
            objects = structure_objects(page.tables[0], page.words, self.options)
        else:
            objects = [_object(item) for item in page.regions if item.label in TABLE_CLASSES]
        if not objects:
            return False
        stem = self._stem(STRUCTURE, item.name, item.name)
        saved = self._save_page(STRUCTURE, item, picture, stem, scale=picture.native_scale or 1.0)
        words = words_json(page.words, places_of(page.words))
        has_words = source.get("has_words", True) or bool(words)
        self._add(STRUCTURE, stem, saved, objects, words if has_words else None, source, item)
        self.written.counts.update(tables=len(page.tables), regions=len(page.regions))
        return True

    def _write_page(self, item: ExportPage, picture: PictureSource, source: Json) -> bool:
        is_as_imported = source.get("kind") == DETECTION_KIND
        scale = LONGEST_SIDE / max(item.page.width, item.page.height)
        if is_as_imported and picture.native_scale:
            scale = picture.native_scale
        if not detection_objects(item.page):
            return False
        stem = self._stem(DETECTION, item.name, item.name)
        scale = limited(item.page, scale)
        saved = self._save_page(DETECTION, item, picture, stem, scale=scale)
        page = scaled_page(item.page, *saved.factors(item.page))
        objects = detection_objects(page)
        order = reading_order(page.words)
        words = words_json(page.words if is_as_imported else order, places_of(order))
        has_words = source.get("has_words", True) or bool(words)
        self._add(DETECTION, stem, saved, objects, words if has_words else None, source, item)
        self.written.counts.update(detection_pages=1, detected_tables=len(objects))
        if page.tables:
            self._write_tables(item, page, stem, picture.render(scale).convert("RGB"))
        return True

    def _write_tables(self, item: ExportPage, page: Page, page_stem: str, picture: Image) -> None:
        """The page's tables as structure samples."""
        padding, places = padding_px(item.page, page), places_of(reading_order(page.words))
        for number, table in enumerate(page.tables):
            if len(table.columns) < 2:
                continue
            crop = crop_of(page, table, padding)
            if crop is None:
                continue
            stem = self._stem(STRUCTURE, f"{page_stem}_table_{number}", "")
            self._write_crop(crop, stem, picture, places, item)
            self.written.counts["tables"] += 1

    def _write_crop(
        self,
        crop: TableCrop,
        stem: str,
        picture: Image,
        places: dict[int, int],
        item: ExportPage,
    ) -> None:
        target = self.folder / STRUCTURE / "images" / f"{stem}.jpg"
        save_image(crop.picture(picture), target)
        saved = Saved(target, crop.width, crop.height)
        words = sorted(crop.words, key=lambda word: places[word.id])
        objects = structure_objects(crop.table, words, self.options)
        self._add(STRUCTURE, stem, saved, objects, words_json(_plain(words), places), {}, item)
        read_back.check_grid(
            self.folder / STRUCTURE / item.split / f"{stem}.xml",
            rows=len(crop.table.rows),
            columns=len(crop.table.columns),
        )

    def _stem(self, kind: str, name: str, shown_name: str) -> str:
        stem = self._names[kind].stem(name)
        if shown_name and stem != shown_name:
            self.written.renamed.append((shown_name, stem))
        return stem

    def _save_page(
        self, kind: str, item: ExportPage, picture: PictureSource, stem: str, *, scale: float
    ) -> Saved:
        target = self.folder / kind / "images" / f"{stem}.jpg"
        return save_picture(item, picture, target, scale=scale, copied=JPEG, rendered=".jpg")

    def _add(
        self,
        kind: str,
        stem: str,
        saved: Saved,
        objects: list[voc.VocObject],
        words: list[Json] | None,
        source: Json,
        item: ExportPage,
    ) -> None:
        """Write annotation, words and list entries of one sample, and read it back."""
        split = item.split
        annotation = voc.Voc(
            filename=saved.path.name,
            width=saved.width,
            height=saved.height,
            database=source.get("database") or DATABASES[kind],
            objects=tuple(objects),
            header={**source.get("header", {}), "path": saved.path.name},
        )
        root = self.folder / kind
        (root / split / f"{stem}.xml").write_bytes(voc.text_of(annotation).encode())
        words_folder = self.folder / (TABLE_WORDS if kind == STRUCTURE else PAGE_WORDS)
        if words is not None:
            text = json.dumps(words, ensure_ascii=False)
            (words_folder / f"{stem}_words.json").write_bytes(text.encode())
        _append(root / f"{split}_filelist.txt", f"{split}/{stem}.xml")
        _append(root / "images" / "filelist.txt", f"images/{stem}.jpg")
        self._samples[kind] += 1
        if kind == STRUCTURE and len(objects) > MOST_OBJECTS:
            text = _("{name} has {count} objects, more than the reference model's {most}.")
            self.written.problems.append(
                text.format(name=stem, count=len(objects), most=MOST_OBJECTS)
            )
        expected = [(item.name, item.box) for item in objects]
        read_back.check_sample(root, split, stem, expected)
        if words is not None:
            read_back.check_words(words_folder / f"{stem}_words.json", words)

    def close(self) -> None:
        """Write the lists of empty parts and check that a loader finds every sample."""
        for kind, count in self._samples.items():
            for split in PARTS:
                (self.folder / kind / f"{split}_filelist.txt").touch()
            (self.folder / kind / "images" / "filelist.txt").touch()
            read_back.check_sample_set(self.folder / kind, samples=count)

    def abandon(self) -> None:
        """Nothing is open between pages."""


def _is_crop(page: Page) -> bool:
    """Whether the page still shows one table, or the parts of one that have no grid."""
    has_parts = any(region.label in TABLE_CLASSES for region in page.regions)
    return len(page.tables) + has_parts <= 1


def _plain(words: Iterable[Word]) -> list[Word]:
    """Words of a page as words of a crop: what the page's file said of them does not hold there."""
    return [Word(word.id, word.text, word.box) for word in words]


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(line + "\n")
