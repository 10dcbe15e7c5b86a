"""The form network: its encoder beside transformers', its spatial bias beside a slow loop."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from small_models import SIZES, small_bert
from torch import Tensor
from torch.nn import functional

from model_backend.errors import UserError
from model_backend.models.form_network import (
    FARTHEST,
    FINEST,
    SHARES,
    STEPS,
    TRUST,
    FormConfig,
    FormNetwork,
    Layout,
    said_by_rules,
    step_of,
)
from model_backend.training.form_start import begun, language_model
from model_backend.training.train_entities import config_in

SMALL = FormConfig(
    vocab_size=50,
    hidden_size=24,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=32,
    max_position_embeddings=64,
    pointing=8,
)


def an_input(pages: int = 2, pieces: int = 12, words: int = 5) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(3)

    def some(high: int, *shape: int) -> Tensor:
        return torch.randint(0, high, shape, generator=generator)

    mask = torch.ones(pages, pieces, dtype=torch.long)
    mask[-1, -4:] = 0
    corners = torch.rand(pages, words, 2, generator=generator) * 40
    return {
        "ids": some(SMALL.vocab_size, pages, pieces),
        "word_of": some(words + 1, pages, pieces),
        "mask": mask,
        "first": some(pieces - 4, pages, words),
        "boxes": torch.cat([corners, corners + 1.5], dim=-1),
        "size": torch.full((pages, 2), 50.0),
        "signs": torch.rand(pages, words, SMALL.signs, generator=generator),
        "follows": some(words + 2, pages, words) - 2,
        "belongs": some(words + 2, pages, words) - 2,
    }


def network() -> FormNetwork:
    torch.manual_seed(1)
    return FormNetwork(SMALL).eval()


def test_shapes_are_those_of_words() -> None:
    classes, following, parents = network()(**an_input(pages=3, words=7))
    assert classes.shape == (3, 7, SMALL.labels)
    assert following.shape == parents.shape == (3, 7, 8)


def test_padding_changes_nothing() -> None:
    given = an_input()
    made = network()
    with torch.inference_mode():
        before = made(**given)[0]
        given["ids"][-1, -4:] = 7
        given["word_of"][-1, -4:] = 0
        after = made(**given)[0]
    assert torch.equal(before[0], after[0])
    assert torch.allclose(before[1], after[1], atol=1e-6)


def test_steps_of_distances_are_symmetric_and_finer_near_zero() -> None:
    middle = STEPS // 2
    told = step_of(torch.tensor([0.0, 0.5, -0.5, 1.0, 2.0, FARTHEST, 1e6, -1e6]))
    assert told[0] == middle
    assert told[1] - middle == middle - told[2]
    assert middle < told[1] < told[3] < told[4] < told[5] == told[6] == STEPS - 1
    assert told[7] == 0
    most = math.log1p(FARTHEST / FINEST)
    assert told[4] == middle + round(math.log1p(2.0 / FINEST) * middle / most)


def test_spatial_bias_is_what_a_slow_loop_says() -> None:
    given, made = an_input(), network()
    with torch.inference_mode():
        layout = made.layout(given["boxes"])
        found = made._bias(layout, given["word_of"], given["mask"])
    words = given["boxes"].shape[1]
    for page in range(2):
        for one in range(12):
            for other in range(12):
                a, b = (int(given["word_of"][page, place]) for place in (one, other))
                expected = torch.zeros(SMALL.num_attention_heads)
                if not given["mask"][page, other]:
                    expected = torch.full((SMALL.num_attention_heads,), -1e4)
                elif a < words and b < words:
                    expected = slow_bias(made, given["boxes"][page, a], given["boxes"][page, b])
                assert torch.allclose(found[page, :, one, other], expected, atol=1e-6)


def slow_bias(made: FormNetwork, one: Tensor, other: Tensor) -> Tensor:
    layout: Layout = made.layout
    dx, gap = other[0] - one[0], other[0] - one[2]
    dy = (other[1] + other[3]) / 2 - (one[1] + one[3]) / 2
    told = (
        layout.left.weight[step_of(dx)]
        + layout.gap.weight[step_of(gap)]
        + layout.down.weight[step_of(dy)]
    )
    return made.bias.weight.detach() @ functional.gelu(told.detach())


def test_rules_weigh_where_they_name_a_word_or_none() -> None:
    told = torch.tensor([[1, -1, -2]])
    said = said_by_rules(told, torch.tensor([3.0, 5.0]))
    assert said.tolist() == [[[0, 3, 0, 0], [0, 0, 0, 5], [0, 0, 0, 0]]]


def test_new_network_says_of_classes_what_the_rules_say() -> None:
    made = network()
    given = an_input()
    given["signs"].zero_()
    with torch.inference_mode():
        before = made(**given)[0]
        given["signs"][0, 2, SHARES + 3] = 1.0
        after = made(**given)[0]
    moved = (after - before)[0, 2]
    assert moved.argmax() == 3
    assert moved[3] == pytest.approx(TRUST, abs=0.1)


def test_encoder_says_what_transformers_bert_says(tmp_path: Path) -> None:
    published = small_bert(tmp_path / "bert")
    config = FormConfig(**{**vars(config_in(tmp_path / "bert")), "labels": SIZES["hidden_size"]})
    made = begun(config, language_model(tmp_path / "bert")).eval()
    pieces = 9
    ids = torch.randint(
        5, SIZES["vocab_size"], (2, pieces), generator=torch.Generator().manual_seed(2)
    )
    with torch.inference_mode():
        for part in (*made.places, *made.sizes, made.signs, made.bias, made.class_signs):
            part.weight.zero_()
        made.classes.weight.copy_(torch.eye(SIZES["hidden_size"]))
        made.classes.bias.zero_()
        expected = published.bert(input_ids=ids).last_hidden_state
        order = torch.arange(pieces).expand(2, -1)
        nothing = torch.full((2, pieces), -2)
        found = made(
            ids, order, torch.ones_like(ids), order, torch.rand(2, pieces, 4), torch.ones(2, 2),
            torch.zeros(2, pieces, config.signs), nothing, nothing,
        )[0]  # fmt: skip
    assert torch.allclose(found, expected, atol=1e-5)


def test_weights_of_another_size_are_refused(tmp_path: Path) -> None:
    small_bert(tmp_path / "bert")
    with pytest.raises(UserError, match="another network"):
        begun(SMALL, language_model(tmp_path / "bert"))
