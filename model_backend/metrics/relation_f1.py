"""How well links were found."""

from __future__ import annotations

from typing import Any

from model_backend.document import Page
from model_backend.metrics.same_words import EntityKey, key_of, numbers_of_words
from model_backend.metrics.tally import Tally

LinkKey = tuple[EntityKey, EntityKey]


class RelationF1:
    """F1 = 2 hits / (truth + predicted) over links; a hit joins the same two entities, same way.

    Entities are the same when label and words are. A link that is there twice counts once; a link
    from an entity to itself, or to one that is not on the page, does not count.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all pages."""
        self._all = Tally()
        self._kinds: dict[str, Tally] = {}

    def update(self, truth: Page, predicted: Page) -> None:
        """Count one page; its words are matched by place."""
        numbers, other_numbers = numbers_of_words(truth, predicted)
        wanted, said = _links(truth, numbers), _links(predicted, other_numbers)
        self._all.add(wanted, said)
        for kind in {_kind(link) for link in wanted | said}:
            self._kinds.setdefault(kind, Tally()).add(
                {link for link in wanted if _kind(link) == kind},
                {link for link in said if _kind(link) == kind},
            )

    def ratios(self) -> dict[str, tuple[float, float]]:
        """F1 of all links as what is above and what is below its line."""
        return {"f1": self._all.ratio}

    def summary(self) -> dict[str, Any]:
        """Precision, recall and F1 over all links and by the labels that they join."""
        kinds = {kind: tally.summary() for kind, tally in sorted(self._kinds.items())}
        return {**self._all.summary(), "kinds": kinds}


def _links(page: Page, numbers: dict[int, int]) -> set[LinkKey]:
    keys = {entity.id: key_of(entity, numbers) for entity in page.entities}
    links = set()
    for relation in page.relations:
        start, end = keys.get(relation.from_id), keys.get(relation.to_id)
        if start is not None and end is not None and start != end:
            links.add((start, end))
    return links


def _kind(link: LinkKey) -> str:
    return f"{link[0][0]} -> {link[1][0]}"
