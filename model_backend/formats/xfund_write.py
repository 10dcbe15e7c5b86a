"""Pages to XFUND: documents are added to their file one at a time, each read back at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from model_backend.document import Entity, Page, Word
from model_backend.formats.funsd_form import FORMAT as FORM
from model_backend.formats.funsd_form import form_of
from model_backend.formats.losses import losses
from model_backend.formats.pictures import export_scale, save_picture
from model_backend.formats.safe_path import SafeNames
from model_backend.formats.scaling import scaled_page
from model_backend.formats.source_data import unpack
from model_backend.formats.splits import PARTS
from model_backend.formats.values import ExportPage, WriteOptions, Written
from model_backend.quality import read_back_xfund
from model_backend.translation import _

FORMAT = "xfund"
_Item = TypeVar("_Item", Word, Entity)
_COPIED = (".png", ".jpg", ".jpeg")


def renamed(page: Page, before: str, after: str) -> Page:
    """The page with what its file said marked as another format's: FUNSD's forms are XFUND's."""
    old, new = (f'{{"format":{json.dumps(name)}' for name in (before, after))

    def of(text: str) -> str:
        return new + text[len(old) :] if text.startswith(old) else text

    def item_of(item: _Item) -> _Item:
        return replace(item, source_data=of(item.source_data)) if item.source_data else item

    return replace(
        page,
        words=tuple(map(item_of, page.words)),
        entities=tuple(map(item_of, page.entities)),
        source_data=of(page.source_data),
    )


@dataclass
class _File:
    """A JSON file that is being written."""

    path: Path
    opened: BinaryIO
    after: str
    pages: int = 0
    names: SafeNames = field(default_factory=SafeNames)


class Writer:
    """Writes NAME.json and its pictures in the folder NAME: as it was read, else `pages`, with the
    part of the set behind a dot."""

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        self.folder, self.options = folder, options
        self.written = Written()
        self._names = SafeNames()
        self._files: dict[str, _File] = {}

    def write(self, item: ExportPage) -> None:
        """Add a page; one without a picture is left out and reported: no reader could use it."""
        if item.picture is None:
            text = _("{name} has no picture and was left out.")
            self.written.problems.append(text.format(name=item.name))
            return
        source = unpack(item.page.source_data, FORMAT)
        target = self._file(item, source)
        stem = target.names.stem(item.name)
        if stem != item.name:
            self.written.renamed.append((item.name, stem))
        scale = export_scale(item, item.picture, self.options)
        image = self.folder / target.path.name.removesuffix(".json") / f"{stem}.png"
        saved = save_picture(item, item.picture, image, scale=scale, copied=_COPIED)
        page = scaled_page(item.page, *saved.factors(item.page))
        size = {"fname": saved.path.name, "width": saved.width, "height": saved.height}
        known = source.get("document", {"id": stem, "document": None, "img": None})
        form = form_of(renamed(page, FORMAT, FORM))
        document = {**known, "document": form, "img": {**source.get("img", {}), **size}}
        self._add(target, document, page)
        self._count(page)

    def _file(self, item: ExportPage, source: dict[str, Any]) -> _File:
        """The file of a page's part of the set, begun where it is the first of it."""
        key = source.get("file") or _joined("pages", item.split)
        if self.options.split is not None:
            name, _dot, part = key.rpartition(".")
            key = _joined(name if part in PARTS else key, item.split)
        if key not in self._files:
            path = self.folder / f"{self._names.stem(key)}.json"
            top = source.get("top") or {"documents": None}
            before, after = _around(top)
            opened = path.open("w+b")
            self._files[key] = _File(path, opened, after)
            opened.write(before.encode())
        return self._files[key]

    def _add(self, target: _File, document: dict[str, Any], page: Page) -> None:
        if target.pages:
            target.opened.write(b",\n")
        text = json.dumps(document, ensure_ascii=False).encode()
        start = target.opened.tell()
        target.opened.write(text)
        target.opened.flush()
        target.pages += 1
        read_back_xfund.check_document(target.path, (start, len(text)), page)

    def _count(self, page: Page) -> None:
        in_entities = {word_id for entity in page.entities for word_id in entity.word_ids}
        kept = sum(word.id in in_entities for word in page.words)
        self.written.counts.update(
            pages=1, entities=len(page.entities), relations=len(page.relations), words=kept
        )
        self.written.lost.update(losses(page, FORMAT))

    def close(self) -> None:
        """End every file and check that a loader finds all documents and pictures."""
        for target in self._files.values():
            target.opened.write(target.after.encode())
            target.opened.close()
            read_back_xfund.check_documents(target.path, pages=target.pages)

    def abandon(self) -> None:
        """Let go of the files."""
        for target in self._files.values():
            target.opened.close()


def _joined(name: str, part: str) -> str:
    return f"{name}.{part}" if part else name


def _around(top: dict[str, Any]) -> tuple[str, str]:
    """The text of a file's object before and after its documents."""
    keys: Sequence[str] = [*top, *(() if "documents" in top else ("documents",))]
    place = list(keys).index("documents")
    parts = [f"{json.dumps(key, ensure_ascii=False)}: " for key in keys]
    values = [json.dumps(top.get(key), ensure_ascii=False) for key in keys]
    pairs = [part + value for part, value in zip(parts, values, strict=True)]
    before = "{" + "".join(f"{pair}, " for pair in pairs[:place]) + parts[place] + "[\n"
    return before, "\n]" + "".join(f", {pair}" for pair in pairs[place + 1 :]) + "}\n"
