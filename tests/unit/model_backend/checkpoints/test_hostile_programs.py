"""ONNX programs as models, programs that ask for too much, and files that change while read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnx_programs
import pytest
import torch
from safetensors.torch import load as loaded_safely
from small_models import small_bert

from model_backend import runtime
from model_backend.checkpoints import checkpoint
from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.checkpoint import checkpoint_of
from model_backend.checkpoints.onnx_file import check_onnx
from model_backend.checkpoints.recognizing import recognize
from model_backend.errors import UserError
from model_backend.service import TookTooLong, Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(batch=1)
    yield made
    made.close()


def test_onnx_file_is_no_model_to_add(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    onnx_programs.huge(tmp_path / "model.onnx", 10**12)
    with pytest.raises(UserError, match="is an ONNX program"):
        recognize(tmp_path / "model.onnx")
    with pytest.raises(UserError, match="holds no weights"):
        recognize(tmp_path)


def test_web_page_called_onnx_is_refused_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"<!DOCTYPE html><html>404</html>")
    with pytest.raises(UserError, match="is a web page, not a model"):
        recognize(path)
    with pytest.raises(UserError, match="is no ONNX program, or was cut short"):
        check_onnx(path)
    with pytest.raises(UserError, match="onnxruntime refuses the file"):
        runtime.session(path)


def test_program_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    path = onnx_programs.huge(tmp_path / "model.onnx", 3)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UserError, match="is no ONNX program, or was cut short"):
        check_onnx(path)
    with pytest.raises(UserError, match="onnxruntime refuses the file"):
        runtime.session(path)


def test_programs_that_ask_for_too_much_end_alone(tmp_path: Path, workers: Workers) -> None:
    """Four terabytes are refused, an endless loop is killed; the next piece of work goes on."""
    pytest.importorskip("onnx")
    fine = onnx_programs.huge(tmp_path / "fine.onnx", 3)
    huge = onnx_programs.huge(tmp_path / "huge.onnx", 10**12)
    endless = onnx_programs.endless(tmp_path / "endless.onnx")
    assert check_onnx(huge) == check_onnx(endless) == ()
    with pytest.raises(UserError, match=r"onnxruntime refuses|does not run"):
        workers.submit("model", onnx_programs.run, huge).result(120)
    with pytest.raises(TookTooLong, match=r"endless\.onnx"):
        workers.submit("model", onnx_programs.run, endless, timeout=10).result(120)
    assert workers.submit("model", onnx_programs.run, fine).result(120) == [1.0, 1.0, 1.0]


def test_bytes_that_were_compared_are_those_that_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is exchanged between the comparison and the use."""
    small_bert(tmp_path / "bert")
    found = recognize(tmp_path / "bert")
    model = install(record_of(found, Answers()), found.files)
    path = model.files_folder / "model.safetensors"
    right = loaded_safely(path.read_bytes())
    swapped = []
    real = hashlib.sha256

    def swapping(data: bytes) -> Any:  # noqa: ANN401 - hashlib's own object
        path.write_bytes(b"something else")
        swapped.append(path)
        return real(data)

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint.hashlib, "sha256", swapping)
        weights = checkpoint_of(model).weights()
    assert swapped
    assert weights.keys() == right.keys()
    assert all(torch.equal(weights[key], value) for key, value in right.items())
    with pytest.raises(UserError, match="is not the one that was added"):
        checkpoint_of(model).weights()
