"""BERT for labelling words: text only, the baseline.

Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers"; the code is that of
transformers (`BertForTokenClassification`), the weights are those of a Hugging Face folder.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import cast

from torch import Tensor, nn
from transformers import BertConfig as PublishedConfig
from transformers import BertForTokenClassification

from model_backend.checkpoints.checkpoint import Checkpoint
from model_backend.installed import InstalledModel
from model_backend.models.entity_network import LEAST_TOKENS, EntityNetwork
from model_backend.models.loading import at_least, config_from, fitted
from model_backend.models.word_pieces import word_pieces

IGNORED = (r"\.position_ids$", r"^bert\.pooler\.", r"^cls\.")
"""Buffers of older versions, and layers of the training before that labelling has no use for."""


@dataclass(frozen=True)
class BertConfig:
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


class Bert(nn.Module):
    """The published network, called as all that label words are; boxes do not matter to it."""

    def __init__(self, config: BertConfig, labels: int) -> None:
        super().__init__()
        published = PublishedConfig(**asdict(config), num_labels=labels)
        self.network = BertForTokenClassification(published)

    def forward(
        self,
        input_ids: Tensor,
        boxes: Tensor,
        attention_mask: Tensor,
        picture: Tensor | None = None,
    ) -> Tensor:
        """Logits; see `entity_network.Labeller`."""
        said = self.network(input_ids=input_ids, attention_mask=attention_mask)
        return cast("Tensor", said.logits)  # (B, T, L)


def load(checkpoint: Checkpoint, model: InstalledModel) -> EntityNetwork:
    """The network of an added model; UserError where its files do not fit."""
    config = config_from(BertConfig, checkpoint.config)
    at_least("max_position_embeddings", config.max_position_embeddings, LEAST_TOKENS)
    weights = {f"network.{key}": value for key, value in renamed(checkpoint.weights()).items()}
    module = fitted(
        lambda: Bert(config, len(model.labels)),
        weights,
        title="BERT",
        ignored=[pattern.replace("^", r"^network\.") for pattern in IGNORED],
    )
    pieces = word_pieces(checkpoint, config.vocab_size)
    return EntityNetwork(module, pieces, config.max_position_embeddings)


def renamed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights by today's keys: what came from TensorFlow calls the two parts of a layer's
    normalisation gamma and beta.
    """
    return {
        key.replace("LayerNorm.gamma", "LayerNorm.weight").replace(
            "LayerNorm.beta", "LayerNorm.bias"
        ): value
        for key, value in weights.items()
    }
