"""What every test gets: an isolated home and settings, the real documents where they are, no
leftovers.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from desktop import bugs

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("PROOFDESK_TEST_DATA", ROOT.parent / "shared" / "data"))
HOMES = (
    *("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"),
    *("USERPROFILE", "APPDATA", "LOCALAPPDATA"),
)

# an example may take long on a busy machine, and its first one brings numpy in
settings.register_profile("proofdesk", deadline=None)
settings.load_profile("proofdesk")


@pytest.fixture(scope="session", autouse=True)
def no_real_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What fixtures of modules and of the session do is not done in the person's home, either."""
    with pytest.MonkeyPatch.context() as patch:
        _use_home(patch, tmp_path_factory.mktemp("home"))
        yield


@pytest.fixture(autouse=True)
def isolated_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A home of its own for every test: nothing of the person's own settings is read or written."""
    home = tmp_path_factory.mktemp("home")
    _use_home(monkeypatch, home)
    return home


def _use_home(patch: pytest.MonkeyPatch, home: Path) -> None:
    """For this process and all that it starts, on each system."""
    for name in HOMES:
        patch.setenv(name, str(home))


@pytest.fixture(autouse=True)
def garbage_is_freed_here() -> Iterator[None]:
    """As in the application, no thread but the main one frees what tests leave: widgets, say."""
    gc.disable()
    yield
    if gc.get_count()[0] > 50_000:
        gc.collect()


@pytest.fixture(autouse=True)
def no_bug_is_swallowed(request: pytest.FixtureRequest) -> Iterator[None]:
    """What is caught in the window and reported there fails the test, as it would without that."""
    before = bugs.counts()
    yield
    found = bugs.counts() - before
    assert not found or "wanted_bugs" in request.fixturenames, f"bugs were reported: {found}"


@pytest.fixture
def wanted_bugs() -> None:
    """For tests that make bugs happen."""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real documents with ground truth (PROOFDESK_TEST_DATA, or ../shared/data)."""
    if not SHARED.is_dir():
        pytest.skip(f"the real documents are not here: {SHARED} (set PROOFDESK_TEST_DATA)")
    return SHARED


@pytest.fixture(scope="session")
def samples() -> Path:
    """The bundled sample documents."""
    return ROOT / "resources" / "samples"
