"""The project a command works on: opening it, its workers, the passwords of its documents."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from desktop.cli_output import HOW_TO_UNLOCK, PASSWORD_VARIABLE, Report
from model_backend.errors import UserError

if TYPE_CHECKING:
    from desktop.jobs.work import Outcome, Passwords, Work
    from desktop.store.store import Store
    from model_backend.service import Workers

PASSWORD_TRIES = 3


@contextmanager
def writing(project: Path, *, make: bool) -> Iterator[Store]:
    """The project for writing; made where it is not there yet and `make` is set.

    One that was made here and into which nothing came is removed again.
    """
    from desktop.store.store import Store

    if not make:
        must_be_there(project)
    is_new = not project.exists()
    is_empty = False
    try:
        with Store.create(project) if is_new else Store.open(project) as store:
            try:
                yield store
            finally:
                is_empty = not store.page_count() and not store.pending()
    finally:
        if is_new and is_empty:
            shutil.rmtree(project)


def must_be_there(project: Path) -> None:
    """Refuse to work on a project that is not there."""
    if not project.is_dir():
        raise UserError(
            "There is no project {project}. Make it by importing something into it.",
            project=project,
        )


@contextmanager
def working(jobs: int | None) -> Iterator[Workers]:
    """The worker processes of a command."""
    from model_backend.service import Workers

    workers = Workers(batch=jobs)
    try:
        yield workers
    finally:
        workers.close()


def run_work(work: Work, workers: Workers, report: Report, *, is_quiet: bool = False) -> Outcome:
    """Do the work with a progress bar; each failure is one line, a locked file is asked for."""
    from desktop.jobs.work import run

    with report.progress(work.title) as on_progress:
        outcome = run(work, workers, on_progress)
    locked = {path.name for path in getattr(outcome.result, "locked", ())}
    for what, why in outcome.failed:
        if not is_quiet and what not in locked:
            report.fail(what, why)
    if not is_quiet and any(
        "is protected." in why for what, why in outcome.failed if what not in locked
    ):
        report.note(HOW_TO_UNLOCK)
    if outcome.is_cancelled or outcome.has_rest:
        report.fail("", f"{work.title}: stopped before the end; the rest was not done.")
    return outcome


def given_password(file: Path | None) -> str:
    """The password in the first line of the file, or in the environment; empty without any."""
    if file is None:
        return os.environ.get(PASSWORD_VARIABLE, "")
    try:
        return next(iter(file.read_text(encoding="utf-8").splitlines()), "")
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{file} is not a text in UTF-8") from error


def attempts(name: str, given: str) -> Iterator[str]:
    """Passwords to try: the given one, then what a person types; a pipe is never asked."""
    if given:
        yield given
    for _attempt in range(PASSWORD_TRIES if sys.stdin.isatty() else 0):
        typed = typer.prompt(f"Password of {name}", hide_input=True, err=True, default="")
        if typed:
            yield typed


def unlocked(store: Store, workers: Workers, given: str) -> Passwords:
    """The passwords that open the project's protected documents, as far as they are known."""
    from desktop.jobs.exporting import is_locked
    from desktop.jobs.work import Passwords

    passwords = Passwords()
    if not given and not sys.stdin.isatty():
        return passwords
    for document in store.documents():
        if not is_locked(store, document, "", workers):
            continue
        for password in attempts(document.name, given):
            if not is_locked(store, document, password, workers):
                passwords.keep(document.sha256, password)
                break
    return passwords


def check_languages(languages: str) -> None:
    """Refuse languages that tesseract has not."""
    if languages:
        from model_backend.sources.ocr import checked_languages

        checked_languages(languages)


def there(paths: list[Path], report: Report) -> list[Path]:
    """The files that are there; each of the others is one line."""
    for path in paths:
        if not path.exists():
            report.fail(str(path), "cannot be found. Check that it is still there.")
    return [path for path in paths if path.exists()]
