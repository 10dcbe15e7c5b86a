"""Tables inside forms: heads of columns and rows are questions, cells their answers."""

from __future__ import annotations

from dataclasses import dataclass

from model_backend.document import Box
from model_backend.synthesis.form_language import Field
from model_backend.synthesis.form_sheet import Column, Form, Written

RIGHT_SET = ("amount", "count", "number", "percent")


@dataclass(frozen=True)
class Plan:
    """How one table is made."""

    edges: tuple[float, ...]
    fields: tuple[Field, ...]
    has_row_heads: bool
    rows: int
    height: float
    rules: str
    """ "all", "rows", "columns" or ""."""
    filled: float
    links_columns: bool


def table(form: Form, column: Column) -> None:
    """A table with heads over its columns and, often, before its rows."""
    plan = _planned(form, column)
    if len(plan.fields) < 2 or plan.rows < 1:
        return
    heads, body = _heads(form, column, plan)
    last = body
    for row in range(plan.rows):
        _row(form, plan, heads, body + row * plan.height)
        last = body + (row + 1) * plan.height
    _ruled(form, plan, (column.y + 2, body, last))
    column.y = last + 4


def _planned(form: Form, column: Column) -> Plan:
    size = form.style.value.size
    height = size * form.random.uniform(1.35, 2.2)
    count = form.random.randint(2, max(2, min(7, int(column.width / 62))))
    has_row_heads = form.happens(0.5)
    fields = tuple(_field(form, first=index == 0, heads=has_row_heads) for index in range(count))
    shares = [form.random.uniform(0.7, 1.3) * (1.7 if _is_wide(field) else 1.0) for field in fields]
    width = min(column.width, max(count * 58.0, column.width * form.random.uniform(0.45, 1.15)))
    edges = [column.left]
    for share in shares:
        edges.append(edges[-1] + width * share / sum(shares))
    room = column.room - size * 4
    return Plan(
        edges=tuple(edges),
        fields=fields,
        has_row_heads=has_row_heads,
        rows=max(0, min(form.random.randint(2, 9), int(room / height))),
        height=height,
        rules=form.random.choices(("all", "rows", "columns", ""), (40, 18, 7, 35))[0],
        filled=form.style.answered * form.random.uniform(0.4, 1.0),
        links_columns=form.happens(0.9),
    )


def _field(form: Form, *, first: bool, heads: bool) -> Field:
    return Field("", "row") if first and heads else form.language.column(form.random)


def _is_wide(field: Field) -> bool:
    return field.kind in ("row", "product", "phrase", "company", "person")


def _heads(form: Form, column: Column, plan: Plan) -> tuple[list[Written | None], float]:
    """The heads of the columns, in one or two lines; the top of the rows below them."""
    style, pen = form.style, form.style.label
    label = "header" if form.happens(0.12) else "question"
    base = column.y + pen.size * 1.5
    heads: list[Written | None] = []
    deepest = base
    is_centred = form.happens(0.4)
    for index, field in enumerate(plan.fields):
        left, right = plan.edges[index] + 3, plan.edges[index + 1] - 3
        text = field.label.upper() if style.case == "upper" else field.label
        lines = form.lines(text, right - left, pen)[:2] if field.label else []
        if not lines or max(map(pen.width, lines)) > right - left:
            heads.append(None)
            continue
        x = left
        if is_centred:
            x += (right - left - max(map(pen.width, lines))) / 2
        head = form.write(label, (x, base), lines, pen)
        if form.owner is not None and label == "question":
            form.paper.link(form.owner, head.id)
        heads.append(head)
        deepest = max(deepest, base + (len(lines) - 1) * pen.size * 1.25)
    return heads, deepest + pen.size * 0.6


def _row(form: Form, plan: Plan, heads: list[Written | None], top: float) -> None:
    """One row's head and cells."""
    base = top + plan.height * 0.72
    row: Written | None = None
    for index, field in enumerate(plan.fields):
        left, right = plan.edges[index] + 3, plan.edges[index + 1] - 3
        if field.kind == "row":
            text = form.language.row(form.random)
            text = text.upper() if form.style.case == "upper" else text
            lines = form.lines(text, right - left, form.style.label)[:1]
            if form.style.label.width(lines[0]) <= right - left:
                row = form.write("question", (left, base), lines, form.style.label)
            continue
        asked = _asked(plan, heads[index], row)
        if not asked or not form.happens(plan.filled):
            continue
        lines = form.value(field.kind, right - left - 2)
        x = left
        if lines and field.kind in RIGHT_SET:
            x = max(left, right - form.width(lines[0]) - 2)
        form.answer(asked, (x, base), lines)


def _asked(plan: Plan, head: Written | None, row: Written | None) -> list[int]:
    """Which questions a cell answers: its column's, its row's, or both."""
    asked = [head.id] if head is not None and (plan.links_columns or row is None) else []
    if row is not None and (not asked or plan.has_row_heads):
        asked.append(row.id)
    return asked[-1:] if len(asked) == 2 and plan.rows % 3 == 0 else asked


def _ruled(form: Form, plan: Plan, tops: tuple[float, float, float]) -> None:
    """The table's lines."""
    top, body, bottom = tops
    left, right = plan.edges[0], plan.edges[-1]
    paper, width = form.paper, form.style.rule_width
    if plan.rules in ("all", "rows"):
        for y in (top, *(body + row * plan.height for row in range(plan.rows + 1))):
            paper.line((left, y), (right, y), width=width)
    if plan.rules in ("all", "columns"):
        for x in plan.edges:
            paper.line((x, top), (x, bottom), width=width)
    if plan.rules == "all" and form.happens(0.3):
        paper.rule(Box(left, top, right, bottom), width=width * 2)
