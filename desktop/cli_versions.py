"""`proofdesk freeze` and `proofdesk versions`: data sets of a project that never change."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli_options import Jobs, Json, Parts, PasswordFile, Project, Seed, split_of
from desktop.cli_output import counted, reporting
from desktop.cli_project import given_password, must_be_there, unlocked, working

if TYPE_CHECKING:
    from desktop.store.versions import Version


def freeze(
    project: Project,
    *,
    name: Annotated[str, typer.Option(help="What the version is called, such as week-12.")],
    split: Parts = "",
    seed: Seed = 0,
    gold: Annotated[
        bool,
        typer.Option("--gold", help="To measure with: no later version has these documents."),
    ] = False,
    done: Annotated[
        bool, typer.Option("--done", help="Also pages that are done but not accepted.")
    ] = False,
    password_file: PasswordFile = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Write a version of the data set: accepted pages, as they are now, for training.

    It lies in the project's folder, versions/NAME, and never changes.
    """
    from desktop.jobs.work import Freezing
    from desktop.jobs.work import freeze as freezing
    from desktop.store.store import Store
    from model_backend.formats.splits import Split

    parts = split_of(split, seed) if split else None
    if gold and parts:
        raise typer.BadParameter("a gold version is one part: --split does not belong to --gold")
    with reporting(project, as_json=as_json) as report, working(jobs) as workers:
        must_be_there(project)
        with Store.open(project, read_only=True) as store:
            passwords = unlocked(store, workers, given_password(password_file))
        wish = Freezing(name, parts or Split(seed=seed), is_gold=gold, has_done=done)
        with report.progress("Freeze") as on_progress:
            made = freezing(project, wish, workers, passwords, on_progress=on_progress)
        report.give(told(made), lines(made))


def versions(project: Project, *, as_json: Json = False) -> None:
    """List the versions of the data set, and say whether one was changed since it was frozen."""
    from desktop.store.versions import changed_files
    from desktop.store.versions import versions as known

    with reporting(project, as_json=as_json) as report:
        must_be_there(project)
        found = known(project)
        for one in found:
            for file in changed_files(project, one):
                report.fail(f"{one.name}/{file}", "is not as it was frozen")
        text = [line for one in found for line in lines(one)]
        report.give(
            {"project": project, "versions": [told(one) for one in found]},
            text or ["There is no version yet. `proofdesk freeze` makes one."],
        )


def told(one: Version) -> dict[str, Any]:
    """A version for programs."""
    return {
        "name": one.name,
        "created_at": one.created_at,
        "gold": one.is_gold,
        "revision": one.revision,
        "sha256": one.digest,
        "pages": len(one.pages),
        "parts": one.parts,
        **one.counts,
    }


def lines(one: Version) -> list[str]:
    """A version for people."""
    at = datetime.fromtimestamp(one.created_at / 1000).astimezone()
    gold = ", gold" if one.is_gold else ""
    return [
        f"{one.name}{gold}: {counted({'pages': len(one.pages), **one.counts})}",
        f"  parts: {counted(one.parts)}; {at:%Y-%m-%d %H:%M}; sha256 {one.digest[:16]}",
    ]
