"""ONNX programs that ask for too much, and what runs one in a worker process."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def run(path: Path) -> list[float]:
    """What the program says of nothing, shortened."""
    from model_backend import onnx_export, runtime

    (said,) = onnx_export.onnx_says(runtime.session(path), {})
    return [float(value) for value in np.ravel(said)[:3]]


def huge(path: Path, numbers: int) -> Path:
    """A program that makes so many numbers."""
    from onnx import TensorProto, helper

    value = helper.make_tensor("value", TensorProto.FLOAT, [1], [1.0])
    node = helper.make_node("ConstantOfShape", ["shape"], ["said"], value=value)
    shape = helper.make_tensor("shape", TensorProto.INT64, [1], [numbers])
    return _written(path, [node], [shape])


def endless(path: Path) -> Path:
    """A program whose loop does not end."""
    from onnx import TensorProto, helper

    infos = {
        name: helper.make_tensor_value_info(name, kind, shape)
        for name, kind, shape in (
            ("round", TensorProto.INT64, []),
            ("goes_on", TensorProto.BOOL, []),
            ("before", TensorProto.FLOAT, [1]),
            ("still", TensorProto.BOOL, []),
            ("after", TensorProto.FLOAT, [1]),
        )
    }
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["goes_on"], ["still"]),
            helper.make_node("Add", ["before", "before"], ["after"]),
        ],
        "body",
        [infos["round"], infos["goes_on"], infos["before"]],
        [infos["still"], infos["after"]],
    )
    node = helper.make_node("Loop", ["most", "true", "start"], ["said"], body=body)
    kept = [
        helper.make_tensor("most", TensorProto.INT64, [], [2**62]),
        helper.make_tensor("true", TensorProto.BOOL, [], [True]),
        helper.make_tensor("start", TensorProto.FLOAT, [1], [1.0]),
    ]
    return _written(path, [node], kept)


def _written(path: Path, nodes: list[object], kept: list[object]) -> Path:
    from onnx import TensorProto, helper, save

    said = helper.make_tensor_value_info("said", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "program", [], [said], kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    save(model, str(path))
    return path
