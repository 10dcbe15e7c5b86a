"""Words of scans through tesseract: one thread, sparse text, small scans enlarged first."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pytesseract
from PIL import Image

from model_backend.document import Box, Word
from model_backend.errors import SetupIncomplete, UserError
from model_backend.sources.values import NO_TESSERACT

os.environ["OMP_THREAD_LIMIT"] = "1"  # tesseract's threads wait for each other: four times the time

SPARSE_TEXT = 11
"""Page segmentation that finds words anywhere: on forms recall 0.70 against 0.55 at the default."""
PAGE_SECONDS = 60.0
ENOUGH_DPI = 200.0
GOOD_DPI = 220.0
MOST_ENLARGED = 2.0
"""Larger finds no more words on FUNSD's forms, reads SROIE's worse, and takes longer
(`tests/benchmarks/ocr.py`)."""
TOLD_DPI = 300
"""What tesseract is told, whatever the scan: with the true figure it finds a little less."""
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 32_000
PAGE_INCHES = 11.0
"""Length of the sheet that a scan without a stated resolution is taken for."""
JUNK_CONFIDENCE = 0.3
MARGIN = 20
"""White pixels put around a picture: letters that touch the border are not found."""
DOUBTFUL = 0.6
"""Mean confidence below which the letters may stand on their heads: upright forms have more."""
SURE_OF_TURN = 1.0
TURN_SECONDS = 10.0
PREFERRED = ("eng", "kor")
NOT_A_LANGUAGE = {"osd", "equ"}
SIGNS_OF_BROKEN_DATA = ("Error opening data file", "Failed loading language", "load any languages")


class OcrTimeout(Exception):
    """Tesseract took longer than a page may."""


@cache
def installed_languages() -> tuple[str, ...]:
    """Languages that tesseract can read, by its own codes; SetupIncomplete without tesseract."""
    try:
        found = pytesseract.get_languages()
    except (pytesseract.TesseractNotFoundError, FileNotFoundError) as error:
        raise SetupIncomplete(NO_TESSERACT) from error
    return tuple(sorted(set(found) - NOT_A_LANGUAGE))


def default_languages() -> str:
    """English and Korean as far as they are installed, else whatever is."""
    installed = installed_languages()
    preferred = [language for language in PREFERRED if language in installed]
    return "+".join(preferred or installed[:1])


def checked_languages(languages: str) -> str:
    """The languages to read with; SetupIncomplete that names one which is not installed."""
    wanted = languages or default_languages()
    for language in wanted.split("+"):
        if language not in installed_languages():
            raise SetupIncomplete(
                "Tesseract has no data for the language {language}. "
                "Install tesseract-ocr-{language} or choose among: {installed}.",
                language=language,
                installed=", ".join(installed_languages()),
            )
    return wanted


def estimated_dpi(width: float, height: float, stated: float | None) -> float:
    """Resolution of a scan: as stated where the sheet then has a sensible size, else by length."""
    longest = max(width, height)
    if stated and 4.0 <= longest / stated <= 50.0:
        return stated
    return longest / PAGE_INCHES


def reading_scale(width: float, height: float, dpi: float) -> float:
    """How much to enlarge a scan before reading; below 1 where it would be too large to read."""
    wanted = 1.0 if dpi >= ENOUGH_DPI else min(MOST_ENLARGED, GOOD_DPI / dpi)
    fitting = math.sqrt(MOST_PIXELS / (width * height))
    return min(wanted, fitting, LONGEST_SIDE / max(width, height))


def recognized(
    picture: Image.Image,
    *,
    languages: str = "",
    psm: int = SPARSE_TEXT,
    seconds: float = PAGE_SECONDS,
) -> tuple[Word, ...]:
    """Words with boxes in pixels of the picture, in tesseract's order; OcrTimeout if too slow."""
    wanted = checked_languages(languages)
    framed = _framed(picture)
    config = f"--psm {int(psm)} --dpi {TOLD_DPI}"
    try:
        table = pytesseract.image_to_data(
            framed,
            lang=wanted,
            config=config,
            timeout=seconds,
            output_type=pytesseract.Output.DICT,
        )
    except pytesseract.TesseractError as error:
        if any(sign in str(error) for sign in SIGNS_OF_BROKEN_DATA):
            raise SetupIncomplete(
                "Tesseract's data for {languages} are damaged. Install tesseract-ocr-{languages}"
                " again.",
                languages=wanted,
            ) from error
        raise UserError(
            "Tesseract could not read this picture ({reason}). Check its installation and retry.",
            reason=str(error)[:200],
        ) from error
    except RuntimeError as error:  # pytesseract's own sign of a time limit
        raise OcrTimeout from error
    return tuple(_words(table, Box(0.0, 0.0, *map(float, picture.size))))


def is_turned(picture: Image.Image) -> bool:
    """Whether tesseract believes that the letters do not stand upright; not when it cannot say."""
    try:
        found = pytesseract.image_to_osd(
            _framed(picture),
            config=f"--dpi {TOLD_DPI}",
            timeout=TURN_SECONDS,
            output_type=pytesseract.Output.DICT,
        )
    except (pytesseract.TesseractError, RuntimeError):  # too few letters, no data for it, too slow
        return False
    return bool(found["rotate"]) and float(found["orientation_conf"]) >= SURE_OF_TURN


def _framed(picture: Image.Image) -> Image.Image:
    gray = picture.convert("L")
    framed = Image.new("L", (gray.width + 2 * MARGIN, gray.height + 2 * MARGIN), 255)
    framed.paste(gray, (MARGIN, MARGIN))
    framed.format = "PPM"  # pytesseract saves in this format: no time spent on compression
    return framed


def _words(table: Mapping[str, Sequence[Any]], page: Box) -> Iterator[Word]:
    columns = ("text", "conf", "left", "top", "width", "height")
    rows = zip(*(table.get(column, ()) for column in columns), strict=True)
    for text, confidence, left, top, width, height in rows:
        word = str(text).strip()
        score = min(1.0, max(0.0, float(confidence) / 100))
        x, y = float(left) - MARGIN, float(top) - MARGIN
        box = Box(x, y, x + float(width), y + float(height)).intersection(page)
        if word and box.area and not _is_junk(word, score):
            yield Word(0, word, box, score)


def _is_junk(text: str, score: float) -> bool:
    """Specks and pieces of lines: no letter, no digit, and tesseract itself is in doubt."""
    return score < JUNK_CONFIDENCE and not any(character.isalnum() for character in text)
