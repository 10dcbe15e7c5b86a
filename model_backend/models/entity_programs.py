"""What is written as ONNX of the networks that label words: pieces and boxes in, logits out."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn

from model_backend.models.entity_network import EntityNetwork
from model_backend.models.program import Inputs, Program
from model_backend.models.tagger import Tagger

LONGEST = 128
"""Tokens of the inputs that programs are tried with."""
ALL = ("input_ids", "boxes", "attention_mask", "picture")


class TextOnly(nn.Module):
    """BERT without the boxes, which it does not look at."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Logits (B, T, L) of input_ids and attention_mask (B, T)."""
        boxes = torch.zeros(*input_ids.shape, 4, dtype=torch.long)  # (B, T, 4)
        return cast("Tensor", self.module(input_ids, boxes, attention_mask, None))


class Emissions(nn.Module):
    """The tagger before its CRF, whose marginals take a loop over the tokens."""

    def __init__(self, tagger: Tagger) -> None:
        super().__init__()
        self.tagger = tagger

    def forward(self, input_ids: Tensor, boxes: Tensor, attention_mask: Tensor) -> Tensor:
        """Emissions (B, T, L), to be read by the CRF with its own transitions."""
        return self.tagger.emissions(input_ids, boxes, attention_mask)


def bert(network: EntityNetwork) -> tuple[Program, ...]:
    """BERT: logits of input_ids and attention_mask."""
    return _program(network, TextOnly(network.module), (0, 2))


def layoutlm(network: EntityNetwork) -> tuple[Program, ...]:
    """LayoutLM: logits of input_ids, boxes and attention_mask."""
    return _program(network, network.module, (0, 1, 2))


def layoutlmv2(network: EntityNetwork) -> tuple[Program, ...]:
    """LayoutLMv2: logits of input_ids, boxes, attention_mask and the page's picture."""
    return _program(network, network.module, (0, 1, 2, 3))


def tagger(network: EntityNetwork) -> tuple[Program, ...]:
    """The tagger: emissions; the CRF is applied outside."""
    module = cast("Tagger", network.module)
    return _program(network, Emissions(module), (0, 1, 2), output="emissions")


def _program(
    network: EntityNetwork, module: nn.Module, picked: tuple[int, ...], output: str = "logits"
) -> tuple[Program, ...]:
    """Batch and tokens may be of any size."""
    length = min(network.longest, LONGEST)
    make = _inputs(network, [ALL[place] for place in picked])
    free = {name: {0: "batch", 1: "tokens"} for name in (*make(1, 2), output) if name != ALL[3]}
    if ALL[3] in make(1, 2):
        free[ALL[3]] = {0: "batch"}
    program = Program(
        "model",
        module,
        make(2, length),
        make(3, length * 3 // 4),
        (output,),
        network.module,
        picked,
        free,
    )
    return (program,)


def _inputs(network: EntityNetwork, names: list[str]) -> Callable[[int, int], Inputs]:
    """Makes random windows (count, length), each shorter than the one before."""
    pieces = next(iter(network.module.modules())).state_dict()
    most = min(value.shape[0] for key, value in pieces.items() if _is_of_words(key))

    def made(count: int, length: int) -> Inputs:
        generator = torch.Generator().manual_seed(count)
        corners = torch.randint(0, 900, (count, length, 2), generator=generator)  # (B, T, 2)
        sizes = torch.randint(1, 100, (count, length, 2), generator=generator)  # (B, T, 2)
        mask = torch.ones(count, length, dtype=torch.long)  # (B, T)
        for row in range(1, count):
            mask[row, length - row :] = 0
        every = {
            "input_ids": torch.randint(0, most, (count, length), generator=generator),  # (B, T)
            "boxes": torch.cat([corners, corners + sizes], dim=-1),  # (B, T, 4)
            "attention_mask": mask,
            "picture": torch.randint(
                0, 256, (count, 3, 224, 224), generator=generator, dtype=torch.uint8
            ),
        }
        return {name: every[name] for name in names}

    return made


def _is_of_words(key: str) -> bool:
    return key.endswith("word_embeddings.weight") or key == "words.weight"
