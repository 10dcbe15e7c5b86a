"""What a predictor of entities reaches on generated forms that training never saw."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Protocol

from model_backend.document import Page, Proposals
from model_backend.metrics.entity_f1 import EntityF1
from model_backend.metrics.relation_f1 import RelationF1
from model_backend.synthesis import forms
from model_backend.synthesis.families import Family
from model_backend.synthesis.generator import ENGLISH, Order
from model_backend.training.form_lessons import worn

SEED = 1_000_003
"""Of the forms to measure with: no training begins with it."""


class Reader(Protocol):
    """Reads one page."""

    def read(self, page: Page) -> Proposals:
        """Entities and relations of its words."""
        ...


def held_out_form(number: int, language: str = ENGLISH) -> Page:
    """A form to measure with, in faces that training does not use."""
    random = Random(f"{SEED} {number}")
    form, _kind = forms.filled(Order("forms", SEED, language, family=Family.HELD_OUT), random)
    return worn(form.paper.truth(), random)


def form_figures(reader: Reader, count: int, language: str = ENGLISH) -> dict[str, float | None]:
    """F1 of entities, words and relations on `count` forms."""
    entities, relations = EntityF1(), RelationF1()
    for number in range(count):
        truth = held_out_form(number, language)
        bare = replace(truth, entities=(), relations=(), tables=(), regions=())
        said = reader.read(bare)
        found = replace(bare, entities=said.entities, relations=said.relations)
        entities.update(truth, found)
        relations.update(truth, found)
    told = entities.summary()
    return {
        "entity F1": told["f1"],
        "word F1": told["words"]["f1"],
        "relation F1": relations.summary()["f1"],
    }
