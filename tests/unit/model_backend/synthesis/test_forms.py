"""Generated forms: the truth is that of the drawn page, in every kind, language and seed."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from random import Random

import numpy as np
import pytest

from model_backend.document import Page
from model_backend.quality.checks import check
from model_backend.synthesis.form_boxes import loosened
from model_backend.synthesis.form_language import language
from model_backend.synthesis.form_sheet import Form
from model_backend.synthesis.form_style import style
from model_backend.synthesis.forms import RECIPES, fill
from model_backend.synthesis.generator import LANGUAGES, Order, make
from model_backend.synthesis.paper import Paper

LABELS = {"header", "question", "answer", "other"}
SEEDS = range(12)
DPI = 144.0
TEXT = "BT"
"""How operators that print letters begin; rules, boxes and handwriting begin otherwise."""


def pages(name: str, count: int = 25) -> list[Page]:
    return [make(Order("forms", 11, name, noise="none"), number).page for number in range(count)]


@pytest.fixture(scope="module", params=LANGUAGES)
def forms(request: pytest.FixtureRequest) -> list[Page]:
    return pages(request.param)


def form_of(name: str, seed: int) -> Form:
    random = Random(seed)
    recipe = random.choice(tuple(RECIPES))
    form = Form(Paper(), style(name, random), language(name), random, RECIPES[recipe].topics)
    fill(form, recipe, 60.0)
    return form


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("seed", SEEDS)
def test_boxes_cover_all_printed_letters_and_touch_them(name: str, seed: int) -> None:
    form = form_of(name, seed)
    scale = DPI / 72
    letters = Paper(size=form.paper.size)
    letters.operators = [item for item in form.paper.operators if item.startswith(TEXT)]
    ink = np.asarray(letters.picture(DPI)) < 128
    outside = ink.copy()
    tight = []
    for word in form.paper.words:
        box = word.box.scaled(scale, scale)
        x0, y0, x1, y1 = (int(value) for value in (box.x0, box.y0, box.x1 + 1, box.y1 + 1))
        outside[max(0, y0 - 1) : y1 + 1, max(0, x0 - 1) : x1 + 1] = False
        inside = ink[max(0, y0) : y1, max(0, x0) : x1]
        if inside.any():
            rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
            room = (rows[0], columns[0], inside.shape[0] - rows[-1], inside.shape[1] - columns[-1])
            tight.append(max(room))
    assert not outside.any()
    assert np.mean([room <= 3 for room in tight]) > 0.97


def test_every_word_belongs_to_one_entity_and_lies_on_the_page(forms: list[Page]) -> None:
    for page in forms:
        owners = Counter(key for entity in page.entities for key in entity.word_ids)
        assert set(owners) == {word.id for word in page.words}
        assert set(owners.values()) == {1}
        for word in page.words:
            assert word.text.strip() == word.text != ""
            assert word.box.intersection(page.box) == word.box
            assert min(word.box.width, word.box.height) > 0


def test_words_do_not_lie_on_each_other(forms: list[Page]) -> None:
    """Handwriting may touch what is printed, as it does."""
    pairs = lying = 0
    for page in forms:
        for one, other in combinations(page.words, 2):
            if one.box.intersects(other.box):
                pairs += 1
                lying += max(one.box.overlap(other.box), other.box.overlap(one.box)) > 0.25
    count = sum(len(page.words) for page in forms)
    assert lying / count < 0.005
    assert pairs / count < 0.05


def test_labels_and_links_are_those_of_funsd(forms: list[Page]) -> None:
    kinds: Counter[tuple[str, str]] = Counter()
    for page in forms:
        labels = {entity.id: entity.label for entity in page.entities}
        assert set(labels.values()) <= LABELS
        assert len({(link.from_id, link.to_id) for link in page.relations}) == len(page.relations)
        kinds.update((labels[link.from_id], labels[link.to_id]) for link in page.relations)
        asked = {link.to_id for link in page.relations}
        assert {key for key, label in labels.items() if label == "answer"} <= asked
    assert set(kinds) <= {
        *(("question", "answer"), ("header", "question"), ("header", "answer")),
        *(("question", "question"), ("header", "header")),
    }
    assert kinds["question", "answer"] > kinds.total() / 2


def test_checks_find_nothing_wrong(forms: list[Page]) -> None:
    for page in forms:
        assert check(page, "funsd") == ()


def test_text_and_box_of_an_entity_are_those_of_its_words(forms: list[Page]) -> None:
    for page in forms:
        words = {word.id: word for word in page.words}
        for entity in page.entities:
            own = [words[key] for key in entity.word_ids]
            assert entity.text == " ".join(word.text for word in own)
            assert all(entity.box.grown(0.11).intersection(w.box) == w.box for w in own)


def test_forms_are_of_all_kinds_and_not_alike(forms: list[Page]) -> None:
    kinds = {page.page_class.label for page in forms if page.page_class}
    assert len(kinds) >= 6
    counts = [len(page.entities) for page in forms]
    assert max(counts) > 2 * min(counts)
    assert len({page.words[0].text for page in forms}) > len(forms) / 2


def test_blank_questions_long_answers_and_several_answers_occur(forms: list[Page]) -> None:
    out = Counter(
        link.from_id + 10_000 * n for n, page in enumerate(forms) for link in page.relations
    )
    questions = [
        entity.id + 10_000 * n
        for n, page in enumerate(forms)
        for entity in page.entities
        if entity.label == "question"
    ]
    answers = [e for page in forms for e in page.entities if e.label == "answer"]
    assert 0.1 < sum(key not in out for key in questions) / len(questions) < 0.6
    assert any(out[key] > 1 for key in questions)
    assert any(len(entity.word_ids) > 12 for entity in answers)


def test_loosened_boxes_hold_the_ink_and_lines_are_of_one_height() -> None:
    page = make(Order("forms", 11, noise="none"), 3).page
    loose = loosened(page, Random(1))
    before = {word.id: word.box for word in page.words}
    assert [word.id for word in loose.words] == [word.id for word in page.words]
    for word in loose.words:
        assert word.box.grown(0.01).intersection(before[word.id]) == before[word.id]
    taller = [word.box.height > before[word.id].height for word in loose.words]
    assert np.mean(taller) > 0.9
    for entity in loose.entities:
        assert all(
            entity.box.intersection(w.box) == w.box for w in loose.words if w.id in entity.word_ids
        )
