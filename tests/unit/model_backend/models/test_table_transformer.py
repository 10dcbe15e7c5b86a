"""Table Transformer: every published layout loads, and says what its authors' network says."""

# ruff: noqa: ANN401 - modules of several kinds

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from checkpoint_keys import published_keys
from small_detectors import RESNET, SIZES, randomized, small_table_transformer
from torch import Tensor, nn
from torch.nn import functional
from transformers.image_transforms import get_size_with_aspect_ratio

from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.checkpoint import checkpoint_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.errors import UserError
from model_backend.models import table_transformer
from model_backend.models.detector import PictureSize, normalized, padded, picture_size
from model_backend.models.resnet_fpn import ResNet, ResNetSizes
from model_backend.models.table_transformer import TableTransformerDetector
from model_backend.models.table_transformer_keys import renamed
from model_backend.networks import DETECTION, STRUCTURE, STRUCTURE_LABELS

CLOSE = 1e-5


def loaded(path: Path, **answers: Any) -> TableTransformerDetector:
    found = recognize(path)
    model = install(record_of(found, Answers(**answers)), found.files)
    return table_transformer.load(checkpoint_of(model), model)


def two_pictures() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    return padded([torch.randn(3, *size, generator=generator) for size in ((96, 128), (128, 80))])


@pytest.mark.parametrize(("task", "layout"), [("detection", "v1.0"), ("structure", "v1.1")])
@torch.inference_mode()
def test_published_folders_say_what_transformers_says(
    tmp_path: Path, task: str, layout: str
) -> None:
    reference = small_table_transformer(tmp_path / "folder", task, layout)
    detector = loaded(tmp_path / "folder")
    pixels, mask = two_pictures()
    logits, boxes = detector.module(pixels, mask)
    expected = reference(pixels, pixel_mask=mask)
    assert (logits - expected.logits).abs().max() < CLOSE
    assert (boxes - expected.pred_boxes).abs().max() < CLOSE
    assert logits.shape[1:] == ((15, 3) if task == "detection" else (125, 7))


@torch.inference_mode()
def test_folder_saved_by_transformers_itself_loads_too(tmp_path: Path) -> None:
    reference = small_table_transformer(tmp_path / "published", "structure")
    reference.save_pretrained(tmp_path / "saved")
    pixels, mask = two_pictures()
    logits, _boxes = loaded(tmp_path / "saved").module(pixels, mask)
    assert (logits - reference(pixels, pixel_mask=mask).logits).abs().max() < CLOSE


@torch.inference_mode()
def test_both_spellings_of_transformers_are_the_same_weights(tmp_path: Path) -> None:
    state = small_table_transformer(tmp_path / "published", "detection").state_dict()
    later = {
        key.replace("out_proj", "o_proj")
        .replace(".fc", ".mlp.fc")
        .replace("backbone.conv_encoder.model.", "backbone.model."): value
        for key, value in state.items()
    }
    assert not any("out_proj" in key for key in later)
    again = renamed(later)
    assert again.keys() == state.keys()
    assert all(again[key] is value for key, value in state.items())


class AuthorsDetr(nn.Module):
    """facebookresearch/detr with `pre_norm`, written anew with its own names of weights."""

    def __init__(self, queries: int, classes: int) -> None:
        super().__init__()
        side, heads = SIZES["d_model"], SIZES["encoder_attention_heads"]
        sizes = ResNetSizes(RESNET["embedding_size"], tuple(RESNET["hidden_sizes"]), (2, 2, 2, 2))
        self.backbone = nn.ModuleList([nn.ModuleDict({"body": ResNet(sizes)})])
        self.input_proj = nn.Conv2d(RESNET["hidden_sizes"][-1], side, 1)
        self.query_embed = nn.Embedding(queries, side)
        layers = {}
        for name, ending, hidden in (("encoder", 2, 24), ("decoder", 3, 20)):
            parts = [self._layer(side, heads, hidden, ending) for _number in range(2)]
            body = {"layers": nn.ModuleList(parts), "norm": nn.LayerNorm(side)}
            layers[name] = nn.ModuleDict(body)
        self.transformer = nn.ModuleDict(layers)
        self.class_embed = nn.Linear(side, classes + 1)
        heads_of_boxes = [nn.Linear(side, side), nn.Linear(side, side), nn.Linear(side, 4)]
        self.bbox_embed = nn.ModuleDict({"layers": nn.ModuleList(heads_of_boxes)})

    @staticmethod
    def _layer(side: int, heads: int, hidden: int, norms: int) -> nn.ModuleDict:
        layer = {"self_attn": nn.MultiheadAttention(side, heads)}
        if norms == 3:
            layer["multihead_attn"] = nn.MultiheadAttention(side, heads)
        ends = {"linear1": nn.Linear(side, hidden), "linear2": nn.Linear(hidden, side)}
        norm = {f"norm{number + 1}": nn.LayerNorm(side) for number in range(norms)}
        return nn.ModuleDict({**layer, **ends, **norm})

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        parts: Any = self
        features = self.input_proj(parts.backbone[0]["body"](picture)[-1])
        places = self._places(*features.shape[-2:])
        x = features.flatten(2).permute(2, 0, 1)
        encoder, decoder = parts.transformer["encoder"], parts.transformer["decoder"]
        for layer in encoder["layers"]:
            y = layer["norm1"](x)
            x = x + layer["self_attn"](y + places, y + places, y)[0]
            x = x + self._ends(layer, layer["norm2"](x))
        memory = encoder["norm"](x)
        queries = self.query_embed.weight[:, None]
        z = torch.zeros_like(queries)
        for layer in decoder["layers"]:
            y = layer["norm1"](z)
            z = z + layer["self_attn"](y + queries, y + queries, y)[0]
            y = layer["norm2"](z)
            z = z + layer["multihead_attn"](y + queries, memory + places, memory)[0]
            z = z + self._ends(layer, layer["norm3"](z))
        hidden = decoder["norm"](z).transpose(0, 1)
        boxes = hidden
        for number, part in enumerate(parts.bbox_embed["layers"]):
            boxes = part(boxes) if number == 2 else functional.relu(part(boxes))
        return self.class_embed(hidden), boxes.sigmoid()

    @staticmethod
    def _ends(layer: Any, x: Tensor) -> Tensor:
        ends: Tensor = layer["linear2"](functional.relu(layer["linear1"](x)))
        return ends

    @staticmethod
    def _places(height: int, width: int) -> Tensor:
        """DETR's sine embedding, number by number: y's half first, then x's."""
        half = SIZES["d_model"] // 2
        found = torch.zeros(height * width, 1, 2 * half)
        for y in range(height):
            for x in range(width):
                for start, at, count in ((0, y, height), (half, x, width)):
                    angle = (at + 1) / (count + 1e-6) * 2 * math.pi
                    for i in range(half):
                        turn = angle / 10000 ** (2 * (i // 2) / half)
                        found[y * width + x, 0, start + i] = (math.sin, math.cos)[i % 2](turn)
        return found


@torch.inference_mode()
def test_authors_file_says_what_their_network_says(tmp_path: Path) -> None:
    network = randomized(AuthorsDetr(25, 6))
    path = tmp_path / "pubtables1m_structure_detr_r18.pth"
    torch.save({"model": network.state_dict(), "epoch": 20}, path)
    found = recognize(path)
    assert (found.task, found.labels) == (STRUCTURE, STRUCTURE_LABELS)
    # eight heads are the authors' number: a file has no config that could say otherwise
    record = record_of(found, Answers())
    model = install(record, found.files)
    picture = torch.randn(1, 3, 96, 160, generator=torch.Generator().manual_seed(1))
    mask = torch.ones(1, 96, 160)
    eight = table_transformer.load(checkpoint_of(model), model)
    for layer in _attentions(network):
        layer.num_heads, layer.head_dim = 8, 2
    logits, boxes = eight.module(picture, mask)
    expected = network(picture)
    assert (logits - expected[0]).abs().max() < CLOSE
    assert (boxes - expected[1]).abs().max() < CLOSE


def _attentions(network: nn.Module) -> list[Any]:
    return [part for part in network.modules() if isinstance(part, nn.MultiheadAttention)]


@pytest.mark.parametrize("name", ["table-transformer-structure", "pubtables1m-detr-r18"])
def test_keys_of_published_files_are_all_used_and_none_is_missing(name: str) -> None:
    from transformers import (
        ResNetConfig,
        TableTransformerConfig,
        TableTransformerForObjectDetection,
    )

    sizes = {"embedding_size": 64, "hidden_sizes": [64, 128, 256, 512], "depths": [2, 2, 2, 2]}
    backbone = ResNetConfig(**sizes, layer_type="basic", out_features=["stage4"])
    config = TableTransformerConfig(backbone_config=backbone, num_queries=125, num_labels=6)
    with torch.device("meta"):
        network = TableTransformerForObjectDetection(config)
        given = renamed({key: torch.zeros(3) for key in published_keys(name)})
    assert given.keys() == network.state_dict().keys()
    assert round(sum(value.numel() for value in network.parameters()) / 1e6, 1) == 28.8


def test_detections_are_in_pixels_of_each_picture(tmp_path: Path) -> None:
    reference = small_table_transformer(tmp_path / "folder", "structure")
    detector = loaded(tmp_path / "folder")
    generator = np.random.default_rng(2)
    pictures = [generator.integers(0, 255, (h, w, 3), np.uint8) for h, w in ((256, 512), (90, 60))]
    for picture in pictures:
        height, width = picture.shape[:2]
        scaled = normalized(picture, detector.size.of(height, width))
        assert max(scaled.shape) == 128
        with torch.inference_mode():
            said = reference(scaled[None])
        chances = said.logits.softmax(-1)[0]
        best = chances[:, :6].max(-1).values
        order = sorted(range(len(best)), key=lambda number: -float(best[number]))
        wanted = [number for number in order if best[number] > 0.05]
        found = detector([picture])[0]
        assert len(found) == len(wanted)
        for one, number in zip(found, wanted, strict=True):
            x, y, w, h = (float(value) for value in said.pred_boxes[0, number])
            corners = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
            expected = [value * side for value, side in zip(corners, [width, height] * 2)]  # noqa: B905
            assert one.box_px == pytest.approx(expected, abs=1e-3)
            assert one.score == pytest.approx(float(best[number]), abs=1e-5)


def test_sizes_are_those_that_each_version_publishes() -> None:
    usual = PictureSize(700, 700)
    assert picture_size({"size": 800, "max_size": 1000}, usual) == PictureSize(800, 1000)
    assert picture_size({"size": {"longest_edge": 800}}, usual) == PictureSize(800, 800)
    both = {"size": {"shortest_edge": 800, "longest_edge": 1333}}
    assert picture_size(both, usual) == PictureSize(800, 1333)
    assert picture_size({}, usual) == usual
    assert PictureSize(800, 1333).of(1000, 1000) == (800, 800)
    assert PictureSize(800, 1333).of(500, 2000) == (333, 1333)
    assert PictureSize(1000, 1000).of(2000, 500) == (1000, 250)


def test_sizes_are_those_of_the_image_processor() -> None:
    """Where the longer side is bound its own arithmetic may lose a pixel to floats; the paper's
    code rounds.
    """
    for height in range(301, 2500, 83):
        for width in range(301, 2500, 97):
            theirs = get_size_with_aspect_ratio((height, width), 800, 1333)
            ours = PictureSize(800, 1333).of(height, width)
            assert min(ours) == min(theirs)
            assert max(ours) == max(theirs) or (max(ours), max(theirs)) == (1333, 1332)


@pytest.mark.parametrize(
    ("file", "changes", "said"),
    [
        ("config.json", {"dilation": True}, "impossible value of dilation"),
        ("config.json", {"encoder_attention_heads": 5}, "do not make a network"),
        ("config.json", {"position_embedding_type": "odd"}, "do not make a network"),
        ("preprocessor_config.json", {"size": 10**6}, "preprocessor_config.json has an impossible"),
        ("preprocessor_config.json", {"size": {"height": 800}}, "impossible value of size"),
    ],
)
def test_files_that_do_not_fit_are_refused(
    tmp_path: Path, file: str, changes: dict[str, Any], said: str
) -> None:
    small_table_transformer(tmp_path / "folder", "detection")
    path = tmp_path / "folder" / file
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(UserError, match=said):
        loaded(tmp_path / "folder")


def test_missing_weights_are_named(tmp_path: Path) -> None:
    network = small_table_transformer(tmp_path / "folder", "detection")
    state = network.state_dict()
    for missing in ("model.encoder.layernorm.bias", "model.encoder.layers.0.fc1.weight"):
        path = tmp_path / f"{missing}.pth"
        torch.save({key: value for key, value in state.items() if key != missing}, path)
        with pytest.raises(UserError, match=missing):
            loaded(path, task=DETECTION)
