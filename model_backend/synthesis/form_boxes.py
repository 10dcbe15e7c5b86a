"""Word boxes as people draw them: as high as the line, with some room around."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from model_backend.document import Box, Page, Word, union_of

ROOM = (0.0008, 0.0027, 0.0018)
"""Left and right, above, below: the usual room, in page heights (measured on FUNSD's capitals)."""


def loosened(page: Page, random: Random) -> Page:
    """The page with such boxes instead of those of the ink; entities are the union of theirs.

    For training: recognisers draw tight boxes, people loose ones, and a model meets both.
    """
    scale = random.uniform(0.5, 1.6) * page.height
    words = {word.id: word for word in page.words}
    for entity in page.entities:
        for line in _lines([words[key] for key in entity.word_ids]):
            top, bottom = min(word.box.y0 for word in line), max(word.box.y1 for word in line)
            for word in line:
                words[word.id] = replace(word, box=_loose(word.box, top, bottom, scale, random))
    entities = tuple(
        replace(entity, box=union_of(words[key].box for key in entity.word_ids))
        for entity in page.entities
    )
    return replace(page, words=tuple(words.values()), entities=entities)


def _lines(words: list[Word]) -> list[list[Word]]:
    """An entity's words by line, in their order."""
    lines: list[list[Word]] = []
    for word in words:
        if (
            lines
            and word.box.x0 >= lines[-1][-1].box.x1 - 2
            and word.box.intersects(replace(lines[-1][-1].box, x1=word.box.x1))
        ):
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _loose(box: Box, top: float, bottom: float, scale: float, random: Random) -> Box:
    side, above, below = (room * scale * random.triangular(0.0, 2.0, 1.0) for room in ROOM)
    return Box(box.x0 - side, top - above, box.x1 + side, bottom + below)
