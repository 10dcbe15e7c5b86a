"""No test, and no fixture of a whole module, knows the home of the person who runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.settings import settings_file

_ASK = "import platformdirs as p; print(p.user_data_path(), p.user_config_path(), sep='\\n')"


@pytest.fixture(scope="module")
def homes() -> list[Path]:
    """Where programs keep data and settings that a fixture of a module starts."""
    said = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=True)
    return [*map(Path, said.stdout.split("\n")[:2]), settings_file.default_path(), Path.home()]


def test_home_of_what_a_module_shares_is_a_temporary_one(
    homes: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.getbasetemp()
    assert [home for home in homes if not home.is_relative_to(base)] == []
