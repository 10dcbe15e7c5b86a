"""The sample letter: text under a letterhead, a round red stamp, a signature in blue ink."""

from __future__ import annotations

import math

import numpy as np
import pymupdf
from PIL import Image

from model_backend.document import Affine, Point
from model_backend.synthesis.sheet import A4, Colour, Sheet, font, new_sheet

LEFT, WIDTH = 76.0, 440.0
RED: Colour = (0.78, 0.10, 0.14)
BLUE: Colour = (0.10, 0.16, 0.48)
STAMP_AT: Point = (430.0, 612.0)
SIGNATURE_AT: Point = (84.0, 610.0)

BODY = (
    "Dear Ms Lindqvist,",
    "Thank you for your letter of 2 February, in which you ask for leave to keep the two punts of "
    "your society at the lower landing stage during the summer months.",
    "The board discussed your request at its meeting on 10 February and is glad to grant it from 1 "
    "May to 30 September 2026. The berths numbered 14 and 15 are reserved for you. The fee is 180 "
    "for each berth and is due before the first day of use.",
    "Please note that the stage is closed to all boats while the sluice is open, which is shown by "
    "a red ball at the mast of the lock house. Boats left at the stage on such days may be moved "
    "at the cost of their owner.",
    "This letter is your permit. Keep it, or a copy of it, on board and show it to the lock keeper "
    "when asked.",
    "Yours sincerely,",
)


def letter(document: pymupdf.Document) -> Sheet:
    """The letter's text; `stamp` and `signature` are drawn over it."""
    sheet = new_sheet(document)
    sheet.entity(
        "header", sheet.text((LEFT, 78), "Harbour Board of Wenemouth", face="tibo", size=18)
    )
    sheet.entity(
        "other", sheet.text((LEFT, 95), "Lock House, Quay Street 3, Wenemouth", face="tiro")
    )
    sheet.line((LEFT, 104), (LEFT + WIDTH, 104), width=1.0)
    for index, line in enumerate(("Ms Astrid Lindqvist", "Wene Punting Society", "12 Mill Lane")):
        sheet.text((LEFT, 146 + 15 * index), line, face="tiro", size=11)
    _pair(sheet, (390, 146), "Our ref.:", "HB/26/118")
    _pair(sheet, (390, 161), "Date:", "12 February 2026")
    title = sheet.text((LEFT, 222), "Berths at the lower landing stage", face="tibo", size=12)
    sheet.entity("header", title)
    y = 254.0
    for text in BODY:
        y = sheet.paragraph((LEFT, y), WIDTH, text, face="tiro", size=11.5) + 9
    sheet.text((LEFT, 672), "Rufus Penhale", face="tiro", size=11.5)
    sheet.text((LEFT, 688), "Harbour Master", face="tiit", size=11)
    return sheet


def stamp(page: pymupdf.Page) -> None:
    """A round rubber stamp: two rings, lettering along them, a date across the middle."""
    centre = pymupdf.Point(STAMP_AT)
    page.draw_circle(centre, 52, color=RED, width=2.4)
    page.draw_circle(centre, 36, color=RED, width=1.0)
    _around(page, "HARBOUR BOARD OF WENEMOUTH", radius=40.5, size=7.6)
    _around(page, "PERMIT", radius=46, size=7.6, is_below=True)
    turn = (centre, pymupdf.Matrix(8))
    for text, dy, size in (("12 FEB 2026", 4.0, 10.0), ("GRANTED", -9.0, 7.5)):
        half = font("hebo").text_length(text, size) / 2
        page.insert_text(
            centre + (-half, dy), text, fontname="hebo", fontsize=size, color=RED, morph=turn
        )
    page.draw_line(centre + (-30, 8), centre + (30, 8), color=RED, width=0.7, morph=turn)


def signature(page: pymupdf.Page) -> None:
    """A pen's stroke: curves whose width follows the speed of the hand."""
    points = np.array(_stroke())
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    widths = 2.3 - 1.5 * np.clip(steps / np.percentile(steps, 95), 0.0, 1.0)
    shape = page.new_shape()
    for start, end, width in zip(points, points[1:], widths, strict=False):
        shape.draw_line(pymupdf.Point(*map(float, start)), pymupdf.Point(*map(float, end)))
        shape.finish(color=BLUE, width=float(width), lineCap=1)
    shape.commit()


def ink_of(draw: object, to_picture: Affine, size: tuple[int, int]) -> np.ndarray:
    """Bitmap (height, width) of what `draw(page)` alone puts on the picture of the scan."""
    assert callable(draw)
    document = pymupdf.open()
    page = document.new_page(width=A4[0], height=A4[1])
    draw(page)
    a, b, c, d, e, f = to_picture
    matrix = pymupdf.Matrix(a, b, c, d, e, f)
    clip = pymupdf.IRect(0, 0, *size)
    pixmap = pymupdf.Pixmap(pymupdf.csGRAY, clip, False)
    pixmap.clear_with(255)
    shown = page.get_displaylist().get_pixmap(matrix=matrix, colorspace=pymupdf.csGRAY)
    pixmap.copy(shown, clip)
    document.close()
    gray = np.asarray(Image.frombytes("L", size, bytes(pixmap.samples_mv)))
    return np.asarray(gray < 160)


def _pair(sheet: Sheet, at: Point, label: str, value: str) -> None:
    question = sheet.entity("question", sheet.text(at, label, face="tiro", size=10))
    answer = sheet.entity("answer", sheet.text((at[0] + 44, at[1]), value, face="tiro", size=10))
    sheet.link(question, answer)


def _around(
    page: pymupdf.Page,
    text: str,
    *,
    radius: float,
    size: float,
    is_below: bool = False,
) -> None:
    """Letters along a circle, in the middle of its upper half or, upright too, of its lower."""
    used = font("hebo")
    whole = math.degrees((used.text_length(text, size) + 0.9 * len(text)) / radius)
    angle = 90 + whole / 2 if is_below else -90 - whole / 2
    for character in text:
        half = math.degrees((used.text_length(character, size) + 0.9) / radius) / 2
        angle += -half if is_below else half
        at = pymupdf.Point(
            STAMP_AT[0] + radius * math.cos(math.radians(angle)),
            STAMP_AT[1] + radius * math.sin(math.radians(angle)),
        )
        turn = -(angle - 90) if is_below else -(angle + 90)
        shift = pymupdf.Point(used.text_length(character, size) / 2, 0)
        page.insert_text(
            at - shift,
            character,
            fontname="hebo",
            fontsize=size,
            color=RED,
            morph=(at, pymupdf.Matrix(turn)),
        )
        angle += -half if is_below else half


def _stroke() -> list[Point]:
    """Points along the pen's way: loops that lean to the right, a tail drawn back under them."""
    x0, y0 = SIGNATURE_AT
    points = []
    for step in range(520):
        t = step / 519
        wave = math.sin(t * 37.0) * (22.0 * (1.0 - t) ** 1.4 + 4.0)
        loop = math.cos(t * 37.0) * (7.5 * (1.0 - t) + 2.0)
        lean = -0.35 * wave
        points.append((x0 + 118.0 * t + loop + lean, y0 + wave - 6.0 * math.sin(t * 5.0)))
    last_x, last_y = points[-1]
    for step in range(1, 60):
        t = step / 59
        points.append((last_x - 104.0 * t, last_y + 15.0 * math.sin(t * math.pi * 0.9) + 4.0 * t))
    return points
