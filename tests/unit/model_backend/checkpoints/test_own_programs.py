"""Programs that `proofdesk train` made, added like published models: known, tried, used, refused
once a byte of them changes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from model_backend import registry
from model_backend.checkpoints import adding
from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.errors import UserError
from model_backend.installed import InstalledModel
from model_backend.predictors import entities_forms, masks_pixels
from model_backend.predictors.hot_models import HotModels
from model_backend.predictors.predictor import Predictor, PredictorInput
from model_backend.predictors.self_test import sample_page, self_test

PROGRAMS = {"entities": entities_forms.PROGRAM, "masks": masks_pixels.PROGRAM}


def added(task: str, folder: Path, *, is_linked: bool = False) -> InstalledModel:
    """The program that ships for a task, added as if somebody had trained it."""
    path = folder / f"{task}.onnx"
    shutil.copy(PROGRAMS[task], path)
    found = recognize(path)
    model = record_of(found, Answers(name=f"my-{task}", is_linked=is_linked))
    return install(model, found.files)


def said(predictor: Predictor, task: str) -> tuple[object, ...]:
    path, page = sample_page(task)
    (found,) = predictor([PredictorInput(path, page)])
    return tuple((item.label, item.box, item.score) for item in (*found.entities, *found.regions))


@pytest.mark.parametrize("task", PROGRAMS)
def test_it_is_known_by_itself_and_says_what_it_said_where_it_was_made(
    task: str, tmp_path: Path
) -> None:
    model = added(task, tmp_path)
    assert (model.task, model.name) == (task, f"my-{task}")
    assert f"my-{task}" in registry.names(task)
    assert self_test(model.name).picture
    predictor = HotModels().predictor(model.name)
    assert predictor.name == model.name
    shipped = registry.create(registry.default(task))
    assert said(predictor, task) == said(shipped, task) != ()


@pytest.mark.parametrize("is_linked", [False, True])
def test_one_that_changed_is_refused(tmp_path: Path, *, is_linked: bool) -> None:
    model = added("masks", tmp_path, is_linked=is_linked)
    path = model.files_folder / model.files[0].name
    said(HotModels().predictor(model.name), "masks")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(UserError, match="not the one that was added"):
        said(HotModels().predictor(model.name), "masks")


def test_it_runs_without_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = added("entities", tmp_path)

    def missing() -> None:
        raise UserError("torch is not installed")

    monkeypatch.setattr("model_backend.predictors.hot_models.require_torch", missing)
    assert said(HotModels().predictor(model.name), "entities")


def test_a_form_reader_without_its_vocabulary_is_told_when_it_is_tried(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    program = onnx.load(PROGRAMS["entities"])
    del program.metadata_props[:]
    onnx.save(program, tmp_path / "bare.onnx")
    found = recognize(tmp_path / "bare.onnx")
    model = install(record_of(found, Answers(name="bare")), found.files)
    with pytest.raises(UserError, match="no model of forms"):
        self_test(model.name)


def test_its_name_is_that_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "Week 12.onnx"
    shutil.copy(PROGRAMS["masks"], path)
    assert adding.default_name(recognize(path)) == "week-12"
