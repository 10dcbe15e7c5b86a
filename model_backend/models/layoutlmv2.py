"""LayoutLMv2 for labelling words by text, place and picture.

Xu et al. 2021, "LayoutLMv2: Multi-modal Pre-training for Visually-rich Document Understanding". The
embeddings and the encoder with its spatial-aware self-attention are those of transformers; what
joins text and picture, and the visual backbone, are ours, as transformers needs detectron2 for
them. Names of weights are those of the published Hugging Face folders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import LayoutLMv2Config as PublishedConfig
from transformers.models.layoutlmv2.modeling_layoutlmv2 import (
    LayoutLMv2Embeddings,
    LayoutLMv2Encoder,
    LayoutLMv2Pooler,
)

from model_backend.checkpoints.checkpoint import Checkpoint
from model_backend.installed import InstalledModel
from model_backend.models.bert import renamed
from model_backend.models.entity_network import LEAST_PLACES, ZERO, Box1000, EntityNetwork
from model_backend.models.loading import at_least, config_from, fitted, impossible
from model_backend.models.resnext_fpn import ResNeXtConfig, ResNeXtPyramid, resnext_config
from model_backend.models.word_pieces import TOKENIZER_CONFIG, word_pieces

SIDE = 7
"""The picture becomes 7 x 7 visual tokens."""
MEANS, DEVIATIONS = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)
"""Of blue, green and red, as the backbone was trained."""
IGNORED = (
    r"\.position_ids$",
    r"\.num_batches_tracked$",
    r"\.visual\.pixel_(mean|std)$",
    r"^cls\.",
)
"""Counters and constants that folders may hold beside the weights."""


@dataclass(frozen=True)
class LayoutLMv2Config:
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
    max_rel_pos: int = 128
    rel_pos_bins: int = 32
    fast_qkv: bool = True
    max_rel_2d_pos: int = 256
    rel_2d_pos_bins: int = 64
    coordinate_size: int = 128
    shape_size: int = 128
    has_relative_attention_bias: bool = True
    has_spatial_attention_bias: bool = True
    has_visual_segment_embedding: bool = False


class Eyes(nn.Module):
    """The picture as visual tokens."""

    means: Tensor
    deviations: Tensor

    def __init__(self, config: ResNeXtConfig) -> None:
        super().__init__()
        self.backbone = ResNeXtPyramid(config)
        self.register_buffer("means", torch.tensor(MEANS).view(3, 1, 1), persistent=False)
        self.register_buffer("deviations", torch.tensor(DEVIATIONS).view(3, 1, 1), persistent=False)

    def forward(self, picture: Tensor) -> Tensor:
        """(B, 3, 224, 224), blue, green, red in 0..255, to (B, 49, C), row by row."""
        seen = (picture.to(self.means.dtype) - self.means) / self.deviations  # (B, 3, 224, 224)
        features = self.backbone(seen)  # (B, C, 56, 56)
        pooled = nn.functional.adaptive_avg_pool2d(features, SIDE)  # (B, C, 7, 7)
        return pooled.flatten(2).transpose(1, 2)  # (B, 49, C)


class Body(nn.Module):
    """Text and visual tokens through one encoder."""

    def __init__(self, config: LayoutLMv2Config, eyes: ResNeXtConfig) -> None:
        super().__init__()
        published = PublishedConfig(**asdict(config))
        self.embeddings = LayoutLMv2Embeddings(published)
        self.visual = Eyes(eyes)
        self.visual_proj = nn.Linear(eyes.pyramid_channels, config.hidden_size)
        if config.has_visual_segment_embedding:
            self.visual_segment_embedding = nn.Parameter(torch.zeros(config.hidden_size))
        self.visual_LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.encoder = LayoutLMv2Encoder(published)
        self.pooler = LayoutLMv2Pooler(published)  # not used for words; published weights have it

    def forward(self, input_ids: Tensor, boxes: Tensor, mask: Tensor, picture: Tensor) -> Tensor:
        """The last hidden states of the text tokens, (B, T, H)."""
        count = input_ids.shape[1]
        grid = visual_boxes(boxes).expand(boxes.shape[0], -1, -1)  # (B, 49, 4)
        text_at = self.embeddings.position_ids[:, :count].expand_as(input_ids)  # (B, T)
        seen_at = self.embeddings.position_ids[:, : SIDE * SIDE].expand(
            boxes.shape[0], -1
        )  # (B, 49)
        text = self._text(input_ids, boxes, text_at)  # (B, T, H)
        seen = self._seen(picture, grid, seen_at)  # (B, 49, H)
        counts = torch.cat([mask, mask.new_ones(seen_at.shape)], dim=1)  # (B, T + 49)
        lowest = torch.finfo(text.dtype).min
        unseen = (1.0 - counts[:, None, None, :].to(text.dtype)) * lowest  # (B, 1, 1, T + 49)
        encoded = self.encoder(
            torch.cat([text, seen], dim=1),  # (B, T + 49, H)
            unseen,  # (B, 1, 1, T + 49)
            bbox=torch.cat([boxes, grid], dim=1),  # (B, T + 49, 4)
            position_ids=torch.cat([text_at, seen_at], dim=1),  # (B, T + 49)
        )
        hidden: Tensor = encoded.last_hidden_state  # (B, T + 49, H)
        return hidden[:, :count]  # (B, T, H)

    def _text(self, input_ids: Tensor, boxes: Tensor, positions: Tensor) -> Tensor:
        """TokEmb + PosEmb1D + PosEmb2D + SegEmb([A]): (B, T, H)."""
        embedded: Any = self.embeddings
        total = (
            embedded.word_embeddings(input_ids)  # (B, T, H)
            + embedded.position_embeddings(positions)  # (B, T, H)
            + embedded._calc_spatial_position_embeddings(boxes)  # (B, T, H)
            + embedded.token_type_embeddings(torch.zeros_like(input_ids))  # (B, T, H)
        )
        normed: Tensor = embedded.LayerNorm(total)  # (B, T, H)
        return normed

    def _seen(self, picture: Tensor, boxes: Tensor, positions: Tensor) -> Tensor:
        """Proj(VisTokEmb) + PosEmb1D + PosEmb2D + SegEmb([C]): (B, 49, H)."""
        embedded: Any = self.embeddings
        total = (
            self.visual_proj(self.visual(picture))  # (B, 49, H)
            + embedded.position_embeddings(positions)  # (B, 49, H)
            + embedded._calc_spatial_position_embeddings(boxes)  # (B, 49, H)
        )
        if hasattr(self, "visual_segment_embedding"):
            total = total + self.visual_segment_embedding  # (B, 49, H)
        normed: Tensor = self.visual_LayerNorm(total)  # (B, 49, H)
        return normed


class LayoutLMv2(nn.Module):
    """The network for labelling words."""

    def __init__(self, config: LayoutLMv2Config, eyes: ResNeXtConfig, labels: int) -> None:
        super().__init__()
        self.layoutlmv2 = Body(config, eyes)
        self.classifier = nn.Linear(config.hidden_size, labels)

    def forward(
        self,
        input_ids: Tensor,
        boxes: Tensor,
        attention_mask: Tensor,
        picture: Tensor | None = None,
    ) -> Tensor:
        """Logits; see `entity_network.Labeller`."""
        if picture is None:
            raise ValueError("LayoutLMv2 needs the page's picture")
        hidden = self.layoutlmv2(input_ids, boxes, attention_mask, picture)  # (B, T, H)
        logits: Tensor = self.classifier(hidden)  # (B, T, L)
        return logits


def visual_boxes(like: Tensor) -> Tensor:
    """The boxes of the visual tokens, (1, 49, 4), in thousandths of the page, rounded down."""
    edges = torch.arange(0, 1000 * (SIDE + 1), 1000, device=like.device, dtype=like.dtype)  # (8,)
    edges = torch.div(edges, SIDE, rounding_mode="floor")  # (8,)
    x0, y0 = edges[:-1].repeat(SIDE), edges[:-1].repeat_interleave(SIDE)  # (49,)
    x1, y1 = edges[1:].repeat(SIDE), edges[1:].repeat_interleave(SIDE)  # (49,)
    return torch.stack([x0, y0, x1, y1], dim=-1)[None]  # (1, 49, 4)


def load(checkpoint: Checkpoint, model: InstalledModel) -> EntityNetwork:
    """The network of an added model; UserError where its files do not fit."""
    published = checkpoint.config
    config = config_from(LayoutLMv2Config, published)
    at_least("max_position_embeddings", config.max_position_embeddings, SIDE * SIDE)
    at_least("max_2d_position_embeddings", config.max_2d_position_embeddings, LEAST_PLACES)
    arguments = published.get("detectron2_config_args")
    eyes = resnext_config(arguments if isinstance(arguments, dict) else {})
    module = fitted(
        lambda: LayoutLMv2(config, eyes, len(model.labels)),
        renamed(checkpoint.weights()),
        title="LayoutLMv2",
        ignored=IGNORED,
    )
    pieces = word_pieces(checkpoint, config.vocab_size)
    longest = config.max_position_embeddings
    end_box = end_box_of(checkpoint.json(TOKENIZER_CONFIG))
    return EntityNetwork(module, pieces, longest, ZERO, end_box, wants_picture=True)


def end_box_of(tokenizer: Mapping[str, Any]) -> Box1000:
    """The box of [SEP]: zero as in the paper and the authors' code, or what the folder's
    tokenizer_config.json says (transformers' own writes 1000, and trains so).
    """
    box = tokenizer.get("sep_token_box", ZERO)
    is_box = isinstance(box, list | tuple) and len(box) == 4
    if not is_box or not all(type(value) is int and 0 <= value <= 1000 for value in box):
        raise impossible("sep_token_box", TOKENIZER_CONFIG)
    x0, y0, x1, y1 = box
    return (x0, y0, x1, y1)
