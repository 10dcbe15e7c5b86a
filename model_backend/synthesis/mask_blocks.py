"""Blocks that pages are built of, from the top of a column down; each says how tall it became."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from model_backend.document import Box
from model_backend.synthesis import mask_words
from model_backend.synthesis.families import between, chosen, happens
from model_backend.synthesis.hands import hand_of
from model_backend.synthesis.mask_charts import draw_chart
from model_backend.synthesis.mask_logos import draw_logo
from model_backend.synthesis.mask_marks import bar_code, check_box, comb, leader
from model_backend.synthesis.mask_page import CHECK_BOX, FIGURE, LOGO, TABLE, Collage, Photo
from model_backend.synthesis.paper import Pen
from model_backend.synthesis.table_drawing import draw_table


def paragraph(page: Collage, room: Box) -> float:
    """Running text, both sides even or not."""
    random, pen = page.random, page.body
    leading, y = pen.size * between(random, 1.1, 1.5), room.y0
    is_even, limit = happens(random, 0.5), int(random.integers(1, 14))
    indent = pen.size * 1.5 if happens(random, 0.4) else 0.0
    for line in range(limit):
        if y + leading > room.y1:
            break
        x = room.x0 + (indent if line == 0 else 0)
        parts = _filling(page, pen, room.x1 - x)
        if line == limit - 1:
            parts = parts[: int(random.integers(1, len(parts) + 1))]
        width = sum(pen.width(part) for part in parts)
        gap = (room.x1 - x - width) / max(1, len(parts) - 1)
        gap = gap if is_even and line < limit - 1 else pen.width(" ")
        for part in parts:
            page.paper.text((x, y + 0.8 * leading), part, pen)
            x += pen.width(part) + gap
        y += leading
    return y - room.y0 + pen.size * between(random, 0.2, 1.0)


def _filling(page: Collage, pen: Pen, width: float) -> list[str]:
    """Words that fill a line."""
    parts: list[str] = []
    left = width
    for word in mask_words.words(page.random, 40).split():
        shown = word.capitalize() if happens(page.random, 0.08) else word
        left -= pen.width(shown + " ")
        if left < 0:
            break
        parts.append(shown)
    return parts or ["a"]


def heading(page: Collage, room: Box) -> float:
    """A title or a section's head, some white on black, some on grey."""
    random = page.random
    size = page.body.size * chosen(random, (1.0, 1.2, 1.2, 1.5, 2.2))
    pen = replace(page.head, size=size, weight=max(page.head.weight, 0.3))
    text = chosen(random, mask_words.TITLES)
    if happens(random, 0.4):
        text = text.upper()
    if happens(random, 0.3):
        text = f"{int(random.integers(1, 9))}. {text}"
    if pen.width(text) > room.width:
        pen = replace(pen, size=size * room.width / pen.width(text))
    height = pen.size * 1.6
    style = random.random()
    if style < 0.12:
        page.paper.rule(Box(room.x0, room.y0, room.x1, room.y0 + height), width=0, fill=(0, 0, 0))
        pen = replace(pen, color=(1.0, 1.0, 1.0))
    elif style < 0.3:
        page.paper.rule(
            Box(room.x0, room.y0, room.x1, room.y0 + height), width=0.5, fill=(0.87, 0.87, 0.87)
        )
    x = room.x0 + 3 if happens(random, 0.7) else (room.x0 + room.x1 - pen.width(text)) / 2
    page.paper.text((x, room.y0 + pen.size * 1.15), text, pen)
    if style > 0.85:
        page.paper.line((room.x0, room.y0 + height), (room.x1, room.y0 + height), width=0.8)
    return height + page.body.size * between(random, 0.3, 1.0)


def fields(page: Collage, room: Box) -> float:
    """Labels with lines to fill, one to three beside each other, typed, written or left empty."""
    random = page.random
    across = int(random.integers(1, 4)) if room.width > 300 else 1
    step = between(random, 15, 30)
    y, is_boxed = room.y0, happens(random, 0.3)
    for _line in range(int(random.integers(1, 7))):
        if y + step > room.y1:
            break
        for column in range(across):
            width = room.width / across
            cell = Box(room.x0 + column * width, y, room.x0 + (column + 1) * width - 6, y + step)
            _field(page, cell, is_boxed=is_boxed)
        y += step
    return y - room.y0 + 6


def _field(page: Collage, cell: Box, *, is_boxed: bool) -> None:
    random = page.random
    label = chosen(random, mask_words.LABELS)
    pen = replace(page.body, size=min(page.body.size, 9.5))
    base = cell.y1 - 4
    if is_boxed:
        page.paper.rule(Box(cell.x0 - 2, cell.y0, cell.x1 + 4, cell.y1), width=0.5)
    if is_boxed and happens(random, 0.6):  # a small label in the corner
        small = replace(pen, size=max(5.0, pen.size * 0.65))
        page.paper.text((cell.x0, cell.y0 + small.size), label, small)
        x = cell.x0 + 4
    else:
        page.paper.text((cell.x0, base), label + (":" if happens(random, 0.6) else ""), pen)
        x = cell.x0 + pen.width(label) + 8
        if not is_boxed:
            leader(page.paper, (x - 2, base + 2), cell.x1, random)
    room = cell.x1 - x
    if room < 25 or happens(random, 0.25):
        return
    _fill(page, x, base, room, cell.height)


def _fill(page: Collage, x: float, base: float, room: float, height: float) -> None:
    random = page.random
    text = mask_words.value(random)
    if page.is_by_hand and happens(random, 0.85):
        size = min(height * 0.6, between(random, 6.5, 12.0))
        shown = text[: max(2, int(room / (size * 0.75)))].strip()
        page.write((x, base - between(random, -1, 2.5)), shown or "7", size)
        return
    while page.typed.width(text) > room and len(text) > 2:
        text = text[: len(text) * 2 // 3].strip() or "x"
    if page.typed.width(text) <= room and text.strip():
        page.paper.text((x, base - between(random, 0, 1.5)), text, page.typed)


def choices(page: Collage, room: Box) -> float:
    """Check boxes with their words, in a row or below each other."""
    random = page.random
    size = between(random, 5.5, 13.0)
    pen = replace(page.body, size=min(page.body.size, 10.0))
    count, is_row = int(random.integers(1, 8)), happens(random, 0.5)
    x, y, step = room.x0, room.y0 + size + 2, max(size, pen.size) * between(random, 1.3, 2.0)
    is_after = happens(random, 0.15)
    if is_row and happens(random, 0.6):
        label = chosen(random, mask_words.LABELS)
        page.paper.text((x, y - 1), label, pen)
        x += pen.width(label) + 12
    for _choice in range(count):
        text = mask_words.words(random, int(random.integers(1, 4))).capitalize()
        width = size + 5 + pen.width(text)
        if (is_row and x + width > room.x1) or y > room.y1:
            break
        left = x + pen.width(text) + 5 if is_after else x
        box = check_box(page.paper, (left, y), size, page.family, random, page.hand)
        page.places.append((CHECK_BOX, box))
        page.paper.text((x if is_after else x + size + 5, y - size * 0.15), text, pen)
        if is_row:
            x += width + between(random, 10, 40)
        else:
            y += step
    return (y if not is_row else y + 6) - room.y0


def table(page: Collage, room: Box, most: float = 420.0, often: float = 0.4) -> float:
    """A table of at most some height, often with a caption above and notes below."""
    random, y = page.random, room.y0
    if happens(random, often):
        y += _caption(page, replace_top(room, y), "Table")
    least = Box(room.x0, y, room.x1, min(room.y1, y + between(random, 70, max(80.0, most))))
    box = draw_table(page.paper, least, page.family, random)
    if box is None:
        return y - room.y0
    page.places.append((TABLE, box))
    y = box.y1 + 4
    small = replace(page.body, size=page.body.size * 0.75)
    while happens(random, 0.75 * often) and y + 24 < room.y1:
        text = mask_words.sentence(random)[: int(room.width / small.size * 1.6)]
        page.paper.text((room.x0, y + 9), text.strip() or "x", small)
        y += 1.3 * small.size
    if page.is_by_hand and happens(random, 0.25):
        at = (between(random, box.x0, box.center[0]), between(random, box.y0 + 15, box.y1))
        page.write(at, mask_words.number(random), between(random, 7, 12))
    return y - room.y0 + between(random, 6, 20)


def figure(page: Collage, room: Box) -> float:
    """A chart, a drawing or a photograph with a caption."""
    random = page.random
    width = room.width * between(random, 0.45, 1.0)
    height = width * between(random, 0.35, 1.0)
    height = min(height, room.height - 30)
    if height < 50 or width < 70:
        return 0.0
    x = room.x0 + (room.width - width) * chosen(random, (0.0, 0.5, 0.5, 1.0))
    box = Box(x, room.y0 + 4, x + width, room.y0 + 4 + height)
    if happens(random, 0.35):
        page.photos.append(Photo(box, int(random.integers(1 << 31))))
    else:
        draw_chart(page.paper, box, page.body.face, page.family, random)
    page.places.append((FIGURE, box))
    y = box.y1 + 6
    if happens(random, 0.7):
        y += _caption(page, replace_top(room, y), "Fig.")
    return y - room.y0 + between(random, 4, 14)


def _caption(page: Collage, room: Box, word: str) -> float:
    random = page.random
    pen = replace(page.body, size=page.body.size * 0.88)
    y = room.y0
    for line in range(int(random.integers(1, 4))):
        if y + pen.size * 1.3 > room.y1:
            break
        parts = _filling(page, pen, room.width * (0.8 if line else 0.7))
        text = " ".join(parts)
        if line == 0:
            text = f"{word} {int(random.integers(1, 12))}. {text}"
        page.paper.text((room.x0, y + pen.size), text[: max(4, len(text) - 6)].strip(), pen)
        y += pen.size * 1.25
    return y - room.y0 + 4


def letterhead(page: Collage, room: Box) -> float:
    """A firm's name and address, mostly with its logo."""
    random, height = page.random, 0.0
    x = room.x0
    if happens(random, 0.75):
        size = between(random, 22, 70)
        if size > room.height:
            return 0.0
        is_right = happens(random, 0.2)
        at = (room.x1 - size * 2.2, room.y0) if is_right else (x, room.y0)
        box = draw_logo(page.paper, at, size, page.family, random)
        page.places.append((LOGO, box))
        height = box.height
        x = x if is_right else box.x1 + 14
    pen = replace(page.head, size=between(random, 9, 26), weight=0.4)
    name = chosen(random, mask_words.FIRMS)
    name = name.upper() if happens(random, 0.5) else name
    if x + pen.width(name) < room.x1:
        page.paper.text((x, room.y0 + pen.size), name, pen)
        small = replace(page.body, size=min(8.0, page.body.size))
        y = room.y0 + pen.size + small.size * 1.5
        for _line in range(int(random.integers(0, 4))):
            page.paper.text((x, y), mask_words.value(random), small)
            y += small.size * 1.3
        height = max(height, y - room.y0)
    if happens(random, 0.3):
        page.paper.line((room.x0, room.y0 + height + 5), (room.x1, room.y0 + height + 5), width=1)
    return height + between(random, 12, 30)


def signing(page: Collage, room: Box) -> float:
    """Places for signatures, signed or not, with names and dates."""
    random = page.random
    height, count = between(random, 34, 70), int(random.integers(1, 4)) if room.width > 300 else 1
    if height > room.height:
        return 0.0
    width = room.width / count
    for index in range(count):
        x0 = room.x0 + index * width
        base = room.y0 + height * 0.7
        if happens(random, 0.75):
            page.paper.line((x0, base + 2), (x0 + width * 0.8, base + 2), width=0.6)
        pen = replace(page.body, size=min(9.0, page.body.size))
        label = chosen(
            random,
            (
                "Signature",
                "Authorized by",
                "Date and signature",
                "Manager",
                mask_words.name(random),
            ),
        )
        if happens(random, 0.85):
            page.paper.text((x0, base + 2 + pen.size * 1.2), label, pen)
        if happens(random, 0.8):
            size = between(random, 9, 24)
            page.sign((x0 + between(random, 0, width * 0.25), base - between(random, -4, 5)), size)
        if happens(random, 0.2):
            page.stamp((x0 + between(random, 0, width), base - between(random, -20, 20)))
    return height + 16


def note(page: Collage, room: Box) -> float:
    """Some lines written by hand."""
    random, hand = page.random, hand_of(page.family, page.random)
    size = between(random, 7, 14)
    y, step = room.y0 + size, size * between(random, 1.7, 2.6)
    for _line in range(int(random.integers(1, 7))):
        if y > room.y1:
            break
        count = max(1, int(room.width / (size * 4.5)))
        text = mask_words.words(random, int(random.integers(1, count + 1)))
        if happens(random, 0.2):
            text = f"{text} {mask_words.number(random)}"
        page.write((room.x0 + between(random, 0, 6), y), text, size, hand)
        y += step
    return y - room.y0 + 4


def oddment(page: Collage, room: Box) -> float:
    """Printed things that are none of the classes."""
    random, style = page.random, page.random.random()
    if style < 0.3:
        box = Box(
            room.x0,
            room.y0,
            min(room.x1, room.x0 + between(random, 60, 180)),
            room.y0 + between(random, 18, 40),
        )
        bar_code(page.paper, box, random)
        return box.height + 12
    if style < 0.55:
        side = between(random, 9, 18)
        cells = max(2, min(int(room.width / side) - 1, int(random.integers(3, 24))))
        comb(page.paper, (room.x0, room.y0 + side), cells, side)
        for index in range(cells if happens(random, 0.5) else 0):
            letter = str(int(random.integers(10)))
            page.paper.text(
                (room.x0 + (index + 0.2) * side, room.y0 + side * 0.8),
                letter,
                replace(page.typed, size=side * 0.8),
            )
        return side + 10
    if style < 0.75:
        height = between(random, 20, 90)
        if height > room.height:
            return 0.0
        box = Box(room.x0, room.y0, room.x1, room.y0 + height)
        shade = between(random, 0.75, 1.0)
        page.paper.rule(box, width=between(random, 0.4, 2.0), fill=(shade, shade, shade))
        inside = box.grown(-5)
        if happens(random, 0.7):
            paragraph(page, inside)
        elif happens(random, 0.3):
            note(page, inside)
        return height + 8
    if style < 0.88:
        page.paper.line(
            (room.x0, room.y0 + 4), (room.x1, room.y0 + 4), width=between(random, 0.3, 3.0)
        )
        return 12.0
    pen = replace(page.head, size=between(random, 16, 46), slant=between(random, 0, 0.4))
    text = chosen(random, mask_words.TITLES).split()[0]
    if pen.width(text) > room.width:
        return 0.0
    page.paper.text((room.x0, room.y0 + pen.size), text, pen)
    return pen.size * 1.4


def bullets(page: Collage, room: Box) -> float:
    """A list with dots, dashes, squares or numbers."""
    random, pen = page.random, page.body
    y, step = room.y0, pen.size * between(random, 1.2, 1.7)
    sign = chosen(random, ("-", "•", "1.", "(a)", "*", "▪"))
    for index in range(int(random.integers(2, 8))):
        if y + step > room.y1:
            break
        shown = (
            f"{index + 1}." if sign == "1." else f"({'abcdefgh'[index]})" if sign == "(a)" else sign
        )
        if sign == "▪":
            side = pen.size * 0.4
            page.paper.rule(
                Box(room.x0, y + side, room.x0 + side, y + 2 * side), width=0, fill=(0, 0, 0)
            )
        else:
            page.paper.text((room.x0, y + pen.size), shown, pen)
        text = " ".join(_filling(page, pen, (room.width - 20) * between(random, 0.3, 1.0)))
        page.paper.text((room.x0 + 16, y + pen.size), text, pen)
        y += step
    return y - room.y0 + 6


def replace_top(room: Box, top: float) -> Box:
    """The room from another top."""
    return Box(room.x0, top, room.x1, room.y1)


Block = Callable[[Collage, Box], float]
