"""A sheet of paper for pages by the thousand: operators are collected and printed in one go.

Every word's box is exactly the ink of its letters, in points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from model_backend.document import Box, Page, Point, Word
from model_backend.synthesis import press
from model_backend.synthesis.faces import face
from model_backend.synthesis.sheet import BLACK, Colour, Truth, scanned_truth

LETTER = (612.0, 792.0)


@dataclass(frozen=True)
class Pen:
    """How letters are set: `slant` leans them (0.2: an italic), `stretch` widens them, `spacing` is
    more room after each letter in shares of the size, `weight` thickens the strokes (points)."""

    face: str = "helv"
    size: float = 10.0
    color: Colour = BLACK
    slant: float = 0.0
    stretch: float = 1.0
    spacing: float = 0.0
    weight: float = 0.0

    def width(self, text: str) -> float:
        """How far the pen goes for this text."""
        plain = face(self.face).width(text, self.size)
        return (plain + len(text) * self.spacing * self.size) * self.stretch


@dataclass
class Paper(Truth):
    """One page being drawn, in points, origin top left.

    `bases` are the base lines and sizes of words by their ids, `lines` what was drawn straight.
    """

    operators: list[str] = field(default_factory=list)
    bases: dict[int, tuple[float, float]] = field(default_factory=dict)
    lines: list[tuple[Point, Point]] = field(default_factory=list)

    def text(self, at: Point, text: str, pen: Pen) -> tuple[int, ...]:
        """Write one line that starts at a point of its base line; ids of its words (what stands
        between blanks)."""
        ids = []
        x, blank = at[0], pen.width(" ")
        for part in text.split(" "):
            if part:
                ids.append(self.word((x, at[1]), part, pen))
            x += pen.width(part) + blank
        return tuple(ids)

    def word(self, at: Point, text: str, pen: Pen) -> int:
        """Write one word; its id. A word without ink is no word: ValueError."""
        box = self.ink((at[0], at[1]), text, pen)
        self.words.append(Word(self.new_id(), text, box))
        self.bases[self.words[-1].id] = (at[1], pen.size)
        return self.words[-1].id

    def word_down(self, at: Point, text: str, pen: Pen) -> int:
        """Write one word downwards, turned a quarter to the right; its id."""
        x, y = at
        flat = ink_of((0.0, 0.0), text, pen)
        self.operators.append(_shown(at, text, pen, is_down=True))
        box = Box(x - flat.y1, y + flat.x0, x - flat.y0, y + flat.x1)
        self.words.append(Word(self.new_id(), text, box))
        return self.words[-1].id

    def ink(self, at: Point, text: str, pen: Pen) -> Box:
        """Draw letters that are no word of the page (marks, scribbles); the box of their ink."""
        self.operators.append(_shown(at, text, pen))
        return ink_of(at, text, pen)

    def holds(self, box: Box) -> bool:
        """Whether the box lies on the paper."""
        width, height = self.size
        return min(box.x0, box.y0) >= 0 and box.x1 <= width and box.y1 <= height

    def line(self, start: Point, end: Point, *, width: float = 0.6, dash: str = "") -> None:
        """Draw a line; `dash` is PDF's own, such as "2 2"."""
        (x0, y0), (x1, y1) = start, end
        self.lines.append((start, end))
        self.operators.append(
            f"q {width:.2f} w [{dash}] 0 d {x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l S Q"
        )

    def rule(
        self, box: Box, *, width: float = 0.6, fill: Colour | None = None, color: Colour = BLACK
    ) -> None:
        """Draw the outline of a box (none for width 0), filled when a colour is given."""
        paint = ("f" if width == 0 else "B") if fill else ("n" if width == 0 else "S")
        inside = f"{_numbers(fill)} rg " if fill else ""
        self.operators.append(
            f"q {inside}{_numbers(color)} RG {width:.2f} w "
            f"{box.x0:.2f} {box.y0:.2f} {box.width:.2f} {box.height:.2f} re {paint} Q"
        )

    def curve(self, points: Sequence[Point], *, width: float = 1.0, color: Colour = BLACK) -> None:
        """Draw a line through many points."""
        path = " ".join(
            f"{x:.2f} {y:.2f} {'l' if index else 'm'}" for index, (x, y) in enumerate(points)
        )
        self.operators.append(f"q 1 J 1 j {width:.2f} w {_numbers(color)} RG {path} S Q")

    def picture(self, dpi: float, *, is_colour: bool = False) -> Image.Image:
        """What was drawn, printed; PyMuPDF rounds its size up to whole pixels."""
        return press.picture("\n".join(self.operators), self.size, dpi, is_colour=is_colour)

    def document(self) -> bytes:
        """What was drawn as a PDF of one page, whose words can be read."""
        return press.document("\n".join(self.operators), self.size)

    def printed(self, dpi: float, *, is_colour: bool = False) -> tuple[Image.Image, Page]:
        """The picture and the truth in its pixels."""
        picture = self.picture(dpi, is_colour=is_colour)
        scale = dpi / press.POINTS_PER_INCH
        to_picture = (scale, 0.0, 0.0, scale, 0.0, 0.0)
        return picture, scanned_truth(self.truth(), to_picture, 0.0, picture.size)


def ink_of(at: Point, text: str, pen: Pen) -> Box:
    """The box of the ink of letters; ValueError where they have none."""
    used, size, x = face(pen.face), pen.size, at[0]
    boxes = []
    for letter in text:
        glyph = used.glyph(letter)
        if (ink := glyph.ink) is not None:
            leans = (-ink.y0 * pen.slant, -ink.y1 * pen.slant)
            boxes.append(
                Box(
                    x + (ink.x0 * pen.stretch + min(leans)) * size,
                    at[1] + ink.y0 * size,
                    x + (ink.x1 * pen.stretch + max(leans)) * size,
                    at[1] + ink.y1 * size,
                )
            )
        x += (glyph.advance + pen.spacing) * pen.stretch * size
    if not boxes:
        raise ValueError(f"no ink in {text!r}")
    around = Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )
    return around.grown(pen.weight / 2)


def _shown(at: Point, text: str, pen: Pen, *, is_down: bool = False) -> str:
    """Operators that show one run of letters."""
    frame = f"{pen.stretch:.3f} 0 {pen.slant:.3f} -1"
    if is_down:
        frame = f"0 {pen.stretch:.3f} 1 {pen.slant:.3f}"
    used = face(pen.face)
    codes = "".join(f"{used.glyph(letter).number:04x}" for letter in text)
    thick = f"2 Tr {pen.weight:.2f} w " if pen.weight else "0 Tr "
    return (
        f"BT {_numbers(pen.color)} rg {_numbers(pen.color)} RG {thick}"
        f"/{press.use(pen.face)} {pen.size:.2f} Tf {pen.spacing * pen.size:.3f} Tc "
        f"{frame} {at[0]:.2f} {at[1]:.2f} Tm <{codes}> Tj ET"
    )


def _numbers(color: Colour) -> str:
    return " ".join(f"{value:.3g}" for value in color)
