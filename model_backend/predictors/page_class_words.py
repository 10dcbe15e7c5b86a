"""The kind of a page by its words and layout, by the network that comes with Proofdesk
(resources/models/page_class.onnx). `training.train_page_class` makes it; it runs without torch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model_backend.document import Page, PageClass, Proposals, Status
from model_backend.errors import UserError
from model_backend.installed import InstalledModel
from model_backend.predictors.page_class_features import layout_of, words_of
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.programs import program_of, session_of

NAME = "sorter"
PROGRAM = Path(__file__).resolve().parents[2] / "resources" / "models" / "page_class.onnx"
INPUTS, OUTPUTS = ("words", "layout"), ("kinds",)
LABELS_KEY, TEMPERATURE_KEY = "labels", "temperature"
LEAST_SCORE = 0.6
"""Of what is like none of the kinds nothing is said."""
LEAST_WORDS = 8
"""Fewer say nothing about a page."""


@dataclass(frozen=True)
class PageClassWords:
    """Proposes the kind of a page where it is sure enough."""

    program: Path = PROGRAM
    sha256: str = ""
    name: str = NAME
    task: str = "page class"

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page."""
        return [self.read(given.page) for given in pages]

    def read(self, page: Page) -> Proposals:
        """The kind of a page, or nothing."""
        if len(page.words) < LEAST_WORDS:
            return Proposals(self.name)
        chances = self.chances(page)
        label = max(chances, key=lambda name: chances[name])
        score = chances[label]
        if score < LEAST_SCORE:
            return Proposals(self.name)
        found = PageClass(label, score=round(score, 4), status=Status.PROPOSED, source=self.name)
        return Proposals(self.name, page_class=found)

    def chances(self, page: Page) -> dict[str, float]:
        """The chance of each kind; UserError where the file is another program."""
        session = session_of(self.program, self.sha256)
        told = session.get_modelmeta().custom_metadata_map
        if LABELS_KEY not in told:
            raise UserError(
                "{file} is no model of page classes. Choose one that `proofdesk train page-class`"
                " made.",
                file=self.program,
            )
        given = {"words": words_of(page)[None], "layout": layout_of(page)[None]}
        logits = session.run(list(OUTPUTS), given)[0][0] / float(told[TEMPERATURE_KEY])
        shares = np.exp(logits - logits.max())
        return dict(
            zip(json.loads(told[LABELS_KEY]), (shares / shares.sum()).tolist(), strict=True)
        )


def create() -> PageClassWords:
    """The predictor, for the registry."""
    return PageClassWords()


def of_model(model: InstalledModel) -> PageClassWords:
    """The predictor of a program that `proofdesk train page-class` made."""
    program, sha256 = program_of(model)
    return PageClassWords(program, sha256, model.name)
