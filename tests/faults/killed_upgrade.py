"""Kills an upgrade with signal 9 at moments spread over it, and looks what is left.

`python tests/faults/killed_upgrade.py --count 300 --resume 0` (50 kills for each earlier version)
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from long_driver import drive
from old_projects import content_of, make_current, make_old

from desktop.store.backups import backups_of
from desktop.store.migrations import REVISIONS
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of

TESTS = Path(__file__).resolve().parent.parent
KILLS = 50
_SCRIPT = (
    "import sys\nfrom pathlib import Path\nfrom desktop.store.store import Store\n"
    "import alembic.migration, alembic.operations, alembic.script\n"
    "print('ready', flush=True)\nsys.stdin.readline()\n"
    "Store.open(Path(sys.argv[1])).close()\nprint('done', flush=True)"
)


class Upgrade:
    """An old project that is upgraded again and again."""

    def __init__(self, old: Path, base: Path) -> None:
        self._old, self._folder = old, base / "killed.proofdesk"
        self._before = content_of(old / FILE)
        self._seconds = self._run(None)
        self._after = content_of(self._folder / FILE)
        assert self._after != self._before

    def kill(self, number: int, count: int) -> str:
        """Kill it where so many parts of the whole are done; what is wrong then, or nothing."""
        self._run(self._seconds * (number + 0.5) / count)
        left = content_of(self._folder / FILE)
        if left not in (self._before, self._after):
            return "neither the old project nor the new"
        for backup in backups_of(self._folder):
            if content_of(backup.path) != self._before:
                return f"the backup {backup.path.name} is not what was there"
        with Store.open(self._folder) as store:
            pages = store.page_count()
        if content_of(self._folder / FILE) != self._after:
            return "the next start did not finish the upgrade"
        rest = [path.name for path in self._folder.rglob("*.partial")]
        found = problem_of(self._folder / FILE)
        return found or (f"left behind: {rest}" if rest else "" if pages else "it is empty")

    def _run(self, delay: float | None) -> float:
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.copytree(self._old, self._folder)
        with subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(TESTS.parent)},
        ) as process:
            assert process.stdout is not None
            assert process.stdin is not None
            assert process.stdout.readline() == b"ready\n"
            start = time.monotonic()
            if delay is not None:
                killer = threading.Timer(delay, process.send_signal, [signal.SIGKILL])
                killer.start()
            process.stdin.write(b"\n")
            process.stdin.flush()
            process.stdout.readline()
            seconds = time.monotonic() - start
            if delay is not None:
                killer.join()
        return seconds


def main() -> int:
    """So many kills for each version."""
    upgrades: dict[str, Upgrade] = {}
    with tempfile.TemporaryDirectory() as base:
        current = make_current(Path(base) / "current.proofdesk")

        def one(number: int) -> str:
            version = REVISIONS[number // KILLS % (len(REVISIONS) - 1)]
            if version not in upgrades:
                folder = Path(base) / version
                folder.mkdir()
                old = make_old(current, folder / "old.proofdesk", version)
                upgrades[version] = Upgrade(old, folder)
            problem = upgrades[version].kill(number % KILLS, KILLS)
            return f"{version}, kill {number % KILLS}: {problem}" if problem else ""

        return drive("killed upgrade", KILLS * (len(REVISIONS) - 1), one)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
