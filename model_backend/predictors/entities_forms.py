"""Entities and links by the networks that come with Proofdesk: resources/models/entities.onnx, and
entities_korean.onnx for pages in Hangul.

They read words, their places and what the form reader's rules say of them; they run in onnxruntime,
without torch. `training.train_entities` makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Entity, Page, Proposals, Relation, Status, Word, union_of
from model_backend.installed import InstalledModel
from model_backend.predictors.entities_rules import EntitiesRules
from model_backend.predictors.form_decoding import Chain, Parent, chains_of, parents_of
from model_backend.predictors.form_links import fields_of, links_of
from model_backend.predictors.form_program import (
    FormProgram,
    Said,
    between,
    form_program,
    nothing_said,
)
from model_backend.predictors.form_reading import Order, reading_of
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.predictors.programs import program_of
from model_backend.reading_order import reading_order
from model_backend.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

NAME = "forms"
MODELS = Path(__file__).resolve().parents[2] / "resources" / "models"
PROGRAM, KOREAN_PROGRAM = MODELS / "entities.onnx", MODELS / "entities_korean.onnx"
HANGUL = 0.3
"""A page of which more letters than this share are Hangul is Korean: Korean forms have Latin codes,
addresses and names of products, too."""
LEAST_LINK = 0.25
"""Links that are right less often are not proposed: to delete them is more work than to draw those
that are right. Chosen with FUNSD's training forms."""
MOST_WORDS = 1_000
"""A page with more words is a dense page of print and hardly a form: the rules are quick on it."""


@dataclass(frozen=True)
class Found:
    """Chains of words, the entities that they are, and links between them (by their places)."""

    chains: tuple[Chain, ...] = ()
    entities: tuple[Entity, ...] = ()
    links: tuple[Parent, ...] = ()

    def label_of(self, link: Parent) -> str:
        """The label of that which a link comes from."""
        return self.chains[link.start].label


@dataclass(frozen=True)
class EntitiesForms:
    """Proposes entities and relations from the words of a page.

    On a Korean page the program `korean`, where there is one, has a vote as large as the other's,
    which knows no Hangul but how forms are laid out.
    """

    program: Path = PROGRAM
    sha256: str = ""
    korean: Path | None = None
    name: str = NAME
    task: str = "entities"
    in_order: Order = reading_order

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page; ids count from 1 in each."""
        return [self.read(given.page) for given in pages]

    def read(self, page: Page) -> Proposals:
        """Entities in reading order and the links between them."""
        if len(page.words) > MOST_WORDS:
            return EntitiesRules(name=self.name).read(page)
        found = self.found(page)
        if found is None:
            return Proposals(self.name, notes=(_(NO_NUMBERS),))
        sureness = self.program_for(page).sureness
        scored = ((link, sureness.of_link(link, found.label_of(link))) for link in found.links)
        relations = tuple(
            self._relation(number, link, score, found.entities)
            for number, (link, score) in enumerate(
                ((link, score) for link, score in scored if score >= LEAST_LINK),
                len(found.entities) + 1,
            )
        )
        return Proposals(self.name, found.entities, relations)

    def program_for(self, page: Page) -> FormProgram:
        """The program that knows the page's script."""
        if self.korean is not None and share_of_hangul(page.words) > HANGUL:
            return form_program(self.korean)
        return form_program(self.program, self.sha256)

    def _said(self, page: Page) -> tuple[tuple[Word, ...], Said]:
        """The words in reading order, and what is said of them; nothing of none."""
        first, own = form_program(self.program, self.sha256), self.program_for(page)
        reading = reading_of(page, first.pieces, self.in_order)
        if not reading.words:
            return (), nothing_said()
        said = first(reading)
        if own is not first:
            said = between(said, own(reading_of(page, own.pieces, self.in_order)))
        return reading.words, said

    def found(self, page: Page) -> Found | None:
        """Entities and all links that the network can think of; None where it says no numbers."""
        words, said = self._said(page)
        if not words:
            return Found()
        if not all(
            np.isfinite(part).all() for part in (said.classes, said.following, said.parents)
        ):
            return None
        chains, sureness = chains_of(said.classes, said.following), self.program_for(page).sureness
        entities = tuple(
            self._entity(number, chain, sureness.of_chain(chain), words)
            for number, chain in enumerate(chains, 1)
        )
        rules = links_of(fields_of(entities, page), page.height)
        links = parents_of(chains, said.parents, [(link.start, link.end) for link in rules])
        return Found(tuple(chains), entities, tuple(links))

    def _relation(
        self, number: int, link: Parent, score: float, entities: Sequence[Entity]
    ) -> Relation:
        return Relation(
            id=number,
            from_id=entities[link.start].id,
            to_id=entities[link.end].id,
            score=round(score, 4),
            status=Status.PROPOSED,
            source=self.name,
        )

    def _entity(self, number: int, chain: Chain, score: float, words: Sequence[Word]) -> Entity:
        members = [words[place] for place in chain.words]
        return Entity(
            id=number,
            label=chain.label,
            word_ids=tuple(word.id for word in members),
            text=" ".join(word.text for word in members),
            box=union_of(word.box for word in members),
            score=round(score, 4),
            status=Status.PROPOSED,
            source=self.name,
        )


def of_model(model: InstalledModel) -> EntitiesForms:
    """The predictor of a program that `proofdesk train entities` made."""
    program, sha256 = program_of(model)
    return EntitiesForms(program, sha256, name=model.name)


def share_of_hangul(words: Sequence[Word]) -> float:
    """The share of Hangul among the letters of words; 0 where there are none."""
    letters = [letter for word in words for letter in word.text if letter.isalpha()]
    return sum("\uac00" <= letter <= "\ud7a3" for letter in letters) / max(1, len(letters))


def create() -> EntitiesForms:
    """The predictor, for the registry."""
    return EntitiesForms(korean=KOREAN_PROGRAM)
