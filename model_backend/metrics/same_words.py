"""Which word of one reading of a page is which of another: by place, not by text or id."""

from __future__ import annotations

from collections.abc import Sequence

from model_backend.document import Box, Entity, Page, Word

LEAST_IOU = 0.5
EntityKey = tuple[str, frozenset[int] | Box]
"""What makes two entities the same: label and words (without words: label and box)."""


def same_words(truth: Sequence[Word], predicted: Sequence[Word]) -> dict[int, int]:
    """The id in `truth` of each predicted word that is there too.

    Equal boxes first (in order of ids, where several are equal), then the greatest IoU of at least
    0.5, each word once.
    """
    places: dict[Box, list[int]] = {}
    for word in sorted(truth, key=lambda word: -word.id):
        places.setdefault(word.box, []).append(word.id)
    found = {word.id: places[word.box].pop() for word in predicted if places.get(word.box)}
    taken = set(found.values())
    free = [word for word in truth if word.id not in taken]
    rest = [word for word in predicted if word.id not in found]
    return found | _nearest(free, rest)


def _nearest(truth: Sequence[Word], predicted: Sequence[Word]) -> dict[int, int]:
    pairs = sorted(
        (
            (-one.box.iou(other.box), other.id, one.id)
            for other in predicted
            for one in truth
            if one.box.intersects(other.box)
        ),
    )
    found: dict[int, int] = {}
    taken: set[int] = set()
    for iou, other_id, one_id in pairs:
        if -iou >= LEAST_IOU and other_id not in found and one_id not in taken:
            found[other_id] = one_id
            taken.add(one_id)
    return found


def numbers_of_words(truth: Page, predicted: Page) -> tuple[dict[int, int], dict[int, int]]:
    """A number for each written word of either page; the same number for the same word.

    Words without text (FUNSD has 890 of them) are left out: readers of the format drop them too.
    """
    written = [word for word in truth.words if word.text.strip()]
    said = [word for word in predicted.words if word.text.strip()]
    matches = same_words(written, said)
    return (
        {word.id: word.id for word in written},
        {word.id: matches.get(word.id, -1 - word.id) for word in said},
    )


def key_of(entity: Entity, numbers: dict[int, int]) -> EntityKey | None:
    """The entity's label and words; None where it has words but none is written."""
    if not entity.word_ids:
        return (entity.label, entity.box)
    words = frozenset(numbers[word_id] for word_id in entity.word_ids if word_id in numbers)
    return (entity.label, words) if words else None
