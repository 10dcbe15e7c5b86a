"""Names of a Table Transformer's weights: however they were published, to those of transformers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from torch import Tensor

_BACKBONE = "model.backbone.conv_encoder.model."
_STAGE = "encoder.stages."
_AUTHORS = (
    (r"^transformer\.(encoder|decoder)\.norm\.", r"model.\1.layernorm."),
    (r"^transformer\.", "model."),
    (r"^backbone\.0\.body\.", _BACKBONE),
    (r"^input_proj\.", "model.input_projection."),
    (r"^query_embed\.", "model.query_position_embeddings."),
    (r"^class_embed\.", "class_labels_classifier."),
    (r"^bbox_embed\.", "bbox_predictor."),
    (r"\.linear([12])\.", r".fc\1."),
    (r"\.multihead_attn\.", ".encoder_attn."),
    (r"\.norm1\.", ".self_attn_layer_norm."),
    (r"(model\.encoder\.layers\.\d+)\.norm2\.", r"\1.final_layer_norm."),
    (r"\.norm2\.", ".encoder_attn_layer_norm."),
    (r"\.norm3\.", ".final_layer_norm."),
)
"""microsoft/table-transformer's names (those of facebookresearch/detr) in the order of renaming."""
_LATER = (
    (r"^model\.backbone\.(?!conv_encoder\.)(?:model\.)?", _BACKBONE),
    (r"\.o_proj\.", ".out_proj."),
    (r"\.mlp\.fc([12])\.", r".fc\1."),
)
"""transformers 5 spells DETR so."""
_TIMM = (
    (r"^conv1\.", "embedder.embedder.convolution."),
    (r"^bn1\.", "embedder.embedder.normalization."),
    (r"\.downsample\.0\.", ".shortcut.convolution."),
    (r"\.downsample\.1\.", ".shortcut.normalization."),
)
"""timm's and torchvision's names of a ResNet's parts, but those of its layers."""


def renamed(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights by the names of transformers' TableTransformerForObjectDetection.

    Knows the authors' own names (where q, k and v are one matrix), Hugging Face folders with
    timm's names of the backbone (v1.0, v1.1) and with transformers' own, and the two spellings of
    an attention's and a layer's parts.
    """
    return dict(_parts(weights))


def _parts(weights: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    is_authors = any(key.startswith("transformer.") for key in weights)
    for key, value in weights.items():
        name = _substituted(key, _AUTHORS if is_authors else _LATER)
        if name.startswith(_BACKBONE):
            yield _BACKBONE + _backbone_name(name[len(_BACKBONE) :]), value
        elif found := re.fullmatch(r"(.*)\.in_proj_(weight|bias)", name):
            for part, third in zip("qkv", value.chunk(3), strict=True):
                yield f"{found[1]}.{part}_proj.{found[2]}", third
        else:
            yield name, value


def _substituted(name: str, rules: tuple[tuple[str, str], ...]) -> str:
    for pattern, replacement in rules:
        name = re.sub(pattern, replacement, name)
    return name


def _backbone_name(name: str) -> str:
    """timm's `layer2.0.bn1` is `encoder.stages.1.layers.0.layer.0.normalization`."""
    name = _substituted(name, _TIMM)
    found = re.fullmatch(r"layer(\d)\.(\d+)\.(?:(conv|bn)(\d)\.)?(.*)", name)
    if found is None:
        return name
    stage, block, kind, place, rest = found.groups()
    within = f"{_STAGE}{int(stage) - 1}.layers.{block}."
    if kind is None:
        return within + rest
    part = "convolution" if kind == "conv" else "normalization"
    return f"{within}layer.{int(place) - 1}.{part}.{rest}"
