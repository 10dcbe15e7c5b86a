"""What a model needs of the machine, asked before anything large is read."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from model_backend.errors import UserError

TIMES = 2.5
"""Memory that loading takes, in sizes of the files: their bytes, the tensors, the network."""
_MEMORY = Path("/proc/meminfo")


def require_torch() -> None:
    """UserError where torch or transformers is not installed, or cannot be loaded here."""
    for name in ("torch", "transformers", "safetensors"):
        if importlib.util.find_spec(name) is None:
            raise UserError(
                "Models need {name}, which is not installed. Install it with"
                " `pip install -e '.[torch]'`.",
                name=name,
            )
    try:
        import torch  # noqa: F401 - whether it can be loaded
    except OSError as error:
        raise UserError(
            "torch cannot be loaded here ({error}). Install it again; `proofdesk doctor` may say"
            " more.",
            error=str(error)[:200],
        ) from error


def is_short_of(size: int) -> bool:
    """Whether the memory that is left does not do for files of so many bytes."""
    free = available_memory()
    return free is not None and size * TIMES > free


def require_memory(name: str, size: int) -> None:
    """UserError where the memory that is left does not do for files of so many bytes."""
    free = available_memory()
    if free is not None and size * TIMES > free:
        raise UserError(
            "The files of the model {name} have {size} MB; loading them needs {needed} MB of"
            " memory, and {free} MB are left. Close other programs, or choose a smaller model.",
            name=name,
            size=size // 10**6,
            needed=int(size * TIMES) // 10**6,
            free=free // 10**6,
        )


def available_memory() -> int | None:
    """Bytes that programs can still have; None where the system does not tell."""
    if not _MEMORY.is_file():
        return None
    lines = _MEMORY.read_text(encoding="ascii").splitlines()
    found = next((line for line in lines if line.startswith("MemAvailable:")), "")
    return int(found.split()[1]) * 1024 if found else None
