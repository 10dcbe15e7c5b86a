"""Pages to XFUND: documents are added to their file one at a time, each read back at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from model_backend.document import Entity, Page, Word
from model_backend.formats.form_writer import FormWriter, Target
from model_backend.formats.funsd_form import FORMAT as FORM
from model_backend.formats.funsd_form import form_of
from model_backend.formats.pictures import Saved
from model_backend.formats.safe_path import SafeNames
from model_backend.formats.splits import PARTS
from model_backend.formats.values import ExportPage, WriteOptions
from model_backend.quality import read_back_xfund

FORMAT = "xfund"
_Item = TypeVar("_Item", Word, Entity)


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
class _File(Target):
    """A JSON file that is being written, with the end of its text."""

    path: Path = field(kw_only=True)
    opened: BinaryIO = field(kw_only=True)
    after: str = field(kw_only=True)


class Writer(FormWriter[_File]):
    """Writes NAME.json and its pictures in the folder NAME: as it was read, else `pages`, with the
    part of the set behind a dot."""

    format_name, copied = FORMAT, (".png", ".jpg", ".jpeg")

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        super().__init__(folder, options)
        self._names = SafeNames()

    def target(self, item: ExportPage, source: dict[str, Any]) -> _File:
        """The file of a page's part of the set, begun where it is the first of it."""
        key = source.get("file") or _joined("pages", item.split)
        if self.options.split is not None:
            name, _dot, part = key.rpartition(".")
            key = _joined(name if part in PARTS else key, item.split)
        if key not in self.targets:
            images = self.folder / self._names.stem(key)
            path = images.with_name(f"{images.name}.json")
            before, after = _around(source.get("top") or {"documents": None})
            opened = path.open("w+b")
            self.targets[key] = _File(images, path=path, opened=opened, after=after)
            opened.write(before.encode())
        return self.targets[key]

    def add(
        self, target: _File, stem: str, page: Page, saved: Saved, source: dict[str, Any]
    ) -> None:
        """Add the document to its file and read it back."""
        size = {"fname": saved.path.name, "width": saved.width, "height": saved.height}
        known = source.get("document", {"id": stem, "document": None, "img": None})
        form = form_of(renamed(page, FORMAT, FORM))
        document = {**known, "document": form, "img": {**source.get("img", {}), **size}}
        if target.pages:
            target.opened.write(b",\n")
        text = json.dumps(document, ensure_ascii=False).encode()
        start = target.opened.tell()
        target.opened.write(text)
        target.opened.flush()
        read_back_xfund.check_document(target.path, (start, len(text)), page)

    def close(self) -> None:
        """End every file and check that a loader finds all documents and pictures."""
        for target in self.targets.values():
            target.opened.write(target.after.encode())
            target.opened.close()
            read_back_xfund.check_documents(target.path, pages=target.pages)

    def abandon(self) -> None:
        """Let go of the files."""
        for target in self.targets.values():
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
