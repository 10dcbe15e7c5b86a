"""What the writers of PAGE, ALTO and hOCR share: pictures, names of files, counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from model_backend.document import Page
from model_backend.formats.losses import losses
from model_backend.formats.pictures import SUFFIXES, export_scale, save_picture
from model_backend.formats.safe_path import SafeNames
from model_backend.formats.scaling import scaled_page
from model_backend.formats.text_layout import Layout
from model_backend.formats.text_write import layout_of, picture_missing
from model_backend.formats.values import ExportPage, WriteOptions, Written


class TextWriter:
    """Writes one file of text and one picture for each page; each is read back at once."""

    format_name, folder_name, suffix = "", "", ""

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        self.folder, self.options = folder, options
        self.written = Written()
        self.time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        self._names = SafeNames()

    def element(self, layout: Layout, image: str, page: Page) -> Element:
        """The whole file as XML; each format has its own."""
        raise TypeError(self.format_name)

    def check(self, file: Path, page: Page) -> None:
        """Read the file back independently; each format has its own reader."""
        raise TypeError(self.format_name)

    def text(self, root: Element) -> bytes:
        """The file's bytes."""
        ElementTree.indent(root)
        data: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
        return data + b"\n"

    def write(self, item: ExportPage) -> None:
        """Add a page; one without a picture leaves too, and the report says so."""
        stem = self._names.stem(item.name)
        if stem != item.name:
            self.written.renamed.append((item.name, stem))
        page, image = self._picture(item, stem)
        layout = layout_of(page, self.format_name)
        file = self.folder / self.folder_name / f"{stem}{self.suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.text(self.element(layout, image or layout.image or stem, page)))
        self.check(file, page)
        self._count(page)

    def _picture(self, item: ExportPage, stem: str) -> tuple[Page, str]:
        if item.picture is None:
            self.written.problems.append(picture_missing(item))
            return item.page, ""
        scale = export_scale(item, item.picture, self.options)
        target = self.folder / "images" / f"{stem}.png"
        saved = save_picture(item, item.picture, target, scale=scale, copied=SUFFIXES)
        page = scaled_page(item.page, *saved.factors(item.page))
        return page, f"images/{saved.path.name}"

    def _count(self, page: Page) -> None:
        lost = losses(page, self.format_name)
        self.written.lost.update(lost)
        self.written.counts.update(pages=1, words=len(page.words), regions=len(page.regions))
        self.written.counts.update(
            entities=len(page.entities),
            relations=len(page.relations) - lost["relations"],
            tables=len(page.tables) - lost["tables"],
        )

    def close(self) -> None:
        """Nothing belongs at the end."""

    def abandon(self) -> None:
        """Nothing is open between pages."""
