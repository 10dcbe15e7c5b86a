"""`proofdesk demo`: the main job on the bundled samples, from documents to data sets; no Qt."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.cli_output import Report, counted
from desktop.document import edits
from desktop.jobs.work import ImportFiles, Prelabel, StoreTarget, export_project, run
from desktop.store.records import PageChange
from desktop.store.store import Store
from model_backend import registry
from model_backend.document import PageStatus
from model_backend.errors import UserError
from model_backend.formats import ExportReport, writable
from model_backend.service import Workers
from model_backend.translation import mark

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
PROJECT = "samples.proofdesk"
SCREENSHOT = "screenshot.png"
MARKER = ".made-by-proofdesk-demo"
"""Says that a folder is the demo's own, which may be made again."""
ACCEPTED = mark("Accept the rest of the page")
WINDOW_SECONDS = 120
SCREEN = "1600x1000x24"


def run_demo(out: Path, report: Report) -> None:
    """Make a project, proposals, data sets and a picture of the window in `out`."""
    out = out.absolute()
    _make_room(out)
    project = out / PROJECT
    workers = Workers()
    try:
        counts = _project_with_proposals(project, workers, report)
        exports = [
            export_project(project, name, out / name, workers=workers).report for name in writable()
        ]
    finally:
        workers.close()
    _take_screenshot(project, out / SCREENSHOT, report)
    _give(report, out, counts, exports)


def _make_room(out: Path) -> None:
    if out.exists() and not (out / MARKER).is_file() and (out.is_file() or any(out.iterdir())):
        raise UserError(
            "{folder} is there already and was not made by the demo. Choose another with --out.",
            folder=out,
        )
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / MARKER).touch()


def _project_with_proposals(project: Path, workers: Workers, report: Report) -> dict[str, int]:
    """Import the samples, pre-label them, and accept what was proposed."""
    with Store.create(project) as store:
        target = StoreTarget(store)
        names = [registry.default(task) for task in registry.TASKS]
        for work in (lambda: ImportFiles(target, [SAMPLES]), lambda: Prelabel(target, names)):
            job = work()
            with report.progress(job.title) as on_progress:
                outcome = run(job, workers, on_progress)
            for what, why in outcome.failed:
                report.fail(what, why)
        _accept_everything(store)
        return {"documents": len(store.documents()), "pages": store.page_count()}


def _accept_everything(store: Store) -> None:
    for page_id in store.page_ids():
        page = store.page(page_id)
        done = edits.set_page_status(edits.accept_rest(page), PageStatus.DONE)
        store.apply(ACCEPTED, [PageChange(page, done)])


def _take_screenshot(project: Path, picture: Path, report: Report) -> None:
    """Open the real window on the project, in a process of its own, and have it draw itself."""
    with _display() as environment, tempfile.TemporaryDirectory() as settings:
        environment["XDG_CONFIG_HOME"] = settings  # the person's own window stays as it is
        command = [sys.executable, "-m", "desktop", "open", str(project), "--screenshot"]
        try:
            done = subprocess.run(
                [*command, str(picture)],
                env=environment,
                capture_output=True,
                text=True,
                timeout=WINDOW_SECONDS,
                check=False,
            )
            said = done.stderr.strip().splitlines()[-1:]
        except subprocess.TimeoutExpired:
            said = [f"no picture within {WINDOW_SECONDS} seconds"]
    if not picture.is_file():
        why = " ".join(said) or "no picture was made"
        report.fail("The window", f"could not be shown: {why}. 'proofdesk doctor' may say more.")


@contextmanager
def _display() -> Iterator[dict[str, str]]:
    """The environment for a window nobody is to see: Xvfb's where there is one."""
    if not shutil.which("Xvfb"):
        has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        yield dict(os.environ) if has_display else {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with subprocess.Popen(
        command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as pipe:
                number = pipe.readline().strip()
            hidden = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
            hidden.pop("WAYLAND_DISPLAY", None)
            yield hidden
        finally:
            server.terminate()


def _give(report: Report, out: Path, counts: dict[str, int], exports: list[ExportReport]) -> None:
    result = {
        "out": out,
        "project": out / PROJECT,
        "screenshot": out / SCREENSHOT,
        **counts,
        "exports": {item.format_name: {"path": item.path, **item.counts} for item in exports},
    }
    lines = [f"project     {out / PROJECT}: {counted(counts)}"]
    lines += [f"{item.format_name:11} {item.path}: {counted(item.counts)}" for item in exports]
    if (out / SCREENSHOT).is_file():
        lines.append(f"screenshot  {out / SCREENSHOT}")
    report.give(result, lines)
