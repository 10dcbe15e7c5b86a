"""Small detectors in the layouts that their authors publish, with random weights."""

# ruff: noqa: ANN401 - networks of several libraries, and their options

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from model_backend import table_grid
from model_backend.document import Box, Page, Table
from model_backend.models.detector import PictureSize, normalized
from model_backend.networks import DETECTION_LABELS, STRUCTURE, STRUCTURE_LABELS
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.self_test import sample_page
from model_backend.predictors.tables_model import crop_of

SIZES: dict[str, Any] = {
    "d_model": 16,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_ffn_dim": 24,
    "decoder_ffn_dim": 20,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
}
RESNET: dict[str, Any] = {
    "embedding_size": 8,
    "hidden_sizes": [8, 12, 16, 16],
    "depths": [2, 2, 2, 2],
    "layer_type": "basic",
    "out_features": ["stage4"],
}
PREPROCESSORS: dict[str, dict[str, Any]] = {
    "v1.0": {"do_normalize": True, "do_resize": True, "size": 96, "max_size": 128},
    "v1.1": {"do_normalize": True, "do_resize": True, "size": {"longest_edge": 128}},
}
"""As published, but smaller."""


def randomized(network: Any, seed: int = 5) -> Any:
    """The network with random weights that matter, and variances that are none below zero."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for key, value in network.state_dict().items():
            noise = torch.randn(value.shape, generator=generator)
            fan = max(1, value[0].numel()) if value.ndim > 1 else 1
            spread = noise.abs() + 0.5 if key.endswith("running_var") else noise / fan**0.5
            value.copy_(spread)
    return network.eval()


def reference_table_transformer(queries: int, labels: Sequence[str]) -> Any:
    from transformers import (
        ResNetConfig,
        TableTransformerConfig,
        TableTransformerForObjectDetection,
    )

    config = TableTransformerConfig(
        **SIZES,
        backbone_config=ResNetConfig(**RESNET),
        num_queries=queries,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )
    return randomized(TableTransformerForObjectDetection(config))


def small_table_transformer(folder: Path, task: str, layout: str = "v1.1") -> Any:
    """A Hugging Face folder as published: timm's names of the backbone, a config that asks for
    timm, preprocessor_config.json. The network is transformers' own.
    """
    from safetensors.torch import save_file

    labels = DETECTION_LABELS if task == "detection" else STRUCTURE_LABELS
    network = reference_table_transformer(15 if task == "detection" else 125, labels)
    state = {timm_name(key): value.contiguous() for key, value in network.state_dict().items()}
    folder.mkdir(parents=True)
    config = {
        **SIZES,
        "model_type": "table-transformer",
        "architectures": ["TableTransformerForObjectDetection"],
        "backbone": "resnet18",
        "use_timm_backbone": True,
        "backbone_config": None,
        "num_queries": network.config.num_queries,
        "id2label": {str(number): label for number, label in enumerate(labels)},
        "position_embedding_type": "sine",
        "activation_function": "relu",
        "dilation": False,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    text = json.dumps(PREPROCESSORS[layout])
    (folder / "preprocessor_config.json").write_text(text, encoding="utf-8")
    if layout == "v1.0":
        torch.save(state, folder / "pytorch_model.bin")
    else:
        save_file(state, folder / "model.safetensors")
    return network


def timm_name(key: str) -> str:
    """timm's name of a weight of transformers' ResNet."""
    head, mark, name = key.partition("conv_encoder.model.")
    if not mark:
        return key
    name = name.replace("embedder.embedder.convolution", "conv1")
    name = name.replace("embedder.embedder.normalization", "bn1")
    name = re.sub(
        r"encoder\.stages\.(\d)\.layers\.", lambda found: f"layer{int(found[1]) + 1}.", name
    )
    name = name.replace("shortcut.convolution", "downsample.0")
    name = name.replace("shortcut.normalization", "downsample.1")
    kinds = {"convolution": "conv", "normalization": "bn"}
    name = re.sub(
        r"\.layer\.(\d)\.(convolution|normalization)",
        lambda found: f".{kinds[found[2]]}{int(found[1]) + 1}",
        name,
    )
    return f"{head}{mark}{name}"


def small_faster_rcnn(path: Path, labels: int = 2, *, is_old: bool = False) -> Any:
    """A torchvision state dict; with `is_old` by the names of before 0.13."""
    from model_backend.models.faster_rcnn import FasterRcnn, FasterRcnnConfig
    from model_backend.models.resnet_fpn import ResNetSizes

    sizes = ResNetSizes(stem=8, widths=(8, 12, 16, 16), depths=(2, 2, 2, 2))
    network = randomized(FasterRcnn(FasterRcnnConfig(sizes, 12, 20, labels + 1)))
    with torch.no_grad():
        network.roi_heads.box_predictor.cls_score.weight.mul_(3)
        network.rpn.head.bbox_pred.weight.mul_(0.3)
    state = network.state_dict()
    if is_old:
        state = {re.sub(r"(blocks\.\d)\.0\.|(rpn\.head\.conv)\.0\.0\.", r"\1\2.", key): value
                 for key, value in state.items()}  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, path)
    return network


Said = tuple[int, tuple[float, float, float, float], float]
"""What a taught network says: label, x0, y0, x1, y1 in 0..1 of its picture, score."""


def taught(folder: Path, task: str, said: Sequence[Said], picture: Any) -> None:
    """A Table Transformer's folder whose network says just this of this picture."""
    from safetensors.torch import save_file

    small_table_transformer(folder, task)
    labels = DETECTION_LABELS if task == "detection" else STRUCTURE_LABELS
    wide = {"d_model": 128, "encoder_layers": 1, "decoder_layers": 1}
    config = json.loads((folder / "config.json").read_text()) | wide
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    made = _many_eyed(wide, len(labels), max(len(said), 2))
    longest = PREPROCESSORS["v1.1"]["size"]["longest_edge"]
    size = PictureSize(longest, longest).of(*picture.shape[:2])
    hidden = made.model(normalized(picture, size)[None]).last_hidden_state[0]  # (Q, 128)
    logits = torch.full((len(hidden), len(labels) + 1), -15.0)  # (Q, L + 1)
    boxes = torch.full((len(hidden), 4), 0.5)  # (Q, 4)
    logits[:, -1] = 5.0
    for number, (label, (x0, y0, x1, y1), score) in enumerate(said):
        logits[number, label] = torch.tensor(score).log()
        logits[number, -1] = torch.tensor(1 - score).log()
        boxes[number] = torch.tensor([(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0])
    with torch.no_grad():
        _fit(made.class_labels_classifier, hidden, logits)
        for layer in made.bbox_predictor.layers[:2]:
            layer.weight.copy_(torch.eye(128))
            layer.bias.fill_(20.0)  # nothing is cut off by ReLU
        _fit(made.bbox_predictor.layers[2], hidden, boxes.logit(), lifted=40.0)
    state = {timm_name(key): value.contiguous() for key, value in made.state_dict().items()}
    save_file(state, folder / "model.safetensors")


def _many_eyed(sizes: dict[str, Any], labels: int, queries: int) -> Any:
    """A network whose queries look at different parts of the picture."""
    from transformers import (
        ResNetConfig,
        TableTransformerConfig,
        TableTransformerForObjectDetection,
    )

    backbone = ResNetConfig(**RESNET)
    config = TableTransformerConfig(
        **{**SIZES, **sizes}, backbone_config=backbone, num_queries=queries, num_labels=labels
    )
    made = randomized(TableTransformerForObjectDetection(config)).requires_grad_(False)
    made.model.query_position_embeddings.weight.mul_(20)
    return made


def _fit(layer: Any, given: torch.Tensor, wanted: torch.Tensor, lifted: float = 0.0) -> None:
    """The linear layer that turns these (N, D), all `lifted`, into those (N, K), N at most D."""
    solution = torch.linalg.pinv(given.double()) @ wanted.double()  # (D, K)
    layer.weight.copy_(solution.T)
    layer.bias.copy_(-lifted * solution.sum(0))


DOUBTFUL = {("table row", 2): 0.45, ("table column", 4): 0.5}
"""What the taught pair is not sure of."""


def taught_pair(folder: Path) -> tuple[Path, Page, Table]:
    """Folders `finds` and `reads` whose networks say the true table of the sample's page, and the
    page's file, the page without it, and that table.
    """
    path, page = sample_page(STRUCTURE)
    given, (table,) = PredictorInput(path, page), page.tables
    whole, box = page.box, table.box
    place = (box.x0 / whole.x1, box.y0 / whole.y1, box.x1 / whole.x1, box.y1 / whole.y1)
    taught(folder / "finds", "detection", [(0, place, 0.9)], given.color_picture(150))
    crop = crop_of(0, given, table_grid.empty_table(1, box))
    said = said_of(table, page, box.grown(7.2))
    taught(folder / "reads", "structure", said, crop.picture)
    return path, replace(page, tables=()), table


def said_of(table: Table, page: Page, outline: Box) -> list[Said]:
    """What a network has to say so that this table comes out."""
    found, count = [], dict.fromkeys(STRUCTURE_LABELS, 0)
    for label, box in table_grid.objects(table, page.words):
        count[label] += 1
        score = DOUBTFUL.get((label, count[label]), 0.97)
        place = (
            (box.x0 - outline.x0) / outline.width,
            (box.y0 - outline.y0) / outline.height,
            (box.x1 - outline.x0) / outline.width,
            (box.y1 - outline.y0) / outline.height,
        )
        found.append((STRUCTURE_LABELS.index(label), place, score))
    return found
