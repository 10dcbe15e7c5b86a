"""Adding and trying models as jobs, in one set of worker processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest
from small_models import LABELS, small_bert, small_tagger

from desktop.jobs.course import Course, Outcome, Work, run
from desktop.jobs.models import AddModel, LookAtModel, TryModel
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
