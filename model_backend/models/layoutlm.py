"""LayoutLM for labelling words by their text and place.

Xu et al. 2020, "LayoutLM: Pre-training of Text and Layout for Document Image Understanding"; the
code is that of transformers (`LayoutLMForTokenClassification`). Weights of a Hugging Face folder
and of the authors (github.com/microsoft/unilm, layoutlm), who call the network `bert`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import cast

from torch import Tensor, nn
from transformers import LayoutLMConfig as PublishedConfig
from transformers import LayoutLMForTokenClassification

from model_backend.checkpoints.checkpoint import Checkpoint
from model_backend.installed import InstalledModel
from model_backend.models.bert import renamed
from model_backend.models.entity_network import (
    LEAST_PLACES,
    LEAST_TOKENS,
    WHOLE,
    ZERO,
    EntityNetwork,
)
from model_backend.models.loading import at_least, config_from, fitted
from model_backend.models.word_pieces import word_pieces

AUTHORS, OURS = "bert.", "layoutlm."
IGNORED = (r"\.position_ids$", r"^network\.cls\.")
"""A buffer of older versions, and the heads of the training before."""


@dataclass(frozen=True)
class LayoutLMConfig:
    """What the network is made of; the names are those of the published config.json."""

    vocab_size: int = 30522
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    hidden_act: str = "gelu"
    max_position_embeddings: int = 512
    type_vocab_size: int = 2
    layer_norm_eps: float = 1e-12
    max_2d_position_embeddings: int = 1024


class LayoutLM(nn.Module):
    """The published network, called as all that label words are."""

    def __init__(self, config: LayoutLMConfig, labels: int) -> None:
        super().__init__()
        published = PublishedConfig(**asdict(config), num_labels=labels)
        self.network = LayoutLMForTokenClassification(published)

    def forward(
        self,
        input_ids: Tensor,
        boxes: Tensor,
        attention_mask: Tensor,
        picture: Tensor | None = None,
    ) -> Tensor:
        """Logits; see `entity_network.Labeller`."""
        said = self.network(input_ids=input_ids, bbox=boxes, attention_mask=attention_mask)
        return cast("Tensor", said.logits)  # (B, T, L)


def load(checkpoint: Checkpoint, model: InstalledModel) -> EntityNetwork:
    """The network of an added model; UserError where its files do not fit."""
    config = config_from(LayoutLMConfig, checkpoint.config)
    at_least("max_position_embeddings", config.max_position_embeddings, LEAST_TOKENS)
    at_least("max_2d_position_embeddings", config.max_2d_position_embeddings, LEAST_PLACES)
    weights = {
        f"network.{_own_key(key)}": value for key, value in renamed(checkpoint.weights()).items()
    }
    module = fitted(
        lambda: LayoutLM(config, len(model.labels)), weights, title="LayoutLM", ignored=IGNORED
    )
    pieces = word_pieces(checkpoint, config.vocab_size)
    return EntityNetwork(module, pieces, config.max_position_embeddings, ZERO, WHOLE)


def _own_key(key: str) -> str:
    return OURS + key.removeprefix(AUTHORS) if key.startswith(AUTHORS) else key
