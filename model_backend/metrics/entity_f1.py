"""How well entities were found: whole entities, and word by word."""

from __future__ import annotations

from typing import Any

from model_backend.document import Page
from model_backend.metrics.same_words import key_of, numbers_of_words
from model_backend.metrics.tally import Tally

OUTSIDE = "other"
"""FUNSD's label for what is no field; the published figures leave it out."""


class EntityF1:
    """F1 = 2 hits / (truth + predicted) over entities; a hit has the same label and the same words.

    Order and text do not count. `f1` leaves out the label `other` (as LayoutLM's figures do:
    "other" is outside of every entity), `f1_all_labels` counts it too. `words` judges each word by
    its label alone, without `other`.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all pages."""
        self._labels: dict[str, Tally] = {}
        self._words = Tally()

    def update(self, truth: Page, predicted: Page) -> None:
        """Count one page; its words are matched by place."""
        numbers, other_numbers = numbers_of_words(truth, predicted)
        wanted = _keys(truth, numbers)
        said = _keys(predicted, other_numbers)
        for label in {key[0] for key in wanted | said}:
            self._labels.setdefault(label, Tally()).add(
                {key for key in wanted if key[0] == label}, {key for key in said if key[0] == label}
            )
        self._words.add(_labelled_words(truth, numbers), _labelled_words(predicted, other_numbers))

    def ratios(self) -> dict[str, tuple[float, float]]:
        """F1 of entities and of words as what is above and what is below its line."""
        fields = [tally for label, tally in self._labels.items() if label != OUTSIDE]
        return {"f1": _total(fields).ratio, "words_f1": self._words.ratio}

    def summary(self) -> dict[str, Any]:
        """Precision, recall and F1 over all, by label and of words."""
        fields = [tally for label, tally in self._labels.items() if label != OUTSIDE]
        return {
            **_total(fields).summary(),
            "f1_all_labels": _total(list(self._labels.values())).summary()["f1"],
            "labels": {label: tally.summary() for label, tally in sorted(self._labels.items())},
            "words": self._words.summary(),
        }


def _keys(page: Page, numbers: dict[int, int]) -> set[Any]:
    return {key for entity in page.entities if (key := key_of(entity, numbers)) is not None}


def _labelled_words(page: Page, numbers: dict[int, int]) -> set[tuple[int, str]]:
    return {
        (numbers[word_id], entity.label)
        for entity in page.entities
        for word_id in entity.word_ids
        if word_id in numbers and entity.label != OUTSIDE
    }


def _total(tallies: list[Tally]) -> Tally:
    return Tally(
        hits=sum(tally.hits for tally in tallies),
        predicted=sum(tally.predicted for tally in tallies),
        truth=sum(tally.truth for tally in tallies),
    )
