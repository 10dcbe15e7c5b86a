"""Blocks of running text, and the headers of sections."""

from __future__ import annotations

from model_backend.document import Box
from model_backend.synthesis.form_sheet import Column, Form


def section(form: Form, column: Column) -> None:
    """A section's header; in some forms it is linked to the questions below it."""
    style, pen = form.style, form.style.header
    text = form.language.section(form.random)
    text = text.upper() if form.happens(0.7) else text
    if form.happens(0.15):
        text = f"{form.random.choice(('I', 'II', 'III', 'A', 'B', '1', '2'))}. {text}"
    base = column.y + max(style.leading * 1.3, pen.size * 1.9)
    if base + style.leading * 3 > column.bottom:
        return
    lines = form.lines(text, column.width - 8, pen)[:1]
    width = pen.width(lines[0])
    x = column.left + (column.width - width) / 2 if form.happens(0.45) else column.left + 2
    if style.shade < 1 and form.happens(0.7):
        form.shaded(Box(column.left, base - pen.size, column.right, base + pen.size * 0.4), 0.5)
    elif form.happens(0.25):
        form.paper.line((x, base + 2), (x + width, base + 2), width=0.8)
    made = form.write("header", (x, base), lines, pen)
    form.owner = made.id if style.links_headers and form.happens(0.85) else None
    form.asked = 0
    column.y = base + pen.size * 0.5


def comments(form: Form, column: Column) -> None:
    """A question whose answer is running text, on lines or on none."""
    style, pen = form.style, form.style.value
    kinds = [
        text.split("|") for topic in form.topics
        for kind, text in form.language.topics[topic].items() if kind == "sentence"
    ]  # fmt: skip
    labels = kinds or [form.language.topics["project"]["sentence"].split("|")]
    base = column.y + style.leading
    text = form.label(form.random.choice(form.random.choice(labels)))
    lines = form.lines(text, column.width * 0.9, style.label)[:1]
    question = form.ask((column.left, base), lines)
    is_below = form.happens(0.6) or question.box.x1 > column.left + column.width * 0.35
    left = (
        column.left + form.random.choice((0, 14, 24)) if is_below else question.box.x1 + style.gap
    )
    leading = pen.size * form.random.choice((1.2, 1.3, 1.5, 1.9))
    y = base + leading if is_below else base
    ruled = form.random.randint(2, 6) if style.rule in ("line", "dash") else 0
    for index in range(ruled):
        if y + index * leading < column.bottom:
            form.underline(left if index == 0 else column.left, column.right, y + index * leading)
    column.y = max(y + max(0, ruled - 1) * leading, base)
    if form.is_answered():
        column.y = max(column.y, _running(form, column, question.id, left, y, leading))


def _running(
    form: Form, column: Column, question: int, left: float, y: float, leading: float
) -> float:
    """Paragraphs that answer a question, one entity each; the last base line."""
    style = form.style
    for _part in range(form.random.choices((1, 2, 3), (75, 17, 8))[0]):
        text = form.language.paragraph(form.random, form.random.randint(1, 6))
        room = max(0, int((column.bottom - y) / leading) + 1)
        if style.hand is not None:
            text = " ".join(text.rstrip(".").split()[: form.random.randint(3, 7)])
        lines = form.lines(text, column.right - left, style.value)[:room]
        if not lines:
            break
        if style.hand is not None:
            form.answer([question], (left, y), lines[:1])
            return y
        made = form.write("answer", (left, y), lines, style.value, leading)
        form.paper.link(question, made.id)
        y += len(lines) * leading
    return y - leading


def note(form: Form, column: Column) -> None:
    """Instructions, promises, notices: text that nobody asked for."""
    style = form.style
    pen = style.small if form.happens(0.6) else style.label
    texts = form.random.choices((1, 2, 3), (60, 28, 12))[0]
    text = " ".join(form.language.one(form.random, "notes") for _ in range(texts))
    if form.happens(0.3):
        text = text.upper()
    base = column.y + max(pen.size * 1.8, style.leading * 0.9)
    lines = form.lines(text, column.width, pen)
    leading = pen.size * 1.25
    if base + (len(lines) - 1) * leading > column.bottom:
        return
    x = column.left
    if len(lines) == 1 and form.happens(0.35):
        x += (column.width - pen.width(lines[0])) / 2
    if form.happens(0.85):
        form.write("other", (x, base), lines, pen, leading)
    else:  # some sets have each line by itself
        for index, line in enumerate(lines):
            form.write("other", (x, base + index * leading), [line], pen)
    column.y = base + (len(lines) - 1) * leading + pen.size * 0.4


def aside(form: Form, column: Column) -> None:
    """A few short words that nobody asked for, anywhere in a line: hints, units, codes."""
    base = column.y + form.style.leading
    if base > column.bottom:
        return
    parts = column.split(form.random.randint(1, 4 if column.width > 300 else 2), 12)
    for part in parts:
        pen = form.style.small if form.happens(0.5) else form.style.label
        kind = form.random.choice(("subtitles", "hints", "code", "initials", "number", "phrase"))
        is_listed = kind in ("subtitles", "hints")
        pick = (
            form.language.one
            if is_listed
            else lambda random, name: form.language.write(name, random)
        )
        text = pick(form.random, kind)
        text = text.upper() if form.happens(0.3) else text
        lines = form.lines(text, part.width, pen)[:1]
        x = part.left + form.random.uniform(0, max(0.0, part.width - pen.width(lines[0])))
        form.write("other", (x, base), lines, pen)
    column.y = base
