"""Models on machines without torch, or with little memory: told before anything is read."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from small_models import small_tagger

from model_backend.checkpoints import resources
from model_backend.checkpoints.recognizing import recognize
from model_backend.errors import UserError


def test_machine_without_torch_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_tagger(tmp_path / "tagger")
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "torch" else found(name)
    )
    with pytest.raises(UserError, match=r"Models need torch.*pip install -e '\.\[torch\]'"):
        recognize(tmp_path / "tagger")


def test_model_that_memory_does_not_do_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_tagger(tmp_path / "tagger")
    monkeypatch.setattr(resources, "available_memory", lambda: 1000)
    with pytest.raises(UserError, match="needs 0 MB of memory, and 0 MB are left"):
        recognize(tmp_path / "tagger")
    monkeypatch.setattr(resources, "available_memory", lambda: None)
    assert recognize(tmp_path / "tagger").network == "tagger"


def test_memory_is_told_by_the_system() -> None:
    free = resources.available_memory()
    assert free is None or free > 2**20
