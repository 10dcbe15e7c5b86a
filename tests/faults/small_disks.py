"""Disks for tests: small ones, read-only ones, ones that a FUSE server answers for."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(folder: Path, size: str = "3m") -> Iterator[Path]:
    """A disk of that size at the folder; the test is skipped where nothing can be mounted."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    with _unmounted(folder):
        yield folder


@contextlib.contextmanager
def read_only_medium(source: Path, folder: Path) -> Iterator[Path]:
    """A folder at another place, where nothing can be written."""
    folder.mkdir()
    _mount("--bind", str(source), str(folder))
    with _unmounted(folder):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield folder


@contextlib.contextmanager
def fuse_drive(source: Path, folder: Path) -> Iterator[Path]:
    """A folder at another place, which a FUSE server answers for, as sshfs does."""
    folder.mkdir()
    if shutil.which("bindfs") is None or not Path("/dev/fuse").exists():
        pytest.skip("no FUSE drive can be made here (bindfs, /dev/fuse)")
    made = subprocess.run(["bindfs", str(source), str(folder)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"no FUSE drive can be made here: {made.stderr.decode()[:200]}")
    with _unmounted(folder):
        yield folder


def _mount(*arguments: str) -> None:
    try:
        made = subprocess.run(["mount", *arguments], capture_output=True, check=False)
    except OSError as error:
        pytest.skip(f"nothing can be mounted here: {error}")
    if made.returncode:
        pytest.skip("nothing can be mounted here (needs the right to mount)")


@contextlib.contextmanager
def _unmounted(folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # workers may look still


def fill(folder: Path, *, leave: int = 0) -> Path:
    """Fill the disk up to so many bytes; the file that does it."""
    ballast = folder / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    if leave:
        with ballast.open("r+b") as file:
            file.truncate(max(0, ballast.stat().st_size - leave))
    os.sync()
    return ballast
