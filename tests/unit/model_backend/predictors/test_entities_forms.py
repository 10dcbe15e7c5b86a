"""The network of forms that comes with Proofdesk, run as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from model_backend import registry
from model_backend.document import Box, Page, PageGeometry, Status, Word
from model_backend.document_json import from_json
from model_backend.errors import UserError
from model_backend.metrics.entity_f1 import EntityF1
from model_backend.predictors.entities_forms import (
    KOREAN_PROGRAM,
    MOST_WORDS,
    PROGRAM,
    EntitiesForms,
)
from model_backend.predictors.entities_rules import EntitiesRules
from model_backend.predictors.form_program import form_program
from model_backend.training.form_figures import form_figures, held_out_form

MOST_BYTES = 50_000_000


def page(words: tuple[Word, ...]) -> Page:
    return Page(1, 1, 0, 600, 800, "px", PageGeometry("drawn", 600, 800), words=words)


def test_it_is_the_default_and_small() -> None:
    assert registry.default(registry.ENTITIES) == EntitiesForms().name
    assert PROGRAM.stat().st_size <= MOST_BYTES
    assert PROGRAM.with_suffix(".md").is_file()


def test_forms_that_training_never_saw_are_read_better_than_by_rules() -> None:
    network, rules = form_figures(EntitiesForms(), 12), form_figures(EntitiesRules(), 12)
    for name in ("entity F1", "word F1"):
        assert (network[name] or 0) > (rules[name] or 0) + 0.05


def test_korean_forms_are_read_by_a_network_of_their_own() -> None:
    reader = registry.create(registry.default(registry.ENTITIES))
    assert isinstance(reader, EntitiesForms)
    found, rules = (form_figures(one, 12, "ko") for one in (reader, EntitiesRules()))
    for name in ("entity F1", "word F1", "relation F1"):
        assert (found[name] or 0) > (rules[name] or 0) + 0.05
    assert reader.program_for(held_out_form(0, "ko")) is form_program(KOREAN_PROGRAM)
    assert reader.program_for(held_out_form(0)) is form_program(PROGRAM)
    assert PROGRAM.stat().st_size + KOREAN_PROGRAM.stat().st_size <= MOST_BYTES + 2_000_000
    assert KOREAN_PROGRAM.with_suffix(".md").is_file()


def test_the_korean_sample_is_read(samples: Path) -> None:
    told = json.loads((samples / "korean_form.json").read_text(encoding="utf-8"))
    (truth,) = (from_json(Page, page) for page in told["pages"])
    measure = EntityF1()
    said = registry.create("forms").read(replace(truth, entities=(), relations=()))
    measure.update(truth, replace(truth, entities=said.entities))
    assert measure.summary()["f1"] > 0.7


def test_entities_and_links_are_proposals_of_all_words() -> None:
    form = held_out_form(3)
    said = EntitiesForms().read(form)
    assert sorted(i for item in said.entities for i in item.word_ids) == [w.id for w in form.words]
    assert [item.id for item in said.annotations] == list(range(1, len(said.annotations) + 1))
    ids = {item.id for item in said.entities}
    assert said.relations
    for item in said.annotations:
        assert item.status is Status.PROPOSED
        assert item.source == "forms"
        assert 0 <= (item.score or 0) <= 1
    assert all({link.from_id, link.to_id} <= ids for link in said.relations)


def test_page_without_words_and_dense_pages_are_read() -> None:
    assert EntitiesForms().read(page(())).annotations == ()
    many = tuple(
        Word(n + 1, "word", Box(n % 40 * 14, n // 40 * 12, n % 40 * 14 + 12, n // 40 * 12 + 9))
        for n in range(MOST_WORDS + 1)
    )
    assert (
        EntitiesForms().read(page(many)).entities
        == EntitiesRules("forms").read(page(many)).entities
    )


def test_other_programs_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other.onnx").write_bytes(b"no program")
    with pytest.raises(UserError, match="other.onnx"):
        EntitiesForms(tmp_path / "other.onnx").read(held_out_form(0))


def test_it_runs_without_torch() -> None:
    code = (
        "import sys; from model_backend.document import *;"
        "from model_backend.predictors.entities_forms import EntitiesForms;"
        "words = (Word(1, 'Name:', Box(10, 10, 50, 20)), Word(2, 'Jane', Box(60, 10, 90, 20)));"
        "page = Page(1, 1, 0, 300, 400, 'px', PageGeometry('x', 300, 400), words=words);"
        "print([e.label for e in EntitiesForms().read(page).entities]);"
        "print([n for n in ('torch', 'transformers', 'tokenizers', 'onnx') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['question', 'answer']", "[]"]
