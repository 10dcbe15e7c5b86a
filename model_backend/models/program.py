"""A network, or a part of one, as a program of tensors alone: what is written as ONNX."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor, nn

Inputs = dict[str, Tensor]
"""Tensors by name, in the order in which the program takes them."""


@dataclass(frozen=True)
class Program:
    """What of a network is written, and with what it is tried.

    `module` takes the `example` and gives the `outputs`; `free` are the sizes that may change: for
    a name its axes, each with a name of its own. What was written must say of the example, and of
    `other` (of other sizes, where any are free), what torch says: no output may differ by more than
    `tolerance` times the largest of its values (at least 1). While pages are looked at, `watched`
    is called with the inputs among its arguments, at the places `picked`. `class_axis` is that of
    the first output along which the greatest value decides, None where nothing is decided.
    """

    name: str
    module: nn.Module
    example: Inputs
    other: Inputs
    outputs: tuple[str, ...]
    watched: nn.Module
    picked: tuple[int, ...]
    free: dict[str, dict[int, str]] = field(default_factory=dict)
    class_axis: int | None = -1
    tolerance: float = 1e-4
