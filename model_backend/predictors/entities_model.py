"""Entities by a network that was added: LayoutLM, LayoutLMv2, BERT, or a tagger of our own.

The network labels words; the links between questions and answers are those of the form reader's
rules (`form_links`), and the network's sureness counts in theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from model_backend.checkpoints.checkpoint import checkpoint_of
from model_backend.document import Entity, Page, Proposals, Relation, Status
from model_backend.installed import InstalledModel
from model_backend.networks import network
from model_backend.predictors.batches import in_batches, weight_bytes
from model_backend.predictors.entity_windows import (
    Tokens,
    boxes_1000,
    merged,
    tokens_of,
    windows,
)
from model_backend.predictors.form_links import fields_of, links_of
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.predictors.tagged_words import entities_of, probabilities, true_tags
from model_backend.reading_order import reading_order
from model_backend.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from model_backend.models.entity_network import EntityNetwork
    from model_backend.predictors.calibrating import Evidence

    Numbers = NDArray[np.float32]

BATCH = 8
MOST_WORDS = 20_000
PICTURE_DPI, PICTURE_SIDE = 72.0, 224
"""LayoutLMv2 sees the whole page in 224 x 224 pixels."""


@dataclass(frozen=True)
class Window:
    """A part of a page's tokens, as the network reads them."""

    page: int
    tokens: tuple[int, ...]
    boxes: tuple[tuple[int, int, int, int], ...]
    picture: NDArray[np.uint8] | None


@dataclass(frozen=True)
class EntitiesModel:
    """Proposes entities, by the words that a network labels, and the links between them."""

    model: InstalledModel
    network: EntityNetwork
    task: str = "entities"

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def loaded(self) -> tuple[EntityNetwork]:
        """What the loader of its network gave."""
        return (self.network,)

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """Its network."""
        return (self.network.module,)

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        return weight_bytes(self.network.module)

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page; ids count from 1 in each."""
        read = [_Reading(number, given, self.network) for number, given in enumerate(pages)]
        parts = [window for reading in read for window in reading.windows]
        said, notes = self._said(parts)
        found = []
        for number, reading in enumerate(read):
            own = [logits for logits, part in zip(said, parts, strict=True) if part.page == number]
            found.append(self._proposals(reading, own, notes if number == 0 else []))
        return found

    def _said(self, parts: Sequence[Window]) -> tuple[list[Numbers], list[str]]:
        """Logits of each window, and what there is to say; windows of about one length are looked
        at together, so that short ones are not filled up.
        """
        order = sorted(range(len(parts)), key=lambda number: -len(parts[number].tokens))
        said, notes = in_batches([parts[number] for number in order], BATCH, self._logits)
        placed = dict(zip(order, said, strict=True))
        return [placed[number] for number in range(len(parts))], notes

    def evidence(self, given: PredictorInput, truth: Page) -> Evidence:
        """Logits (words, tags) of a page's words, and the numbers of their true tags; words whose
        label the model has not are outside.
        """
        reading = _Reading(0, given, self.network)
        said, _notes = self._said(reading.windows)
        if not said:
            return np.zeros((0, len(self.model.labels)), np.float32), np.zeros(0, np.int64)
        logits = merged(reading.tokens, len(reading.words), reading.ranges, said)
        right = true_tags([word.id for word in reading.words], truth, self.model.labels)
        known = right >= 0
        return logits[known], right[known]

    def _logits(self, parts: Sequence[Window]) -> list[Numbers]:
        """Logits (tokens, labels) of each window, without its special tokens."""
        import torch

        ids, boxes, mask = padded(parts, self.network)
        device = next(self.network.module.parameters()).device
        pictures = [part.picture for part in parts]
        seen = None
        if self.network.wants_picture:
            stacked = np.stack([picture for picture in pictures if picture is not None])
            seen = torch.from_numpy(stacked).to(device)  # (B, 3, 224, 224)
        with torch.inference_mode():
            logits = self.network.module(
                torch.from_numpy(ids).to(device),  # (B, T)
                torch.from_numpy(boxes).to(device),  # (B, T, 4)
                torch.from_numpy(mask).to(device),  # (B, T)
                seen,
            )  # (B, T, L)
        found = logits.float().cpu().numpy()
        return [found[i, 1 : 1 + len(part.tokens)] for i, part in enumerate(parts)]

    def _proposals(
        self, reading: _Reading, said: Sequence[Numbers], notes: Sequence[str]
    ) -> Proposals:
        notes = (*notes, *reading.notes)
        if not said:
            return Proposals(self.name, notes=notes)
        logits = merged(reading.tokens, len(reading.words), reading.ranges, said)
        if not np.isfinite(logits).all():
            return Proposals(self.name, notes=(*notes, _(NO_NUMBERS)))
        chances = probabilities(logits, self.model.temperature)
        entities = entities_of(reading.words, chances, self.model.labels, source=self.name)
        relations = linked(entities, reading.page, self.name)
        return Proposals(self.name, entities, relations, notes=notes)


class _Reading:
    """What a network reads of one page."""

    def __init__(self, number: int, given: PredictorInput, network: EntityNetwork) -> None:
        self.page = given.page
        self.notes: tuple[str, ...] = ()
        self.words = reading_order([word for word in given.page.words if word.text.strip()])
        if len(self.words) > MOST_WORDS:
            self.words, self.notes = (), (_("Too many words for a form."),)
        self.tokens: Tokens = tokens_of(network.pieces.pieces([word.text for word in self.words]))
        boxes, clamped = boxes_1000(self.words, given.page)
        if clamped:
            text = _("Words that lie partly outside the page: {count}.")
            self.notes = (*self.notes, text.format(count=clamped))
        self.ranges = windows(len(self.tokens.ids), network.longest - 2)
        picture = page_picture(given) if network.wants_picture and self.ranges else None
        self.windows = [
            Window(
                number,
                self.tokens.ids[start:end],
                tuple(boxes[word] for word in self.tokens.words[start:end]),
                picture,
            )
            for start, end in self.ranges
        ]


def padded(parts: Sequence[Window], network: EntityNetwork) -> tuple[Any, Any, Any]:
    """ids (B, T), boxes (B, T, 4) and mask (B, T) of windows, with their special tokens; T is that
    of the longest.
    """
    longest = max(len(part.tokens) for part in parts) + 2
    ids = np.full((len(parts), longest), network.pieces.padding, np.int64)
    boxes = np.zeros((len(parts), longest, 4), np.int64)
    mask = np.zeros((len(parts), longest), np.int64)
    for row, part in enumerate(parts):
        end = len(part.tokens) + 1
        ids[row, : end + 1] = (network.pieces.start, *part.tokens, network.pieces.end)
        boxes[row, : end + 1] = (network.start_box, *part.boxes, network.end_box)
        mask[row, : end + 1] = 1
    return ids, boxes, mask


def page_picture(given: PredictorInput) -> NDArray[np.uint8]:
    """The whole page as LayoutLMv2 sees it: (3, 224, 224), blue, green, red."""
    from PIL import Image

    picture = Image.fromarray(given.color_picture(PICTURE_DPI))
    small = picture.resize((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.BILINEAR)
    return np.ascontiguousarray(np.asarray(small)[:, :, ::-1].transpose(2, 0, 1))


def linked(entities: Sequence[Entity], page: Page, source: str) -> tuple[Relation, ...]:
    """Links between entities that are called as a form's are, by position; ids follow theirs."""
    fields = fields_of(entities, page)
    sure = [1.0 if entity.score is None else entity.score for entity in entities]
    return tuple(
        Relation(
            id=number,
            from_id=entities[link.start].id,
            to_id=entities[link.end].id,
            score=round(link.score * sure[link.start] * sure[link.end], 4),
            status=Status.PROPOSED,
            source=source,
        )
        for number, link in enumerate(links_of(fields, page.height), start=len(entities) + 1)
    )


def create(model: InstalledModel) -> EntitiesModel:
    """The predictor of an added model, its weights loaded; UserError where they do not fit."""
    import importlib

    module, _colon, function = network(model.network).loader.partition(":")
    loaded: EntityNetwork = getattr(importlib.import_module(module), function)(
        checkpoint_of(model), model
    )
    return EntitiesModel(model, loaded)
