"""Blocks of labels with values: in rows, stacked, in a grid of boxes, in lists."""

from __future__ import annotations

from model_backend.document import Box
from model_backend.synthesis.form_language import Field
from model_backend.synthesis.form_sheet import Column, Form

LONG = ("sentence", "address", "persons", "phrase", "product")
"""Kinds of values that may go over several lines."""
LISTED = ("person", "phrase", "company", "product", "sentence", "phrase", "quantity")
"""Kinds of values that come in lists."""


def rows(form: Form, column: Column) -> None:
    """Labels with their values beside them, one to three in a row."""
    across = form.random.choices((1, 2, 3), _across(column.width))[0]
    is_tabbed = form.happens(0.45)
    gap = form.style.label.size * form.random.uniform(1.0, 2.5)
    count = form.random.randint(2, 7)
    tabs = [form.random.uniform(0.3, 0.5) for _ in range(across)]
    for _row in range(count):
        if column.room < 2 * form.style.leading:
            return
        parts = column.split(across, gap)
        if across > 1 and form.happens(0.15):
            parts = column.split(form.random.randint(1, across), gap)
        for index, part in enumerate(parts):
            at = part.left + part.width * tabs[index % across] if is_tabbed else None
            asked = form.field()
            if len(parts) == 1 and form.happens(0.3):
                asked = Field(asked.label, form.random.choice(LONG))
            _beside(form, part, asked, at)
        column.y = max(part.y for part in parts)


def _across(width: float) -> tuple[int, int, int]:
    if width < 260:
        return (1, 0, 0)
    return (6, 6, 0) if width < 400 else (7, 6, 4)


def _beside(form: Form, part: Column, asked: Field, tab: float | None) -> None:
    """A label and, after it, its value on the same line; long ones go on below."""
    style, pen = form.style, form.style.label
    text = form.label(asked.label)
    room = (tab - part.left if tab else part.width * 0.6) - 2
    label = form.lines(text, room, pen)[:3]
    base = part.y + style.leading
    question = form.ask((part.left, base), label)
    end = max(question.box.x1, tab or 0.0) + (style.gap if tab is None else 2)
    width = part.right - end
    last = base + (len(label) - 1) * pen.size * 1.25
    is_long = asked.kind in LONG and part.width > 180 and form.happens(0.5)
    lines = form.value(asked.kind, width, form.random.randint(2, 4) if is_long else 1)
    form.underline(end - 2, part.right, base)
    if width > 20 and form.is_answered():
        answer = form.answer([question.id], (end, base), lines)
        if answer is not None:
            last = max(last, base + (len(lines) - 1) * style.value.size * 1.25)
    part.y = last + max(0.0, (style.leading - pen.size) * 0.3)


def stacked(form: Form, column: Column) -> None:
    """Values over or under their labels, in one or two rows of two to four."""
    style = form.style
    is_caption = form.happens(0.5)
    size = style.value.size
    for _row in range(form.random.randint(1, 3)):
        if column.room < size * 5:
            return
        parts = column.split(form.random.randint(1, 4 if column.width > 380 else 2), size * 1.5)
        for part in parts:
            asked = form.field()
            upper = part.y + size * 1.6
            lower = upper + size * 1.45
            label_y, value_y = (lower, upper) if is_caption else (upper, lower)
            pen = style.small if is_caption else style.label
            label = form.lines(form.label(asked.label), part.width, pen)[:1]
            question = form.ask((part.left, label_y), label, pen)
            form.underline(part.left, part.right, value_y)
            if form.is_answered():
                lines = form.value(asked.kind, part.width)
                form.answer([question.id], (part.left + form.random.uniform(0, 8), value_y), lines)
        column.y += size * form.random.uniform(3.4, 4.2)


def boxed(form: Form, column: Column) -> None:
    """A grid of ruled boxes, each with its label in a corner or beside its value."""
    style = form.style
    is_corner = form.happens(0.6 if form.language.name == "en" else 0.2)
    label = style.small if is_corner else style.label
    width = form.random.uniform(0.4, 1.4)
    top = column.y + style.label.size * 0.6
    start = top
    low = label.size + style.value.size * 1.5 + 5 if is_corner else style.value.size * 1.9
    for _row in range(form.random.randint(1, 6)):
        tall = low * form.random.choice((1.0, 1.0, 1.15, 1.6))
        if top + tall > column.bottom:
            break
        for box in _cells(form, column, top, top + tall):
            _cell(form, box, is_corner=is_corner, width=width)
        top += tall
    if top > start and form.happens(0.4):
        form.paper.rule(Box(column.left, start, column.right, top), width=width * 2)
    column.y = top + 2


def _cells(form: Form, column: Column, top: float, bottom: float) -> list[Box]:
    """A row's boxes, of uneven widths."""
    most = max(1, int(column.width / 95))
    shares = [form.random.uniform(0.6, 1.6) for _ in range(form.random.randint(1, min(4, most)))]
    edges = [column.left]
    for share in shares:
        edges.append(edges[-1] + column.width * share / sum(shares))
    return [Box(left, top, right, bottom) for left, right in zip(edges, edges[1:], strict=False)]


def _cell(form: Form, box: Box, *, is_corner: bool, width: float) -> None:
    style = form.style
    pen = style.small if is_corner else style.label
    asked = form.field()
    inner = box.width - 8
    label = form.lines(form.label(asked.label), inner if is_corner else inner * 0.6, pen)[:1]
    if not is_corner and style.shade < 1 and pen.width(label[0]) < inner * 0.5:
        side = Box(box.x0, box.y0, box.x0 + inner * 0.5 + 4, box.y1)
        form.shaded(side, width)
    form.paper.rule(box, width=width)
    base = box.y0 + pen.size + 1 if is_corner else (box.y0 + box.y1 + pen.size * 0.7) / 2
    question = form.ask((box.x0 + 3, base), label, pen)
    if question.box.x1 > box.x1 - 1:
        return
    if is_corner:
        at = (box.x0 + form.random.uniform(4, 14), box.y1 - 3 - style.value.size * 0.2)
    else:
        at = (max(question.box.x1 + 5, box.x0 + inner * 0.5 + 8), base)
    if form.is_answered():
        form.answer([question.id], at, form.value(asked.kind, box.x1 - at[0] - 3))


def listing(form: Form, column: Column) -> None:
    """One label and several answers below each other: copies, ingredients, attendees."""
    style = form.style
    asked = form.field()
    base = column.y + style.leading
    label = form.lines(form.label(asked.label), column.width * 0.45, style.label)[:2]
    question = form.ask((column.left, base), label)
    is_beside = form.happens(0.7)
    left = question.box.x1 + style.gap if is_beside else column.left + 14
    y = base if is_beside else base + style.value.size * 1.4
    kind = form.random.choice(LISTED)
    is_one = form.happens(0.25)
    lines: list[str] = []
    for _line in range(form.random.randint(2, 6)):
        lines += form.value(kind, column.right - left)
    if y + len(lines) * style.value.size * 1.4 > column.bottom:
        lines = lines[:1]
    if not form.is_answered():
        column.y = base + style.leading
        return
    for group in [lines] if is_one else [[line] for line in lines]:
        form.answer([question.id], (left, y), group)
        y += style.value.size * (
            1.25 * len(group) + (0.0 if is_one else form.random.choice((0.0, 0.5)))
        )
    column.y = y


def amounts(form: Form, column: Column) -> None:
    """Labels on the left and numbers set right, with a total; leaders between the two."""
    style = form.style
    kind = form.random.choice(("amount", "amount", "amount", "number", "count", "percent"))
    right = column.left + min(column.width, form.random.uniform(180, 420))
    has_leaders = form.happens(0.3)
    for _row in range(form.random.randint(3, 8)):
        base = column.y + style.leading
        if base + 4 > column.bottom:
            return
        text = form.label(form.language.row(form.random))
        label = form.lines(text, (right - column.left) * 0.6, style.label)[:1]
        question = form.ask((column.left, base), label)
        lines = form.value(kind, (right - column.left) * 0.35) if form.is_answered() else []
        width = form.width(lines[0]) if lines else 40.0
        if has_leaders:
            end = right - width - 4
            form.paper.line((question.box.x1 + 3, base), (end, base), width=0.7, dash="0.8 3")
        else:
            form.underline(right - max(width, 50), right, base)
        form.answer([question.id], (right - width, base), lines)
        column.y = base
    column.y += 4


def signatures(form: Form, column: Column) -> None:
    """Lines to sign on: a label before or under each, a date beside."""
    style = form.style
    is_under = form.happens(0.4)
    for _row in range(form.random.randint(1, 3)):
        base = column.y + max(style.leading, style.value.size * 2.4)
        if base + style.label.size * 2 > column.bottom:
            return
        for part, kind in zip(column.split(2, 20), ("sign", "date"), strict=True):
            topic = Field(_signer(form), "person") if kind == "sign" else _date(form)
            text = form.lines(form.label(topic.label, is_short=True), part.width * 0.8, style.label)
            at = (part.left, base + style.label.size * 1.3) if is_under else (part.left, base)
            question = form.ask(at, text[:1])
            start = part.left if is_under else question.box.x1 + 5
            form.paper.line((start, base + 2), (part.right, base + 2), width=0.6)
            if part.right - start > 60 and form.is_answered():
                _signed(form, question.id, (start + 4, base), kind, part.right - start - 4)
        column.y = base + style.label.size * (1.6 if is_under else 0.6)


def _signer(form: Form) -> str:
    topics = [topic for topic in form.topics if "person" in form.language.topics[topic]]
    topic = form.random.choice(topics or ["person"])
    return form.random.choice(form.language.topics[topic]["person"].split("|"))


def _date(form: Form) -> Field:
    return Field(form.random.choice(form.language.topics["project"]["date"].split("|")), "date")


def _signed(form: Form, question: int, at: tuple[float, float], kind: str, width: float) -> None:
    """A name or a date, by hand most of the time."""
    hand = form.style.signer
    lines = form.value("date" if kind == "date" else "person", width * 0.8)
    lines = [line for line in lines if form.hand_width(line, hand) < width] or lines[:0]
    if not lines or form.style.hand is not None or form.happens(0.4) or form.language.name == "ko":
        form.answer([question], at, lines)
    elif made := form.by_hand("answer", at, [lines[0].replace(",", "")], hand):
        form.paper.link(question, made.id)
