"""Entities as tags of words (IOB2), and their F1 in seqeval's strict sense."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from model_backend.document import Page
from model_backend.metrics.tally import Tally

OUTSIDE_TAG = "O"
TaggedSpan = tuple[str, int, int]
"""Label, first word, word after the last."""


def tags_of(page: Page, *, outside: Sequence[str] = ("other",)) -> list[str]:
    """The tags of a page's entities as FUNSD's readers make them: entity after entity, its words
    in their order; words without text, and the labels in `outside`, as those readers leave them."""
    texts = {word.id: word.text.strip() for word in page.words}
    tags = []
    for entity in page.entities:
        count = sum(bool(texts.get(word_id)) for word_id in entity.word_ids)
        if entity.label in outside:
            tags += [OUTSIDE_TAG] * count
        else:
            tags += [f"B-{entity.label}", *[f"I-{entity.label}"] * (count - 1)][:count]
    return tags


def spans_of(tags: Sequence[str]) -> Iterator[TaggedSpan]:
    """The entities of a sequence in IOB2, strictly: an `I-` that continues nothing is none."""
    start, label = 0, ""
    for i, tag in enumerate([*tags, OUTSIDE_TAG]):
        prefix, _, name = tag.partition("-")
        if label and not (prefix == "I" and name == label):
            yield (label, start, i)
            label = ""
        if prefix == "B":
            start, label = i, name


class TagF1:
    """F1 = 2 hits / (truth + predicted) over the entities of tag sequences; a hit has the same
    label, the same first and the same last word.

    This is seqeval's `mode="strict", scheme=IOB2`, micro-averaged (Nakayama, 2018, "seqeval"; the
    measure is that of CoNLL-2000 and -2003), but that a figure which nothing defines is None.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all sequences."""
        self._all = Tally()
        self._labels: dict[str, Tally] = {}

    def update(self, truth: Sequence[str], predicted: Sequence[str]) -> None:
        """Count one sequence; ValueError where the two have not the same length."""
        if len(truth) != len(predicted):
            raise ValueError(f"{len(truth)} tags compared with {len(predicted)}")
        wanted, said = set(spans_of(truth)), set(spans_of(predicted))
        self._all.add(wanted, said)
        for label in {span[0] for span in wanted | said}:
            self._labels.setdefault(label, Tally()).add(
                {span for span in wanted if span[0] == label},
                {span for span in said if span[0] == label},
            )

    def summary(self) -> dict[str, Any]:
        """Precision, recall and F1 over all and by label."""
        labels = {label: tally.summary() for label, tally in sorted(self._labels.items())}
        return {**self._all.summary(), "labels": labels}
