"""ONNX programs with weights of eight bits, and what they cost on real pages."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model_backend import runtime
from model_backend.checkpoints.onnx_file import check_onnx
from model_backend.errors import UserError
from model_backend.installed import InstalledModel
from model_backend.onnx_export import Exported, onnx_says, unfinished
from model_backend.predictors.calibrating import as_input, pages_of
from model_backend.predictors.hot_models import ModelPredictor
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.self_test import sample_page
from model_backend.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from model_backend.models.program import Program

    Arrays = dict[str, NDArray[Any]]

DataSet = tuple[str, Path]
"""The name of its format, and where it lies."""

MOST_PAGES, MOST_INPUTS = 8, 16
"""Of one program: more would only take longer."""


@dataclass(frozen=True)
class Cost:
    """What eight bits change on `inputs` that pages gave (of `source`, else the sample page):
    outputs moved by up to `moved`, where the largest is `largest`; of all decisions `changed` is
    the share that became others (None where nothing is decided).
    """

    inputs: int
    moved: float
    largest: float
    changed: float | None
    source: str = ""

    def __str__(self) -> str:
        """In a sentence."""
        text = _("on {source} outputs moved by up to {moved} where the largest is {largest}")
        source = self.source or _("the sample page")
        said = text.format(source=source, moved=f"{self.moved:.2g}", largest=f"{self.largest:.2g}")
        if self.changed is None:
            return said
        return f"{said}; " + _("decisions that became others: {share}").format(
            share=f"{self.changed:.1%}"
        )


def quantised(
    model: InstalledModel,
    predictor: ModelPredictor,
    programs: Sequence[Program],
    folder: Path,
    truth: DataSet | None = None,
) -> list[Exported]:
    """Write each program again with weights of eight bits, and say what they cost on pages of a
    data set, or on the sample page; UserError where the package that does it is missing.
    """
    if importlib.util.find_spec("onnx") is None:
        raise UserError(
            "Models need {name}, which is not installed. Install it with"
            " `pip install -e '.[torch]'`.",
            name="onnx",
        )
    given = seen_on(_pages(model.task, truth), predictor, programs)
    source = truth[1].name if truth else ""
    return [
        _quantised(program, inputs, folder / f"{program.name}.onnx", source)
        for program, inputs in zip(programs, given, strict=True)
    ]


def _pages(task: str, truth: DataSet | None) -> Iterator[PredictorInput]:
    """The sample page of a task, or the first pages of a data set."""
    if truth is None:
        yield PredictorInput(*sample_page(task))
    else:
        yield from (as_input(read) for read in islice(pages_of(*truth), MOST_PAGES))


def _quantised(program: Program, given: Sequence[Arrays], full: Path, source: str) -> Exported:
    path = full.with_name(f"{program.name}-int8.onnx")
    with unfinished(path) as part:
        quantise(full, part)
        check_onnx(part)
        cost = cost_of(program, given, runtime.session(full), runtime.session(part))
        cost = replace(cost, source=source)
    size = path.stat().st_size
    names = tuple(program.example)
    share = cost.moved / max(1.0, cost.largest)
    return Exported(path.name, names, program.outputs, size, share, None, str(cost))


def quantise(full: Path, path: Path) -> None:
    """The same program with weights of eight bits, activations quantised as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises a step of preparation, for other kinds of it
    try:
        quantize_dynamic(full, path, weight_type=QuantType.QUInt8)  # all convolutions run
    finally:
        root.setLevel(level)


def seen_on(
    pages: Iterable[PredictorInput], predictor: ModelPredictor, programs: Sequence[Program]
) -> list[list[Arrays]]:
    """What each program is given while the predictor looks at pages.

    Where it is written for other sizes than a page has, its own example.
    """
    seen: list[list[Arrays]] = [[] for _program in programs]
    with ExitStack() as stack:
        for program, kept in zip(programs, seen, strict=True):
            handle = program.watched.register_forward_pre_hook(_keeper(program, kept))
            stack.callback(handle.remove)
        for page in pages:
            if any(len(kept) < MOST_INPUTS for kept in seen):
                predictor([page])
    return [
        kept or [{name: value.numpy() for name, value in program.example.items()}]
        for program, kept in zip(programs, seen, strict=True)
    ]


def _keeper(program: Program, kept: list[Arrays]) -> Callable[[nn.Module, tuple[Any, ...]], None]:
    def keep(_module: nn.Module, given: tuple[Any, ...]) -> None:
        tensors = [given[place].cpu() for place in program.picked]
        named = dict(zip(program.example, tensors, strict=True))
        if len(kept) < MOST_INPUTS and all(_fits(program, *item) for item in named.items()):
            kept.append({name: value.numpy() for name, value in named.items()})

    return keep


def _fits(program: Program, name: str, value: Tensor) -> bool:
    fixed, free = program.example[name], program.free.get(name, {})
    return value.numel() > 0 and all(
        axis in free or value.shape[axis] == fixed.shape[axis] for axis in range(fixed.ndim)
    )


def cost_of(program: Program, given: Sequence[Arrays], full: Any, small: Any) -> Cost:  # noqa: ANN401
    """What a session says of the inputs, compared with another."""
    moved = largest = 0.0
    decided = changed = 0
    for inputs in given:
        right, said = onnx_says(full, inputs), onnx_says(small, inputs)
        for one, other in zip(right, said, strict=True):
            moved = max(moved, float(np.abs(one - other).max()))
            largest = max(largest, float(np.abs(one).max()))
        if program.class_axis is not None:
            best = [part[0].argmax(axis=program.class_axis) for part in (right, said)]
            decided += best[0].size
            changed += int((best[0] != best[1]).sum())
    return Cost(len(given), moved, largest, changed / decided if decided else None)
