"""How sure the form network is allowed to be: fitted, written, read, and true of drawn forms."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from model_backend.metrics.calibration import calibration_error
from model_backend.predictors.entities_forms import LEAST_LINK, PROGRAM, EntitiesForms
from model_backend.predictors.form_decoding import Chain, Parent
from model_backend.predictors.form_program import form_program
from model_backend.predictors.form_sureness import HARDER, Sureness
from model_backend.training.form_figures import held_out_form
from model_backend.training.form_sureness import (
    ENTITY,
    LEAST,
    Judged,
    judged,
    sureness_of,
    write_sureness,
)


def drawn(kind: str, factors: tuple[float, ...], count: int = 4000) -> list[Judged]:
    """Things that are right as often as these factors say."""
    random = np.random.default_rng(1)
    evidence = random.normal(0.0, 2.0, (count, len(factors) - 1))
    chance = 1 / (1 + np.exp(-(factors[0] + evidence @ np.array(factors[1:]))))
    right = random.random(count) < chance
    return [
        (kind, tuple(told), bool(one)) for told, one in zip(evidence.tolist(), right, strict=True)
    ]


def test_fitting_finds_the_factors_that_things_were_drawn_with() -> None:
    found = sureness_of([*drawn(ENTITY, (0.5, 0.8, 0.3)), *drawn("question", (-0.4, 1.2))])
    assert found.entity == pytest.approx((0.5, 0.8, 0.3), abs=0.15)
    assert found.question == pytest.approx((-0.4, 1.2), abs=0.15)
    assert found.header == Sureness().header  # nothing was seen of it


def test_too_few_things_leave_the_network_believed() -> None:
    assert sureness_of(drawn(ENTITY, (0.5, 0.8, 0.3), LEAST - 1)) == Sureness()


def test_all_right_is_no_certainty() -> None:
    found = sureness_of([(ENTITY, (2.0, -0.1), True)] * 50)
    assert 0.5 < found.of_chain(Chain((0,), "answer", 0.99, 0.0)) < 1.0


def test_as_it_begins_chances_are_those_of_the_network() -> None:
    believed = Sureness()
    assert believed.of_link(Parent(0, 1, 0.7), "question") == pytest.approx(0.7)
    assert believed.of_chain(Chain((0,), "answer", 0.8, 0.0)) == pytest.approx(0.8)
    odds = Sureness(entity=(0.0, 1.0, 1.0)).of_chain(Chain((0,), "answer", 0.5, 0.0))
    assert odds == pytest.approx(1 / (1 + math.exp(-HARDER)))


def test_it_is_kept_in_the_program(tmp_path: Path) -> None:
    program = tmp_path / "entities.onnx"
    shutil.copy(PROGRAM, program)
    wanted = Sureness((0.1, 0.2, 0.3), (0.4, 0.5), (0.6, 0.7))
    write_sureness(program, wanted)
    assert form_program(program).sureness == wanted
    assert Sureness.from_text(wanted.to_text()) == wanted


def test_scores_of_the_model_that_ships_say_how_often_it_is_right() -> None:
    """On drawn forms, which are easier than real ones by what HARDER takes off."""
    reader = EntitiesForms()
    sureness = form_program(reader.program).sureness
    scores, right = [], []
    for number in range(12):
        for kind, evidence, is_right in judged(reader, held_out_form(number)):
            factors = getattr(sureness, kind)
            odds = factors[0] + sum(a * b for a, b in zip(factors[1:], evidence, strict=True))
            scores.append(1 / (1 + math.exp(-odds)))
            right.append(is_right)
    assert len(scores) > 300
    assert max(scores) - min(scores) > 0.5
    assert calibration_error(scores, right) < 0.08


def test_links_that_are_hardly_ever_right_are_not_proposed() -> None:
    reader = EntitiesForms()
    page = held_out_form(3)
    found, said = reader.found(page), reader.read(page)
    assert found is not None
    assert 0 < len(said.relations) < len(found.links)
    assert all(link.score is not None and link.score >= LEAST_LINK for link in said.relations)
