"""What a recogniser makes of a generated page: its words in place of the true ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from model_backend.document import Box, Entity, Page, Relation, Word, union_of
from model_backend.sources import ocr

if TYPE_CHECKING:
    from PIL.Image import Image

CODES = {"en": "eng", "ko": "kor+eng"}
LEAST_COVER = 0.3
"""A recognised word is part of a true one when at least this share of it lies there."""
ROOM = 2.0
"""Pixels that true words are grown by before that: recognisers' boxes are a little larger."""
NOBODYS = "other"
"""The label of recognised words that are none: specks, rules, drawn marks."""


def languages_of(language: str) -> str:
    """Tesseract's codes for a language of ours; SetupIncomplete where it lacks one."""
    return ocr.checked_languages(CODES[language])


def recognized(page: Page, picture: Image, language: str, dpi: float) -> Page:
    """The page with tesseract's words; entities hold those that lie on their true ones.

    An entity of which nothing was read is gone, with its links; what was read where there is no
    word is an entity of its own, labelled "other".
    """
    return with_words(page, _read(picture, language, dpi))


def with_words(page: Page, found: Iterable[Word]) -> Page:
    """The page with these words instead of its own, matched to its entities by place."""
    words = tuple(replace(word, id=page.next_id + n) for n, word in enumerate(found))
    owner = {key: entity.id for entity in page.entities for key in entity.word_ids}
    places = {key: place for place, key in enumerate(owner)}
    members: dict[int, list[tuple[int, float, Word]]] = defaultdict(list)
    lonely: list[Word] = []
    for word in words:
        true = _under(word.box, page.words)
        if true is None or true.id not in owner:
            lonely.append(word)
        else:
            members[owner[true.id]].append((places[true.id], word.box.x0, word))
    kept = tuple(
        _entity(entity, [word for _, _, word in sorted(members[entity.id], key=lambda m: m[:2])])
        for entity in page.entities
        if entity.id in members
    )
    first = page.next_id + len(words)
    others = tuple(
        _entity(Entity(first + n, NOBODYS, (), "", word.box), [word])
        for n, word in enumerate(lonely)
    )
    return replace(
        page,
        words=words,
        entities=kept + others,
        relations=_between(page.relations, {entity.id for entity in kept}),
        next_id=first + len(lonely),
    )


def _read(picture: Image, language: str, dpi: float) -> list[Word]:
    """Tesseract's words, in the picture's pixels; small pictures are enlarged as for import."""
    scale = ocr.reading_scale(picture.width, picture.height, dpi)
    size = (round(picture.width * scale), round(picture.height * scale))
    words = ocr.recognized(picture.resize(size), languages=CODES[language])
    return [replace(word, box=word.box.scaled(1 / scale, 1 / scale)) for word in words]


def _under(box: Box, words: Iterable[Word]) -> Word | None:
    """The true word that most of the box lies on."""
    near = ((box.overlap(word.box.grown(ROOM)), word) for word in words if box.intersects(word.box))
    share, word = max(near, key=lambda pair: pair[0], default=(0.0, None))
    return word if share >= LEAST_COVER else None


def _entity(entity: Entity, words: list[Word]) -> Entity:
    return replace(
        entity,
        word_ids=tuple(word.id for word in words),
        text=" ".join(word.text for word in words),
        box=union_of(word.box for word in words),
    )


def _between(relations: Iterable[Relation], ids: set[int]) -> tuple[Relation, ...]:
    return tuple(item for item in relations if {item.from_id, item.to_id} <= ids)
