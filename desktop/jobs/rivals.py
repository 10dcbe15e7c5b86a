"""Two predictors on the pages of a version: which one reads the project's own documents better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.errors import UserError
from desktop.jobs.exporting import IsCancelled, OnProgress, awaited, never
from desktop.jobs.predicting import LOADING_LIMIT, PREDICTING_LIMIT
from desktop.store.versions import FORMATS, data_set, versions
from model_backend import formats, registry
from model_backend.document import Page, Proposals
from model_backend.metrics.evaluate import document_of
from model_backend.metrics.model_comparison import ModelComparison
from model_backend.networks import ENTITIES, MASKS, TABLES
from model_backend.predictors.calibrating import as_input
from model_backend.predictors.predicting import Given, predict_pages
from model_backend.runtime import AUTO

if TYPE_CHECKING:
    from model_backend.formats import ReadPage
    from model_backend.service import Workers
    from model_backend.worker_process import Kind

COLLECTIONS = {ENTITIES: "entities", TABLES: "tables", MASKS: "regions"}
"""Which data set of a version tells the truth for a task."""
AT_ONCE = 4
Said = list[tuple[Proposals, ...] | UserError]


def gold_version(folder: Path) -> str:
    """The name of the newest gold version; UserError where there is none."""
    found = next((one.name for one in versions(folder) if one.is_gold), "")
    if not found:
        raise UserError(
            "The project has no gold version to measure with. Freeze one: `proofdesk freeze"
            " PROJECT --name gold --gold`."
        )
    return found


def compare_models(
    folder: Path,
    version: str,
    old: str,
    new: str,
    workers: Workers,
    *,
    device: str = AUTO,
    on_progress: OnProgress = lambda _done, _total: None,
    is_cancelled: IsCancelled = never,
) -> dict[str, Any]:
    """The figures of both on a version of the project (`ModelComparison.result`).

    UserError where the two do different things or the version has no such data set; Cancelled.
    """
    task = common_task(old, new)
    collection = COLLECTIONS[task]
    root, format_name = data_set(folder, version, collection), FORMATS[collection]
    members = formats.members(format_name, root)
    comparison = ModelComparison(task)
    for first in range(0, len(members), AT_ONCE):
        names = members[first : first + AT_ONCE]
        reads = [formats.read_member(format_name, root, name) for name in names]
        given = list(_given(reads))
        asked = [_asked(workers, name, given, device) for name in (old, new)]
        said = [awaited(future, is_cancelled) for future in asked]
        for read, before, after in zip(reads, *said, strict=True):
            pages = (_with(read.page, one) for one in (before, after))
            comparison.add(document_of(format_name, read), read.name, read.page, *pages)
        on_progress(first + len(names), len(members))
    return {"version": version, "old": old, "new": new, **comparison.result()}


def common_task(old: str, new: str) -> str:
    """The task that both do."""
    task, other = (registry.registered(name).task for name in (old, new))
    if task != other or task not in COLLECTIONS:
        raise UserError(
            "{old} and {new} cannot be compared: one is for {task}, the other for {other}.",
            old=old,
            new=new,
            task=task,
            other=other,
        )
    return task


def _given(reads: Sequence[ReadPage]) -> Iterator[Given]:
    for read in reads:
        if read.image is None:
            raise UserError("The picture of {name} is missing.", name=read.name)
        yield read.image, as_input(read).page, ""


def _asked(workers: Workers, name: str, given: list[Given], device: str) -> Future[Said]:
    process = registry.registered(name).process
    limit = LOADING_LIMIT + PREDICTING_LIMIT * len(given)
    kind: Kind = "model" if process == "model" else "batch"
    return workers.submit(kind, predict_pages, given, [name], device, timeout=limit)


def _with(page: Page, said: tuple[Proposals, ...] | UserError) -> Page:
    """The page with what a predictor said of it, and nothing else."""
    if isinstance(said, UserError):
        raise said
    (found,) = said
    return replace(
        page,
        entities=found.entities,
        relations=found.relations,
        tables=found.tables,
        regions=found.regions,
    )
