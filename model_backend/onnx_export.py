"""Networks as ONNX programs, each compared with what torch says before it is handed out.

torch's older exporter writes them: the newer one needs a package more and took two to four times
as long. Sizes that were fixed by mistake are found because each program also runs on an input of
other sizes than the one it was written with.
"""

from __future__ import annotations

import importlib
import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model_backend import registry, runtime
from model_backend.checkpoints.onnx_file import check_onnx
from model_backend.errors import UserError
from model_backend.installed import InstalledModel, installed_model
from model_backend.networks import network
from model_backend.predictors.hot_models import ModelPredictor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model_backend.models.program import Inputs, Program

    Arrays = Mapping[str, NDArray[Any]]

OPERATORS = 17
"""Version of ONNX's set of operators: every runtime since 2022 has it."""
UNFINISHED = ".part"
MOST_BYTES = 2**31 - 1
"""Of a file of protocol buffers."""


@dataclass(frozen=True)
class Exported:
    """A file that was written: `difference` is the greatest from torch, in shares of the largest
    value (at least 1), and at most the `tolerance`; a file of eight bits has none, its `cost` says
    what they change.
    """

    file: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    bytes: int
    difference: float
    tolerance: float | None
    cost: str = ""


def export_model(
    name: str, folder: Path, *, with_int8: bool = False, truth: tuple[str, Path] | None = None
) -> tuple[Exported, ...]:
    """Write the programs of an added model into a folder, with a description (export.json).

    What eight bits cost is measured on the pages of `truth` (the name of a format, and where the
    data set lies), else on the sample page.

    UserError where one does not say what torch says: then nothing of it is left. Runs in the model
    process.
    """
    model = installed_model(name)
    predictor: ModelPredictor = registry.create(name)
    folder.mkdir(parents=True, exist_ok=True)
    programs = programs_of(model, predictor.loaded[0])
    exported = [exported_program(program, folder / f"{program.name}.onnx") for program in programs]
    if with_int8:
        from model_backend import onnx_int8

        exported += onnx_int8.quantised(model, predictor, programs, folder, truth)
    _describe(model, exported, folder)
    return tuple(exported)


def programs_of(model: InstalledModel, loaded: object) -> tuple[Program, ...]:
    """The programs that a loaded network consists of."""
    module, _colon, function = network(model.network).program.partition(":")
    made: Callable[[object], tuple[Program, ...]] = getattr(
        importlib.import_module(module), function
    )
    return made(loaded)


def exported_program(program: Program, path: Path) -> Exported:
    """Write one program, and run it beside torch; UserError where they differ."""
    with unfinished(path) as part:
        write(program, part)
        if part.stat().st_size > MOST_BYTES:
            raise UserError("The network is too large for one ONNX file (2 GB).")
        check_onnx(part)
        difference = compared(program, part)
    return Exported(
        path.name,
        tuple(program.example),
        program.outputs,
        path.stat().st_size,
        difference,
        program.tolerance,
    )


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A file to write to, which takes the place of `path` only when all went well."""
    part = path.with_name(path.name + UNFINISHED)
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write(program: Program, path: Path) -> None:
    """Trace the program with its example."""
    import torch

    with warnings.catch_warnings(action="ignore"):  # what tracing fixes, the comparison finds
        torch.onnx.export(
            program.module.eval(),  # else dropout is on again afterwards
            tuple(program.example.values()),
            str(path),
            input_names=list(program.example),
            output_names=list(program.outputs),
            dynamic_axes=program.free,
            opset_version=OPERATORS,
            dynamo=False,
        )


def compared(program: Program, path: Path) -> float:
    """The greatest difference between a file and torch, in shares of the largest value (at least
    1); UserError when it exceeds the tolerance or the file cannot be run.
    """
    session = runtime.session(path)
    worst = 0.0
    for inputs in (program.example, program.other):
        if not inputs:
            continue
        expected = torch_says(program, inputs)
        found = onnx_says(session, {name: value.numpy() for name, value in inputs.items()})
        for name, right, said in zip(program.outputs, expected, found, strict=True):
            off = relative_difference(right, said)
            if not off <= program.tolerance:  # also where it is no number
                raise UserError(
                    "The ONNX file {file} says something else than the model: {output} differs by"
                    " {off}, and only {tolerance} is allowed. It was not kept.",
                    file=path.name.removesuffix(UNFINISHED),
                    output=name,
                    off=f"{off:.2g}",
                    tolerance=f"{program.tolerance:.0e}",
                )
            worst = max(worst, off)
    return worst


def torch_says(program: Program, inputs: Inputs) -> list[NDArray[Any]]:
    """The outputs of the program itself."""
    import torch

    with torch.inference_mode():
        said = program.module(*inputs.values())
    return [part.numpy() for part in (said if isinstance(said, tuple) else (said,))]


def onnx_says(session: Any, inputs: Arrays) -> list[NDArray[Any]]:  # noqa: ANN401
    """The outputs of a file; UserError where it fails on these inputs."""
    from onnxruntime.capi.onnxruntime_pybind11_state import (
        Fail,
        InvalidArgument,
        RuntimeException,
    )

    try:
        found: list[NDArray[Any]] = session.run(None, dict(inputs))
    except (Fail, InvalidArgument, RuntimeException) as error:
        raise UserError(
            "The ONNX program does not run: {error}. It was not kept.", error=str(error)[:300]
        ) from error
    return found


def relative_difference(right: NDArray[Any], said: NDArray[Any]) -> float:
    """The greatest difference in shares of the largest value (at least 1); infinite where shapes
    differ.
    """
    if right.shape != said.shape:
        return float("inf")
    if not right.size:
        return 0.0
    return float(np.abs(right - said).max() / max(1.0, float(np.abs(right).max())))


def _describe(model: InstalledModel, exported: list[Exported], folder: Path) -> None:
    """What a program that runs the files must know."""
    data = {
        "network": model.network,
        "task": model.task,
        "labels": model.labels,
        "temperature": model.temperature,
        "licence": model.licence,
        "operators": OPERATORS,
        "files": [asdict(item) for item in exported],
    }
    text = json.dumps(data, ensure_ascii=False, indent=1)
    (folder / "export.json").write_text(text + "\n", encoding="utf-8")
