"""What stands around the fields of a form: letterhead, title, codes, page numbers, stamps."""

from __future__ import annotations

from dataclasses import replace

from model_backend.document import Box
from model_backend.synthesis.form_sheet import Column, Form, bold, writable
from model_backend.synthesis.paper import Pen


def letterhead(form: Form, column: Column) -> None:
    """Who issues the form: a name, an address, perhaps a mark; one entity, or several."""
    style = form.style
    pen = replace(style.title, size=style.title.size * form.random.uniform(0.8, 1.3))
    side = form.random.choice(("left", "centre", "centre"))
    place = Column(column.left, column.right, column.y + pen.size * 1.1, column.bottom)
    if form.happens(0.3):
        _mark(form, column.left, column.y)
        place.left += 42
    name = form.language.write("company", form.random)
    name = name.upper() if form.happens(0.5) else name
    ids = _centred_lines(form, place, form.lines(name, place.width, pen)[:2], pen, side)
    small: list[tuple[int, ...]] = []
    for kind in ("address", "phone")[: form.random.choices((0, 1, 2), (3, 4, 3))[0]]:
        place.y += (style.small.size - pen.size) * 0.25
        text = form.lines(form.language.write(kind, form.random), place.width, style.small)[:1]
        small.append(_centred_lines(form, place, text, style.small, side))
    _letterhead_entities(form, ids, small)
    column.y = place.y


def _letterhead_entities(form: Form, name: tuple[int, ...], small: list[tuple[int, ...]]) -> None:
    label = "header" if form.happens(0.8) else "other"
    together = tuple(key for ids in small for key in ids)
    if form.happens(0.25):
        form.paper.entity(label, name + together)
        return
    form.paper.entity(label, name)
    for ids in [together] if together and form.happens(0.5) else small:
        form.paper.entity("other", ids)


def _centred_lines(
    form: Form, place: Column, lines: list[str], pen: Pen, side: str
) -> tuple[int, ...]:
    """Write lines and move down; ids of their words."""
    ids: list[int] = []
    for line in lines:
        x = _start(side, place.left, place.right, pen.width(line))
        ids += form.paper.text((x, place.y), line, pen)
        place.y += pen.size * 1.4
    return tuple(ids)


def _start(side: str, left: float, right: float, width: float) -> float:
    return left if side == "left" else max(left, (left + right - width) / 2)


def _mark(form: Form, x: float, y: float) -> None:
    """A drawn sign of the house."""
    size = form.random.uniform(22, 34)
    form.paper.rule(Box(x, y, x + size, y + size), width=form.random.uniform(0.8, 2.5))
    for _line in range(form.random.randint(1, 3)):
        inside = [form.random.uniform(3, size - 3) for _ in range(6)]
        points = [(x + inside[n], y + inside[n + 3]) for n in range(3)]
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
    place = Column(column.left, column.right, column.y, column.bottom)
    place.y += pen.size * form.random.uniform(1.1, 1.9)
    ids = [_centred_lines(form, place, [line], pen, side) for line in lines]
    if form.happens(0.6):
        form.paper.entity("header", tuple(key for line in ids for key in line))
    else:
        for index, line in enumerate(ids):
            form.paper.entity("header" if index == 0 or form.happens(0.6) else "other", line)
    column.y = place.y - pen.size * form.random.uniform(0.0, 1.1)
    if form.happens(0.2):
        form.paper.line((column.left, column.y), (column.right, column.y), width=1.0)


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
        number = _page_number(form)
        form.write("other", (column.right - pen.width(number), column.y), [number], pen)


def bottom_lines(form: Form, column: Column, size: tuple[float, float]) -> None:
    """Small things below: a form's number, a page's, initials, a file's code; a long number."""
    width, height = size
    pen, y = form.style.small, height - form.random.uniform(24, 75)
    edge = column.left + (column.right - column.left) * 0.3
    if form.happens(0.5):
        text = form.lines(_form_number(form), edge - column.left, pen)[:1]
        form.write("other", (column.left, y), text, pen)
    if form.happens(0.25):
        number = _page_number(form)
        form.write("other", ((width - pen.width(number)) / 2, y), [number], pen)
    if form.happens(0.7):
        _stamped_number(form, column, size, y)


def _form_number(form: Form) -> str:
    random = form.random
    word, code = form.language.one(random, "form words"), form.language.write("code", random)
    typist = f"{random.choice('abcdefghj')}{random.choice('cdghkl')}"
    return random.choice(
        (
            f"{word} {code}",
            f"{word} {code} ({random.randint(1, 12)}/{random.randint(60, 99)})",
            code,
            f"{code} Rev. {random.randint(1, 12)}-{random.randint(60, 99)}",
            f"{form.language.write('initials', random)}/{typist}",
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
