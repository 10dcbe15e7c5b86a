"""Adding and trying models as jobs, in one set of worker processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import CancelledError, wait
from pathlib import Path

import pytest
from edit_scripts import document_of, page_of_words
from PIL import Image
from safetensors.torch import save_file
from small_models import LABELS, small_bert, small_tagger

from desktop.jobs.course import Course, Outcome, Work, run
from desktop.jobs.models import AddModel, LookAtModel, TryModel
from desktop.jobs.predicting import PAGES_AT_ONCE, Prelabel
from desktop.jobs.work import StoreTarget
from desktop.store.store import Store
from model_backend import installed
from model_backend.checkpoints.adding import Answers
from model_backend.service import Workers


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(autouse=True)
def one_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The home that the worker processes know: they are started once."""
    monkeypatch.setenv("XDG_DATA_HOME", str(home))


@pytest.fixture(scope="module")
def workers(home: Path) -> Iterator[Workers]:
    made = Workers(batch=1)
    yield made
    made.close()


def done(work: Work, workers: Workers) -> Outcome:
    return run(work, workers)


def test_model_is_looked_at_added_and_tried(tmp_path: Path, workers: Workers) -> None:
    small_tagger(tmp_path / "tagger")
    looking = LookAtModel(tmp_path / "tagger")
    found = done(looking, workers).result
    assert (found.network, found.labels) == ("tagger", LABELS)
    outcome = done(AddModel(found, Answers(name="mine", is_linked=True)), workers)
    assert (outcome.done, outcome.failed) == (2, ())
    model = installed.installed_model("mine")
    assert outcome.result == model
    assert "entities: " in model.tested
    picture = model.folder / installed.PICTURE
    picture.unlink()
    assert done(TryModel("mine"), workers).result == model
    assert picture.read_bytes().startswith(b"\x89PNG")
    pid = workers.pids("model")
    config = tmp_path / "tagger" / "config.json"
    config.write_text(config.read_text() + " ")
    (refused,) = done(TryModel("mine"), workers).failed
    assert "config.json of the model mine is not the one that was added" in refused[1]
    assert workers.pids("model") == pid


def test_threads_of_the_model_process_wait_asleep(workers: Workers) -> None:
    assert workers.submit("model", os.getenv, "OMP_WAIT_POLICY").result(60) == "PASSIVE"
    assert workers.submit("model", os.getenv, "OMP_NUM_THREADS").result(60) is not None


def test_model_that_fails_its_trial_is_not_kept(tmp_path: Path, workers: Workers) -> None:
    small_bert(tmp_path / "bert")
    (tmp_path / "bert" / "vocab.txt").write_text("one\ntwo\n")
    found = done(LookAtModel(tmp_path / "bert"), workers).result
    outcome = done(AddModel(found, Answers(name="bad")), workers)
    assert outcome.result is None
    assert "vocab.txt lacks the pieces [UNK]" in outcome.failed[0][1]
    assert [model.name for model in installed.installed_models()] == ["mine"]
    assert [path.name for path in installed.models_folder().iterdir()] == ["mine"]


def test_stopped_addition_leaves_nothing_and_keeps_the_model_process(
    tmp_path: Path, workers: Workers
) -> None:
    small_bert(tmp_path / "bert")
    found = done(LookAtModel(tmp_path / "bert"), workers).result
    before = workers.pids("model")
    work = AddModel(found, Answers(name="stopped"))
    course = Course(work, workers)
    (copying,) = course.advance()
    copying.result(60)
    course.settle(copying)
    (trying,) = course.advance()
    course.cancel()
    with pytest.raises(CancelledError):
        trying.result(60)
    assert course.outcome().result is None
    assert "stopped" not in [model.name for model in installed.installed_models()]
    workers.submit("model", abs, 1).result(60)
    assert workers.pids("model") == before


def test_stopped_prelabelling_keeps_what_came_and_brings_no_more(
    tmp_path: Path, workers: Workers
) -> None:
    network = small_tagger(tmp_path / "tagger")
    network.emission.bias.data[LABELS.index("B-QUESTION")] = 50.0  # of every word
    save_file(network.state_dict(), tmp_path / "tagger" / "model.safetensors")
    found = done(LookAtModel(tmp_path / "tagger"), workers).result
    done(AddModel(found, Answers(name="labeller")), workers)
    picture = tmp_path / "picture.png"
    Image.new("L", (40, 40)).save(picture)
    count = 3 * PAGES_AT_ONCE
    with Store.create(tmp_path / "p.proofdesk") as store:
        pages = [page_of_words(number=number) for number in range(count)]
        store.add_document(picture, document_of(count), pages, read=True)
        target = StoreTarget(store)
        course = Course(Prelabel(target, ["labeller"]), workers)
        first = course.advance()[0]
        first.result(120)
        course.settle(first)
        course.advance()
        pid = workers.pids("model")
        left = course.waiting
        course.cancel()
        assert course.outcome().is_cancelled
        assert course.is_finished
        # A batch that was ready at that moment is not cancelled; nobody brings it.
        assert not wait(left, 60).not_done
        labelled = [bool(target.page(page_id).entities) for page_id in store.page_ids()]
        assert labelled == [True] * PAGES_AT_ONCE + [False] * (count - PAGES_AT_ONCE)
        workers.submit("model", abs, 1).result(60)
        assert workers.pids("model") == pid
