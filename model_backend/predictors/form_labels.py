"""What a segment of a form is: question, answer, header or other, by weighed signs.

Each sign is something a person would point at (a colon, digits, standing to the right of a label);
the tables of weights say how much it speaks for each label. First the segments are judged alone,
then again with what their neighbours seem to be.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model_backend.document import Page
from model_backend.predictors.form_segments import CHECK_BOXES, COLONS, Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

LABELS = ("question", "answer", "header", "other")
Scores = tuple[float, float, float, float]
"""A number for each of LABELS."""

DATE = re.compile(
    r"\b\d{1,4}\s?[/.\-년]\s?\d{1,2}(\s?[/.\-월]\s?\d{1,4})?|(?i:\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-z]*\.?\s+\d)"
)
LABEL_WORDS = re.compile(
    r"(?i)\b(name|date|no|number|address|code|title|phone|telephone|fax|type|amount|signature|signed|city|state|zip"
    r"|brand|subject|company|department|division|region|account|total|approved|requested|prepared|submitted)\b"
    r"|성명|이름|주소|일자|날짜|번호|전화|연락처|금액|서명|소속|직위|부서|생년월일|은행|신청인|제목|비고|수량|단가"
)
SECTION = re.compile(r"^(\d{1,2}|[A-Z]|[IVX]+)[.)]\s+[^\W\d]")
VALUE_WORDS = re.compile(r"(?i)^(x|yes|no|none|n/?a|n\.a\.|-+|\*+|\$.*|same|예|아니오|없음)$")


@dataclass(frozen=True)
class Neighbours:
    """The nearest segments of one: left and right on its line, above and below in its columns."""

    left: int | None
    right: int | None
    above: int | None
    below: int | None
    in_row: int
    """How many segments its line has."""


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
    is_left, is_above = middles_x < middles_x[index], middles_y < middles_y[index]
    return Neighbours(
        left=_first(-x1, in_row & is_left),
        right=_first(x0, in_row & ~is_left),
        above=_first(-y1, in_column & is_above),
        below=_first(y0, in_column & ~is_above),
        in_row=int(in_row.sum()) + 1,
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
    text = [_text_signs(segment.text) for segment in segments]
    return [
        text[i] | _place_signs(page, segments, i, around[i], usual) | _beside_signs(text, around[i])
        for i in range(len(segments))
    ]


def _text_signs(text: str) -> dict[str, float]:
    letters, digits = sum(c.isalpha() for c in text), sum(c.isdigit() for c in text)
    words = text.split()
    return {
        "always": 1.0,
        "colon": text.endswith(COLONS),
        "colon inside": not text.endswith(COLONS) and any(c in text for c in COLONS),
        "digits": digits / max(1, letters + digits),
        "has digits": digits > 0,
        "date": bool(DATE.search(text)),
        "label word": bool(LABEL_WORDS.search(text)),
        "value word": bool(VALUE_WORDS.match(text)),
        "ticked": bool(text) and all(c in "☑☒✓✔" for c in text),
        "to tick": text[:1] in CHECK_BOXES and len(text) > 1,
        "upper": text.isupper(),
        "sentence end": text.endswith((".", ";")) and len(words) > 4,
        "question mark": text.endswith("?"),
        "paren": text[:1] == "(",
        "lower start": text[:1].islower(),
        "one word": len(words) == 1,
        "words 5": len(words) >= 5,
        "words 10": len(words) >= 10,
        "words 20": len(words) >= 20,
        "serial": bool(re.fullmatch(r"[\d ]{6,12}", text)),
        "no letters": letters + digits == 0,
    }


def _place_signs(
    page: Page, segments: Sequence[Segment], index: int, around: Neighbours, usual: float
) -> dict[str, float]:
    segment = segments[index]
    x, y = segment.box.center
    is_middle = abs(x / page.width - 0.5) < 0.08
    return {
        "top": y < 0.2 * page.height,
        "very top": y < 0.06 * page.height,
        "bottom": y > 0.9 * page.height,
        "middle": is_middle,
        "alone": around.in_row == 1,
        "section": around.in_row == 1 and _is_section(segment.text),
        "many in row": around.in_row >= 4,
        "pair in row": around.in_row in (2, 3),
        "first in row": around.left is None and around.in_row > 1,
        "tall": segment.height > 1.25 * usual,
        "small": segment.height < 0.8 * usual,
        "lines": len(segment.lines) > 1,
        "far right": segment.box.x0 > 0.7 * page.width,
        "close left": around.left is not None
        and segment.box.x0 - segments[around.left].box.x1 < 2.5 * usual,
        "close right": around.right is not None
        and segments[around.right].box.x0 - segment.box.x1 < 2.5 * usual,
    }


def _is_section(text: str) -> bool:
    return bool(SECTION.match(text)) and len(text.split()) <= 5 and not text.endswith(COLONS)


def _beside_signs(text: Sequence[dict[str, float]], around: Neighbours) -> dict[str, float]:
    def sign(index: int | None, name: str) -> float:
        return text[index][name] if index is not None else 0.0

    return {
        "colon left": sign(around.left, "colon"),
        "colon above": sign(around.above, "colon"),
        "colon right": sign(around.right, "colon"),
        "digits left": sign(around.left, "digits"),
        "digits right": sign(around.right, "digits"),
        "digits above": sign(around.above, "digits"),
        "digits below": sign(around.below, "digits"),
    }


NEAR_SIGNS = tuple(
    f"{label} {side}" for side in ("left", "right", "above", "below") for label in LABELS
)
"""What the neighbours seem to be, with how sure that is."""


def near_signs(around: Neighbours, scores: Sequence[Scores]) -> dict[str, float]:
    """The neighbours' scores as signs."""
    sides = {
        "left": around.left,
        "right": around.right,
        "above": around.above,
        "below": around.below,
    }
    return {
        f"{label} {side}": scores[index][number] if index is not None else 0.0
        for side, index in sides.items()
        for number, label in enumerate(LABELS)
    }


ALONE_WEIGHTS: dict[str, Scores] = {
    #                   question answer header other
    "always": (1.5, 1.0, -0.5, 0.5),
    "colon": (2.0, -2.0, 2.0, -1.5),  # a header too: "Adhesive:" over a group of fields
    "colon inside": (0.5, -0.5, 0.5, 0.0),
    "digits": (-2.5, 1.5, -1.0, 1.5),
    "date": (0.0, 0.5, -0.5, -0.5),
    "label word": (1.0, -1.0, 0.0, 0.0),
    "value word": (0.0, 1.5, -0.5, -0.5),
    "ticked": (-1.5, 3.0, 0.0, -1.0),
    "to tick": (1.5, -1.0, 0.0, 0.0),
    "upper": (0.0, -0.5, 0.5, 0.0),
    "sentence end": (0.0, 0.5, -1.0, 0.5),
    "paren": (0.0, -0.5, -1.0, 1.0),
    "section": (0.0, -1.0, 2.0, 0.0),  # "3. Expenses"
    "lower start": (-0.5, 0.5, -0.5, 1.0),
    "words 5": (-0.5, 0.0, 0.0, 0.5),
    "words 10": (-0.5, 0.5, -0.5, 0.5),
    "words 20": (-0.5, 0.5, -1.0, 0.5),
    "serial": (-0.5, -1.0, 0.0, 1.5),  # the stamped number of an archive
    "no letters": (-0.5, -0.5, 0.0, 1.5),
    "top": (-0.5, -0.5, 1.0, 0.0),
    "very top": (-0.5, -0.5, 0.0, 1.0),
    "bottom": (-1.0, 0.0, -1.0, 1.5),
    "middle": (0.0, 0.0, 0.5, 0.0),
    "alone": (0.0, -0.5, 0.5, 0.5),
    "first in row": (0.5, -1.0, 0.5, 0.0),
    "tall": (-1.0, 0.0, 0.5, 0.5),
    "close left": (-0.5, 0.5, -0.5, 0.5),
    "close right": (0.5, -1.0, 0.0, 0.5),
    "colon left": (-0.5, 1.0, 0.0, -0.5),
    "digits right": (0.5, 0.5, -0.5, -0.5),
}
"""How much each sign of a segment and its place speaks for the four labels."""

NEAR_WEIGHTS: dict[str, Scores] = {
    "question left": (0.0, 1.5, -1.0, -0.5),
    "other left": (0.0, -1.0, 0.0, 1.0),
    "answer right": (1.0, 0.0, -0.5, -0.5),
    "other right": (-0.5, -0.5, 0.5, 0.5),
    "question above": (0.5, 0.5, -0.5, -0.5),
    "answer above": (0.0, 1.0, -1.0, 0.0),
    "header above": (0.5, 1.0, -1.5, 0.0),
    "other above": (0.0, -0.5, 0.0, 0.5),
    "question below": (0.5, 0.0, 1.0, -1.5),
    "answer below": (0.0, 0.5, 0.5, -1.0),
}
"""How much the neighbours' likely labels speak for the four."""
ROUNDS = 2
"""How often the segments are judged again with their neighbours."""


def label_scores(page: Page, segments: Sequence[Segment]) -> list[Scores]:
    """The probability of each of LABELS for every segment, as the signs have it."""
    around = neighbours_of(segments)
    alone = [_weighed(signs, ALONE_WEIGHTS) for signs in signs_of(page, segments, around)]
    scores = [_softmax(evidence) for evidence in alone]
    for _round in range(ROUNDS):
        near = [_weighed(near_signs(each, scores), NEAR_WEIGHTS) for each in around]
        scores = [_softmax(_sum(own, beside)) for own, beside in zip(alone, near, strict=True)]
    return scores


def _weighed(signs: dict[str, float], weights: dict[str, Scores]) -> Scores:
    total = (0.0, 0.0, 0.0, 0.0)
    for name, weight in weights.items():
        if signs[name]:
            total = _sum(total, _times(signs[name], weight))
    return total


def _sum(a: Scores, b: Scores) -> Scores:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3])


def _times(factor: float, a: Scores) -> Scores:
    return (factor * a[0], factor * a[1], factor * a[2], factor * a[3])


def _softmax(evidence: Scores) -> Scores:
    largest = max(evidence)
    powers = [math.exp(value - largest) for value in evidence]
    total = sum(powers)
    return (powers[0] / total, powers[1] / total, powers[2] / total, powers[3] / total)
