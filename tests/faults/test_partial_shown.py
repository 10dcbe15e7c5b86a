"""What was stopped or failed in part is never shown as if all of it had been done."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymupdf
import pytest
import typer
from killed_jobs import Steps
from pytestqt.qtbot import QtBot

from desktop.cli_output import Report
from desktop.cli_project import run_work
from desktop.errors import DiskFullError
from desktop.jobs import comparing, work
from desktop.jobs.course import Step
from desktop.jobs.runner import Job, Runner
from desktop.panels.messages import Messages
from desktop.store.store import Store
from desktop.window.status_line import StatusLine
from model_backend import sources
from model_backend.errors import Cancelled
from model_backend.service import WorkerDied, Workers

WAIT = 60_000


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(batch=1)
    yield made
    made.close()


@pytest.fixture
def runner(workers: Workers, qtbot: QtBot) -> Iterator[Runner]:
    made = Runner(workers)
    yield made
    made.close()


@pytest.fixture
def target(tmp_path: Path, workers: Workers) -> Iterator[work.StoreTarget]:
    """A project of two documents: one of two pages, and one whose file is gone."""
    with Store.create(tmp_path / "test.proofdesk") as store:
        found = work.StoreTarget(store)
        for name, pages in (("a.pdf", 2), ("b.pdf", 1)):
            with pymupdf.open() as document:
                for number in range(pages):
                    document.new_page().insert_text((72, 100), f"{name} {number}")
                document.save(tmp_path / name)
        work.run(work.ImportFiles(found, [tmp_path / "a.pdf", tmp_path / "b.pdf"]), workers)
        store.document_path(store.documents()[1]).unlink()
        yield found


def said(qtbot: QtBot, messages: Messages, job: Job) -> tuple[str, ...]:
    qtbot.waitUntil(lambda: job.outcome is not None, timeout=WAIT)
    return messages.texts


@pytest.fixture
def messages(runner: Runner, qtbot: QtBot) -> Messages:
    made = Messages()
    qtbot.addWidget(made)
    runner.job_started.connect(made.add_job)
    return made


def test_job_that_was_stopped_is_not_called_done(
    runner: Runner, messages: Messages, qtbot: QtBot
) -> None:
    line = StatusLine(lambda text: text)
    qtbot.addWidget(line)
    runner.job_started.connect(line.add_job)
    job = runner.start(Steps([Step("batch", abs, (number,)) for number in range(500)]))
    qtbot.waitUntil(lambda: job.done > 2, timeout=WAIT)
    assert not line.progress.isHidden()
    job.cancel()
    assert said(qtbot, messages, job) == ("Steps: stopped",)
    assert line.progress.isHidden()


def test_job_with_failures_tells_each_and_their_number(
    runner: Runner, messages: Messages, samples: Path, qtbot: QtBot
) -> None:
    failed: list[str] = []
    messages.job_failed.connect(failed.append)
    names = ("letter.jpg", "two", "report.pdf", "four")
    steps = [Step("batch", sources.inspect, (samples / name,), label=name) for name in names]
    texts = said(qtbot, messages, runner.start(Steps(steps)))
    assert texts[-1] == "Steps: 2 done, 2 failed" == failed[0]
    assert len(texts) == 3
    assert "two" in texts[0]
    assert "four" in texts[1]


def test_job_that_could_not_go_on_tells_that_there_is_a_rest(
    runner: Runner, messages: Messages, qtbot: QtBot
) -> None:
    class Full(Steps):
        def receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - of any step
            raise DiskFullError("The disk is full: {file}.", file="project.sqlite")

    steps = [Step("batch", abs, (number,), label=str(number)) for number in range(50)]
    texts = said(qtbot, messages, runner.start(Full(steps)))
    assert texts[-1] == "Steps: 0 done, 1 failed, the rest was not tried"


def test_export_that_was_complete_when_it_was_stopped_is_called_done(
    runner: Runner, messages: Messages, target: work.StoreTarget, tmp_path: Path, qtbot: QtBot
) -> None:
    written, go_on = threading.Event(), threading.Event()
    folder, out = target.store.folder, tmp_path / "out"
    (lost,) = (
        d
        for d in target.store.documents()
        if not (folder / "documents" / f"{d.sha256}.pdf").exists()
    )
    (tmp_path / lost.name).rename(folder / "documents" / f"{lost.sha256}.pdf")

    def export(**options: Any) -> work.Outcome:  # noqa: ANN401 - of the runner
        made = work.export_project(folder, "coco", out, include_proposed=True, **options)
        written.set()
        go_on.wait(60)
        return work.Outcome(result=made)

    job = runner.in_thread("Export", export, is_lasting=True)
    assert written.wait(60)
    job.cancel()
    go_on.set()
    assert said(qtbot, messages, job) == ("Export: done",)
    assert out.is_dir()


def test_pre_labelling_counts_only_pages_that_had_their_turn(
    target: work.StoreTarget, workers: Workers, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report(as_json=True)
    outcome = run_work(work.Prelabel(target, ["rules"]), workers, report)
    assert (outcome.result.pages, len(outcome.failed)) == (2, 1)
    report.give({"pages": outcome.result.pages}, [])
    with pytest.raises(typer.Exit) as ended:
        report.close()
    told = json.loads(capsys.readouterr().out)
    assert ended.value.exit_code == 1
    assert (told["ok"], told["pages"], len(told["failed"])) == (False, 2, 1)
    assert "b.pdf" in str(told["failed"])


def test_command_whose_job_was_stopped_does_not_end_well(
    target: work.StoreTarget, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = Workers(batch=1)
    closed.close()
    report = Report(as_json=True)
    outcome = run_work(work.Prelabel(target, ["rules"]), closed, report)
    assert outcome.is_cancelled
    with pytest.raises(typer.Exit) as ended:
        report.close()
    assert ended.value.exit_code == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["ok"]
    assert "the rest was not done" in told["failed"][-1]["why"]


def test_page_whose_reading_was_killed_says_so(
    target: work.StoreTarget, tmp_path: Path, workers: Workers
) -> None:
    with pymupdf.open() as document:
        document.new_page()
        document.save(tmp_path / "c.pdf")
    importing = work.ImportFiles(target, [tmp_path / "c.pdf"])
    course = work.Course(importing, workers)
    course.advance()
    while not target.store.unread_pages():
        for future in course.waiting:
            future.exception(60)
            course.settle(future)
        if not target.store.unread_pages():
            course.advance()
    reading = work.ReadPages(target)
    step = reading.next_step()
    assert step is not None
    reading.fail(step, WorkerDied("{file}: the process ended.", file="c.pdf"))
    summary = target.store.summary(step.subject)
    assert summary.problem == "c.pdf: the process ended."
    course.cancel()


def test_pages_of_an_import_that_was_stopped_are_unread(
    target: work.StoreTarget, tmp_path: Path, workers: Workers
) -> None:
    with pymupdf.open() as document:
        for number in range(20):
            document.new_page().insert_text((72, 100), str(number))
        document.save(tmp_path / "many.pdf")
    course = work.Course(work.ImportFiles(target, [tmp_path / "many.pdf"]), workers)
    while len(target.store.page_ids()) < 20:
        course.advance()
        for future in course.waiting:
            future.exception(60)
            course.settle(future)
    course.cancel()
    outcome = course.outcome()
    unread = target.store.unread_pages(100)
    assert outcome.is_cancelled
    assert outcome.result.documents == 1
    assert len(unread) > 10
    assert not any(target.store.summary(page_id).is_read for page_id in unread)


def test_figures_over_a_part_of_the_pages_are_never_given(
    target: work.StoreTarget, runner: Runner, messages: Messages, qtbot: QtBot
) -> None:
    version = comparing.ProjectVersion(target.store.folder)
    asked = iter((False, False, True))
    with pytest.raises(Cancelled):
        comparing.agreement(version, version, is_cancelled=lambda: next(asked))
    version.close()
