"""Weights from bytes: tensors and nothing else, whatever the file was made with."""

from __future__ import annotations

import argparse
import pickle
import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from model_backend.checkpoints.file_kind import FileKind, kind_of_bytes
from model_backend.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

WRAPPERS = ("state_dict", "model_state_dict", "model")
"""Keys under which training programs keep the weights beside their own records."""
PARALLEL = "module."
"""What torch's data parallel training puts before each key."""


def read_weights(data: bytes, name: str) -> dict[str, Tensor]:
    """The tensors of a safetensors file or of a state dict of torch, by key.

    A state dict beside other things of a training run is found; `name` is the file's, for errors.
    UserError for everything that is no file of weights, is damaged, or would run code.
    """
    kind = kind_of_bytes(data, name)
    if kind == FileKind.ONNX:
        raise UserError(
            "The file {file} is an ONNX program. Choose the folder with the weights that it was"
            " made from.",
            file=name,
        )
    if kind == FileKind.SAFETENSORS:
        return _read_safetensors(data, name)
    return _plain(_read_torch(data, name), name)


def _read_safetensors(data: bytes, name: str) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(data)
    except SafetensorError as error:
        raise _damaged(name) from error


def _read_torch(data: bytes, name: str) -> Any:  # noqa: ANN401 - whatever was saved
    import torch

    try:
        # A record of command line options lies beside the weights of many papers: plain data.
        known = torch.serialization.safe_globals([argparse.Namespace])
        with known, warnings.catch_warnings(action="ignore"):  # of protocols: the error tells
            return torch.load(BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "Unsupported" in str(error) or "not an allowed" in str(error) or "GLOBAL" in str(error):
            raise _has_code(name) from error
        raise _damaged(name) from error
    except (RuntimeError, EOFError, ValueError, KeyError, TypeError, IndexError) as error:
        raise _damaged(name) from error
    except (AttributeError, AssertionError, OverflowError, UnicodeDecodeError) as error:
        raise _damaged(name) from error


def _plain(found: Any, name: str) -> dict[str, Tensor]:  # noqa: ANN401 - whatever was saved
    """The state dict itself, its keys as the network calls them."""
    import torch

    for wrapper in WRAPPERS:
        if isinstance(found, Mapping) and isinstance(found.get(wrapper), Mapping):
            found = found[wrapper]
            break
    tensors = (
        {key: value for key, value in found.items() if isinstance(value, torch.Tensor)}
        if isinstance(found, Mapping)
        else {}
    )
    if not tensors or not all(isinstance(key, str) for key in tensors):
        raise UserError("The file {file} holds no weights. Choose another.", file=name)
    if all(key.startswith(PARALLEL) for key in tensors):
        tensors = {key.removeprefix(PARALLEL): value for key, value in tensors.items()}
    return {key: _checked(value, key, name) for key, value in tensors.items()}


def _checked(tensor: Tensor, key: str, name: str) -> Tensor:
    """A tensor that is as large as it says: one number seen a billion times is refused."""
    if tensor.layout is not _strided() or tensor.is_quantized:
        raise UserError(
            "The file {file} holds weights of a kind that is not read here ({key}: sparse or"
            " quantised). Choose the weights as they were trained.",
            file=name,
            key=key[:80],
        )
    if tensor.numel() > tensor.untyped_storage().nbytes() // max(1, tensor.element_size()):
        raise _damaged(name)
    return tensor


def _strided() -> Any:  # noqa: ANN401 - torch's own constant
    import torch

    return torch.strided


def _has_code(name: str) -> UserError:
    return UserError(
        "The file {file} holds program code beside the weights, which is never run here. Choose"
        " the weights as safetensors, or a plain state dict.",
        file=name,
    )


def _damaged(name: str) -> UserError:
    return UserError("The file {file} is damaged or was cut short. Download it again.", file=name)
