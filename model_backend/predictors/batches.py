"""Running a network on many inputs: in batches, halved where memory does not do, which is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from model_backend.errors import UserError
from model_backend.translation import _

if TYPE_CHECKING:
    from torch import nn

Item = TypeVar("Item")
Result = TypeVar("Result")
_OUT_OF_MEMORY = ("out of memory", "not enough memory", "can't allocate memory")


def in_batches(
    items: Sequence[Item],
    size: int,
    run: Callable[[Sequence[Item]], Sequence[Result]],
) -> tuple[list[Result], list[str]]:
    """What `run` gives for all items, at most `size` at a time, and what there is to say about it.

    After an out-of-memory the batch is halved, for the rest too; UserError when one item alone is
    too much.
    """
    results: list[Result] = []
    notes: list[str] = []
    while len(results) < len(items):
        try:
            results += run(items[len(results) : len(results) + size])
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            size = _halved(min(size, len(items) - len(results)), error)
            free_memory()
            notes = [_("Memory was short: {count} at a time.").format(count=size)]
    return results, notes


def _halved(size: int, error: BaseException) -> int:
    if size < 2:
        raise UserError(
            "The memory does not do for this model. Close other programs, or choose a smaller"
            " model or the CPU."
        ) from error
    return size // 2


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory was short; torch's own errors for it are RuntimeErrors on the CPU."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(part in text for part in _OUT_OF_MEMORY)


def free_memory() -> None:
    """Give back what torch keeps for later."""
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


def weight_bytes(module: nn.Module) -> int:
    """Bytes of a network's weights."""
    return sum(value.numel() * value.element_size() for value in module.state_dict().values())
