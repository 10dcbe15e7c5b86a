"""Which predictors a project uses: chosen, gone back to, missing on this machine, damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.store.promoted import FILE, chosen, in_use, promote, promotions
from model_backend.networks import ENTITIES, MASKS

SHOWN = {
    "version": "gold",
    "verdict": "better",
    "main": "entities.f1",
    "figures": {"entities.f1": {"old": 0.5, "new": 0.6}},
}


def test_the_last_that_was_promoted_is_in_use_and_all_are_remembered(tmp_path: Path) -> None:
    assert (promotions(tmp_path), in_use(tmp_path)) == ((), {})
    assert chosen(tmp_path, ENTITIES) == "forms"
    assert chosen(tmp_path, ENTITIES, "rules") == "rules"
    promote(tmp_path, ENTITIES, "rules", SHOWN)
    promote(tmp_path, MASKS, "ink")
    assert in_use(tmp_path) == {ENTITIES: "rules", MASKS: "ink"}
    assert chosen(tmp_path, ENTITIES, "forms") == "rules"
    promote(tmp_path, ENTITIES, "forms")  # back
    assert chosen(tmp_path, ENTITIES, "rules") == "forms"
    first = promotions(tmp_path)[0]
    assert (first.name, first.version, first.verdict) == ("rules", "gold", "better")
    assert (first.old, first.new) == (0.5, 0.6)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_model_of_another_machine_gives_way(tmp_path: Path) -> None:
    promote(tmp_path, ENTITIES, "week-12")
    assert chosen(tmp_path, ENTITIES, "rules") == "rules"
    assert chosen(tmp_path, ENTITIES) == "forms"


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"promotions": [{"task": "x"}]}', '{"promotions": 1}']
)
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(UserError, match=FILE):
        chosen(tmp_path, ENTITIES)
    with pytest.raises(UserError, match=FILE):
        promote(tmp_path, ENTITIES, "rules")
    assert (tmp_path / FILE).read_text() == text
