"""The kind of a page by a network that was added (VGG16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from model_backend.checkpoints.checkpoint import checkpoint_of
from model_backend.document import Page, PageClass, Proposals, Status
from model_backend.installed import InstalledModel
from model_backend.predictors.batches import in_batches, weight_bytes
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.predictors.tagged_words import probabilities
from model_backend.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from model_backend.models.vgg16 import VGG16
    from model_backend.predictors.calibrating import Evidence

    Numbers = NDArray[np.float32]

BATCH = 8
DPI = 72.0
"""Fine enough for a picture of 224 x 224 pixels."""


@dataclass(frozen=True)
class PageClassModel:
    """Proposes the kind of each page, however unsure: the score says so."""

    model: InstalledModel
    network: VGG16
    task: str = "page class"

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def loaded(self) -> tuple[VGG16]:
        """What the loader of its network gave."""
        return (self.network,)

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """Its network."""
        return (self.network,)

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        return weight_bytes(self.network)

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page."""
        said, notes = in_batches(pages, BATCH, self.logits)
        found = [self._proposals(logits) for logits in said]
        if found and notes:
            found[0] = replace(found[0], notes=(*found[0].notes, *notes))
        return found

    def logits(self, pages: Sequence[PredictorInput]) -> list[Numbers]:
        """Logits (classes) of each page."""
        import torch

        device = next(self.network.parameters()).device
        pictures = torch.from_numpy(np.stack([page_picture(given) for given in pages]))
        with torch.inference_mode():
            said = self.network(pictures.float().to(device))  # (B, classes)
        return list(said.float().cpu().numpy())

    def evidence(self, given: PredictorInput, truth: Page) -> Evidence:
        """Logits (1, classes) of the page, and the number of its kind; nothing where it has none of
        the labels.
        """
        kind = truth.page_class.label if truth.page_class else ""
        logits = np.stack(self.logits([given]))
        right = [self.model.labels.index(kind)] if kind in self.model.labels else []
        return logits[: len(right)], np.array(right, dtype=np.int64)

    def _proposals(self, logits: Numbers) -> Proposals:
        if not np.isfinite(logits).all():
            return Proposals(self.name, notes=(_(NO_NUMBERS),))
        chances = probabilities(logits, self.model.temperature)
        best = int(chances.argmax())
        score = round(float(chances[best]), 4)
        label = self.model.labels[best]
        kind = PageClass(label, score, Status.PROPOSED, self.name)
        return Proposals(self.name, page_class=kind)


def page_picture(given: PredictorInput) -> NDArray[np.uint8]:
    """The whole page as the network sees it: (3, 224, 224), red, green, blue."""
    from PIL import Image

    from model_backend.models.vgg16 import SIDE

    picture = Image.fromarray(given.color_picture(DPI))
    small = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.ascontiguousarray(np.asarray(small).transpose(2, 0, 1))


def create(model: InstalledModel) -> PageClassModel:
    """The predictor of an added model, its weights loaded; UserError where they do not fit."""
    from model_backend.models.vgg16 import load

    return PageClassModel(model, load(checkpoint_of(model), model))
