"""What the writers of FUNSD and XFUND share: a picture for each form, names of files, counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from model_backend.document import Page
from model_backend.formats.losses import losses
from model_backend.formats.pictures import Saved, export_scale, save_picture
from model_backend.formats.safe_path import SafeNames
from model_backend.formats.scaling import scaled_page
from model_backend.formats.source_data import unpack
from model_backend.formats.values import ExportPage, WriteOptions, Written
from model_backend.translation import _


@dataclass
class Target:
    """A part of the set that is being written: its pictures, and how many pages it has."""

    images: Path
    pages: int = 0
    names: SafeNames = field(default_factory=SafeNames)


AnyTarget = TypeVar("AnyTarget", bound=Target)


class FormWriter(Generic[AnyTarget]):
    """Writes forms, a page at a time; each is read back at once."""

    format_name = ""
    copied: tuple[str, ...] = ()
    """Kinds of pictures that may leave as they are."""

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        self.folder, self.options = folder, options
        self.written = Written()
        self.targets: dict[str, AnyTarget] = {}

    def target(self, item: ExportPage, source: dict[str, Any]) -> AnyTarget:
        """Where a page belongs; each format has its own parts."""
        raise TypeError(self.format_name)

    def add(
        self, target: AnyTarget, stem: str, page: Page, saved: Saved, source: dict[str, Any]
    ) -> None:
        """Write the page, in pixels, and read it back; each format has its own file."""
        raise TypeError(self.format_name)

    def write(self, item: ExportPage) -> None:
        """Add a page; one without a picture is left out and reported: no reader could use it."""
        if item.picture is None:
            text = _("{name} has no picture and was left out.")
            self.written.problems.append(text.format(name=item.name))
            return
        source = unpack(item.page.source_data, self.format_name)
        target = self.target(item, source)
        stem = target.names.stem(item.name)
        if stem != item.name:
            self.written.renamed.append((item.name, stem))
        scale = export_scale(item, item.picture, self.options)
        image = target.images / f"{stem}.png"
        saved = save_picture(item, item.picture, image, scale=scale, copied=self.copied)
        page = scaled_page(item.page, *saved.factors(item.page))
        self.add(target, stem, page, saved, source)
        target.pages += 1
        self._count(page)

    def _count(self, page: Page) -> None:
        in_entities = {word_id for entity in page.entities for word_id in entity.word_ids}
        kept = sum(word.id in in_entities for word in page.words)
        self.written.counts.update(
            pages=1, entities=len(page.entities), relations=len(page.relations), words=kept
        )
        self.written.lost.update(losses(page, self.format_name))
