"""The device that models run on: which one, through which provider, and why."""

from __future__ import annotations

from dataclasses import dataclass

from model_backend.errors import UserError
from model_backend.translation import _

AUTO, CPU = "auto", "cpu"
PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    CPU: "CPUExecutionProvider",
}
"""Devices by name, the fastest first, with onnxruntime's provider for each."""


@dataclass(frozen=True)
class Device:
    """Where models run. `provider` is onnxruntime's name, empty where that cannot be loaded."""

    name: str
    provider: str
    reason: str


def choose_device(wanted: str = AUTO) -> Device:
    """The wanted device, or the best there is; the CPU, with the reason, where it is not to be had.

    UserError when the name is not one.
    """
    if wanted not in (AUTO, *PROVIDERS):
        known = ", ".join((AUTO, *PROVIDERS))
        raise UserError(
            "There is no device {name}. Choose one of: {known}.", name=wanted, known=known
        )
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
