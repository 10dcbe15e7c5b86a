"""Tags of words to entities: BIO, its cousins, and plain class names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Entity, Status, Word, union_of
from model_backend.labels import decode_bio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

OUTSIDE = ("O", "0", "OUTSIDE", "NONE")
_BEGINS, _GOES_ON = ("B", "S", "U"), ("I", "E", "L", "M")
"""Prefixes of BIO, BIOES, BILOU and BMES."""


def probabilities(logits: Numbers, temperature: float) -> Numbers:
    """Softmax over the last axis of logits / temperature (Guo et al. 2017, section 4)."""
    scaled = logits / max(temperature, 1e-6)
    exponents = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True), dtype=np.float32)


def split_tag(tag: str) -> tuple[str, str]:
    """Prefix B, I or O, and label of a tag; a plain class name is a label that goes on."""
    if tag.upper() in OUTSIDE:
        return ("O", "")
    prefix, dash, label = tag.replace("_", "-", 1).partition("-")
    if dash and prefix.upper() in _BEGINS:
        return ("B", label.lower())
    if dash and prefix.upper() in _GOES_ON:
        return ("I", label.lower())
    return ("I", tag.lower())


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
    parts = [split_tag(tag) for tag in tags]
    best = [parts[number] for number in chances.argmax(axis=-1)] if len(words) else []
    plain = ["O" if prefix == "O" else f"{prefix}-{label}" for prefix, label in best]
    share = {
        label: chances[:, [i for i, part in enumerate(parts) if part[1] == label]].sum(axis=-1)
        for label in dict.fromkeys(label for _prefix, label in parts if label)
    }
    found: list[Entity] = []
    for label, start, end in decode_bio(plain):
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
