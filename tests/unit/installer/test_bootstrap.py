"""Set-up on machines of several kinds, played by small stand-ins for the system's own programs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ORDINARY = ("dirname", "cat", "sha256sum", "cut", "tr", "grep", "awk", "df", "rm", "mktemp", "tail")
PYTHON = f"""#!/bin/sh
echo "python $*" >>"$LOG"
case "$*" in
    *"-m venv .venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    *--without-pip*) exit 1 ;;
    *--dry-run*) echo '{{"install": [{{"download_info": {{"url": "'"$TORCH"'"}}}}]}}' ;;
    *ensurepip*) [ -n "$HAS_VENV" ] || exit 1 ;;
    -c*) exec {sys.executable} -S "$@" ;;
esac
"""
DPKG_QUERY = """#!/bin/sh
for name; do :; done
case " $MISSING " in *" $name "*) ;; *) echo installed ;; esac
"""
APT_GET = """#!/bin/sh
echo "apt-get $*" >>"$LOG"
"""
APT_CACHE = """#!/bin/sh
echo "  Candidate: 1.0"
"""

Bootstrap = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A copy of what the script reads, and a folder of stand-ins."""
    (tmp_path / "installer").mkdir()
    shutil.copy(ROOT / "installer" / "bootstrap.sh", tmp_path / "installer")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "log").touch()
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "env", "mkdir", "cp", *ORDINARY):
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    stand_ins = {
        "python3": PYTHON,
        "dpkg-query": DPKG_QUERY,
        "apt-get": APT_GET,
        "apt-cache": APT_CACHE,
        "id": '#!/bin/sh\necho "$USER_ID"\n',
    }
    for name, text in stand_ins.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return tmp_path


@pytest.fixture
def bootstrap(machine: Path) -> Bootstrap:
    def run(purpose: str = "run", **environment: str) -> subprocess.CompletedProcess[str]:
        (machine / "log").write_text("")
        settings = {
            "PATH": str(machine / "programs"),
            "LOG": str(machine / "log"),
            "HAS_VENV": "yes",
            "USER_ID": "1000",
            "TORCH": "https://example.org/torch-2.13.0-cp312.whl",
            **environment,
        }
        return subprocess.run(
            ["sh", "installer/bootstrap.sh", purpose],
            cwd=machine,
            env=settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def log(machine: Path) -> str:
    return (machine / "log").read_text()


def test_second_run_installs_nothing_and_says_nothing(machine: Path, bootstrap: Bootstrap) -> None:
    first = bootstrap()
    assert first.returncode == 0, first.stderr
    assert "pip install -qq --disable-pip-version-check -e ." in log(machine)
    second = bootstrap()
    assert second.returncode == 0
    assert "pip install" not in log(machine)
    assert second.stderr == ""


def test_changed_dependencies_are_installed(machine: Path, bootstrap: Bootstrap) -> None:
    bootstrap()
    with (machine / "pyproject.toml").open("a") as file:
        file.write("# one more\n")
    bootstrap()
    assert "pip install" in log(machine)


def test_what_the_tests_need_is_enough_for_running(machine: Path, bootstrap: Bootstrap) -> None:
    assert bootstrap("test").returncode == 0
    assert "-e .[dev,torch]" in log(machine)
    bootstrap("run")
    assert "pip install" not in log(machine)


def test_without_rights_it_names_what_is_missing_and_goes_on(
    machine: Path, bootstrap: Bootstrap
) -> None:
    done = bootstrap(MISSING="xvfb tesseract-ocr-kor")
    assert done.returncode == 0
    assert "xvfb: for windows without a display" in done.stderr
    assert "tesseract-ocr-kor: for reading the words of scans in that language" in done.stderr
    assert "sudo apt-get install tesseract-ocr-kor xvfb" in done.stderr
    assert "apt-get install" not in log(machine)
    assert "pip install" in log(machine)


def test_root_installs_what_is_missing_and_nothing_else(
    machine: Path, bootstrap: Bootstrap
) -> None:
    done = bootstrap(MISSING="xvfb libegl1", USER_ID="0")
    assert done.returncode == 0
    installs = [line for line in log(machine).splitlines() if " install " in line]
    assert "apt-get install -y -q --no-install-recommends libegl1 xvfb" in installs


def test_either_name_of_a_package_will_do(machine: Path, bootstrap: Bootstrap) -> None:
    done = bootstrap(MISSING="libglib2.0-0t64 fonts-noto-cjk")
    assert done.stderr.splitlines()[0].startswith("Making a virtual environment")


def test_missing_venv_package_is_named(machine: Path, bootstrap: Bootstrap) -> None:
    (machine / "programs" / "python3").write_text(
        PYTHON.replace("mkdir -p .venv/bin; cp", "exit 1; cp")
    )
    done = bootstrap(HAS_VENV="")
    assert done.returncode == 1
    assert "-venv is missing" in done.stderr
    assert "sudo apt-get install python3." in done.stderr


def test_unsuitable_python_is_said_in_plain_words(machine: Path, bootstrap: Bootstrap) -> None:
    (machine / "programs" / "python3").write_text("#!/bin/sh\nexit 1\n")
    done = bootstrap()
    assert done.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr


def test_size_of_torch_is_said_before_it_is_downloaded(machine: Path, bootstrap: Bootstrap) -> None:
    done = bootstrap("test")
    assert "about 3 GB to download" in done.stderr
    (machine / ".venv" / "proofdesk-test.stamp").unlink()
    done = bootstrap("test", TORCH="file:///wheels/torch-2.13.0%2Bcpu-cp312.whl")
    assert "without CUDA, about 0.2 GB" in done.stderr


def test_other_systems_are_told_what_to_install(machine: Path, bootstrap: Bootstrap) -> None:
    (machine / "programs" / "dpkg-query").unlink()
    done = bootstrap()
    assert done.returncode == 0
    assert "not Debian or Ubuntu" in done.stderr
