"""What a segment of a form is: question, answer, header or other, by weighed signs.

Each sign is something a person would point at (a colon, digits, standing to the right of a label);
the tables say for which labels it speaks and how strongly, in the few strengths of `form_text`.
They were argued by hand, from how forms are made, and fitted to nothing (see `entities_rules`).
First the segments are judged alone, then again with what their neighbours seem to be.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from model_backend.document import Page
from model_backend.predictors.form_text import (
    CHECK_BOXES,
    CLEAR,
    COLONS,
    DECISIVE,
    LABEL_WORD,
    SLIGHT,
    STRONG,
    Segment,
    is_number,
    is_tick,
    share_of_digits,
    unspaced,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

LABELS = ("question", "answer", "header", "other")


class Scores(NamedTuple):
    """A number for each of LABELS."""

    question: float = 0.0
    answer: float = 0.0
    header: float = 0.0
    other: float = 0.0


VALUE_WORD = re.compile(r"(?i)^(x|yes|no|none|n/?a|n\.a\.|same|예|아니오|없음)$|^[$€£₩]")
PERSON = re.compile(r"^((Mr|Mrs|Ms|Miss|Dr)\b|([A-Z]\. ?)+[A-Z]|[A-Z][a-z]+ ([A-Z]\. ?)+[A-Z])")
"""How names of persons begin: "Dr. Berg", "J. R. Berg", "Jane R. Berg"."""
SECTION = re.compile(r"^\W*(\d{1,2}|[A-Z]|[IVX]+)[.)]\s+[^\W\d]")
"""How the heading of a numbered section begins: "3. Expenses"."""

ALONE: dict[str, Scores] = {
    # A form is mostly labels and values.
    "always": Scores(question=CLEAR, answer=CLEAR),
    # A heading over a group of fields may end so too, a value hardly ever does.
    "colon": Scores(question=STRONG, answer=-STRONG, other=-CLEAR),
    "question mark": Scores(question=CLEAR),
    "label word": Scores(question=CLEAR, answer=-CLEAR),
    "value word": Scores(question=-CLEAR, answer=STRONG),
    "person": Scores(question=-CLEAR, answer=CLEAR, header=-SLIGHT),
    # Numbers are filled in; printed ones are those of forms and pages. A share, not yes or no.
    "digits": Scores(question=-STRONG, answer=STRONG, header=-STRONG, other=CLEAR),
    # A tick is filled in and the printed choice asks whether it applies, beside a label too.
    "tick": Scores(question=-STRONG, answer=STRONG, header=-STRONG),
    "choice": Scores(question=STRONG, answer=-CLEAR, header=-STRONG),
    "capitals": Scores(header=SLIGHT),
    # Sentences explain, or are long answers; labels and headings are short.
    "sentence": Scores(question=-CLEAR, header=-STRONG, other=CLEAR),
    "six words": Scores(question=-CLEAR, header=-SLIGHT, other=SLIGHT),
    "twelve words": Scores(question=-CLEAR, header=-CLEAR, other=SLIGHT),
    # "(Please print)"
    "parenthesis": Scores(question=-CLEAR, header=-CLEAR, other=CLEAR),
    "small letter first": Scores(question=-SLIGHT, header=-CLEAR),
    "section": Scores(question=-CLEAR, answer=-CLEAR, header=STRONG),
    "taller": Scores(question=-CLEAR, header=CLEAR),
    "smaller": Scores(header=-CLEAR, other=SLIGHT),
    # A value has its label beside it; headings, titles and notes stand alone.
    "alone": Scores(answer=-CLEAR, header=CLEAR, other=SLIGHT),
    "alone in the middle": Scores(question=-SLIGHT, header=CLEAR),
    "first of its line": Scores(question=CLEAR, answer=-CLEAR),
    # Letterheads and titles above; notes, form and page numbers, hardly fields, at the very edges.
    "top": Scores(question=-SLIGHT, header=SLIGHT, other=SLIGHT),
    "edge": Scores(question=-CLEAR, answer=-CLEAR, header=-CLEAR, other=CLEAR),
    # What is numbered has no label: pages, forms, the copies of a form.
    "number alone": Scores(answer=-CLEAR, header=-CLEAR, other=CLEAR),
    "before a number": Scores(question=SLIGHT),
    "word over a number": Scores(question=SLIGHT),  # a column's head
    "after a tick": Scores(question=STRONG, answer=-CLEAR),
    "column head": Scores(question=DECISIVE, answer=-DECISIVE),
    "cell under a head": Scores(question=-DECISIVE, answer=DECISIVE),
}
"""What each sign of a segment and its place says about the four labels."""

NEAR: dict[str, Scores] = {
    "question left": Scores(question=-SLIGHT, answer=STRONG, header=-CLEAR),
    "answer right": Scores(question=CLEAR, header=-CLEAR),
    "other left": Scores(other=SLIGHT),  # notes go on
    "other above": Scores(other=SLIGHT),
    # Labels stand over labels, values over values, and some labels over their value.
    "question above": Scores(question=SLIGHT, answer=SLIGHT, header=-SLIGHT),
    "answer above": Scores(answer=SLIGHT, header=-SLIGHT),
    "header above": Scores(question=SLIGHT, header=-SLIGHT),
    "question below": Scores(question=SLIGHT),
    # A heading has nothing beside it and the labels of its group below.
    "question below one alone": Scores(header=CLEAR),
    "answer below": Scores(question=SLIGHT, answer=SLIGHT, header=-SLIGHT),
}
"""What a neighbour says that seems to be a question, and so on; weighed by how sure that is."""
ASIDE = 0.1
"""Of two segments on the next line the one counts that begins where the other does: so much of the
distance across the page adds to that along it."""
ROUNDS = 2
"""How often the segments are judged again with their neighbours."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest segments of one: left and right on its line, above and below in its columns."""

    left: int | None
    right: int | None
    above: int | None
    below: int | None

    @property
    def is_alone(self) -> bool:
        """Whether nothing else stands on its line."""
        return self.left is None and self.right is None


def neighbours_of(segments: Sequence[Segment]) -> list[Neighbours]:
    """The neighbours of every segment, as indices."""
    import numpy as np

    boxes = np.array([_edges(segment) for segment in segments]).reshape(-1, 4)
    heights = np.array([segment.height for segment in segments])
    return [_neighbours(boxes, heights, index) for index in range(len(segments))]


def _edges(segment: Segment) -> tuple[float, float, float, float]:
    return (segment.box.x0, segment.box.y0, segment.box.x1, segment.box.y1)


def _neighbours(boxes: Numbers, heights: Numbers, index: int) -> Neighbours:
    import numpy as np

    x0, y0, x1, y1 = boxes.T
    middles_x, middles_y = (x0 + x1) / 2, (y0 + y1) / 2
    across = np.minimum(y1, y1[index]) - np.maximum(y0, y0[index])
    along = np.minimum(x1, x1[index]) - np.maximum(x0, x0[index])
    is_other = np.arange(len(boxes)) != index
    in_row = (across > 0.5 * np.minimum(heights, heights[index])) & is_other
    in_column = (along > 0) & ~in_row & is_other
    aside = ASIDE * np.abs(x0 - x0[index])
    is_left, is_above = middles_x < middles_x[index], middles_y < middles_y[index]
    return Neighbours(
        left=_first(-x1, in_row & is_left),
        right=_first(x0, in_row & ~is_left),
        above=_first(aside - y1, in_column & is_above),
        below=_first(aside + y0, in_column & ~is_above),
    )


def _first(values: Numbers, is_candidate: NDArray[np.bool_]) -> int | None:
    """The candidate with the smallest value."""
    candidates = is_candidate.nonzero()[0]
    return int(candidates[values[candidates].argmin()]) if len(candidates) else None


def signs_of(
    page: Page, segments: Sequence[Segment], around: Sequence[Neighbours]
) -> list[dict[str, float]]:
    """The signs of every segment by name, each 0 to 1."""
    usual = statistics.median(segment.height for segment in segments) if segments else 1.0
    texts = [segment.text for segment in segments]
    return [
        _text_signs(texts[i])
        | _place_signs(page, segment, around[i], usual)
        | _beside_signs(texts, i, around[i])
        for i, segment in enumerate(segments)
    ]


def _text_signs(text: str) -> dict[str, float]:
    words = len(text.split())
    is_short = words < 6
    return {
        "always": 1.0,
        "colon": text.endswith(COLONS),
        "question mark": text.endswith("?"),
        "label word": is_short and bool(LABEL_WORD.search(unspaced(text))),
        "value word": is_short and bool(VALUE_WORD.search(text)),
        "digits": share_of_digits(text),
        "person": is_short and bool(PERSON.search(text)),
        "tick": is_tick(text),
        "choice": text[:1] in CHECK_BOXES and words > 1,
        "capitals": text.isupper(),
        "sentence": text.endswith((".", ";")) and words > 3,
        "six words": not is_short,
        "twelve words": words >= 12,
        "parenthesis": text[:1] == "(",
        "small letter first": text[:1].islower(),
    }


def _place_signs(
    page: Page, segment: Segment, around: Neighbours, usual: float
) -> dict[str, float]:
    x, y = segment.box.center
    is_middle = abs(x / page.width - 0.5) < 0.1
    cell = segment.cell
    return {
        "section": around.is_alone and _is_section(segment.text),
        "taller": segment.height > 1.25 * usual,
        "smaller": segment.height < 0.8 * usual,
        "alone": around.is_alone,
        "alone in the middle": around.is_alone and is_middle,
        "first of its line": around.left is None and not around.is_alone,
        "number alone": around.is_alone and is_number(segment.text),
        "top": y < 0.15 * page.height,
        "edge": not 0.05 * page.height <= y <= 0.92 * page.height,
        "column head": cell is not None and cell.is_head,
        "cell under a head": cell is not None and not cell.is_head,
    }


def _is_section(text: str) -> bool:
    return bool(SECTION.match(text)) and len(text.split()) <= 6 and not text.endswith(COLONS)


def _beside_signs(texts: Sequence[str], index: int, around: Neighbours) -> dict[str, float]:
    left, right, below = (
        texts[i] if i is not None else "" for i in (around.left, around.right, around.below)
    )
    return {
        "before a number": share_of_digits(right),
        "word over a number": is_number(below) and not is_number(texts[index]),
        "after a tick": is_tick(left),
    }


def _near_signs(around: Neighbours, scores: Sequence[Scores]) -> dict[str, float]:
    """The neighbours' scores as signs."""
    sides = {
        "left": around.left,
        "right": around.right,
        "above": around.above,
        "below": around.below,
    }
    signs = {
        f"{label} {side}": score
        for side, index in sides.items()
        if index is not None
        for label, score in zip(LABELS, scores[index], strict=True)
    }
    if around.is_alone:
        signs["question below one alone"] = signs.get("question below", 0.0)
    return signs


def label_scores(page: Page, segments: Sequence[Segment]) -> list[Scores]:
    """How likely each of LABELS is for every segment, as the signs have it; sums to 1."""
    around = neighbours_of(segments)
    alone = [_weighed(signs, ALONE) for signs in signs_of(page, segments, around)]
    scores = [_shares(evidence) for evidence in alone]
    for _round in range(ROUNDS):
        near = [_weighed(_near_signs(each, scores), NEAR) for each in around]
        scores = [_shares(_sum((own, more))) for own, more in zip(alone, near, strict=True)]
    return scores


def _weighed(signs: dict[str, float], weights: dict[str, Scores]) -> Scores:
    return _sum(
        Scores(*(sign * weight for weight in weights[name]))
        for name, sign in signs.items()
        if sign and name in weights
    )


def _sum(parts: Iterable[Scores]) -> Scores:
    return Scores(*(sum(column) for column in zip(Scores(), *parts, strict=True)))


def _shares(evidence: Scores) -> Scores:
    """The softmax of the evidence."""
    largest = max(evidence)
    powers = [math.exp(value - largest) for value in evidence]
    return Scores(*(power / sum(powers) for power in powers))
