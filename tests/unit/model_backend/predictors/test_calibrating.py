"""Calibrating added models on data sets whose truth is known."""

# ruff: noqa: ANN401 - pages and makers of several kinds

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_models import LABELS, small_bert
from small_pictures import small_unet

from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.document import Box, Entity, Page, PageGeometry, Region, Word
from model_backend.errors import UserError
from model_backend.installed import installed_model
from model_backend.metrics.calibration import fitted_temperature
from model_backend.predictors import calibrating, masks_model
from model_backend.predictors.calibrating import calibrate, error_at, held_out_error, joined
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.tagged_words import true_tags


def added(path: Path, *labels: str) -> str:
    found = recognize(path)
    return install(record_of(found, Answers(labels=labels)), found.files).name


def a_page(count: int = 6) -> Page:
    words = tuple(Word(n, f"w{n}", Box(n * 10, 0, n * 10 + 8, 8)) for n in range(1, count + 1))
    geometry = PageGeometry("test", 200, 100)
    return Page(1, 1, 0, width=200, height=100, unit="px", geometry=geometry, words=words)


def test_true_tags_begin_and_go_on() -> None:
    page = replace(
        a_page(),
        entities=(
            Entity(1, "question", (2, 3), "", Box(0, 0, 1, 1)),
            Entity(2, "header", (5,), "", Box(0, 0, 1, 1)),
        ),
    )
    assert true_tags([1, 2, 3, 4, 5], page, LABELS).tolist() == [0, 1, 2, 0, 0]
    assert true_tags([1, 2, 3], page, ("question", "other")).tolist() == [-1, 0, 0]
    assert true_tags([2, 3, 1], page, ("I-QUESTION", "O")).tolist() == [0, 0, 1]


@pytest.fixture
def forms(tmp_path: Path, shared_data: Path) -> Path:
    """Four real forms."""
    folder = tmp_path / "forms"
    for kind in ("annotations", "images"):
        (folder / kind).mkdir(parents=True)
        for path in sorted((shared_data / "funsd" / "training_data" / kind).iterdir())[:4]:
            shutil.copy(path, folder / kind)
    return folder


def test_temperature_that_makes_scores_worse_is_not_kept(
    tmp_path: Path, forms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_bert(tmp_path / "bert")
    name = added(tmp_path / "bert")
    monkeypatch.setattr(calibrating, "held_out_error", lambda _parts: 1.0)
    found = calibrate(name, "funsd", forms)
    assert not found.is_kept
    assert found.temperature != installed_model(name).temperature == 1.0


def test_temperature_is_fitted_to_real_forms_and_kept(tmp_path: Path, forms: Path) -> None:
    small_bert(tmp_path / "bert")
    name = added(tmp_path / "bert")
    found = calibrate(name, "funsd", forms)
    assert found.is_kept
    assert installed_model(name).temperature == found.temperature
    assert found.temperature > 1.5  # random weights are surer than they should be
    assert found.after < found.before
    assert found.decisions > 200
    again = calibrate(name, "funsd", forms)
    assert again.temperature == found.temperature
    assert again.before == pytest.approx(found.after, abs=0.05)  # fitted to them, and held out
    assert found.is_held_out


def test_too_little_truth_is_told(tmp_path: Path, shared_data: Path) -> None:
    small_unet(tmp_path / "unet")
    name = added(tmp_path / "unet", "stamp", "signature")
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(UserError):
        calibrate(name, "funsd", folder)
    assert installed_model(name).temperature == 1.0


def test_pixels_are_drawn_with_their_classes(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (200, 100), "white").save(tmp_path / "page.png")
    small_unet(tmp_path / "unet")
    predictor = masks_model.create(installed_model(added(tmp_path / "unet", "stamp", "signature")))
    stamp = Region(id=1, label="stamp", box=Box(10, 20, 60, 40))
    unknown = Region(id=2, label="figure", box=Box(100, 20, 160, 40))
    truth = replace(a_page(), regions=(stamp, unknown))
    logits, classes = predictor.evidence(PredictorInput(tmp_path / "page.png", a_page()), truth)
    assert logits.shape == (classes.size, 3)
    height, width = PredictorInput(tmp_path / "page.png", a_page()).color_picture(100).shape[:2]
    assert np.mean(classes == 1) == pytest.approx(50 * 20 / (200 * 100), rel=0.1)
    assert classes.size == height * width
    assert set(classes.tolist()) == {0, 1}


def test_error_afterwards_is_that_of_pages_it_was_not_fitted_to() -> None:
    """Pages of two kinds, of which one wants to be hot and one cold: fitted to themselves both
    look better than either does with the other's temperature.
    """
    generator = np.random.default_rng(5)

    def page(temperature: float) -> tuple[Any, Any]:
        logits = generator.normal(0, 3, (400, 3)).astype(np.float32)
        noise = generator.gumbel(size=logits.shape)
        return logits, (logits / temperature + noise).argmax(-1)

    unlike = [page(0.3), page(3.0)]
    logits, classes = joined(unlike)
    found = held_out_error(unlike)
    assert found is not None
    assert found > 2 * error_at(logits, classes, fitted_temperature(logits, classes))
    alike = held_out_error([page(3.0) for _number in range(6)])
    assert alike is not None
    assert alike < 0.05
    assert held_out_error(unlike[:1]) is None


def test_error_of_decisions_is_hand_computed() -> None:
    logits = np.log(np.array([[0.8, 0.2], [0.8, 0.2], [0.4, 0.6]]))
    assert error_at(logits, np.array([0, 1, 1]), 1.0) == pytest.approx(
        (2 * abs(0.5 - 0.8) + abs(1 - 0.6)) / 3, abs=1e-6
    )
