"""How often the form network is right, fitted to drawn forms that it was not trained on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from model_backend.document import Entity, Page
from model_backend.onnx_export import unfinished
from model_backend.predictors.entities_forms import EntitiesForms, Found
from model_backend.predictors.form_program import SURENESS_KEY
from model_backend.predictors.form_sureness import Sureness, chain_evidence, link_evidence
from model_backend.training.form_figures import held_out_form

FIRST = 100_000
"""The number of the first form: those before it are measured with."""
ENTITY = "entity"
LEAST = 20
"""Fewer things of a kind say nothing: the network is believed."""
HELD_BACK = 1e-3
"""How much large factors cost (ridge)."""
Judged = tuple[str, tuple[float, ...], bool]
"""What it is, what the network says of it, and whether it is right."""


def fitted(reader: EntitiesForms, count: int, language: str) -> Sureness:
    """The sureness of a network by what it reads on `count` drawn forms."""
    return sureness_of(
        one
        for number in range(FIRST, FIRST + count)
        for one in judged(reader, held_out_form(number, language))
    )


def sureness_of(found: Iterable[Judged]) -> Sureness:
    """The regressions of each kind of thing."""
    kinds: dict[str, list[tuple[tuple[float, ...], bool]]] = defaultdict(list)
    for kind, evidence, is_right in found:
        kinds[kind].append((evidence, is_right))
    told = {kind: _regression(members) for kind, members in kinds.items() if len(members) >= LEAST}
    return replace(Sureness(), **told)


def judged(reader: EntitiesForms, truth: Page) -> Iterator[Judged]:
    """Every entity and link that the network finds on a page, with whether it is right: an entity
    with its label and just its words, a link between things of which most words are so linked.
    """
    found = reader.found(replace(truth, entities=(), relations=(), tables=(), regions=()))
    if found is None:
        return
    right = {frozenset(one.word_ids): one.label for one in truth.entities if one.word_ids}
    for chain, entity in zip(found.chains, found.entities, strict=True):
        is_right = right.get(frozenset(entity.word_ids)) == entity.label
        yield ENTITY, chain_evidence(chain), is_right
    yield from _judged_links(found, truth)


def _judged_links(found: Found, truth: Page) -> Iterator[Judged]:
    owners = {word: one.id for one in truth.entities for word in one.word_ids}
    meant = [_most(entity, owners) for entity in found.entities]
    linked = {(one.from_id, one.to_id) for one in truth.relations}
    for link in found.links:
        is_right = (meant[link.start], meant[link.end]) in linked
        yield found.label_of(link), link_evidence(link), is_right


def _most(entity: Entity, owners: dict[int, int]) -> int | None:
    """The entity of the truth that has most of its words."""
    votes = [owners.get(word) for word in entity.word_ids]
    return max(set(votes), key=lambda owner: (votes.count(owner), owner or 0))


def _regression(members: Sequence[tuple[tuple[float, ...], bool]]) -> tuple[float, ...]:
    """A constant and factors by maximum likelihood, held back a little."""
    evidence = np.array([(1.0, *told) for told, _right in members])
    right = np.array([1.0 if is_right else -1.0 for _told, is_right in members])

    def loss(factors: NDArray[np.float64]) -> float:
        odds = (evidence @ factors) * right
        return float(np.logaddexp(0.0, -odds).mean() + HELD_BACK * (factors**2).sum())

    return tuple(round(float(one), 4) for one in minimize(loss, np.zeros(evidence.shape[1])).x)


def write_sureness(program: Path, sureness: Sureness) -> None:
    """Note it in the program's file."""
    import onnx

    model = onnx.load(program)
    told = {item.key: item.value for item in model.metadata_props}
    onnx.helper.set_model_props(model, {**told, SURENESS_KEY: sureness.to_text()})
    with unfinished(program) as part:
        onnx.save(model, part)
