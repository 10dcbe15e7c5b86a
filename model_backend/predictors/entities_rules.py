"""The rule-based form reader: words in, questions, answers, headers and their links out.

The page is cut to segments by gaps and punctuation (`form_segments`), each is labelled by weighed
signs (`form_labels`), labels and values are linked by position (`form_links`). Thresholds and
weights were chosen by hand with an eye on FUNSD's training forms; tests/benchmarks/forms.py prints
what it reaches there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model_backend.document import Entity, Page, Proposals, Relation, Status
from model_backend.predictors.form_labels import LABELS, Scores, label_scores
from model_backend.predictors.form_links import Field, links_of
from model_backend.predictors.form_segments import COLONS, Segment, segments_of
from model_backend.predictors.predictor import PredictorInput
from model_backend.translation import _

MOST_WORDS = 5_000
"""A page with more words is no form: it is left alone rather than held up."""


@dataclass(frozen=True)
class EntitiesRules:
    """Proposes entities and relations from the words of a page."""

    name: str = "rules"
    task: str = "entities"

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page; ids count from 1 in each."""
        return [self.read(given.page) for given in pages]

    def read(self, page: Page) -> Proposals:
        """Entities in reading order and the links between them."""
        if len(page.words) > MOST_WORDS:
            return Proposals(self.name, notes=(_("Too many words for a form."),))
        segments = segments_of(page.words)
        scores = label_scores(page, segments)
        entities = [
            self._entity(number, segment, score)
            for number, (segment, score) in enumerate(zip(segments, scores, strict=True), start=1)
        ]
        return Proposals(
            self.name, tuple(entities), self._relations(entities, segments, page.height)
        )

    def _entity(self, number: int, segment: Segment, scores: Scores) -> Entity:
        best = max(range(len(LABELS)), key=lambda i: scores[i])
        return Entity(
            id=number,
            label=LABELS[best],
            word_ids=tuple(word.id for word in segment.words),
            text=segment.text,
            box=segment.box,
            score=round(scores[best] * segment.score, 4),
            status=Status.PROPOSED,
            source=self.name,
        )

    def _relations(
        self, entities: Sequence[Entity], segments: Sequence[Segment], page_height: float
    ) -> tuple[Relation, ...]:
        fields = [
            Field(entity.label, entity.box, segment.height, entity.text.endswith(COLONS))
            for entity, segment in zip(entities, segments, strict=True)
        ]
        return tuple(
            Relation(
                id=number,
                from_id=entities[link.start].id,
                to_id=entities[link.end].id,
                score=round(
                    link.score
                    * (entities[link.start].score or 0.0)
                    * (entities[link.end].score or 0.0),
                    4,
                ),
                status=Status.PROPOSED,
                source=self.name,
            )
            for number, link in enumerate(links_of(fields, page_height), start=len(entities) + 1)
        )


def create() -> EntitiesRules:
    """The predictor, for the registry."""
    return EntitiesRules()
