"""Makes resources/samples again: `python -m model_backend.synthesis.samples FOLDER`.

Every document is drawn here, with fonts that PyMuPDF carries; each has its ground truth beside it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson
import pymupdf
from PIL import Image

from model_backend.document import Page, Region
from model_backend.document_json import to_json
from model_backend.masks import bounding_box_of, mask_from_bitmap
from model_backend.synthesis.sample_forms import expense_claim, membership_application
from model_backend.synthesis.sample_letter import ink_of, letter, signature, stamp
from model_backend.synthesis.sample_report import report
from model_backend.synthesis.scan import Scanner, scanned
from model_backend.synthesis.sheet import Sheet, scanned_truth

FORM = Scanner(dpi=200, skew=0.8, seed=11, grain=1.2)
KOREAN_FORM = Scanner(dpi=200, skew=-0.6, seed=12, grain=2.0)
LETTER = Scanner(dpi=150, skew=0.4, seed=13, grain=2.0, blur=0.45, specks=40, is_colour=True)
GRAY_LEVELS = 24
"""A scanner's own compression: fewer grays make the lossless form a third as large."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write all samples and their ground truth into a folder."""
    parser = argparse.ArgumentParser(description="Make the sample documents.")
    parser.add_argument("folder", type=Path)
    make_samples(parser.parse_args(arguments).folder)


def make_samples(folder: Path) -> None:
    """Write all samples and their ground truth (page JSON, one list of pages a document)."""
    folder.mkdir(parents=True, exist_ok=True)
    _form(folder)
    _korean_form(folder)
    _letter(folder)
    _report(folder)


def _form(folder: Path) -> None:
    sheet = expense_claim(pymupdf.open())
    picture, page = _scan(sheet, FORM)
    step = 255 / (GRAY_LEVELS - 1)
    flat = picture.point([round(round(value / step) * step) for value in range(256)])
    flat.save(folder / "form.png", dpi=(FORM.dpi, FORM.dpi))
    _write_truth(folder / "form.json", [page])


def _korean_form(folder: Path) -> None:
    sheet = membership_application(pymupdf.open())
    picture, page = _scan(sheet, KOREAN_FORM)
    dpi = round(KOREAN_FORM.dpi)
    picture.save(folder / "korean_form.jpg", quality=62, dpi=(dpi, dpi))
    _write_truth(folder / "korean_form.json", [page])


def _letter(folder: Path) -> None:
    sheet = letter(pymupdf.open())
    stamp(sheet.page)
    signature(sheet.page)
    picture, to_picture = scanned(sheet.page, LETTER)
    page = scanned_truth(sheet.truth(), to_picture, LETTER.skew, picture.size)
    regions = []
    for label, draw in (("stamp", stamp), ("signature", signature)):
        mask = mask_from_bitmap(ink_of(draw, to_picture, picture.size))
        regions.append(Region(sheet.new_id(), label, bounding_box_of(mask), mask=mask))
    page = replace(page, regions=tuple(regions), next_id=sheet.next_id)
    dpi = round(LETTER.dpi)
    picture.save(folder / "letter.jpg", quality=68, dpi=(dpi, dpi))
    _write_truth(folder / "letter.json", [page])


def _report(folder: Path) -> None:
    document = pymupdf.open()
    sheets = report(document)
    pages = [sheet.truth(number) for number, sheet in enumerate(sheets)]
    document.set_metadata({"title": "River Gauging in the Wene District"})
    document.subset_fonts()
    document.save(folder / "report.pdf", garbage=4, deflate=True, no_new_id=True)
    _write_truth(folder / "report.json", pages)


def _scan(sheet: Sheet, scanner: Scanner) -> tuple[Image.Image, Page]:
    picture, to_picture = scanned(sheet.page, scanner)
    return picture, scanned_truth(sheet.truth(), to_picture, scanner.skew, picture.size)


def _write_truth(path: Path, pages: Sequence[Page]) -> None:
    path.write_bytes(orjson.dumps({"pages": [to_json(page) for page in pages]}) + b"\n")


if __name__ == "__main__":
    main()
