"""The trained form network as one ONNX file: weights of 16 bits under their own names, so that
training can begin with it again, and the vocabulary.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from model_backend.checkpoints.onnx_file import check_onnx
from model_backend.errors import UserError
from model_backend.models.form_network import FormConfig, FormNetwork
from model_backend.models.program import Program
from model_backend.onnx_export import OPERATORS, Exported, compared, unfinished
from model_backend.predictors.form_program import CONFIG_KEY, OUTPUTS, VOCABULARY_KEY
from model_backend.predictors.form_reading import INPUTS

if TYPE_CHECKING:
    from onnx import ModelProto

    from model_backend.models.program import Inputs

TOLERANCE = 0.02
"""What 16 bits may change, in shares of the largest output."""
LEAST_NUMBERS = 1024
"""Smaller weights stay as they are."""
EXAMPLES = ((2, 40, 24), (3, 31, 17))
"""Pages, pieces and words of what the program is written and tried with."""


def export(network: FormNetwork, vocabulary: str, path: Path) -> Exported:
    """Write the program; UserError where it does not say what torch says."""
    import onnx

    path.parent.mkdir(parents=True, exist_ok=True)
    program = program_of(network)
    with unfinished(path) as part:
        _write(program, part)
        model = onnx.load(part)
        _halve(model)
        properties = {VOCABULARY_KEY: vocabulary, CONFIG_KEY: json.dumps(asdict(network.config))}
        onnx.helper.set_model_props(model, properties)
        onnx.save(model, part)
        difference = compared(program, part)
    return Exported(path.name, INPUTS, OUTPUTS, path.stat().st_size, difference, program.tolerance)


def program_of(network: FormNetwork) -> Program:
    """Pages, pieces and words may be of any number."""
    example, other = (_example(network, *sizes) for sizes in EXAMPLES)
    axes = {
        "ids": ("pages", "pieces"), "word_of": ("pages", "pieces"), "mask": ("pages", "pieces"),
        "first": ("pages", "words"), "boxes": ("pages", "words"), "size": ("pages",),
        "signs": ("pages", "words"), "follows": ("pages", "words"),
        "belongs": ("pages", "words"),
        "classes": ("pages", "words"), "following": ("pages", "words", "targets"),
        "parents": ("pages", "words", "targets"),
    }  # fmt: skip
    free = {name: dict(enumerate(parts)) for name, parts in axes.items()}
    module = network.cpu().eval()
    picked = tuple(range(len(INPUTS)))
    return Program(
        "entities", module, example, other, OUTPUTS, module, picked, free, tolerance=TOLERANCE
    )


@dataclass(frozen=True)
class Held:
    """What a program holds: the sizes, the weights by their names, the vocabulary's text."""

    config: FormConfig
    weights: dict[str, Tensor]
    vocabulary: str


def held_in(path: Path) -> Held:
    """What a program that `export` wrote holds; UserError where it is another."""
    import onnx

    check_onnx(path)
    model = onnx.load(path)
    try:
        told = {item.key: item.value for item in model.metadata_props}
        config = FormConfig(**json.loads(told[CONFIG_KEY]))
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(
            "{file} is no model of forms. Choose one that `proofdesk train entities` made.",
            file=str(path),
        ) from error
    weights = {
        item.name.removesuffix(_HALF): torch.from_numpy(
            onnx.numpy_helper.to_array(item).astype(np.float32)
        )
        for item in model.graph.initializer
        if item.data_type in (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16)
    }
    return Held(config, weights, told[VOCABULARY_KEY])


_HALF = "/half"


def _write(program: Program, path: Path) -> None:
    """Trace it as it is: what an optimiser folds would lose its name."""
    with warnings.catch_warnings(action="ignore"):  # what tracing fixes, the comparison finds
        torch.onnx.export(
            program.module,
            tuple(program.example.values()),
            str(path),
            input_names=list(program.example),
            output_names=list(program.outputs),
            dynamic_axes=program.free,
            opset_version=OPERATORS,
            do_constant_folding=False,
            dynamo=False,
        )


def _halve(model: ModelProto) -> None:
    """Large weights in 16 bits, widened where they are used: half the file, the same arithmetic."""
    import onnx

    casts = []
    for item in model.graph.initializer:
        numbers = onnx.numpy_helper.to_array(item)
        if numbers.dtype == np.float32 and numbers.size >= LEAST_NUMBERS:
            name = item.name
            half = onnx.numpy_helper.from_array(numbers.astype(np.float16), name + _HALF)
            item.CopyFrom(half)
            casts.append(
                onnx.helper.make_node("Cast", [name + _HALF], [name], to=onnx.TensorProto.FLOAT)
            )
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _example(network: FormNetwork, pages: int, pieces: int, words: int) -> Inputs:
    """Random pages of the right shapes; the last one is shorter than the others."""
    config: FormConfig = network.config
    generator = torch.Generator().manual_seed(words)

    def some(high: int, *shape: int) -> Tensor:
        return torch.randint(0, high, shape, generator=generator)

    mask = torch.ones(pages, pieces, dtype=torch.long)
    mask[-1, -3:] = 0
    corners = torch.rand(pages, words, 2, generator=generator) * 60
    sizes = torch.rand(pages, words, 2, generator=generator) * 5 + 0.5
    return {
        "ids": some(config.vocab_size, pages, pieces),
        "word_of": some(words + 1, pages, pieces),
        "mask": mask,
        "first": some(pieces, pages, words),
        "boxes": torch.cat([corners, corners + sizes], dim=-1),
        "size": torch.full((pages, 2), 70.0),
        "signs": torch.rand(pages, words, config.signs, generator=generator),
        "follows": some(words + 2, pages, words) - 2,
        "belongs": some(words + 2, pages, words) - 2,
    }
