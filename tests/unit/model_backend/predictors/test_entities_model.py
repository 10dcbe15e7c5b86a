"""Entities by a network: windows, boxes, tags, and the whole way from a page to proposals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_models import LABELS, small_bert, small_layoutlm, small_layoutlmv2, small_tagger

from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.document import Box, Page, PageGeometry, Proposals, Word
from model_backend.errors import UserError
from model_backend.labels import decode_bio
from model_backend.predictors import entities_model
from model_backend.predictors.batches import in_batches
from model_backend.predictors.entity_windows import (
    boxes_1000,
    merged,
    speakers,
    tokens_of,
    windows,
)
from model_backend.predictors.predicting import predict_pages
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.predictors.self_test import sample_page, self_test
from model_backend.predictors.tagged_words import (
    entities_of,
    plain_bio,
    probabilities,
    split_tags,
)


def page_of(*words: Word, width: float = 1000.0, height: float = 2000.0) -> Page:
    geometry = PageGeometry("test", width, height)
    return Page(1, 1, 0, width=width, height=height, unit="px", geometry=geometry, words=words)


def test_boxes_are_truncated_then_clamped_and_counted() -> None:
    words = [
        Word(1, "a", Box(1.999, 3.999, 10.0, 20.0)),
        Word(2, "b", Box(-4.0, 0.0, 999.99, 2000.0)),
        Word(3, "c", Box(30.0, 10.0, 20.0, 5.0)),
    ]
    boxes, clamped = boxes_1000(words, page_of(*words))
    assert boxes == [(1, 1, 10, 10), (0, 0, 999, 1000), (20, 2, 30, 5)]
    assert clamped == 1


@given(st.integers(0, 400), st.integers(3, 60))
def test_windows_cover_every_token_and_are_full(count: int, capacity: int) -> None:
    ranges = windows(count, capacity)
    assert {token for start, end in ranges for token in range(start, end)} == set(range(count))
    assert all(end - start == min(count, capacity) for start, end in ranges)
    assert all(a[0] < b[0] <= a[1] for a, b in zip(ranges, ranges[1:], strict=False))


@given(st.integers(1, 200), st.integers(4, 40))
def test_speaker_is_the_window_in_which_a_token_stands_most_centrally(
    count: int, capacity: int
) -> None:
    ranges = windows(count, capacity)

    def centrality(token: int, window: tuple[int, int]) -> float:
        start, end = window
        before = token - start if start else np.inf
        return min(before, end - 1 - token if end < count else np.inf)

    for token, chosen in enumerate(speakers(count, ranges)):
        others = [centrality(token, w) for w in ranges if w[0] <= token < w[1]]
        assert ranges[chosen][0] <= token < ranges[chosen][1]
        assert centrality(token, ranges[chosen]) == max(others)


def test_word_takes_what_is_said_of_its_first_piece() -> None:
    tokens = tokens_of([[5, 6], [7], [8, 9, 10]])
    ranges = windows(6, 4)
    said = [np.full((4, 2), number, np.float32) for number in range(len(ranges))]
    for window, (start, end) in zip(said, ranges, strict=True):
        window[:, 1] = range(start, end)
    found = merged(tokens, 3, ranges, said)
    assert found[:, 1].tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("O", "B-QUESTION", "I-QUESTION"), [("O", ""), ("B", "question"), ("I", "question")]),
        (("o", "E-answer", "S-x"), [("O", ""), ("E", "answer"), ("S", "x")]),
        (("B_menu.nm", "I_menu.nm"), [("B", "menu.nm"), ("I", "menu.nm")]),
        (("O", "header", "invoice-number"), [("O", ""), ("I", "header"), ("I", "invoice-number")]),
        (("other", "e-mail", "s_total"), [("I", "other"), ("I", "e-mail"), ("I", "s_total")]),
    ],
)
def test_tags_of_all_schemes_are_understood(
    tags: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert split_tags(tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B I O I B B", [("x", 0, 2), ("x", 3, 4), ("x", 4, 5), ("x", 5, 6)]),
        ("B I E I E", [("x", 0, 3), ("x", 3, 5)]),
        ("S I B L L", [("x", 0, 1), ("x", 1, 2), ("x", 2, 4), ("x", 4, 5)]),
    ],
)
def test_entity_ends_where_its_scheme_says_so(
    tags: str, expected: list[tuple[str, int, int]]
) -> None:
    parts = [(prefix, "" if prefix == "O" else "x") for prefix in tags.split()]
    assert decode_bio(plain_bio(parts)) == expected


def test_entities_have_the_mean_probability_of_their_label() -> None:
    words = [Word(i, f"w{i}", Box(i * 10, 0, i * 10 + 8, 10)) for i in range(1, 5)]
    chances = np.array(
        [[0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [0.9, 0.05, 0.05], [0.0, 0.1, 0.9]], np.float32
    )
    first, second = entities_of(words, chances, ("O", "B-TOTAL", "I-TOTAL"), source="m")
    assert (first.word_ids, first.label, first.text) == ((1, 2), "total", "w1 w2")
    assert first.score == pytest.approx(0.85)
    assert first.box == Box(10, 0, 28, 10)
    assert (second.word_ids, second.id) == ((4,), 2)


def test_temperature_flattens_and_keeps_the_order() -> None:
    logits = np.array([[2.0, 0.0, -1.0]], np.float32)
    sharp, flat = probabilities(logits, 1.0), probabilities(logits, 4.0)
    assert flat.max() < sharp.max()
    assert flat.argsort().tolist() == sharp.argsort().tolist()
    assert flat.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("make", [small_bert, small_layoutlm, small_layoutlmv2, small_tagger])
def test_sample_page_is_labelled_in_windows(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "small")
    found = recognize(tmp_path / "small")
    name = install(record_of(found, Answers()), found.files).name
    tried = self_test(name)
    assert tried.picture.startswith(b"\x89PNG")
    path, page = sample_page("entities")
    (said,) = predict_pages([(path, page, "")], [name])
    assert isinstance(said, tuple)
    known = {word.id for word in page.words}
    assert said[0].entities
    assert {label.lower()[2:] for label in LABELS[1:]} >= {e.label for e in said[0].entities}
    used = [word_id for entity in said[0].entities for word_id in entity.word_ids]
    assert len(used) == len(set(used))
    assert set(used) <= known
    assert all(entity.source == name for entity in said[0].annotations)
    assert f"entities: {len(said[0].entities)}" in tried.summary


def test_windows_agree_with_a_network_that_reads_all_at_once(tmp_path: Path) -> None:
    """BERT without positions' influence would; here short pages must not depend on the batch."""
    small_bert(tmp_path / "small")
    found = recognize(tmp_path / "small")
    predictor = entities_model.create(install(record_of(found, Answers()), found.files))
    path, page = sample_page("entities")
    short = replace(page, words=page.words[:12])
    alone = predictor([PredictorInput(path, short)])[0]
    both = predictor([PredictorInput(path, page), PredictorInput(path, short)])[1]
    assert [e.word_ids for e in alone.entities] == [e.word_ids for e in both.entities]
    for one, other in zip(alone.entities, both.entities, strict=True):
        assert one.score == pytest.approx(other.score, abs=2e-4)


def test_page_without_words_is_silent_and_words_outside_are_told(tmp_path: Path) -> None:
    small_layoutlm(tmp_path / "small")
    found = recognize(tmp_path / "small")
    predictor = entities_model.create(install(record_of(found, Answers()), found.files))
    outside = page_of(Word(1, "name", Box(-9, -9, 20, 30)), Word(2, " ", Box(0, 0, 1, 1)))
    pages = [PredictorInput(Path("a"), page) for page in (page_of(), outside)]
    silent, told = predictor(pages)
    assert silent == Proposals("small")
    assert told.notes == ("Words that lie partly outside the page: 1.",)


def test_numbers_that_are_none_propose_nothing(tmp_path: Path) -> None:
    small_layoutlm(tmp_path / "small")
    found = recognize(tmp_path / "small")
    predictor = entities_model.create(install(record_of(found, Answers()), found.files))
    module = predictor.network.module
    with torch.inference_mode():
        module.get_parameter("network.classifier.bias").fill_(float("nan"))
    (said,) = predictor([PredictorInput(Path("a"), page_of(Word(1, "name", Box(0, 0, 20, 30))))])
    assert said.entities == ()
    assert said.notes == (NO_NUMBERS,)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (float("nan"), r"BERT are not all numbers: network\.classifier\.bias"),
        (-float("inf"), r"BERT are not all numbers: network\.classifier\.bias"),
        (3e38, "gave no numbers for the sample page"),  # overflows only when it is used
    ],
)
def test_model_that_gives_no_numbers_is_refused_at_its_trial(
    tmp_path: Path, number: float, said: str
) -> None:
    network = small_bert(tmp_path / "small")
    with torch.no_grad():
        network.classifier.bias[1] = number
        if number > 0:
            network.classifier.weight[1] = number
    network.save_pretrained(tmp_path / "small")
    found = recognize(tmp_path / "small")
    name = install(record_of(found, Answers()), found.files).name
    with pytest.raises(UserError, match=said):
        self_test(name)


def test_batches_are_halved_when_memory_is_short() -> None:
    sizes = []

    def run(items: object) -> list[int]:
        assert isinstance(items, list)
        sizes.append(len(items))
        if len(items) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return [item * 10 for item in items]

    found, notes = in_batches(list(range(7)), 6, run)
    assert found == [item * 10 for item in range(7)]
    assert sizes == [6, 3, 1, 1, 1, 1, 1, 1, 1]
    assert notes == ["Memory was short: 1 at a time."]


def test_one_item_that_is_too_much_and_other_errors_are_told() -> None:
    def run(_items: object) -> list[int]:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    def bug(_items: object) -> list[int]:
        raise RuntimeError("shapes differ")

    with pytest.raises(UserError, match="memory does not do"):
        in_batches([1, 2, 3], 2, run)
    with pytest.raises(RuntimeError, match="shapes differ"):
        in_batches([1], 2, bug)


def test_windows_of_one_length_are_looked_at_together(tmp_path: Path) -> None:
    small_bert(tmp_path / "small")
    found = recognize(tmp_path / "small")
    predictor = entities_model.create(install(record_of(found, Answers()), found.files))

    def page(count: int) -> PredictorInput:
        words = [Word(n, "name", Box(n, 0, n + 1, 9)) for n in range(1, count + 1)]
        return PredictorInput(Path("a"), page_of(*words))

    pages = [page(count) for count in (3, 40, 3, 40, 3, 40, 3, 40, 3, 40, 3, 40)]
    alone = [predictor([given])[0] for given in pages]
    lengths: list[tuple[int, int]] = []

    def note(_module: object, given: tuple[torch.Tensor, ...]) -> None:
        lengths.append(tuple(given[0].shape))  # type: ignore[arg-type]

    predictor.network.module.register_forward_pre_hook(note)
    assert predictor(pages) == alone
    assert lengths == [(8, 42), (4, 5)]


def test_page_that_cannot_be_seen_fails_alone(tmp_path: Path) -> None:
    small_layoutlmv2(tmp_path / "small")
    found = recognize(tmp_path / "small")
    name = install(record_of(found, Answers()), found.files).name
    path, page = sample_page("entities")
    gone = tmp_path / "gone.png"
    good, bad = predict_pages([(path, page, ""), (gone, page, "")], [name])
    assert isinstance(good, tuple)
    assert isinstance(bad, UserError)
    with pytest.raises(UserError, match=r"gone\.png cannot be found"):
        predict_pages([(gone, page, "")], [name])
