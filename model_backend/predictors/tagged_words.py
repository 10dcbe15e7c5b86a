"""Tags of words to entities: BIO, its cousins, and plain class names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Entity, Page, Status, Word, union_of
from model_backend.labels import decode_bio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

OUTSIDE = ("O", "0", "OUTSIDE", "NONE")
BEGINS, GOES_ON, ENDS = ("B", "S", "U"), ("I", "E", "L", "M"), ("E", "L", "S", "U")
"""Prefixes of BIO, BIOES, BILOU and BMES: of the first word, of a later one, of the last."""


def probabilities(logits: Numbers, temperature: float) -> Numbers:
    """Softmax over the last axis of logits / temperature (Guo et al. 2017, section 4)."""
    scaled = logits / max(temperature, 1e-6)
    exponents = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True), dtype=np.float32)


def split_tags(tags: Sequence[str]) -> list[tuple[str, str]]:
    """Prefix and label of each tag, ("O", "") outside. Tags have prefixes all or none (a class may
    be called e-mail): plain class names are labels that go on.
    """
    parts = [_parts_of(tag) for tag in tags]
    if all(prefix in ("O", *BEGINS, *GOES_ON) for prefix, _label in parts):
        return parts
    return [
        (prefix, "") if prefix == "O" else ("I", tag.lower())
        for (prefix, _label), tag in zip(parts, tags, strict=True)
    ]


def _parts_of(tag: str) -> tuple[str, str]:
    if tag.upper() in OUTSIDE:
        return ("O", "")
    prefix, _dash, label = tag.replace("_", "-", 1).partition("-")
    return (prefix.upper(), label.lower()) if label else ("", "")


def plain_bio(parts: Sequence[tuple[str, str]]) -> list[str]:
    """BIO tags of the words' prefixes and labels; after the last word of an entity another begins
    (as seqeval reads E and S).
    """
    found = []
    before = ""
    for prefix, label in parts:
        is_first = prefix in BEGINS or before in ENDS
        found.append(prefix if prefix == "O" else f"{'B' if is_first else 'I'}-{label}")
        before = prefix
    return found


def entities_of(
    words: Sequence[Word],
    chances: Numbers,
    tags: Sequence[str],
    *,
    source: str,
) -> tuple[Entity, ...]:
    """Entities from the probabilities (words, tags) of words in reading order; ids from 1.

    Each word takes its likeliest tag. An entity's score is the mean probability of its words that
    they carry its label, whether first or not.
    """
    parts = split_tags(tags)
    best = [parts[number] for number in chances.argmax(axis=-1)] if len(words) else []
    share = {
        label: chances[:, [i for i, part in enumerate(parts) if part[1] == label]].sum(axis=-1)
        for label in dict.fromkeys(label for _prefix, label in parts if label)
    }
    found: list[Entity] = []
    for label, start, end in decode_bio(plain_bio(best)):
        score = float(share[label][start:end].mean())
        found.append(_entity(len(found) + 1, label, words[start:end], score, source))
    return tuple(found)


def _entity(number: int, label: str, words: Sequence[Word], score: float, source: str) -> Entity:
    return Entity(
        id=number,
        label=label,
        word_ids=tuple(word.id for word in words),
        text=" ".join(word.text for word in words if word.text),
        box=union_of(word.box for word in words),
        score=round(min(1.0, max(0.0, score)), 4),
        status=Status.PROPOSED,
        source=source,
    )


def true_tags(word_ids: Sequence[int], page: Page, tags: Sequence[str]) -> NDArray[np.int64]:
    """The number of the tag that each word should have; -1 where none of the tags would be right.

    The first word of an entity begins it, where there are tags that do; a label that no tag has is
    outside.
    """
    parts = split_tags(tags)
    places: dict[tuple[str, str], int] = {}
    for number, (prefix, label) in enumerate(parts):
        places.setdefault(
            ("B" if prefix in BEGINS else "O" if prefix == "O" else "I", label), number
        )
    outside = places.get(("O", ""), -1)
    found = dict.fromkeys(word_ids, outside)
    for entity in page.entities:
        label = entity.label.lower()
        inside = places.get(("I", label), places.get(("B", label), outside))
        for word_id in entity.word_ids:
            found[word_id] = inside
        if entity.word_ids:
            found[entity.word_ids[0]] = places.get(("B", label), inside)
    return np.array([found[word_id] for word_id in word_ids], dtype=np.int64)
