"""The window that soak.py starts: it uses itself at random, and tells of itself once a minute.

Each line it prints is a JSON object: "rest" once a minute when nothing is under way, "end" once.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import shutil
import sys
import threading
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from heartbeat import Heartbeat, Watch
from PySide6.QtCore import QObject, QTimer, QtMsgType, QUrl, Slot, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from random_hand import Hand

from desktop import bugs
from desktop.application import Application, make_application
from desktop.jobs.runner import Job
from desktop.jobs.work import Outcome
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from desktop.window.workbench import Workbench

PROJECTS = 3
MOST_PAGES = 60
"""A project with more pages is thrown away and begun anew."""
PAUSES_MS = (0, 0, 5, 10, 20, 40)
REST_SECONDS, LONGEST_REST = 60.0, 90.0
FIRST_PAGE_SECONDS, MEASURED_SECONDS = 60.0, 2.0
PATIENCE = 30.0
"""Seconds after which a rest stops the jobs that still run."""


class Jobs:
    """Every job that was started, and every end it had."""

    def __init__(self) -> None:
        self.ends: dict[int, list[str]] = {}
        self._kept: list[Job] = []

    def watch(self, bench: Workbench) -> None:
        bench.runner.job_started.connect(self.add)
        for job in bench.runner.jobs:
            self.add(job)

    def add(self, job: Job) -> None:
        number = len(self.ends)
        self.ends[number] = []
        job.finished.connect(lambda outcome: self.ends[number].append(_kind(outcome)))

    def summary(self) -> dict[str, int]:
        counts = Counter(end for ends in self.ends.values() for end in ends)
        twice = sum(len(ends) > 1 for ends in self.ends.values())
        open_still = sum(not ends for ends in self.ends.values())
        return {"started": len(self.ends), "twice": twice, "no end": open_still, **counts}


class Opened(QObject):
    """Stands in for the programs of a desktop, which would show the folder of the logs."""

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """It is asked for, and nothing comes of it."""


def _name_of(widget: QWidget) -> str:
    return f"{type(widget).__name__} in {type(widget.window()).__name__}"


def _kind(outcome: Outcome) -> str:
    if outcome.is_cancelled:
        return "cancelled"
    return "failed" if outcome.failed else "done"


class Soak(QObject):
    """Uses the application for so long, then closes it and looks whether everything is whole."""

    def __init__(
        self,
        application: Application,
        *,
        seconds: float,
        seed: int,
        base: Path,
        files: list[Path],
        rest_every: float,
        hostile: list[Path],
    ) -> None:
        super().__init__()
        self.application, self.base, self.files = application, base, files
        self.chance = Random(seed)
        self.hand = Hand(application, self.chance, base / "out")
        self.hand.steps += [(1, "import", self._import), (1, "switch", self._switch)]
        self._hostile = hostile
        if hostile:
            self.hand.steps += [(4, "import hostile", self._import_hostile)]
        self.watch = Watch()
        self.jobs, self.heart = Jobs(), Heartbeat(self._recent, self, self.watch)
        self.problems: list[str] = []
        self.compared = self.bytes_of_record = 0
        self.bugs: Counter[str] = Counter()
        self._names: list[str] = []
        self._watched: Workbench | None = None
        self._number = self._next = self._imports = self._steps = 0
        self._begun, self._seconds, self._every = monotonic(), seconds, rest_every
        self._next_rest, self._resting_since = self._begun + rest_every, 0.0
        self._quiet_until = 0.0
        self._is_over = self._has_told_all = False

    def begin(self) -> None:
        """The clock runs from the first page on."""
        self._open(0)
        self._wait_for_a_page(monotonic() + FIRST_PAGE_SECONDS)

    def _wait_for_a_page(self, latest: float) -> None:
        if not self.hand.bench.document.store.page_count() and monotonic() < latest:
            QTimer.singleShot(100, self, lambda: self._wait_for_a_page(latest))
            return
        self._begun = monotonic()
        self._next_rest = self._begun + self._every
        self._go()

    def _recent(self) -> str:
        return ", ".join(self._names[-3:])

    def _go(self) -> None:
        if self._is_over:
            return
        QTimer.singleShot(self.chance.choice(PAUSES_MS), self, self._go)  # dialogs nest in a step
        self._watch()
        if monotonic() < self._quiet_until:
            return  # it is being measured
        if self._resting_since:
            self._rest()
        elif self.application.bench is None:
            self._note("opens")
            self._open(self._next)
        elif self._has_told_all:
            self._end()
        elif monotonic() > self._next_rest or monotonic() - self._begun > self._seconds:
            self._resting_since = monotonic()
            self._note("rest")
        else:
            self._note("begins")
            self._note(self.hand.step())
            self._steps += 1

    def _note(self, name: str) -> None:
        self._names = [*self._names[-5:], name]

    def _watch(self) -> None:
        bench = self.application.bench
        if bench is not None and bench is not self._watched:
            self._watched = bench
            self.jobs.watch(bench)
        if bench is not None and self._steps % 50 == 0:
            wal = bench.document.store.folder / f"{FILE}-wal"
            size = os.stat(wal).st_size if wal.exists() else 0
            self.bytes_of_record = max(self.bytes_of_record, size)

    # a minute is over

    def _rest(self) -> None:
        """Wait until nothing is open and nothing runs, then tell how things stand."""
        waited = monotonic() - self._resting_since
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if front is not None:
            front.reject() if isinstance(front, QDialog) else front.close()
        elif (keys := self.application.window.keys_overlay()).isVisible():
            keys.close_overlay()
        elif self.application.is_calm() or waited > LONGEST_REST:
            if waited > LONGEST_REST:
                self.problems.append(f"was never calm: {self._what_runs()}")
            self._tell()
        elif waited > PATIENCE and self.application.bench is not None:
            for job in self.application.bench.runner.jobs:
                job.cancel()

    def _what_runs(self) -> list[str]:
        bench = self.application.bench
        return [job.title for job in bench.runner.jobs] if bench else []

    def _tell(self) -> None:
        _say(kind="rest", **self.state())
        self.heart.skip()
        self._resting_since = 0.0
        self._quiet_until = monotonic() + MEASURED_SECONDS
        self._next_rest = self._quiet_until + self._every
        self._has_told_all = monotonic() - self._begun > self._seconds

    def state(self) -> dict[str, Any]:
        window = self.application.window
        return {
            "steps": self._steps,
            "widgets": len(QApplication.allWidgets()),
            "kinds": Counter(_name_of(widget) for widget in QApplication.allWidgets()),
            "objects": len(window.findChildren(QObject))
            + len(self.application.findChildren(QObject)),
            "python": len(gc.get_objects()),
            "python threads": threading.active_count(),
            "wal": self.bytes_of_record,
            "pictures": self.application.bench.images.bytes_kept if self.application.bench else 0,
            "pages": self.hand.bench.document.store.page_count() if self.application.bench else 0,
            "jobs": self.jobs.summary(),
            "heart": self.heart.summary(),
            "bugs": sum(self.bugs.values()),
        }

    def _end(self) -> None:
        self._is_over = True
        self._leave(compare=True)
        self.application.window.close()
        for number in range(PROJECTS):
            path = self._folder(number) / FILE
            if path.exists() and (problem := problem_of(path)):
                self.problems.append(f"project {number}: {problem}")
        _say(
            kind="end",
            done=self.hand.done,
            compared=self.compared,
            problems=self.problems,
            bugs=self.bugs,
            slow=list(self.heart.slow),
            **{name: value for name, value in self.state().items() if name != "bugs"},
        )
        self.watch.close()
        QTimer.singleShot(0, QApplication.quit)

    # projects

    def _folder(self, number: int) -> Path:
        return self.base / f"Project {number}.proofdesk"

    def _open(self, number: int) -> None:
        self._number = number
        folder = self._folder(number)
        if folder.is_dir():
            self.application.window.files.take_in([folder])
        else:
            self.application.window.files.new_project_wanted.emit(str(folder))
            self._import()
        assert self.application.bench is not None
        if self.application.bench.document.store.page_count() > MOST_PAGES:
            self._leave(compare=True)
            shutil.rmtree(folder)
            self._open(number)

    def _switch(self) -> None:
        """Close the project, now and then look at the disk; another one in the next step."""
        self._leave(compare=self.chance.random() < 0.3)
        self._next = (self._number + self.chance.randrange(PROJECTS)) % PROJECTS

    def _leave(self, *, compare: bool) -> None:
        """Close the project; look whether the disk has what was on the screen."""
        bench = self.application.bench
        if bench is None:
            return
        if not compare:
            self.application.leave_project()
            return
        self.hand.canvas.setFocus()  # a text that is being written is taken over
        shown = {
            page_id: bench.document.page(page_id) for page_id in bench.document.store.page_ids()
        }
        folder = bench.document.store.folder
        self.application.leave_project()
        self.heart.skip()
        with Store.open(folder, read_only=True) as store:
            found = {page_id: store.page(page_id) for page_id in store.page_ids()}
            if store.damaged:
                self.problems.append(f"{folder.name}: pages {store.damaged} are damaged")
        if found != shown:
            ids = [key for key in {*found, *shown} if found.get(key) != shown.get(key)]
            self.problems.append(f"{folder.name}: pages {ids} are not as they were shown")
        self.compared += len(shown)
        self.heart.skip()

    def _import(self) -> None:
        """A copy of one of the files that the project does not have yet."""
        bench = self.application.bench
        if bench is None or bench.document.store.page_count() > MOST_PAGES:
            return
        source = self.chance.choice(self.files) if self._imports else self.files[0]
        self._imports += 1
        copy = self.base / "in" / f"{self._imports} {source.name}"
        copy.write_bytes(source.read_bytes() + b"\n%" + str(self._imports).encode())
        self.application.window.files.take_in([copy])

    def _import_hostile(self) -> None:
        """A file that means harm; at most two jobs at once, or they would only wait."""
        if self.application.bench is not None and len(self.application.bench.runner.jobs) < 2:
            self.application.window.files.take_in([self.chance.choice(self._hostile)])


def _say(**values: object) -> None:
    print(json.dumps(values), flush=True)  # noqa: T201


def main() -> int:
    """`soaked_window.py SECONDS SEED REST_SECONDS BASE FILE... [FOLDER OF HOSTILE FILES]`"""
    faulthandler.enable()

    seconds, seed, rest = float(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    base, places = Path(sys.argv[4]), [Path(name) for name in sys.argv[5:]]
    files = [path for path in places if path.is_file()]
    hostile = [path for folder in places if folder.is_dir() for path in sorted(folder.rglob("*.*"))]
    qt, application = make_application()
    soak = Soak(
        application,
        seconds=seconds,
        seed=seed,
        base=base,
        files=files,
        rest_every=rest,
        hostile=hostile,
    )

    def bug(kind: type[BaseException], error: BaseException, trace: Any) -> None:  # noqa: ANN401
        lines = traceback.format_exception(kind, error, trace)
        soak.bugs["".join(lines[-3:])] += 1
        sys.stderr.write("".join([*lines, "from\n", *traceback.format_stack()[:-1]]))

    def warned(kind: QtMsgType, _context: object, text: str) -> None:
        is_of_no_screen = "This plugin does not support" in text  # offscreen; never a real one
        if kind is not QtMsgType.QtDebugMsg and not is_of_no_screen:
            soak.bugs[f"Qt: {text}"] += 1
            sys.stderr.write(f"Qt: {text}\n")

    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened, "take")
    sys.excepthook = bug
    sys.unraisablehook = lambda said: bug(said.exc_type, said.exc_value, said.exc_traceback)
    threading.excepthook = lambda said: bug(said.exc_type, said.exc_value, said.exc_traceback)
    qInstallMessageHandler(warned)
    bugs.watch(lambda told: soak.bugs.update([" ".join(told.lines[-3:])]))
    application.window.first_shown.connect(soak.begin)
    application.window.show()
    return qt.exec()


if __name__ == "__main__":
    sys.exit(main())
