"""An import that is killed or cannot write goes on, or has changed nothing; its report is true."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from killed_imports import KINDS, Imports

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 9")


@pytest.fixture(scope="module")
def imports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imports]:
    made = Imports(tmp_path_factory.mktemp("imports"))
    yield made
    made.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_import_that_cannot_write_once_is_told_and_can_be_made_whole(
    imports: Imports, kind: str, tmp_path: Path
) -> None:
    writes = imports.writes[kind]
    places = sorted({1, 2, writes, *Random(3).sample(range(1, writes + 1), 3)})
    problems = {
        place: imports.fail(kind, place, tmp_path / f"{place}.proofdesk") for place in places
    }
    assert problems == dict.fromkeys(places, "")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_import_that_is_killed_goes_on_or_has_changed_nothing(
    imports: Imports, kind: str, tmp_path: Path
) -> None:
    shares = (0.5,)
    problems = [imports.kill(kind, share, tmp_path / f"{share}.proofdesk") for share in shares]
    assert problems == [""] * len(shares)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", KINDS)
def test_import_that_cannot_write_at_any_point_is_told(
    imports: Imports, kind: str, tmp_path: Path
) -> None:
    places = range(1, imports.writes[kind] + 1)
    problems = [imports.fail(kind, place, tmp_path / f"{place}.proofdesk") for place in places]
    assert problems == [""] * len(problems)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", KINDS)
def test_import_killed_at_a_hundred_points_goes_on(
    imports: Imports, kind: str, tmp_path: Path
) -> None:
    chance = Random(kind)
    problems = [
        imports.kill(kind, chance.uniform(0, 1.1), tmp_path / f"{number}.proofdesk")
        for number in range(100)
    ]
    assert problems == [""] * len(problems)
