"""What stands around the fields of a form: letterhead, title, codes, page numbers, stamps."""

from __future__ import annotations

from dataclasses import replace

from model_backend.document import Box
from model_backend.synthesis.form_sheet import Column, Form, bold, writable
from model_backend.synthesis.paper import Pen


def letterhead(form: Form, column: Column) -> None:
    """Who issues the form: a name, an address, perhaps a mark."""
    style = form.style
    pen = replace(style.title, size=style.title.size * form.random.uniform(0.8, 1.3))
    name = form.language.write("company", form.random)
    name = name.upper() if form.happens(0.5) else name
    base = column.y + pen.size * 1.1
    side = form.random.choice(("left", "centre", "centre"))
    left = column.left
    if form.happens(0.3):
        _mark(form, column.left, column.y)
        left += 42
    lines = form.lines(name, column.right - left, pen)[:2]
    x = _start(side, left, column.right, max(map(pen.width, lines)))
    form.write("header" if form.happens(0.8) else "other", (x, base), lines, pen)
    base += (len(lines) - 1) * pen.size * 1.25
    small = style.small
    for kind in ("address", "phone")[: form.random.randint(0, 2)]:
        base += small.size * 1.5
        text = form.lines(form.language.write(kind, form.random), column.right - left, small)[:1]
        x = _start(side, left, column.right, small.width(text[0]))
        form.write("other", (x, base), text, small)
    column.y = base + small.size


def _start(side: str, left: float, right: float, width: float) -> float:
    return left if side == "left" else max(left, (left + right - width) / 2)


def _mark(form: Form, x: float, y: float) -> None:
    """A drawn sign of the house."""
    size = form.random.uniform(22, 34)
    form.paper.rule(Box(x, y, x + size, y + size), width=form.random.uniform(0.8, 2.5))
    for _line in range(form.random.randint(1, 3)):
        points = [(x + form.random.uniform(3, size - 3), y + form.random.uniform(3, size - 3)) for _ in range(3)]  # fmt: skip
        form.paper.curve(points, width=form.random.uniform(1, 4))


def title(form: Form, column: Column, recipe: str) -> None:
    """What the form is called, one to three lines of it in one header or in several."""
    pen = form.style.title
    text = form.language.title(form.random, recipe)
    text = text.upper() if form.happens(0.75) else text
    lines = form.lines(text, column.width * 0.8, pen)
    if form.happens(0.2):
        company = form.language.write("company", form.random)
        lines.insert(0, company.upper() if form.happens(0.6) else company)
    if form.happens(0.4):
        lines.append(form.language.one(form.random, "subtitles"))
    side = form.random.choice(("left", "centre", "centre", "centre"))
    base = column.y + pen.size * form.random.uniform(1.1, 1.9)
    is_one = form.happens(0.6)
    if is_one and side == "left":
        form.write("header", (column.left, base), lines, pen)
    else:
        _centred(form, column, lines, base, pen, side, is_one=is_one)
    column.y = base + (len(lines) - 1) * pen.size * 1.25 + pen.size * form.random.uniform(0.2, 1.2)
    if form.happens(0.2):
        form.paper.line((column.left, column.y), (column.right, column.y), width=1.0)


def _centred(
    form: Form, column: Column, lines: list[str], base: float, pen: Pen, side: str, *, is_one: bool
) -> None:
    ids: list[int] = []
    for index, line in enumerate(lines):
        x = _start(side, column.left, column.right, pen.width(line))
        words = form.paper.text((x, base + index * pen.size * 1.25), line, pen)
        if is_one:
            ids += words
        else:
            form.paper.entity("header" if index == 0 or form.happens(0.6) else "other", words)
    if is_one:
        form.paper.entity("header", tuple(ids))


def top_lines(form: Form, column: Column) -> None:
    """Small things over the title: a fax machine's line, a form's number, a page's."""
    random, language = form.random, form.language
    pen = form.style.small
    if form.happens(0.1):
        machine = Pen("dejavu-mono" if form.happens(0.5) else "helv", random.uniform(5.5, 8))
        text = (
            f"{language.write('date', random)} {language.write('time', random)} "
            f"{language.write('company', random)} {language.write('phone', random)} "
            f"P.{random.randint(1, 9):02d}"
        )
        form.write(
            "other", (column.left - 8, column.y - 14), form.lines(text, 560, machine)[:1], machine
        )
    if form.happens(0.25):
        form.write("other", (column.left, column.y), [_form_number(form)], pen)
    if form.happens(0.15):
        text = _page_number(form)
        form.write("other", (column.right - pen.width(text), column.y), [text], pen)


def bottom_lines(form: Form, column: Column, size: tuple[float, float]) -> None:
    """Small things below: a form's number, a page's, initials, a file's code; a long number."""
    width, height = size
    pen, y = form.style.small, height - form.random.uniform(22, 50)
    edge = column.left + (column.right - column.left) * 0.3
    if form.happens(0.5):
        text = form.lines(_form_number(form), edge - column.left, pen)[:1]
        form.write("other", (column.left, y), text, pen)
    if form.happens(0.25):
        text = _page_number(form)
        form.write("other", ((width - pen.width(text)) / 2, y), [text], pen)
    if form.happens(0.7):
        _stamped_number(form, column, size, y)


def _form_number(form: Form) -> str:
    random = form.random
    word, code = form.language.one(random, "form words"), form.language.write("code", random)
    return random.choice(
        (
            f"{word} {code}",
            f"{word} {code} ({random.randint(1, 12)}/{random.randint(60, 99)})",
            code,
            f"{code} Rev. {random.randint(1, 12)}-{random.randint(60, 99)}",
            f"{form.language.write('initials', random)}/{random.choice('abcdefghj')}{random.choice('cdghkl')}",
        )
    )


def _page_number(form: Form) -> str:
    page = form.random.randint(1, 6)
    text = form.language.one(form.random, "page words")
    return text.format(n=page, of=page + form.random.randint(0, 4))


def _stamped_number(form: Form, column: Column, size: tuple[float, float], y: float) -> None:
    """The long number that an archive stamps on each page, across or up the side."""
    width, height = size
    digits = str(form.random.randrange(10**7, 10**9))
    if form.happens(0.25):
        digits = f"{form.language.write('initials', form.random)} {digits}"
    pen = bold(
        Pen(form.random.choice(("hebo", "cobo", "helv", "tibo")), form.random.uniform(9, 15))
    )
    if form.happens(0.45):
        x, top = width - form.random.uniform(16, 30), height * form.random.uniform(0.5, 0.85)
        if x > column.right + 4:
            text = writable(digits.replace(" ", ""), pen)
            form.paper.entity("other", (form.paper.word_down((x, top), text, pen),))
        return
    x = width - pen.width(digits) - form.random.uniform(15, 70)
    if x > column.left + column.width * 0.55:
        form.write("other", (x, min(height - 8, y)), [digits], pen)


def stamp(form: Form, column: Column) -> None:
    """A clerk's stamp in free space: a word, and a date that may be its answer."""
    if column.room < 40 or not form.happens(0.5):
        return
    pen = bold(Pen(form.random.choice(("helv", "hebo", "tibo")), form.random.uniform(11, 20)))
    text = form.language.one(form.random, "stamps")
    if form.language.name == "ko":
        pen = replace(pen, face="korea")
    x = form.random.uniform(column.left, max(column.left, column.right - pen.width(text) - 4))
    y = column.y + pen.size * 1.6
    if form.happens(0.5):
        made = form.write("question", (x, y), [text], pen)
        date = form.language.write("date", form.random)
        small = replace(pen, size=pen.size * 0.6)
        answer = form.write("answer", (x + 3, y + pen.size), [date], small)
        form.paper.link(made.id, answer.id)
        column.y = y + pen.size * 1.3
    else:
        form.write("other", (x, y), [text], pen)
        column.y = y + 4
