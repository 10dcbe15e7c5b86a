"""The device that models run on: which one, why, and with how many threads.

Networks run in torch: on an NVIDIA or AMD card (CUDA), on Apple's (MPS), or on the CPU. ONNX
programs run in onnxruntime, with whatever providers the installed build has.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_backend.errors import UserError
from model_backend.translation import _

AUTO, CPU, CUDA, MPS = "auto", "cpu", "cuda", "mps"
PROVIDERS = {
    CUDA: "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    CPU: "CPUExecutionProvider",
}
"""onnxruntime's devices by name, the fastest first, with its provider for each."""
TORCH_DEVICES = (CUDA, MPS, CPU)
"""torch's devices by name, the fastest first."""
CHOICES = (AUTO, *TORCH_DEVICES)
"""What can be asked for."""
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Who sets one of these himself is left alone."""
WAITING = "OMP_WAIT_POLICY"
"""How threads wait for each other: asleep, since other processes read, draw and recognise on the
same processors. Where they spun, a small network took two to five hundred times as long there.
"""


@dataclass(frozen=True)
class Device:
    """Where models run. `provider` is onnxruntime's name, empty for torch and where onnxruntime
    cannot be loaded.
    """

    name: str
    provider: str
    reason: str


def torch_device(wanted: str = AUTO) -> Device:
    """The wanted device of torch, or the best there is; the CPU, with the reason, where it is not
    to be had.

    UserError when the name is not one. Loads torch.
    """
    checked(wanted, CHOICES)
    try:
        import torch
    except (ImportError, OSError) as error:  # a driver that does not fit is an OSError
        return Device(CPU, "", _("torch cannot be loaded: {error}").format(error=error))
    present = {CUDA: torch.cuda.is_available(), MPS: torch.backends.mps.is_available(), CPU: True}
    if wanted == AUTO:
        best = next(name for name in TORCH_DEVICES if present[name])
        return Device(best, "", _("the best device that torch finds here"))
    if present[wanted]:
        return Device(wanted, "", _("as chosen"))
    reason = _("{wanted} was chosen, but torch finds none here: the CPU is used")
    return Device(CPU, "", reason.format(wanted=wanted))


def checked(wanted: str, known: tuple[str, ...]) -> str:
    """The name, when it is one of a device; UserError otherwise."""
    if wanted not in known:
        raise UserError(
            "There is no device {name}. Choose one of: {known}.",
            name=wanted,
            known=", ".join(known),
        )
    return wanted


@contextmanager
def calculating(device: Device) -> Iterator[None]:
    """While networks of torch run on the device: in half precision on a card, where its matrix
    units are several times as fast. fp16, as bf16 would leave boxes only eight bits.
    """
    if device.name != CUDA:
        yield
        return
    import torch

    with torch.autocast(CUDA, torch.float16):
        yield


def choose_device(wanted: str = AUTO) -> Device:
    """The wanted device of onnxruntime, or the best there is; the CPU, with the reason, where it is
    not to be had.

    UserError when the name is not one.
    """
    checked(wanted, (AUTO, *PROVIDERS))
    try:
        import onnxruntime
    except (ImportError, OSError) as error:  # a driver that does not fit is an OSError
        return Device(CPU, "", _("onnxruntime cannot be loaded: {error}").format(error=error))
    return device_of(wanted, tuple(onnxruntime.get_available_providers()))


def device_of(wanted: str, available: tuple[str, ...]) -> Device:
    """The choice among the providers that this onnxruntime has."""
    present = [name for name, provider in PROVIDERS.items() if provider in available]
    best = present[0] if present else CPU
    if wanted == AUTO:
        reason = _("the best device that onnxruntime finds here")
        return Device(best, PROVIDERS[best], reason)
    if wanted in present:
        return Device(wanted, PROVIDERS[wanted], _("as chosen"))
    reason = _("{wanted} was chosen, but onnxruntime has no {provider} here: the CPU is used")
    return Device(CPU, PROVIDERS[CPU], reason.format(wanted=wanted, provider=PROVIDERS[wanted]))


def session(path: Path, *, device: str = CPU, threads: int = 0, data: bytes | None = None) -> Any:  # noqa: ANN401
    """An ONNX program ready to run; operators that the device's provider lacks run on the CPU.

    `data` is what was read of the file already.

    UserError where onnxruntime cannot be loaded or refuses the file.
    """
    chosen = choose_device(device)
    if not chosen.provider:
        raise UserError("ONNX programs cannot run: {why}.", why=chosen.reason)
    import onnxruntime
    from onnxruntime.capi.onnxruntime_pybind11_state import (
        Fail,
        InvalidGraph,
        InvalidProtobuf,
        NotImplemented,  # of an operator or a type
        RuntimeException,
    )

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or thread_count()
    options.inter_op_num_threads = 1  # one operator at a time: the next waits for it anyway
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # see WAITING
    options.log_severity_level = 3
    providers = list(dict.fromkeys((chosen.provider, PROVIDERS[CPU])))
    try:
        return onnxruntime.InferenceSession(data or str(path), options, providers=providers)
    except (Fail, InvalidGraph, InvalidProtobuf, NotImplemented, RuntimeException) as error:
        raise UserError(
            "onnxruntime refuses the file {file}: {error}", file=path, error=str(error)[:300]
        ) from error


def thread_count() -> int:
    """Threads of one piece of arithmetic: as many as there are processors for this process."""
    if hasattr(os, "sched_getaffinity"):  # containers and batch systems give fewer than there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def settle_threads() -> None:
    """Have the libraries of arithmetic that this process loads later use `thread_count` threads;
    their own guesses count processors that belong to others. Their threads wait asleep.
    """
    os.environ.setdefault(WAITING, "PASSIVE")
    if not any(name in os.environ for name in THREADS):
        os.environ.update(dict.fromkeys(THREADS, str(thread_count())))
