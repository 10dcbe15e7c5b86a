"""Table Transformer: DETR with a ResNet-18, for finding tables and for their structure.

Smock, Pesala and Abraham 2022, "PubTables-1M: Towards Comprehensive Table Extraction From
Unstructured Documents"; Carion et al. 2020, "End-to-End Object Detection with Transformers".
The code is that of transformers (`TableTransformerForObjectDetection`) with its own ResNet, as
public configs ask for timm's. Sizes are read from the weights, so that the authors' `.pth`, which
has no config beside it, loads as well as a Hugging Face folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from transformers import ResNetConfig, TableTransformerConfig, TableTransformerForObjectDetection

from model_backend.checkpoints.checkpoint import Checkpoint
from model_backend.installed import InstalledModel
from model_backend.models.detector import (
    MOST_FOUND,
    Detected,
    Found,
    PictureSize,
    in_groups,
    normalized,
    padded,
    picture_size,
)
from model_backend.models.loading import check_labels, config_from, fitted, impossible, sized
from model_backend.models.table_transformer_keys import renamed
from model_backend.networks import DETECTION

if TYPE_CHECKING:
    from model_backend.models.detector import Pixels

TITLE = "Table Transformer"
PREPROCESSOR = "preprocessor_config.json"
USUAL_SIZES = {True: PictureSize(800, 800), False: PictureSize(1000, 1000)}
"""Longest side for detection (true) and structure, where no preprocessor_config.json says it:
microsoft/table-transformer, src/inference.py, `MaxResize`."""
IGNORED = (r"\.num_batches_tracked$", r"^criterion\.", r"\.backbone\.conv_encoder\.model\.fc\.")
"""Counters, the weights of a loss, the classes of ImageNet."""
LEAST_SCORE = 0.05
"""What scores less is no proposal of anybody's; what is kept above it, the predictor decides."""
MOST_QUERIES = 5000
"""The published networks have 15 and 125; each looks at all others."""
_BODY = "model.backbone.conv_encoder.model."


@dataclass(frozen=True)
class DetrConfig:
    """What the weights do not tell; the names are those of the published config.json."""

    encoder_attention_heads: int = 8
    decoder_attention_heads: int = 8
    activation_function: str = "relu"
    position_embedding_type: str = "sine"
    dilation: bool = False


class TableTransformer(nn.Module):
    """The published network."""

    def __init__(self, published: TableTransformerConfig) -> None:
        super().__init__()
        made = TableTransformerForObjectDetection(published)
        self.model = made.model
        self.class_labels_classifier = made.class_labels_classifier
        self.bbox_predictor = made.bbox_predictor

    def forward(self, pixels: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, Q, L + 1), the last for "no object", and boxes (B, Q, 4) as centre, width and
        height in 0..1 of each picture; from pixels (B, 3, H, W) and mask (B, H, W; 1: is picture).
        """
        hidden = self.model(pixels, pixel_mask=mask).last_hidden_state  # (B, Q, D)
        boxes = self.bbox_predictor(hidden).sigmoid()  # (B, Q, 4)
        return self.class_labels_classifier(hidden), boxes


def published_config(config: DetrConfig, weights: Mapping[str, Tensor]) -> TableTransformerConfig:
    """transformers' config with the sizes of these weights and an explicit ResNet."""
    queries = weights["model.query_position_embeddings.weight"]  # (Q, D)
    return TableTransformerConfig(
        backbone_config=_resnet_config(weights),
        num_queries=queries.shape[0],
        d_model=queries.shape[1],
        encoder_layers=_count(weights, r"model\.encoder\.layers\.(\d+)\."),
        decoder_layers=_count(weights, r"model\.decoder\.layers\.(\d+)\."),
        encoder_ffn_dim=weights["model.encoder.layers.0.fc1.weight"].shape[0],
        decoder_ffn_dim=weights["model.decoder.layers.0.fc1.weight"].shape[0],
        encoder_attention_heads=config.encoder_attention_heads,
        decoder_attention_heads=config.decoder_attention_heads,
        activation_function=config.activation_function,
        position_embedding_type=config.position_embedding_type,
        num_labels=weights["class_labels_classifier.bias"].shape[0] - 1,
    )


def _resnet_config(weights: Mapping[str, Tensor]) -> ResNetConfig:
    stages = [f"{_BODY}encoder.stages.{number}.layers" for number in range(4)]
    is_basic = f"{stages[0]}.0.layer.2.convolution.weight" not in weights
    last = 1 if is_basic else 2
    return ResNetConfig(
        embedding_size=weights[f"{_BODY}embedder.embedder.convolution.weight"].shape[0],
        hidden_sizes=[
            weights[f"{stage}.0.layer.{last}.convolution.weight"].shape[0] for stage in stages
        ],
        depths=[_count(weights, re.escape(stage) + r"\.(\d+)\.") for stage in stages],
        layer_type="basic" if is_basic else "bottleneck",
        out_features=["stage4"],
    )


def _count(weights: Mapping[str, Tensor], pattern: str) -> int:
    """How many layers of one kind there are."""
    found = (re.match(pattern, key) for key in weights)
    return 1 + max((int(match[1]) for match in found if match), default=-1)


@dataclass(frozen=True)
class TableTransformerDetector:
    """The network with what comes before and after it; logits are divided by `temperature`."""

    module: TableTransformer
    size: PictureSize
    temperature: float = 1.0

    def __call__(self, pictures: Sequence[Pixels]) -> list[Found]:
        """See `Detector`: of each query its likeliest label beside "no object"."""
        return in_groups(pictures, self._size, self._look)

    def _size(self, picture: Pixels) -> tuple[int, int]:
        return self.size.of(*picture.shape[:2])

    def _look(self, pictures: Sequence[Pixels]) -> list[Found]:
        pixels, mask = padded(
            [normalized(picture, self._size(picture)) for picture in pictures]  # each (3, H, W)
        )  # (B, 3, H, W), (B, H, W)
        device = next(self.module.parameters()).device
        with torch.inference_mode():
            said = self.module(pixels.to(device), mask.to(device))
        logits, boxes = (part.float().cpu() for part in said)  # (B, Q, L + 1), (B, Q, 4)
        chances = (logits / self.temperature).softmax(-1)  # (B, Q, L + 1)
        return [
            _detected(*each, *picture.shape[:2])
            for *each, picture in zip(chances, boxes, pictures, strict=True)
        ]


def _detected(chances: Tensor, boxes: Tensor, height: int, width: int) -> Found:
    """From chances (Q, L + 1) and boxes (Q, 4: centre, width and height in 0..1)."""
    if not (chances.isfinite().all() and boxes.isfinite().all()):
        return None
    scores, labels = chances[:, :-1].max(-1)  # (Q,), (Q,)
    order = scores.argsort(descending=True, stable=True)[:MOST_FOUND]  # (Q',)
    scores, labels, boxes = scores[order], labels[order], boxes[order]  # (Q',), (Q',), (Q', 4)
    centers, sizes = boxes[:, :2], boxes[:, 2:]  # (Q', 2), (Q', 2)
    whole = torch.tensor([width, height] * 2)  # (4,)
    corners = torch.cat([centers - sizes / 2, centers + sizes / 2], -1) * whole  # (Q', 4)
    rows = zip(corners.tolist(), labels.tolist(), scores.tolist(), strict=True)
    return [
        Detected((x0, y0, x1, y1), label, score)
        for (x0, y0, x1, y1), label, score in rows
        if score > LEAST_SCORE
    ]


def load(checkpoint: Checkpoint, model: InstalledModel) -> TableTransformerDetector:
    """The detector of an added model; UserError where its files do not fit."""
    config = config_from(DetrConfig, checkpoint.config)
    if config.dilation:
        raise impossible("dilation")
    weights = renamed(checkpoint.weights())
    published = sized(lambda: published_config(config, weights), TITLE)
    check_labels(model, published.num_labels)
    if published.num_queries > MOST_QUERIES:
        raise impossible("num_queries", checkpoint.weight_files[0])
    module = fitted(lambda: TableTransformer(published), weights, title=TITLE, ignored=IGNORED)
    size = picture_size(checkpoint.json(PREPROCESSOR), USUAL_SIZES[model.task == DETECTION])
    return TableTransformerDetector(module, size, model.temperature)
