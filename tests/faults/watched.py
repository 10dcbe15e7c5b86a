"""Runs a script of ours in a process that is watched: what it and its workers open, start, call.

Python's own audit hook sees what Python does (`audited/sitecustomize.py`); strace, where it may
run, also sees what the libraries do. `unshare`, where it may run, takes the network away.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FAULTS = Path(__file__).resolve().parent
ROOT = FAULTS.parents[1]
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CALLS = "open,openat,creat,connect,execve"
_START = re.compile(r"^(?:\d+ +)?(?P<name>\w+)\((?P<arguments>.*)")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_SPAWNS = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system"}
_CALLS_OUT = ("socket.connect", "socket.get", "socket.sendto", "urllib.Request", "webbrowser")


@dataclass(frozen=True)
class Opened:
    """A file that was opened, and whether it was for writing."""

    path: str
    is_written: bool


class Watch:
    """What was seen of one run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _events(self) -> Iterator[tuple[str, list[str]]]:
        for log in sorted(self._folder.glob("*.log")):
            for line in log.read_text("utf-8", "replace").splitlines():
                name, *arguments = line.split("\t")
                yield name, arguments

    def _started(self) -> Iterator[tuple[str, str]]:
        """Calls whether they came to an end or not."""
        trace = self._folder / "trace"
        if trace.exists():
            for line in trace.read_text("utf-8", "replace").splitlines():
                if found := _START.match(line):
                    yield found["name"], found["arguments"]

    @property
    def is_traced(self) -> bool:
        """Whether the libraries' own calls were seen, too."""
        return (self._folder / "trace").exists()

    @property
    def spawned(self) -> set[str]:
        """Names of the programs that were started; Python itself starts our workers."""
        said = {_plain(arguments[0]) for name, arguments in self._events() if name in _SPAWNS}
        ran = {_path_in(text) for name, text in self._started() if name == "execve"}
        names = {Path(path).name for path in said | ran}
        return {name for name in names if not name.startswith(("python", "unshare", "strace"))}

    @property
    def called(self) -> list[str]:
        """Addresses that were asked for or connected to, sockets of this machine's files apart."""
        asked = [
            f"{name} {arguments}"
            for name, arguments in self._events()
            if name.startswith(_CALLS_OUT) and not any("'/" in text for text in arguments)
        ]
        linked = [text for name, text in self._started() if name == "connect"]
        return [*asked, *(text for text in linked if "AF_UNIX" not in text)]

    def opened(self) -> set[Opened]:
        """Every file that was opened, or that somebody tried to open."""
        found = set()
        for name, arguments in self._events():
            if name == "open" and not arguments[0].isdigit():
                flags = int(arguments[2]) if arguments[2].lstrip("-").isdigit() else 0
                found.add(Opened(_plain(arguments[0]), bool(flags & WRITING)))
            elif name.startswith(("os.re", "os.tr", "os.ch", "os.li", "os.sy", "shutil")):
                found |= {Opened(_plain(path), True) for path in arguments[:2] if path[:1] in "'\""}
        for name, text in self._started():
            if name in ("open", "openat", "creat"):
                is_written = any(flag in text for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))
                found.add(Opened(_path_in(text), is_written))
        return found

    def written(self) -> set[str]:
        """Paths of the files that were opened for writing, removed or renamed."""
        return {opened.path for opened in self.opened() if opened.is_written}


def _plain(text: str) -> str:
    """What a repr of a path, of bytes or of a PosixPath stands for."""
    found = re.search(r"b?(['\"]).*\1", text)
    try:
        value = ast.literal_eval(found[0] if found else text)
    except (ValueError, SyntaxError):
        return text
    return os.fsdecode(value) if isinstance(value, (str, bytes)) else str(value)


def _path_in(text: str) -> str:
    found = _STRING.search(text)
    if found is None:
        return ""
    plain = found[1].encode().decode("unicode_escape")  # strace writes bytes as \303\251
    return plain.encode("latin-1", "replace").decode("utf-8", "replace")


@cache
def works(*command: str) -> bool:
    """Whether this machine lets us run such a command."""
    if shutil.which(command[0]) is None:
        return False
    done = subprocess.run([*command, "true"], capture_output=True, check=False)
    return done.returncode == 0


def run(
    script: Sequence[object], room: Path, *, is_traced: bool = False, seconds: float = 600.0
) -> Watch:
    """Run a Python script of ours with a home and temporary files in `room`, without a network."""
    watch, home, temporary = (room / name for name in ("watch", "home", "temporary"))
    for folder in (watch, home, temporary):
        folder.mkdir(parents=True)
    prefix = ["unshare", "-rn"] if works("unshare", "-rn") else []
    if is_traced and works("strace", "-f", "-o", os.devnull):
        prefix += ["strace", "-f", "-qq", "-s", "4096", "-e", f"trace={CALLS}"]
        prefix += ["-o", str(watch / "trace")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (FAULTS / "audited", FAULTS, FAULTS.parent, ROOT))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PROOFDESK_AUDIT": str(watch),
        "TMPDIR": str(temporary),
        "LANGUAGE": "en",
        **dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), str(home)),
    }
    done = subprocess.run(
        [*prefix, sys.executable, *map(str, script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return Watch(watch)
