"""Calibrating an added model: its temperature, from pages whose truth is known and that it was not
trained on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from model_backend import formats, runtime
from model_backend.document import Page
from model_backend.errors import UserError
from model_backend.formats import ReadPage
from model_backend.installed import installed_model, write_record
from model_backend.metrics.calibration import (
    calibration_error,
    fitted_temperature,
    judged,
)
from model_backend.predictors.hot_models import HOT
from model_backend.predictors.predictor import Predictor, PredictorInput
from model_backend.predictors.tagged_words import probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Evidence = tuple[NDArray[np.float32], NDArray[np.int64]]
    """Logits (N, C), and the numbers (N,) of the right classes."""

LEAST_DECISIONS = 20
SURE = 1e-6


@dataclass(frozen=True)
class Calibrated:
    """What calibrating found: the temperature, and the expected calibration error of single
    decisions (words, pixels, pages, tables) before and after.

    With `is_held_out` the error after is that of pages which its temperature was not fitted to: of
    each half of the pages with the temperature of the other. A single page has no halves.
    `is_kept`: whether the model has this temperature now; one that makes it worse is not kept.
    """

    temperature: float
    before: float
    after: float
    decisions: int
    pages: int
    is_held_out: bool
    is_kept: bool


@runtime_checkable
class Calibratable(Protocol):
    """A predictor that tells its logits."""

    def evidence(self, given: PredictorInput, truth: Page) -> Evidence:
        """Logits (N, C) of a page, and the right classes (N,), those that have one."""
        ...


def calibrate(name: str, format_name: str, path: Path, device: str = runtime.AUTO) -> Calibrated:
    """Fit the temperature of an added model to a data set; what is better is kept in its record.

    UserError where the data set has too little for it. It should be one that the model was not
    trained on. Runs in the model process.
    """
    model = installed_model(name)
    on_device = HOT.on_device(name, device)
    predictor = on_device.predictor
    with runtime.calculating(on_device.device):
        parts = [
            evidence_of(predictor, as_input(read), read.page, model.temperature)
            for read in pages_of(format_name, path)
        ]
    decisions = sum(len(classes) for _logits, classes in parts)
    if decisions < LEAST_DECISIONS:
        raise UserError(
            "{file} has {count} decisions of {name} whose truth is known; {least} are needed."
            " Choose a data set with its labels.",
            file=path,
            count=decisions,
            name=name,
            least=LEAST_DECISIONS,
        )
    logits, classes = joined(parts)
    temperature = round(fitted_temperature(logits, classes), 4)
    before = error_at(logits, classes, model.temperature)
    after = held_out_error([part for part in parts if len(part[1])])
    is_held_out = after is not None
    if after is None:
        after = error_at(logits, classes, temperature)
    is_kept = after <= before
    if is_kept:
        write_record(replace(model, temperature=temperature))
    return Calibrated(temperature, before, after, decisions, len(parts), is_held_out, is_kept)


def joined(parts: Sequence[Evidence]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The evidence of several pages as one."""
    logits = np.concatenate([logits for logits, _classes in parts]).astype(np.float64)
    return logits, np.concatenate([classes for _logits, classes in parts])


def held_out_error(parts: Sequence[Evidence]) -> float | None:
    """The expected calibration error of every second page at the temperature that the others
    want, and the other way round; None of a single page.
    """
    if len(parts) < 2:
        return None
    halves = [joined(parts[0::2]), joined(parts[1::2])]
    scaled = [
        logits / fitted_temperature(*other)
        for (logits, _classes), other in zip(halves, reversed(halves), strict=True)
    ]
    return error_at(np.concatenate(scaled), np.concatenate([half[1] for half in halves]), 1.0)


def pages_of(format_name: str, path: Path) -> Iterator[ReadPage]:
    """The pages of a data set whose pictures are there."""
    for read in formats.read(format_name, path):
        if isinstance(read, UserError):
            raise read
        if read.image is not None:
            yield read


def as_input(read: ReadPage) -> PredictorInput:
    """A page of a data set as predictors are given it: its picture shows it as it is read."""
    assert read.image is not None
    blank = replace(
        read.page,
        number=0,
        rotation=0,
        skew=0.0,
        entities=(),
        relations=(),
        tables=(),
        regions=(),
        page_class=None,
    )
    return PredictorInput(read.image, blank)


def evidence_of(
    predictor: Predictor, given: PredictorInput, truth: Page, temperature: float
) -> Evidence:
    """What a page says about the predictor's sureness.

    Of one that does not tell its logits (boxes of tables, after suppression), each proposal counts
    as a choice of two: the logit of its score, as it was before the temperature.
    """
    if isinstance(predictor, Calibratable):
        return predictor.evidence(given, truth)
    said = predictor([given])[0]
    found = judged(truth, replace(truth, tables=said.tables, entities=(), regions=()))
    scores = np.clip(np.array([score for score, _right in found]), SURE, 1 - SURE)
    logits = np.log(scores / (1 - scores)) * temperature
    two = np.stack([np.zeros_like(logits), logits], axis=-1).astype(np.float32)
    return two, np.array([is_right for _score, is_right in found], dtype=np.int64)


def error_at(logits: NDArray[np.float64], classes: NDArray[np.int64], temperature: float) -> float:
    """The expected calibration error of the likeliest classes at a temperature."""
    chances = probabilities(logits.astype(np.float32), temperature)
    right = chances.argmax(axis=-1) == classes
    return calibration_error(chances.max(axis=-1).tolist(), right.tolist())
