"""Blocks of choices: options with check boxes, questions that are whole sentences."""

from __future__ import annotations

from model_backend.document import Box, Point, Word
from model_backend.synthesis.form_sheet import Column, Form, Written

MARKS = ("X", "X", "X", "x")
OPEN, TICKED = "☐", "☑"


def options(form: Form, column: Column) -> None:
    """What is asked and its options, in a row or below each other."""
    for _row in range(form.random.randint(1, 4)):
        if column.room < form.style.leading * 2.5:
            return
        one_set(form, column)


def one_set(form: Form, column: Column, *, asked: str = "") -> None:
    """One question with its options; the ticked one's mark is its answer, or the option is."""
    style, pen = form.style, form.style.label
    base = column.y + style.leading
    text = form.label(asked or form.language.one(form.random, "asks"), is_short=not asked)
    lines = form.lines(text, column.width * (0.95 if asked else 0.4), pen)
    are_questions = form.happens(0.65)
    if are_questions:
        head = form.write(
            "header" if form.happens(0.6) else "question", (column.left, base), lines, pen
        )
        if form.owner is not None:
            form.paper.link(form.owner, head.id)
    else:
        head = form.ask((column.left, base), lines)
    last = base + (len(lines) - 1) * pen.size * 1.25
    is_below = head.box.x1 > column.left + column.width * 0.5 or form.happens(0.15)
    x, y = (
        (column.left + 12, last + style.leading)
        if is_below
        else (head.box.x1 + style.gap + 4, last)
    )
    column.y = _listed(form, column, head, (x, y), are_questions=are_questions)


def _listed(form: Form, column: Column, head: Written, at: Point, *, are_questions: bool) -> float:
    """Write the options from a point on; the last base line."""
    style, pen = form.style, form.style.label
    choices = form.language.choices(form.random)
    ticked = form.random.randrange(len(choices)) if form.is_answered() else -1
    mark_first, has_box = form.happens(0.7), form.happens(0.6)
    gap = pen.size * form.random.uniform(0.8, 3.6)
    start = at[0]
    x, y = at
    for index, choice in enumerate(choices):
        text = choice.upper() if style.case == "upper" else choice
        needed = pen.width(text) + pen.size * 3
        if x + needed > column.right and x > start:
            x, y = start, y + pen.size * 1.7
        if x + needed > column.right or y > column.bottom - 2:
            break
        box_x = x if mark_first else x + pen.width(text) + pen.size * 0.6
        text_x = x + pen.size * 1.8 if mark_first else x
        box = Box(box_x, y - pen.size * 0.8, box_x + pen.size * 0.85, y + pen.size * 0.05)
        square = (
            _square(form, box, is_ticked=index == ticked) if has_box and style.has_boxes else None
        )
        if has_box:
            form.paper.rule(box, width=0.6)
        elif form.happens(0.8):
            form.paper.line((box.x0 - 2, y + 1), (box.x1 + 4, y + 1), width=0.6)
        _option(
            form,
            head,
            (text_x, y),
            text,
            square,
            box if index == ticked else None,
            are_questions=are_questions,
        )
        x += needed + gap
    return y


def _square(form: Form, box: Box, *, is_ticked: bool) -> int:
    """A check box that is a word, too; its id."""
    form.paper.words.append(
        Word(form.paper.new_id(), TICKED if is_ticked else OPEN, box.grown(0.3))
    )
    return form.paper.words[-1].id


def _option(
    form: Form,
    head: Written,
    at: Point,
    text: str,
    square: int | None,
    ticked: Box | None,
    *,
    are_questions: bool,
) -> None:
    """One option: a question whose answer is its mark, or an answer itself."""
    paper, pen = form.paper, form.style.label
    ids = paper.text(at, text, pen)
    if not are_questions:
        made = paper.entity("answer", ids if square is None else (square, *ids))
        paper.link(head.id, made)
        if ticked is not None:
            _draw_mark(form, ticked)
        return
    made = paper.entity("question", ids)
    paper.link(head.id, made)
    if square is not None:
        paper.link(made, paper.entity("answer", (square,)))
        if ticked is not None:
            _draw_mark(form, ticked)
    elif ticked is not None:
        _mark(form, made, ticked)


def _mark(form: Form, option: int, box: Box) -> None:
    """An X or a tick in a box that is the option's answer."""
    pen = form.style.value
    text = form.random.choice(MARKS)
    width = pen.width(text)
    at = (box.center[0] - width / 2, box.y1 - pen.size * 0.05)
    made = form.write("answer", at, [text], pen)
    form.paper.link(option, made.id)


def _draw_mark(form: Form, box: Box) -> None:
    """A cross that is no word."""
    form.paper.line((box.x0, box.y0), (box.x1, box.y1), width=0.9)
    form.paper.line((box.x0, box.y1), (box.x1, box.y0), width=0.9)


def questions(form: Form, column: Column) -> None:
    """Whole sentences with options, a line to write on, or nothing yet."""
    style = form.style
    for _row in range(form.random.randint(1, 5)):
        if column.room < style.leading * 4:
            return
        text = form.language.question(form.random)
        if form.happens(0.5):
            one_set(form, column, asked=text)
            continue
        base = column.y + style.leading
        lines = form.lines(form.label(text), column.width * 0.95, style.label)
        question = form.ask((column.left, base), lines)
        last = base + (len(lines) - 1) * style.label.size * 1.25
        start = column.left + 12
        if column.right - question.box.x1 > 90 and len(lines) == 1:
            start = question.box.x1 + style.gap
        else:
            last += max(style.leading, style.value.size * 1.4)
        form.underline(start, column.right, last)
        if form.is_answered():
            kind = form.random.choice(("sentence", "phrase", "count", "date", "phrase"))
            form.answer([question.id], (start, last), form.value(kind, column.right - start))
        column.y = last


def sentence(form: Form, column: Column) -> None:
    """A line of labels with blanks between them: "From ____ to ____ by ____"."""
    style = form.style
    for _row in range(form.random.randint(1, 3)):
        base = column.y + style.leading
        if base + 4 > column.bottom:
            return
        x = column.left
        for _part in range(form.random.randint(2, 4)):
            asked = form.field()
            text = form.label(asked.label, is_short=True)
            lines = form.value(asked.kind, 110.0)
            blank = max(form.width(lines[0]) if lines else 0.0, 34.0)
            if x + style.label.width(text) + blank + 12 > column.right:
                break
            question = form.ask((x, base), [text])
            start = question.box.x1 + 4
            form.underline(start, start + blank, base)
            if form.is_answered():
                form.answer([question.id], (start, base), lines)
            x = start + blank + style.label.size * form.random.uniform(0.6, 1.6)
        column.y = base
