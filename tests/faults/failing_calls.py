"""Has every write, sync, rename and close of a step fail once, and looks what is left of the files.

The step runs in a forked process; strace makes its k-th call of a kind fail.
`python tests/faults/failing_calls.py --resume 0` (`--count`: all that there are)
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from edit_scripts import document_of, full_page
from long_driver import drive
from old_projects import content_of, make_current, make_old
from PIL import Image

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.errors import explain
from desktop.jobs.exporting import export_project
from desktop.settings.settings_file import ABANDONED_SECONDS, SettingsFile
from desktop.store.backups import ASKED, Moment, backups_of, restore_whole
from desktop.store.copying import copy_project
from desktop.store.files import keep_copy
from desktop.store.migrating import version_of
from desktop.store.migrations import HEAD
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from model_backend import installed, table_grid
from model_backend.document import Box, Status
from model_backend.formats import WriteOptions, writable
from model_backend.unfinished import NEW_SECONDS, remove_abandoned

ERRORS = {
    "write": "ENOSPC",
    "pwrite64": "ENOSPC",
    "ftruncate": "EIO",
    "fsync": "EIO",
    "fdatasync": "EIO",
    "rename": "EACCES",
    "unlink": "EACCES",
    "mkdir": "ENOSPC",
    "sendfile": "ENOSPC",
    "copy_file_range": "ENOSPC",
    "pread64": "EIO",
    "close": "EIO",
}
FAILED, BUG = 7, 9


@dataclass(frozen=True)
class Step:
    """A step that writes: what is there before, the step, and what is wrong after it."""

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path], object]
    problem: Callable[[Path, bool], str]
    """Of the folder, and whether the step said that all went well."""


def _settings(base: Path) -> SettingsFile:
    return SettingsFile(base / "settings.json")


OLD_SETTINGS, NEW_SETTINGS = {"theme": "dark"}, {"theme": "light", "keys": {"a": "b" * 20_000}}


def _settings_problem(base: Path, is_done: bool) -> str:
    for beside in base.glob("*.new"):
        os.utime(beside, (0, time.time() - 2 * ABANDONED_SECONDS))
    found = _settings(base).read()
    if found not in (OLD_SETTINGS, NEW_SETTINGS):
        return "neither the old settings nor the new"
    return _rest(base, {"settings.json"}) or ("" if is_done else "failed settings stop the work")


def _rest(folder: Path, known: set[str]) -> str:
    rest = {path.name for path in folder.iterdir()} - known
    return f"left behind: {sorted(rest)}" if rest else ""


def _project(base: Path) -> None:
    """Two pages with a picture each, and something of every kind on them."""
    with Store.create(base / "p.proofdesk") as store:
        for number in range(2):
            picture = base / f"scan{number}.png"
            Image.new("RGB", (600, 800), (255, 255, 250 + number)).save(picture)
            page = full_page()
            table = table_grid.add_row_edge(page.tables[0], 350)
            table = replace(table_grid.add_column_edge(table, 150), status=Status.ACCEPTED)
            page = edits.add_word(edits.replace(page, table), "cell", Box(30, 310, 60, 320))
            document = replace(document_of(1), name=picture.name)
            store.add_document(picture, document, [page], read=True)
            picture.unlink()


def _noted(base: Path, text: str) -> None:
    document = OpenDocument(Store.open(base / "p.proofdesk"))
    document.apply("Note", edits.set_note(document.page(1), text))
    document.close()


def _note_of(base: Path) -> str:
    with Store.open(base / "p.proofdesk") as store:
        return store.page(1).note


def _edited(base: Path) -> None:
    _project(base)
    _noted(base, "first")


def _edit_problem(base: Path, is_done: bool) -> str:
    note = _note_of(base)
    if note not in ("first", "second") or (is_done and note != "second"):
        return f"the note is {note!r}"
    return problem_of(base / "p.proofdesk" / FILE) or _project_rest(base)


def _project_rest(base: Path) -> str:
    """Nothing unfinished after the next start, which `_note_of` was; a process was not killed
    here, so that the next start has to be after one that was."""
    folder = base / "p.proofdesk"
    (folder / "project.lock").write_text("{}")
    Store.open(folder).close()
    rest = [path.name for path in folder.rglob("*") if path.suffix in (".partial", ".part")]
    rest += [path.name for path in folder.glob(f"{FILE}-*") if path.stat().st_size]
    return f"left behind: {rest}" if rest else ""


def _backed_up(base: Path) -> None:
    _edited(base)
    Moment(base / "p.proofdesk" / FILE).keep(ASKED)
    _noted(base, "second")


def _backup_problem(base: Path, is_done: bool) -> str:
    folder = base / "p.proofdesk"
    kept = backups_of(folder)
    if len(kept) not in (1, 2) or (is_done and len(kept) != 2):
        return f"{len(kept)} backups"
    problems = [problem_of(item.path) for item in kept]
    return next(filter(None, problems), "") or _edit_problem(base, is_done=True)


def _restore(base: Path) -> None:
    folder = base / "p.proofdesk"
    restore_whole(folder, backups_of(folder)[-1].path)


def _restore_problem(base: Path, is_done: bool) -> str:
    note = _note_of(base)
    if note not in ("first", "second") or (is_done and note != "first"):
        return f"the note is {note!r}"
    problems = [problem_of(item.path) for item in backups_of(base / "p.proofdesk")]
    return next(filter(None, problems), "") or _project_rest(base)


def _kept_document(base: Path) -> None:
    _project(base)
    (base / "new.png").write_bytes(os.urandom(3_000_000))


def _keep_document(base: Path) -> None:
    folder = base / "p.proofdesk" / "documents"
    known = {path.name for path in folder.iterdir()}
    name, _sum = keep_copy(base / "new.png", folder, "")
    assert name not in known


def _documents_problem(base: Path, is_done: bool) -> str:
    folder = base / "p.proofdesk" / "documents"
    rest = _project_rest(base)
    sizes = sorted(path.stat().st_size for path in folder.iterdir())
    whole = sizes[-1] == 3_000_000
    if len(sizes) != 2 + whole or (is_done and not whole):
        return f"documents of {sizes} bytes"
    return rest


def _start_later(base: Path) -> None:
    """The next start, a while after."""
    for folder in base.glob(".*.part"):
        os.utime(folder, (0, time.time() - 2 * NEW_SECONDS))
    remove_abandoned(base)


def _copy_problem(base: Path, is_done: bool) -> str:
    _start_later(base)
    copy = base / "copy.proofdesk"
    if is_done or copy.exists():
        problem = problem_of(copy / FILE)
        if problem:
            return problem
        with Store.open(copy) as store:
            if store.page(1).note != "first":
                return "the copy is of another state"
    return _rest(base, {"p.proofdesk", "copy.proofdesk"}) or _edit_problem(base, is_done=False)


def _export(format_name: str) -> Step:
    def act(base: Path) -> None:
        export_project(
            base / "p.proofdesk", format_name, base / "out", WriteOptions(), include_proposed=True
        )

    def problem(base: Path, is_done: bool) -> str:
        _start_later(base)
        out, whole = base / "out", base / "whole"
        if is_done or out.exists():
            if not whole.exists():
                return "there was no whole export"
            names = sorted(str(path.relative_to(out)) for path in out.rglob("*"))
            if names != sorted(str(path.relative_to(whole)) for path in whole.rglob("*")):
                return f"the export is not whole: {names}"
        return _rest(base, {"p.proofdesk", "out", "whole"})

    def prepare(base: Path) -> None:
        _project(base)
        act(base)
        (base / "out").rename(base / "whole")

    return Step(f"export {format_name}", prepare, act, problem)


def _record(text: str) -> installed.InstalledModel:
    file = installed.ModelFile("model.safetensors", 3, "0" * 64)
    return installed.InstalledModel(
        "mine", "unet", "masks", ("ink",), (file,), text, is_linked=True
    )


def _write_first_record(base: Path) -> None:
    (base / "models" / "mine").mkdir(parents=True)
    installed.write_record(_record("first"), base / "models" / "mine")


def _record_problem(base: Path, is_done: bool) -> str:
    folder = base / "models" / "mine"
    found = json.loads((folder / installed.RECORD).read_text())["source"]
    if found not in ("first", "second") or (is_done and found != "second"):
        return f"the record is of {found}"
    return _rest(folder, {installed.RECORD})


def _old_project(base: Path) -> None:
    current = make_current(base / "current.proofdesk", 8)
    make_old(current, base / "p.proofdesk", "0003")
    Store.open(current).close()
    shutil.copytree(base / "p.proofdesk", base / "before.proofdesk")


def _upgrade_problem(base: Path, is_done: bool) -> str:
    before = content_of(base / "before.proofdesk" / FILE)
    left = content_of(base / "p.proofdesk" / FILE)
    if is_done and left == before:
        return "it was not upgraded"
    if not is_done and left != before and version_of(base / "p.proofdesk" / FILE) != HEAD:
        return "half an upgrade"
    for backup in backups_of(base / "p.proofdesk"):
        if content_of(backup.path) != before:
            return "the backup is not what was there"
    return problem_of_opened(base) or _project_rest(base)


def problem_of_opened(base: Path) -> str:
    """What is wrong with the project once it is opened again."""
    with Store.open(base / "p.proofdesk") as store:
        pages = store.page_count()
    return problem_of(base / "p.proofdesk" / FILE) or ("" if pages == 8 else f"{pages} pages")


def _in_dropbox(step: Step) -> Step:
    def there(base: Path) -> Path:
        folder = base / "Dropbox"
        folder.mkdir(exist_ok=True)
        return folder

    return Step(
        f"{step.name} without a log",
        lambda base: step.prepare(there(base)),
        lambda base: step.act(there(base)),
        lambda base, is_done: step.problem(there(base), is_done),
    )


_EDIT = Step("edit", _edited, lambda base: _noted(base, "second"), _edit_problem)
_BACKUP = Step(
    "backup", _backed_up, lambda base: Moment(base / "p.proofdesk" / FILE).keep(ASKED),
    _backup_problem,
)  # fmt: skip
STEPS = {
    step.name: step
    for step in (
        Step(
            "settings",
            lambda base: _settings(base).write(OLD_SETTINGS),
            lambda base: _settings(base).write(NEW_SETTINGS),
            _settings_problem,
        ),
        _EDIT,
        _in_dropbox(_EDIT),
        _BACKUP,
        _in_dropbox(_BACKUP),
        Step("restore", _backed_up, _restore, _restore_problem),
        Step("document", _kept_document, _keep_document, _documents_problem),
        Step(
            "copy of the project",
            _edited,
            lambda base: copy_project(base / "p.proofdesk", base / "copy.proofdesk"),
            _copy_problem,
        ),
        Step(
            "record of a model",
            _write_first_record,
            lambda base: installed.write_record(_record("second"), base / "models" / "mine"),
            _record_problem,
        ),
        Step("upgrade", _old_project, lambda base: Store.open(base / "p.proofdesk").close(),
             _upgrade_problem),
        *(_export(name) for name in writable()),
    )
}  # fmt: skip


class Failing:
    """A step that is tried again and again in a copy of its folder, with another call failing."""

    def __init__(self, step: Step, base: Path) -> None:
        self._step, self._base = step, base
        self._whole, self._folder = base / "whole", base / "tried"
        self._whole.mkdir(parents=True)
        step.prepare(self._whole)
        status, trace = self._run("-e", f"trace={','.join(ERRORS)}")
        assert status == 0, self._said()
        self.calls = {
            call: count
            for call in ERRORS
            if (count := len(re.findall(rf"^\d+ +{call}\(", trace, re.M)))
        }

    def fail(self, call: str, number: int) -> str:
        """Let that call fail; what is wrong then, or nothing."""
        inject = f"inject={call}:error={ERRORS[call]}:when={number}"
        status, _trace = self._run("-e", f"trace={call}", "-e", inject)
        place = f"{self._step.name}, {call} {number}"
        if status not in (0, FAILED):
            return f"{place}: {self._said()}"
        try:
            problem = self._step.problem(self._folder, status == 0)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is wrong
            problem = "".join(traceback.format_exception(error))
        return f"{place} ({self._said()}): {problem}" if problem else ""

    def _said(self) -> str:
        return (self._base / "said").read_text()

    def _run(self, *options: str) -> tuple[int, str]:
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.copytree(self._whole, self._folder)
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.read(reading, 1)
            os._exit(self._act())
        trace = self._base / "trace"
        command = ["strace", "-qq", "-f", "-p", str(process), "-o", str(trace), *options]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as strace:
            while b"TracerPid:\t0" in Path(f"/proc/{process}/status").read_bytes():
                assert strace.poll() is None, "strace has no right to follow a process here"
                time.sleep(0.001)
            time.sleep(0.01)
            os.write(writing, b"x")
            os.close(writing)
            os.close(reading)
            _process, status = os.waitpid(process, 0)
        return os.waitstatus_to_exitcode(status), trace.read_text()

    def _act(self) -> int:
        """In the process whose calls fail."""
        said, status = "", 0
        try:
            self._step.act(self._folder)
        except Exception as error:  # noqa: BLE001 - it is told
            said = explain(error)
            is_bug = said.startswith("Something went wrong")
            status = BUG if is_bug else FAILED
            said = traceback.format_exc() if is_bug else said
        with contextlib.suppress(OSError):
            (self._base / "said").write_text(said)
        return status


def cases(failing: Failing, *, few: bool) -> Iterator[tuple[str, int]]:
    """Which calls fail; `few`: one of each kind, and the last that puts something in place."""
    for call, count in failing.calls.items():
        numbers = {(count + 1) // 2, *([count] if call == "rename" else [])}
        yield from ((call, number) for number in (sorted(numbers) if few else range(1, count + 1)))


def main() -> int:
    """All calls of all steps, or the few of one that a test asks for: `few STEP`."""
    with tempfile.TemporaryDirectory() as base:
        if sys.argv[1:2] == ["few"]:
            problems = []
            for number, name in enumerate(sys.argv[2:]):
                failing = Failing(STEPS[name], Path(base) / str(number))
                found = [failing.fail(*case) for case in cases(failing, few=True)]
                print(f"{len(found)} calls of {name}")  # noqa: T201
                problems += filter(None, found)
            print("\n".join(problems))  # noqa: T201
            return len(problems)
        made = [Failing(step, Path(base) / name) for name, step in STEPS.items()]
        every = [(one, case) for one in made for case in cases(one, few=False)]
        print(f"{len(every)} calls", flush=True)  # noqa: T201

        def one(number: int) -> str:
            failing, case = every[number]
            return failing.fail(*case)

        return drive("failing calls", len(every), one)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
