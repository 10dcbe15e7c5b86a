"""A real set of every format measured against itself: 1 wherever something is defined, and null
where nothing is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fuzzed_sets import SETS

from model_backend.metrics.evaluate import evaluate

COUNTS = {"truth", "predicted", "count", "masks", "detection_limit", "pages", "true", "right"}


def shares(values: Any, name: str = "") -> dict[str, float | None]:  # noqa: ANN401 - figures
    """Every figure that is a share of something, by its path."""
    found: dict[str, float | None] = {}
    for key, value in values.items():
        path = f"{name}.{key}"
        if isinstance(value, dict) and key not in ("confusion", "settings"):
            found |= shares(value, path)
        elif value is None or (isinstance(value, int | float) and key not in COUNTS):
            found[path] = value
    return found


@pytest.mark.parametrize("name", sorted(SETS))
def test_set_agrees_fully_with_itself(name: str, shared_data: Path, tmp_path: Path) -> None:
    path = SETS[name](shared_data, tmp_path / "set").path
    figures = evaluate(name, path, path).figures
    json.dumps(figures, allow_nan=False)
    found = shares(figures)
    defined = {key: value for key, value in found.items() if value is not None}
    assert defined
    assert {key: value for key, value in defined.items() if abs(value - 1) > 1e-9} == {}
