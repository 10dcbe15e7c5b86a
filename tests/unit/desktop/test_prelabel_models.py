"""Pre-labelling with added models: pages in small batches, one that fails goes alone, labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from edit_scripts import document_of, page_of_words
from PIL import Image

from desktop.jobs.predicting import LOADING_LIMIT, PAGES_AT_ONCE, PREDICTING_LIMIT, Prelabel
from desktop.jobs.work import StoreTarget
from desktop.store.store import Store
from model_backend import installed
from model_backend.document import Entity, Proposals, Region, Status
from model_backend.errors import UserError
from model_backend.installed import InstalledModel, ModelFile
from model_backend.worker import WorkerDied

COUNT = 6


@pytest.fixture
def target(tmp_path: Path) -> Iterator[StoreTarget]:
    model = InstalledModel(
        "mine", "bert", "entities", ("O", "B-MENU"), (ModelFile("vocab.txt", 1, "0"),), "/tmp"
    )
    model.folder.mkdir(parents=True)
    installed.write_record(model)
    picture = tmp_path / "picture.png"
    Image.new("L", (40, 40)).save(picture)
    with Store.create(tmp_path / "p.proofdesk") as store:
        pages = [page_of_words(number=number) for number in range(COUNT)]
        store.add_document(picture, document_of(COUNT), pages, read=True)
        yield StoreTarget(store)


def said(target: StoreTarget, page_id: int, label: str = "menu") -> tuple[Proposals, ...]:
    word = target.page(page_id).words[0]
    entity = Entity(1, label, (word.id,), word.text, word.box, 0.7, Status.PROPOSED, "mine")
    region = Region(2, "seal", word.box, score=0.5, status=Status.PROPOSED, source="mine")
    return (Proposals("mine", entities=(entity,), regions=(region,), notes=("odd",)),)


def test_pages_go_to_the_model_process_in_small_batches(target: StoreTarget) -> None:
    work = Prelabel(target, ["mine", "none"])
    assert work.total == 2
    first, second = work.next_step(), work.next_step()
    assert first is not None
    assert second is not None
    assert work.next_step() is None
    assert [first.kind, len(first.subject), len(second.subject)] == [
        "model", PAGES_AT_ONCE, COUNT - PAGES_AT_ONCE
    ]  # fmt: skip
    assert first.timeout == LOADING_LIMIT + PAGES_AT_ONCE * PREDICTING_LIMIT


def test_other_predictors_go_on_page_by_page(target: StoreTarget) -> None:
    work = Prelabel(target, ["mine", "ink"])
    kinds = []
    while step := work.next_step():
        kinds.append((step.kind, len(step.subject)))
    assert sorted(kinds) == [*[("batch", 1)] * COUNT, ("model", 2), ("model", 4)]


def test_page_that_failed_goes_again_alone(target: StoreTarget) -> None:
    work = Prelabel(target, ["mine"])
    step = work.next_step()
    assert step is not None
    results: list[tuple[Proposals, ...] | UserError] = [
        said(target, page_id) for page_id in step.subject
    ]
    results[1] = UserError("This page cannot be seen.")
    work.receive(step, results)
    assert work.predicted.entities == PAGES_AT_ONCE - 1
    rest = [work.next_step(), work.next_step()]
    assert [one.subject for one in rest if one][-1] == (step.subject[1],)
    assert target.page(step.subject[1]).entities == ()
    assert target.page(step.subject[0]).entities[0].label == "menu"
    assert len(work.predicted.notes) == PAGES_AT_ONCE - 1


def test_pages_that_the_process_died_of_together_go_again_alone(target: StoreTarget) -> None:
    work = Prelabel(target, ["mine"])
    step = work.next_step()
    assert step is not None
    work.fail(step, WorkerDied("The process ended."))
    alone = [one for one in iter(work.next_step, None) if len(one.subject) == 1]
    assert [one.subject[0] for one in alone] == list(step.subject)
    before = work.total
    work.fail(alone[0], WorkerDied("The process ended."))
    work.fail(step, UserError("The model is not the one that was added."))
    assert work.next_step() is None
    assert work.total == before == 2 + PAGES_AT_ONCE


def test_labels_that_the_project_lacks_are_brought_once(target: StoreTarget) -> None:
    work = Prelabel(target, ["mine"])
    step = work.next_step()
    assert step is not None
    before = target.store.schema()
    work.receive(step, [said(target, page_id) for page_id in step.subject])
    after = target.store.schema()
    new = [label for label in after.labels if label not in before.labels]
    assert [(label.name, label.kind) for label in new] == [("menu", "entity"), ("seal", "region")]
