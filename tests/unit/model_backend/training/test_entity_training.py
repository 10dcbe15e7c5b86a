"""Training of the form network: what is learnt of a page; that it learns, resumes and runs."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from small_models import VOCABULARY, small_bert

from model_backend.document import Box, Entity, Page, PageGeometry, Relation, Word
from model_backend.errors import Cancelled, UserError
from model_backend.predictors.entities_forms import HANGUL, EntitiesForms, share_of_hangul
from model_backend.predictors.form_labels import LABELS
from model_backend.predictors.form_pieces import pieces_of_vocabulary
from model_backend.predictors.form_program import form_program
from model_backend.predictors.form_reading import INPUTS, NO_WORD, batch_of, reading_of
from model_backend.training import form_korean
from model_backend.training.entities import EntityTask
from model_backend.training.form_figures import held_out_form
from model_backend.training.form_lessons import (
    generated_lesson,
    lesson_of,
    shortened,
    truth_of,
    worn,
)
from model_backend.training.form_program import export, held_in
from model_backend.training.form_start import begun, language_model
from model_backend.training.train_entities import Wish, beginning, config_in, train_entities

PIECES = pieces_of_vocabulary("\n".join(VOCABULARY) + "\n")


def form() -> Page:
    words = tuple(
        Word(number, text, Box(x, y, x + 6.0 * len(text), y + 10))
        for number, (text, x, y) in enumerate(
            [("date", 10, 10), ("of", 40, 10), ("birth", 10, 24), ("1.2.", 120, 10)], start=1
        )
    )
    entities = (
        Entity(5, "question", (3, 1, 2), "", Box(10, 10, 60, 34)),
        Entity(6, "answer", (4,), "", Box(120, 10, 150, 20)),
    )
    return Page(
        1, 1, 0, 300, 400, "px", PageGeometry("drawn", 300, 400), words=words, entities=entities,
        relations=(Relation(7, 5, 6),),
    )  # fmt: skip


def test_lesson_points_to_the_next_word_of_the_entity_in_reading_order() -> None:
    found = lesson_of(form(), PIECES)
    assert [word.text for word in found.reading.words] == ["date", "of", "1.2.", "birth"]
    assert [LABELS[number] for number in found.classes] == [
        "question",
        "question",
        "answer",
        "question",
    ]
    assert found.following.tolist() == [1, 3, NO_WORD, NO_WORD]
    assert found.begins.tolist() == [True, False, True, False]
    assert found.links == ((2, 0),)


def test_truth_has_one_parent_or_none_for_each_entity() -> None:
    made = truth_of([lesson_of(form(), PIECES)], 5)
    assert made["classes"][0].tolist()[-1] == -1
    assert made["following"][0].tolist() == [1, 3, 5, 5, -1]
    assert made["parents"][0].sum(axis=1).tolist() == [1, 0, 1, 0, 0]
    assert made["parents"][0, 2, 0] == 1
    assert made["parents"][0, 0, 5] == 1


def test_shortened_lesson_is_a_lesson_of_the_first_words() -> None:
    whole = generated_lesson(3, 0, PIECES)
    part = shortened(whole, 60)
    words = len(part.reading.words)
    assert len(part.reading.ids) <= 60 < len(whole.reading.ids)
    assert part.reading.word_of.tolist()[-1] == words
    assert set(part.reading.word_of.tolist()) == set(range(words + 1))
    assert max(part.following, default=0) < words
    assert all(max(link) < words for link in part.links)
    assert np.array_equal(part.classes, whole.classes[:words])
    assert shortened(whole, 10_000) is whole


def test_worn_page_keeps_its_words_and_order() -> None:
    page = held_out_form(0)
    found = worn(page, Random(4))
    assert [word.id for word in found.words] == [word.id for word in page.words]
    assert all(word.text for word in found.words)
    changed = sum(a.text != b.text for a, b in zip(page.words, found.words, strict=True))
    assert changed < 0.2 * len(page.words)
    assert all(word.box.width > 0 and word.box.height > 0 for word in found.words)


def test_korean_is_read_by_characters_from_a_beginning_of_nothing() -> None:
    network, text = beginning("nothing", "ko")
    pieces = pieces_of_vocabulary(text)
    assert network.config.vocab_size == len(pieces.numbers) > 2_350
    syllables = pieces.of("주민등록번호")
    assert len(set(syllables)) == 6
    assert pieces.unknown not in syllables
    decomposed = unicodedata.normalize("NFD", "주민등록번호")  # as macOS names files
    assert pieces.of(decomposed) == syllables
    assert pieces.of("Ａ-1") == (pieces.unknown, *pieces.of("-1"))
    assert pieces.of("E-Mail:") == pieces.of("e-mail:")
    assert len(pieces.of("뷁힣")) == 2  # what has no piece is unknown, letter by letter
    english = pieces_of_vocabulary("\n".join(VOCABULARY))
    assert not english.are_characters


def test_a_korean_lesson_is_a_korean_form() -> None:
    pieces = pieces_of_vocabulary(form_korean.vocabulary())
    lesson = generated_lesson(3, 0, pieces, "ko")
    assert share_of_hangul(lesson.reading.words) > HANGUL
    assert (lesson.reading.ids == pieces.unknown).mean() < 0.02
    assert share_of_hangul(generated_lesson(3, 0, pieces).reading.words) == 0
    network, _text = beginning("nothing", "ko")
    batch = batch_of([lesson.reading], pieces.padding)
    said = network(*(torch.from_numpy(batch[name]) for name in INPUTS))
    assert said[0].shape == (1, len(lesson.reading.words), len(LABELS))


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bert")
    small_bert(folder)
    return folder


def test_program_says_what_torch_says_of_a_page(bert: Path, tmp_path: Path) -> None:
    network, vocabulary = beginning(str(bert))
    written = export(network, vocabulary, tmp_path / "entities.onnx")
    assert written.difference < 0.005
    program = form_program(tmp_path / "entities.onnx")
    reading = reading_of(held_out_form(1), program.pieces)
    said = program(reading)
    given = batch_of([reading], program.pieces.padding)
    with torch.inference_mode():
        classes, following, parents = network.eval()(
            *(torch.from_numpy(given[name]) for name in INPUTS)
        )
    assert np.allclose(said.classes, classes[0].log_softmax(-1).numpy(), atol=0.01)
    assert np.allclose(said.following, following[0].log_softmax(-1).numpy(), atol=0.01)
    assert np.allclose(said.parents, parents[0].numpy(), atol=0.01)


def test_training_can_begin_with_what_a_program_holds(bert: Path, tmp_path: Path) -> None:
    network, vocabulary = beginning(str(bert))
    export(network, vocabulary, tmp_path / "entities.onnx")
    weights = held_in(tmp_path / "entities.onnx").weights
    for name, value in network.state_dict().items():
        assert torch.allclose(weights[name], value, atol=1e-3), name
    again, text = beginning(str(tmp_path / "entities.onnx"))
    assert text == vocabulary
    assert again.config == network.config
    assert all(torch.equal(value, weights[name]) for name, value in again.state_dict().items())


def test_other_files_are_no_models_to_begin_with(tmp_path: Path) -> None:
    (tmp_path / "entities.onnx").write_bytes(b"no program")
    with pytest.raises(UserError, match="entities.onnx"):
        beginning(str(tmp_path / "entities.onnx"))


@pytest.fixture
def task(bert: Path) -> Iterator[Callable[[int], EntityTask]]:
    """Makes a task of a few short lessons, on one thread: more wait for each other here."""
    lessons = [shortened(generated_lesson(1, number, PIECES), 70) for number in range(8)]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = begun(config_in(bert), language_model(bert))
    yield lambda seed: EntityTask(network, lessons.__getitem__, len(lessons), PIECES, seed)
    torch.set_num_threads(threads)


def test_network_learns_a_few_forms(task: Callable[[int], EntityTask]) -> None:
    learnt = task(0)
    network = learnt.network
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    losses = []
    for step in range(48):
        loss = learnt.loss(learnt.batch(step))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-8:]) < 0.6 * np.mean(losses[:8])


def test_batch_depends_on_its_step_alone(task: Callable[[int], EntityTask]) -> None:
    one, other = task(5), task(5)
    for step in range(9):
        expected = one.batch(step)
    found = other.batch(8)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in found)
    assert not torch.equal(task(6).batch(8)["ids"], found["ids"])


def test_command_trains_resumes_and_notes_its_figures(
    bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model_backend.training.train_entities.LEAST_STEPS", 4)
    monkeypatch.setattr("model_backend.training.entities.BATCHES", 2)
    whole = Wish(tmp_path / "whole", tmp_path / "a", (), 32, str(bert), 3, device="cpu", measured=2)
    expected = train_entities(whole)
    halved = Wish(tmp_path / "out", tmp_path / "b", (), 32, str(bert), 3, device="cpu", measured=2)
    with pytest.raises(Cancelled):
        train_entities(halved, is_cancelled=lambda: True)
    found = train_entities(halved, resume=True)
    assert found.figures == expected.figures
    before, after = held_in(expected.program).weights, held_in(found.program).weights
    assert all(torch.equal(before[name], after[name]) for name in before)
    card = (tmp_path / "out" / "entities.md").read_text(encoding="utf-8")
    assert halved.command in card
    assert "entity F1" in card
    page = held_out_form(5)
    said = EntitiesForms(found.program).read(page)
    assert sorted(i for item in said.entities for i in item.word_ids) == [w.id for w in page.words]


def test_data_sets_are_learnt_from(bert: Path, tmp_path: Path) -> None:
    wish = Wish(tmp_path, tmp_path, (tmp_path / "none",), 0, str(bert))
    with pytest.raises(UserError, match="cannot be found"):
        train_entities(wish)
    with pytest.raises(UserError, match="nothing to learn from"):
        train_entities(Wish(tmp_path, tmp_path, (), 0, str(bert)))
