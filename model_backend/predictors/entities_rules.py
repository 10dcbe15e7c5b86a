"""The rule-based form reader: words in, questions, answers, headers and their links out.

The page is cut to segments by gaps and punctuation (`form_segments`), each is labelled by weighed
signs (`form_labels`), labels and values are linked by position (`form_links`). Every strength and
threshold was argued by hand, from how forms are made: none was fitted to a data set. FUNSD's forms
served to measure the whole (tests/benchmarks/forms.py) and to see by the mistakes which sign was
missing; what was then added had to be argued for any form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from model_backend.document import Box, Entity, Page, Proposals, Relation, Status, union_of
from model_backend.predictors.form_labels import LABELS, Scores, label_scores
from model_backend.predictors.form_links import Field, links_of
from model_backend.predictors.form_segments import segments_of
from model_backend.predictors.form_text import COLONS, Segment, is_tick
from model_backend.predictors.predictor import PredictorInput
from model_backend.translation import _

NAME = "rules"
MOST_WORDS = 2_000
"""A page with more words, twice a dense page of print, is no form: it is left alone rather than
held up."""


@dataclass(frozen=True)
class EntitiesRules:
    """Proposes entities and relations from the words of a page."""

    name: str = NAME
    task: str = "entities"

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page; ids count from 1 in each."""
        return [self.read(given.page) for given in pages]

    def read(self, page: Page) -> Proposals:
        """Entities from top to bottom and the links between them."""
        if len(page.words) > MOST_WORDS:
            return Proposals(self.name, notes=(_("Too many words for a form."),))
        segments = segments_of(page)
        scores = label_scores(page, segments)
        boxes = {word.id: word.box for word in page.words}
        entities = [
            self._entity(number, segment, score, boxes)
            for number, (segment, score) in enumerate(zip(segments, scores, strict=True), start=1)
        ]
        relations = related(entities, segments, page.height)
        return Proposals(self.name, tuple(entities), relations)

    def _entity(
        self, number: int, segment: Segment, scores: Scores, boxes: Mapping[int, Box]
    ) -> Entity:
        best = max(range(len(LABELS)), key=lambda i: scores[i])
        return Entity(
            id=number,
            label=LABELS[best],
            word_ids=tuple(word.id for word in segment.words),
            text=segment.text,
            box=union_of([boxes[word.id] for word in segment.words]),
            score=round(scores[best] * segment.score, 4),
            status=Status.PROPOSED,
            source=self.name,
        )


def related(
    entities: Sequence[Entity], segments: Sequence[Segment], page_height: float
) -> tuple[Relation, ...]:
    """The links between entities, each made from the segment beside it; ids follow the entities'.

    A link is as sure as its ends are and as they are near.
    """
    fields = [
        Field(
            entity.label,
            segment.box,
            segment.height,
            ends_with_colon=entity.text.endswith(COLONS),
            is_tick=is_tick(entity.text),
            cell=segment.cell,
        )
        for entity, segment in zip(entities, segments, strict=True)
    ]
    first_id = max((entity.id for entity in entities), default=0) + 1
    return tuple(
        Relation(
            id=number,
            from_id=entities[link.start].id,
            to_id=entities[link.end].id,
            score=round(link.score * _sure(entities[link.start]) * _sure(entities[link.end]), 4),
            status=Status.PROPOSED,
            source=NAME,
        )
        for number, link in enumerate(links_of(fields, page_height), start=first_id)
    )


def _sure(entity: Entity) -> float:
    return 1.0 if entity.score is None else entity.score


def create() -> EntitiesRules:
    """The predictor, for the registry."""
    return EntitiesRules()
