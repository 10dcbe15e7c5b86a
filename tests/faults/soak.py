"""Hours of use in minutes: the real window uses itself at random, and nothing may grow.

`python tests/faults/soak.py --minutes 60 --seed 1` (on a display; without one, in Xvfb). A line a
minute, taken while nothing is under way; the verdict at the end; exit status 1 where it is bad.
With `--hostile ../shared/data/hostile` files that mean harm are imported in between.

Flat means: of what comes after the warm-up (the first quarter of the run, 15 minutes at most), the
median of the last third is above that of the first by no more than LIMITS. Shorter runs than 4
minutes are judged by everything else only.

Gaps of the window's heartbeat are told with and without the time its thread waited for a core (the
scheduler's own count). A gap of more than 250 ms without it is bad, but where a project was opened
or closed or the theme changed: those are told apart.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SAMPLES = ROOT / "resources" / "samples"
DOCUMENTS = (".pdf", ".png", ".jpg")
MB = 1e6
LIMITS = {
    "window_mb": 50.0,
    "children_mb": 100.0,
    "handles": 5.0,
    "threads": 5.0,
    "children": 2.0,
    "temporary": 5.0,
    "shared": 2.0,
    "widgets": 100.0,
    "objects": 500.0,
}
"""How much each may have grown (RELIABILITY.md, section 6; children are recycled by memory). The
window's memory is counted without the pictures that it keeps, which are bounded by number."""
WAL_LIMIT = 256 * MB
GAP_LIMIT = 250.0
JUDGED_FROM = 4.0
"""Minutes."""
SHOWN = 12
"""Gaps that are told one by one."""
LONGEST_END = 240.0
"""Seconds that the window may need for its last rest and its end."""


@dataclass
class Run:
    """What was seen of one run."""

    samples: list[dict[str, float]] = field(default_factory=list)
    kinds: list[dict[str, int]] = field(default_factory=list)
    """How many widgets of each kind there were."""
    end: dict[str, Any] = field(default_factory=dict)
    status: int | None = None
    noise: dict[str, float] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    errors: str = ""

    def growth(self, name: str) -> float:
        """How much higher the last third is than the first, after the warm-up."""
        minutes = self.samples[-1]["minute"]
        warm = [one for one in self.samples if one["minute"] > min(15.0, minutes / 4)]
        third = max(1, len(warm) // 3)
        values = [one[name] for one in warm]
        return median(values[-third:]) - median(values[:third])

    def problems(self) -> list[str]:
        """Everything that is not as it should be."""
        if self.status != 0 or not self.end:
            return [f"the window ended with {self.status} before it was done"]
        jobs = dict(self.end["jobs"])
        ends = sum(jobs.get(kind, 0) for kind in ("done", "failed", "cancelled"))
        found = [*self.end["problems"]]
        found += [f"{count} times: {text}" for text, count in self.end["bugs"].items()]
        if jobs["no end"] or jobs["twice"] or ends != jobs["started"]:
            found.append(f"ends of jobs do not agree: {jobs}")
        if self.end["wal"] > WAL_LIMIT:
            found.append(f"the WAL grew to {self.end['wal'] / MB:.0f} MB")
        found += [f"left behind: {name}" for name in self.left]
        if self.samples and self.samples[-1]["minute"] >= JUDGED_FROM:
            grown = {name: self.growth(name) for name in LIMITS}
            found += [
                f"{name} grew by {grown[name]:.1f}" for name in LIMITS if grown[name] > LIMITS[name]
            ]
            if self.end["heart"]["own_max"] > GAP_LIMIT:
                found.append(f"the window stood still for {self.end['heart']['own_max']} ms")
        return found


def soak(
    minutes: float,
    seed: int,
    *,
    rest_every: float = 60.0,
    shown: bool = True,
    hostile: Path | None = None,
) -> Run:
    """Run it in a folder of its own; with `hostile`, files of that folder are imported, too."""
    run = Run()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        base = Path(name)
        for part in ("home", "tmp", "in", "out"):
            (base / part).mkdir()
        with _bare(run), _window(base, minutes, seed, rest_every, hostile) as window:
            begun = monotonic()
            stop = threading.Timer(60 * minutes + LONGEST_END, window.kill)
            stop.start()
            assert window.stdout is not None
            try:
                for line in window.stdout:
                    minute = (monotonic() - begun) / 60
                    _take(run, json.loads(line), base, window.pid, minute, shown)
                run.status = window.wait()
            finally:
                window.kill()
                stop.cancel()
        run.left = sorted(path.name for path in (base / "tmp").iterdir())
        run.left += _shared(window.pid)
        run.errors = (base / "errors").read_text()
    return run


def _shared(pid: int) -> list[str]:
    """The pictures of this window that lie in shared memory."""
    folder = Path("/dev/shm")
    return [path.name for path in folder.glob(f"pd{pid:x}-*")] if folder.is_dir() else []


class _bare:  # noqa: N801 - reads like a function
    """The bare Qt process, as long as the window runs."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __enter__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "heartbeat.py")], stdout=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._run.noise = json.loads(line)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


def _window(
    base: Path, minutes: float, seed: int, rest_every: float, hostile: Path | None
) -> subprocess.Popen[str]:
    files = [path for path in SAMPLES.iterdir() if path.suffix in DOCUMENTS]
    files.sort(key=lambda path: (path.suffix != ".pdf", path.name))  # the fast one first
    home = str(base / "home")
    places = dict.fromkeys(
        ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"), home
    )
    path = os.pathsep.join([str(HERE), str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, str(HERE / "soaked_window.py")]
    command += [str(60 * minutes), str(seed), str(rest_every), str(base), *map(str, files)]
    command += [str(hostile)] if hostile else []
    with (base / "errors").open("w") as errors:
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **places, "TMPDIR": str(base / "tmp"), "PYTHONPATH": path},
        )


def _take(run: Run, told: dict[str, Any], base: Path, pid: int, minute: float, shown: bool) -> None:
    if told["kind"] == "end":
        run.end = told
        return
    sample = {"minute": minute, **_measured(pid, base)}
    sample["pictures_mb"] = told["pictures"] / MB
    sample["window_mb"] -= sample["pictures_mb"]
    sample |= {name: told[name] for name in ("widgets", "objects", "python", "steps", "pages")}
    run.samples.append(sample)
    run.kinds.append(told["kinds"])
    if shown:
        print(_line(sample, told), flush=True)  # noqa: T201


def _measured(pid: int, base: Path) -> dict[str, float]:
    window = psutil.Process(pid)
    children = window.children(recursive=True)
    return {
        "window_mb": window.memory_full_info().uss / MB,
        "rss_mb": window.memory_info().rss / MB,
        "children_mb": sum(_uss(child) for child in children) / MB,
        "handles": window.num_fds(),
        "threads": window.num_threads(),
        "children": len(children),
        "temporary": sum(1 for _path in (base / "tmp").rglob("*")),
        "shared": len(_shared(pid)),
    }


def _uss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.Error:
        return 0


def _line(sample: dict[str, float], told: dict[str, Any]) -> str:
    heart = told["heart"]
    return (
        "{minute:6.1f} min  {steps:7d} steps"
        "  window {window_mb:6.1f} MB + pictures {pictures_mb:5.1f}"
        "  children {children} {children_mb:6.1f} MB  handles {handles}  threads {threads}"
        "  tmp {temporary}  shm {shared}  widgets {widgets}  objects {objects}  pages {pages}"
    ).format(**sample) + (
        f"  jobs {told['jobs']['started']}  wal {told['wal'] / MB:.1f} MB"
        f"  gap p99.9 {heart['own_p999']} max {heart['own_max']}  bugs {told['bugs']}"
    )


def verdict(run: Run) -> Iterator[str]:
    """What is said at the end."""
    if run.end:
        yield f"steps: {dict(sorted(run.end['done'].items()))}"
        yield f"jobs: {run.end['jobs']}; pages compared after reopening: {run.end['compared']}"
        yield f"gaps of the window: {_gaps(run.end['heart'])}"
        yield f"  longest where all of it was made anew: {run.end['heart']['whole']}"
        yield f"gaps of the bare process beside it: {_gaps(run.noise)}"
        for one in sorted(run.end["slow"], key=lambda one: -one["own"])[:SHOWN]:
            yield f"  {one['own']} ms ({one['ms']} with waits, {one['cpu']} of CPU): {one['doing']}"
            yield from (f"      {place}" for place in dict.fromkeys(one["places"]))
    if run.samples and run.samples[-1]["minute"] >= JUDGED_FROM:
        names = (*LIMITS, "rss_mb", "python")
        yield "growth: " + ", ".join(f"{name} {run.growth(name):+.1f}" for name in names)
        first, last = run.kinds[len(run.kinds) // 3], run.kinds[-1]
        grown = {name: last[name] - first.get(name, 0) for name in last}
        most = sorted(grown.items(), key=lambda one: -one[1])[:SHOWN]
        yield "widgets that became more: " + ", ".join(f"{name} {more:+}" for name, more in most)
    problems = run.problems()
    yield from problems
    yield "BAD" if problems else "GOOD: flat, whole, nothing lost"


def _gaps(heart: dict[str, float]) -> str:
    text = "p99.9 {own_p999} ms, max {own_max} ms (with waits for a core {p999} and {max})"
    return text.format(**heart)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="soak")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hostile", type=Path, help="a folder of files that mean harm")
    options = parser.parse_args()
    if sys.platform == "linux" and not os.environ.get("DISPLAY") and not _is_offscreen():
        server = shutil.which("xvfb-run")
        if server is None:
            print("no display, and xvfb-run is not installed")  # noqa: T201
            return 2
        screen = ["-a", "-s", "-screen 0 1600x1000x24"]
        return subprocess.call([server, *screen, sys.executable, *sys.argv])
    run = soak(options.minutes, options.seed, hostile=options.hostile)
    print(run.errors[:20000], end="")  # noqa: T201
    for line in verdict(run):
        print(line, flush=True)  # noqa: T201
    return 1 if run.problems() else 0


def _is_offscreen() -> bool:
    return os.environ.get("QT_QPA_PLATFORM") == "offscreen"


if __name__ == "__main__":
    sys.exit(main())
