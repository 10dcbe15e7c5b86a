"""Real files with bytes and values changed: read, refused in a line, never a crash, a hang, or a
file outside the target."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fuzzed_sets import SETS, SmallSet, changed

from model_backend.errors import UserError
from model_backend.formats import READ_ONLY, ReadPage, members, read_member, readable
from model_backend.formats.export import export, export_page

QUICK, ALL = range(100), range(500)
LONGEST = 10.0
EVERY_EXPORT = 5
"""One in so many changed sets that can be read leaves again."""


@pytest.fixture(scope="module")
def fuzzed(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, SmallSet]:
    """The sets that were made so far, by format."""
    return {}


def _set_of(
    name: str, fuzzed: dict[str, SmallSet], shared_data: Path, factory: pytest.TempPathFactory
) -> SmallSet:
    if name not in fuzzed:
        fuzzed[name] = SETS[name](shared_data, factory.mktemp(name) / "set")
    return fuzzed[name]


def _read(name: str, path: Path) -> list[ReadPage | UserError]:
    """The first pages of a set, or why there are none; everything else is a bug and comes out."""
    found: list[ReadPage | UserError] = []
    try:
        for member in members(name, path)[:2]:
            try:
                found.append(read_member(name, path, member))
            except UserError as error:
                found.append(error)
    except UserError as error:
        found.append(error)
    return found


def _tree(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file()
    }


def _fuzz(name: str, found: SmallSet, seeds: range) -> None:
    """Read what is left of the set after each change, and write some of it again."""
    room = found.path.parent
    (room / "canary").mkdir(exist_ok=True)
    (room / "canary" / "keep").write_text("as it was")
    originals = {file: file.read_bytes() for file in found.files}
    before, pages, refused = _tree(room), 0, 0
    for seed in seeds:
        file = found.files[seed % len(found.files)]
        file.write_bytes(changed(originals[file], file, seed))
        start = time.process_time()
        good: list[ReadPage] = []
        for answer in _read(name, found.path):
            if isinstance(answer, ReadPage):
                good.append(answer)
            else:
                refused += 1
        assert time.process_time() - start < LONGEST, (name, seed)
        pages += len(good)
        if good and seed % EVERY_EXPORT == 0:
            _write("coco" if name in READ_ONLY else name, good, room / "out")
            assert time.process_time() - start < LONGEST, (name, seed)
        file.write_bytes(originals[file])
        assert _tree(room) == before, (name, seed)
    assert pages > len(seeds) // 10
    assert refused > len(seeds) // 20


def _write(name: str, pages: list[ReadPage], out: Path) -> None:
    """Into a folder that is removed again; what stands outside it is seen by its caller."""
    import shutil

    try:
        export(name, map(export_page, pages), out)
    except UserError:
        assert not out.exists()
    else:
        shutil.rmtree(out)


def test_every_format_that_is_read_is_fuzzed() -> None:
    assert set(SETS) == set(readable())


@pytest.mark.parametrize("name", sorted(SETS))
def test_changed_files_are_read_or_refused(
    name: str,
    fuzzed: dict[str, SmallSet],
    shared_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
    isolated_home: Path,
) -> None:
    _fuzz(name, _set_of(name, fuzzed, shared_data, tmp_path_factory), QUICK)
    assert _tree(isolated_home) == {}


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(SETS))
def test_five_hundred_changed_files_are_read_or_refused(
    name: str,
    fuzzed: dict[str, SmallSet],
    shared_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    _fuzz(name, _set_of(name, fuzzed, shared_data, tmp_path_factory), ALL)
