"""Pages to PP-KIE: a line a picture, as PaddleOCR trains on it and PPOCRLabel opens it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from model_backend.document import Page
from model_backend.formats.funsd_form import FORMAT as FORM
from model_backend.formats.funsd_form import form_of
from model_backend.formats.losses import losses
from model_backend.formats.pictures import export_scale, save_picture
from model_backend.formats.safe_path import SafeNames
from model_backend.formats.scaling import scaled_page
from model_backend.formats.source_data import unpack
from model_backend.formats.values import ExportPage, WriteOptions, Written
from model_backend.formats.xfund_write import renamed
from model_backend.quality import read_back_ppkie
from model_backend.translation import _

FORMAT = "ppkie"
LABEL = "Label.txt"
IMAGES = "images"
KEYS = ("transcription", "label", "key_cls", "points", "id", "linking")
"""What we know of an entity; other keys are kept as they are."""
KEPT = "ppkie"
"""Key under which an entity keeps the keys and points that it came with."""
OTHER = "other"
"""The class of an entity that names none, as in FUNSD."""
_ORDER = ("transcription", "label", "points", "id", "linking")
_COPIED = (".png", ".jpg", ".jpeg", ".bmp")


class Writer:
    """Writes images/ with Label.txt beside the pictures, or a list above them for each part of
    the set: train.txt, val.txt, test.txt, or the name it was read from."""

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        self.folder, self.options = folder, options
        self.written = Written()
        self._names = SafeNames()
        self._pages: dict[Path, int] = {}

    def write(self, item: ExportPage) -> None:
        """Add a page; one without a picture is left out and reported: no reader could use it."""
        if item.picture is None:
            text = _("{name} has no picture and was left out.")
            self.written.problems.append(text.format(name=item.name))
            return
        stem = self._names.stem(item.name)
        if stem != item.name:
            self.written.renamed.append((item.name, stem))
        scale = export_scale(item, item.picture, self.options)
        image = self.folder / IMAGES / f"{stem}.png"
        saved = save_picture(item, item.picture, image, scale=scale, copied=_COPIED)
        page = scaled_page(item.page, *saved.factors(item.page))
        items = [_item(entity) for entity in form_of(renamed(page, FORMAT, FORM))]
        line = f"{IMAGES}/{saved.path.name}\t{json.dumps(items, ensure_ascii=False)}\n"
        file = self._file(item)
        with file.open("ab") as opened:
            opened.write(line.encode())
        self._pages[file] = self._pages.get(file, 0) + 1
        read_back_ppkie.check_line(line, saved.path, page)
        self._count(page)

    def _file(self, item: ExportPage) -> Path:
        """The list that a page belongs to."""
        source = unpack(item.page.source_data, FORMAT)
        name = source.get("file") or item.split or Path(LABEL).stem
        if name == Path(LABEL).stem:
            return self.folder / IMAGES / LABEL
        return self.folder / f"{SafeNames().stem(name)}.txt"

    def _count(self, page: Page) -> None:
        lost = losses(page, FORMAT)
        self.written.counts.update(
            pages=1,
            entities=len(page.entities),
            relations=len(page.relations),
            words=len(page.words) - lost["words_outside_entities"],
        )
        self.written.lost.update(lost)

    def close(self) -> None:
        """Check that a loader finds every line with its picture."""
        for file, pages in self._pages.items():
            read_back_ppkie.check_list(file, self.folder, pages=pages)

    def abandon(self) -> None:
        """Nothing is open between pages."""


def _item(entity: dict[str, Any]) -> dict[str, Any]:
    """An entity of FUNSD as PP-KIE has it: as it came while it is unchanged."""
    kept = entity.pop(KEPT, None) or {"keys": list(_ORDER), "points": None}
    box = entity.pop("box")
    label = entity.pop("label")
    new = {
        "transcription": entity.pop("text"),
        "points": kept["points"] if _is_same(box, kept["points"]) else _corners(box),
        "label": label,
        "key_cls": label,
        "id": entity.pop("id"),
        "linking": entity.pop("linking", []),
        **{key: value for key, value in entity.items() if key != "words"},
    }
    keys = [key for key in kept["keys"] if key in new]
    if not {"label", "key_cls"} & set(keys) and label != OTHER:
        keys.append("label")
    keys += [key for key in ("transcription", "points", "id", "linking") if key not in keys]
    if "linking" not in kept["keys"] and not new["linking"]:  # PPOCRLabel's boxes without links
        keys = [key for key in keys if key not in ("id", "linking") or key in kept["keys"]]
    return {key: new[key] for key in keys}


def _is_same(box: list[Any], points: list[list[Any]] | None) -> bool:
    """Whether the outline that the file had is still the entity's."""
    if not points:
        return False
    xs, ys = zip(*points, strict=True)
    if len(box) == 8:
        return box == [value for point in points for value in point]
    return box == [min(xs), min(ys), max(xs), max(ys)]


def _corners(box: list[Any]) -> list[list[Any]]:
    """Four points, clockwise from the top left."""
    if len(box) == 8:
        return [box[n : n + 2] for n in range(0, 8, 2)]
    x0, y0, x1, y1 = box
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
