"""A moment of the soak: the real window uses itself at random, and all of it is whole."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from soak import soak, verdict

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures what Linux tells")


@pytest.mark.timeout(300)
def test_window_that_uses_itself_for_a_moment_is_whole() -> None:
    run = soak(0.3, seed=4, rest_every=30.0)
    assert run.status == 0, run.errors[-4000:]
    assert run.problems() == [], "\n".join(verdict(run))
    assert run.end["compared"] > 0
    assert sum(run.end["done"].values()) > 30
    assert run.end["jobs"]["started"] > 0


@pytest.mark.timeout(300)
def test_hostile_files_do_not_hold_the_window_up(shared_data: Path) -> None:
    hostile = shared_data / "hostile"
    if not hostile.is_dir():
        pytest.skip(f"the hostile files are not here: {hostile}")
    run = soak(0.3, seed=5, rest_every=30.0, hostile=hostile)
    assert run.status == 0, run.errors[-4000:]
    assert run.problems() == [], "\n".join(verdict(run))
    assert run.end["done"].get("import hostile", 0) > 0


@pytest.mark.long
@pytest.mark.timeout(4200)
def test_window_that_uses_itself_for_an_hour_is_flat_and_whole() -> None:
    run = soak(60.0, seed=1)
    assert run.problems() == [], "\n".join(verdict(run))
