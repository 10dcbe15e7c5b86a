"""Faster R-CNN and its operations, against slow loops and a second construction by functions."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from checkpoint_keys import published_keys
from small_detectors import small_faster_rcnn
from torch import Tensor
from torch.nn import functional

from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.checkpoint import checkpoint_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.errors import UserError
from model_backend.models import faster_rcnn
from model_backend.models.detector import PictureSize
from model_backend.models.faster_rcnn import FasterRcnn, FasterRcnnConfig, FasterRcnnDetector
from model_backend.models.region_operations import (
    aligned,
    anchors_of,
    decoded,
    overlaps,
    suppressed,
    suppressed_within,
)
from model_backend.models.resnet_fpn import ResNetSizes
from model_backend.networks import DETECTION, STRUCTURE, STRUCTURE_LABELS

CLOSE = 1e-5
Weights = dict[str, Tensor]


def loaded(path: Path) -> FasterRcnnDetector:
    found = recognize(path)
    model = install(record_of(found, Answers()), found.files)
    return faster_rcnn.load(checkpoint_of(model), model)


def some_boxes(count: int, side: float, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    corners = torch.rand(count, 2, generator=generator) * side
    sizes = torch.rand(count, 2, generator=generator) * side / 2 + 0.5
    return torch.cat([corners, corners + sizes], -1)


def slow_pixel(feature: Tensor, y: float, x: float) -> Tensor:
    """Bilinear, as the paper's reference reads: nothing beyond a pixel outside, else the border."""
    height, width = feature.shape[1:]
    if not (-1 <= y <= height and -1 <= x <= width):
        return torch.zeros(len(feature))
    y, x = min(max(y, 0.0), height - 1.0), min(max(x, 0.0), width - 1.0)
    top, left = int(y), int(x)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    dy, dx = y - top, x - left
    upper = feature[:, top, left] * (1 - dx) + feature[:, top, right] * dx
    lower = feature[:, bottom, left] * (1 - dx) + feature[:, bottom, right] * dx
    return upper * (1 - dy) + lower * dy


def slow_align(feature: Tensor, boxes: Tensor, scale: float, bins: int) -> Tensor:
    found = torch.zeros(len(boxes), len(feature), bins, bins)
    for n, box in enumerate(boxes.tolist()):
        x0, y0, x1, y1 = (value * scale for value in box)
        wide, high = max(x1 - x0, 1.0) / bins, max(y1 - y0, 1.0) / bins
        for i in range(bins):
            for j in range(bins):
                for di in (0.25, 0.75):
                    for dj in (0.25, 0.75):
                        y, x = y0 + (i + di) * high, x0 + (j + dj) * wide
                        found[n, :, i, j] += slow_pixel(feature, y, x) / 4
    return found


def slow_suppressed(boxes: Tensor, scores: Tensor, threshold: float) -> list[int]:
    def iou(a: list[float], b: list[float]) -> float:
        wide = min(a[2], b[2]) - max(a[0], b[0])
        high = min(a[3], b[3]) - max(a[1], b[1])
        common = max(wide, 0.0) * max(high, 0.0)
        areas = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
        return common / (sum(areas) - common)

    left = sorted(range(len(boxes)), key=lambda index: -float(scores[index]))
    kept = []
    places = boxes.tolist()
    while left:
        kept.append(left[0])
        left = [n for n in left[1:] if iou(places[kept[-1]], places[n]) <= threshold]
    return kept


@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_roi_align_reads_what_a_slow_loop_reads(scale: float) -> None:
    feature = torch.randn(5, 13, 17, generator=torch.Generator().manual_seed(1))
    odd = torch.tensor([[-9.0, -9.0, -5.0, -5.0], [0, 0, 0.1, 0.1], [10, 8, 40, 40], [-3, 2, 9, 5]])
    boxes = torch.cat([some_boxes(12, 15 / scale), odd / scale])
    assert (
        aligned(feature, boxes, scale, 7) - slow_align(feature, boxes, scale, 7)
    ).abs().max() < (CLOSE)
    assert aligned(feature, boxes[:0], scale, 7).shape == (0, 5, 7, 7)


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.7])
def test_suppression_keeps_what_a_slow_loop_keeps(threshold: float) -> None:
    boxes = some_boxes(150, 40)
    scores = torch.rand(150, generator=torch.Generator().manual_seed(2))
    assert suppressed(boxes, scores, threshold).tolist() == slow_suppressed(
        boxes, scores, threshold
    )
    groups = torch.arange(150) % 3
    within = suppressed_within(boxes, scores, groups, threshold).tolist()
    slow = [
        members[index]
        for group in range(3)
        for members in [[n for n in range(150) if n % 3 == group]]
        for index in slow_suppressed(boxes[members], scores[members], threshold)
    ]
    assert within == sorted(slow, key=lambda index: -float(scores[index]))
    nothing = torch.zeros(0, dtype=torch.long)
    assert suppressed_within(boxes[:0], scores[:0], nothing, threshold).tolist() == []


def test_overlap_of_boxes_is_known_by_hand() -> None:
    one = torch.tensor([[0.0, 0.0, 2.0, 2.0]])
    other = torch.tensor([[1.0, 1.0, 3.0, 3.0], [5, 5, 6, 6], [0, 0, 2, 2]])
    assert overlaps(one, other)[0].tolist() == pytest.approx([1 / 7, 0, 1])


def test_anchors_are_those_of_the_paper() -> None:
    found = anchors_of([32.0], (0.5, 1.0, 2.0), (2, 3), (8, 16))
    assert found.shape == (18, 4)
    assert found[1].tolist() == [-16, -16, 16, 16]
    assert found[0].tolist() == [-23, -11, 23, 11]
    assert found[2].tolist() == [-11, -23, 11, 23]
    assert found[4].tolist() == [0, -16, 32, 16]
    assert found[10].tolist() == [-16, -8, 16, 24]


def test_codes_move_and_stretch_a_box() -> None:
    box = torch.tensor([[10.0, 20.0, 30.0, 60.0]])
    codes = torch.tensor([[[0.0, 0.0, 0.0, 0.0], [0.5, -0.25, math.log(2), 0.0], [0, 0, 99, 0]]])
    found = decoded(codes, box)[0]
    assert found[0].tolist() == [10, 20, 30, 60]
    assert found[1].tolist() == pytest.approx([10, 10, 50, 50])
    assert float(found[2, 2] - found[2, 0]) == pytest.approx(20 * 1000 / 16)


def again(state: Weights, pixels: Tensor, size: tuple[int, int]) -> list[tuple[list[float], int]]:
    """The whole network for one picture by torch's functions and loops over boxes."""
    levels = _levels(state, pixels)
    regions = _regions(state, levels, pixels, size)
    rows = []
    for region in regions:
        side = math.sqrt((region[2] - region[0]) * (region[3] - region[1]))
        number = min(max(math.floor(4 + math.log2(side / 224) + 1e-6), 2), 5) - 2
        read = slow_align(levels[number][0], torch.tensor([region]), 1 / 4 / 2**number, 7)
        hidden = read.flatten(1)
        for name in ("fc6", "fc7"):
            hidden = functional.relu(_linear(state, f"roi_heads.box_head.{name}", hidden))
        chances = _linear(state, "roi_heads.box_predictor.cls_score", hidden).softmax(-1)[0]
        codes = _linear(state, "roi_heads.box_predictor.bbox_pred", hidden)[0]
        for label in range(1, len(chances)):
            dx, dy, dw, dh = codes[4 * label : 4 * label + 4].tolist()
            box = _decoded(region, (dx / 10, dy / 10, dw / 5, dh / 5), size)
            if float(chances[label]) > 0.05 and min(box[2] - box[0], box[3] - box[1]) >= 0.01:
                rows.append((box, label, float(chances[label])))
    found = []
    for label in {row[1] for row in rows}:
        own = [row for row in rows if row[1] == label]
        boxes, scores = torch.tensor([r[0] for r in own]), torch.tensor([r[2] for r in own])
        found += [own[index] for index in slow_suppressed(boxes, scores, 0.5)]
    found.sort(key=lambda row: -row[2])
    return [(box, label) for box, label, _score in found[: faster_rcnn.MOST_BOXES]]


def _linear(state: Weights, name: str, x: Tensor) -> Tensor:
    return functional.linear(x, state[f"{name}.weight"], state[f"{name}.bias"])


def _convolved(state: Weights, name: str, x: Tensor, padding: int = 0) -> Tensor:
    return functional.conv2d(x, state[f"{name}.weight"], state[f"{name}.bias"], padding=padding)


def _levels(state: Weights, pixels: Tensor) -> list[Tensor]:
    def normed(x: Tensor, name: str, norm: str, stride: int) -> Tensor:
        weight = state[f"backbone.body.{name}.weight"]
        x = functional.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2)
        parts = ("running_mean", "running_var", "weight", "bias")
        values = [state[f"backbone.body.{norm}.{part}"] for part in parts]
        return functional.batch_norm(x, *values, eps=1e-5)

    x = functional.max_pool2d(normed(pixels, "conv1", "bn1", 2).relu(), 3, 2, 1)
    stages = []
    for stage in range(1, 5):
        for block in range(2):
            name, stride = f"layer{stage}.{block}", 2 if stage > 1 and not block else 1
            y = normed(x, f"{name}.conv1", f"{name}.bn1", stride).relu()
            y = normed(y, f"{name}.conv2", f"{name}.bn2", 1)
            if f"backbone.body.{name}.downsample.0.weight" in state:
                x = normed(x, f"{name}.downsample.0", f"{name}.downsample.1", stride)
            x = (x + y).relu()
        stages.append(x)
    inner: Tensor | None = None
    levels: list[Tensor] = []
    for number in (3, 2, 1, 0):
        lateral = _convolved(state, f"backbone.fpn.inner_blocks.{number}.0", stages[number])
        if inner is not None:
            rows = torch.arange(lateral.shape[2]) * inner.shape[2] // lateral.shape[2]
            columns = torch.arange(lateral.shape[3]) * inner.shape[3] // lateral.shape[3]
            lateral = lateral + inner[:, :, rows][:, :, :, columns]
        inner = lateral
        levels.insert(0, _convolved(state, f"backbone.fpn.layer_blocks.{number}.0", inner, 1))
    return [*levels, levels[-1][:, :, ::2, ::2]]


def _regions(
    state: Weights, levels: list[Tensor], pixels: Tensor, size: tuple[int, int]
) -> list[list[float]]:
    boxes, scores, groups = [], [], []
    for number, level in enumerate(levels):
        y = _convolved(state, "rpn.head.conv.0.0", level, 1).relu()
        logits = _convolved(state, "rpn.head.cls_logits", y)[0]
        codes = _convolved(state, "rpn.head.bbox_pred", y)[0]
        strides = [pixels.shape[2 + i] // level.shape[2 + i] for i in range(2)]
        own = []
        for row in range(level.shape[2]):
            for column in range(level.shape[3]):
                for anchor, ratio in enumerate((0.5, 1.0, 2.0)):
                    high = 32 * 2**number * math.sqrt(ratio)
                    wide = 32 * 2**number / math.sqrt(ratio)
                    half = [round(wide / 2), round(high / 2)]
                    x0, y0 = column * strides[1], row * strides[0]
                    place = [x0 - half[0], y0 - half[1], x0 + half[0], y0 + half[1]]
                    code = codes[4 * anchor : 4 * anchor + 4, row, column].tolist()
                    box = _decoded(place, code, size)
                    own.append((float(logits[anchor, row, column]), box))
        own.sort(key=lambda item: -item[0])
        for logit, box in own[: faster_rcnn.MOST_PROPOSALS]:
            if min(box[2] - box[0], box[3] - box[1]) >= 1e-3:
                boxes.append(box)
                scores.append(1 / (1 + math.exp(-logit)))
                groups.append(number)
    kept = []
    for group in set(groups):
        members = [n for n, other in enumerate(groups) if other == group]
        own_boxes = torch.tensor([boxes[n] for n in members])
        own_scores = torch.tensor([scores[n] for n in members])
        kept += [members[index] for index in slow_suppressed(own_boxes, own_scores, 0.7)]
    kept.sort(key=lambda index: -scores[index])
    return [boxes[index] for index in kept[: faster_rcnn.MOST_PROPOSALS]]


def _decoded(
    box: list[float], code: list[float] | tuple[float, ...], size: tuple[int, int]
) -> list[float]:
    wide, high = box[2] - box[0], box[3] - box[1]
    x, y = box[0] + wide / 2 + code[0] * wide, box[1] + high / 2 + code[1] * high
    w = wide * math.exp(min(code[2], math.log(1000 / 16))) / 2
    h = high * math.exp(min(code[3], math.log(1000 / 16))) / 2
    limits = [size[1], size[0], size[1], size[0]]
    places = [x - w, y - h, x + w, y + h]
    return [min(max(value, 0.0), limit) for value, limit in zip(places, limits, strict=True)]


@torch.inference_mode()
def test_network_finds_what_a_second_construction_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faster_rcnn, "MOST_PROPOSALS", 150)
    small_faster_rcnn(tmp_path / "weights.pth", 2)
    detector = loaded(tmp_path / "weights.pth")
    size = (120, 150)
    generator = torch.Generator().manual_seed(4)
    pixels = torch.zeros(1, 3, 128, 160)
    pixels[:, :, : size[0], : size[1]] = torch.randn(1, 3, *size, generator=generator)
    found = detector.module(pixels, [size])[0]
    expected = again(detector.module.state_dict(), pixels, size)
    assert len(expected) > 10
    assert found.labels.tolist() == [label for _box, label in expected]
    assert (found.boxes_px - torch.tensor([box for box, _label in expected])).abs().max() < 1e-3


@torch.inference_mode()
def test_picture_in_a_batch_is_read_as_alone(tmp_path: Path) -> None:
    small_faster_rcnn(tmp_path / "weights.pth", 2)
    detector = loaded(tmp_path / "weights.pth")
    generator = np.random.default_rng(2)
    pictures = [generator.integers(0, 255, (40, 50, 3), np.uint8) for _number in range(2)]
    assert detector.scaled(pictures[0]).shape == (3, 800, 1000)
    detector = replace(detector, size=PictureSize(160, 200))
    both = detector(pictures)
    assert [len(found) for found in both] == [len(detector([one])[0]) for one in pictures]
    for one, other in zip(both[1], detector([pictures[1]])[0], strict=True):
        assert one.label == other.label
        assert one.box_px == pytest.approx(other.box_px, abs=1e-2)
        assert 0 <= one.box_px[0] <= one.box_px[2] <= 50 + 1e-3


def test_old_and_new_names_are_the_same_network(tmp_path: Path) -> None:
    network = small_faster_rcnn(tmp_path / "new.pth", 6)
    small_faster_rcnn(tmp_path / "old.pth", 6, is_old=True)
    old = torch.load(tmp_path / "old.pth", weights_only=True)
    assert "backbone.fpn.inner_blocks.0.weight" in old
    assert "rpn.head.conv.weight" in old
    found = recognize(tmp_path / "old.pth")
    assert (found.network, found.task, found.labels) == (
        "faster-rcnn",
        STRUCTURE,
        STRUCTURE_LABELS,
    )
    for name in ("new", "old"):
        module = loaded(tmp_path / f"{name}.pth").module
        for key, value in network.state_dict().items():
            assert torch.equal(module.state_dict()[key], value), key


def test_keys_of_torchvision_are_all_used_and_none_is_missing() -> None:
    sizes = ResNetSizes(64, (64, 128, 256, 512), (2, 2, 2, 2))
    with torch.device("meta"):
        network = FasterRcnn(FasterRcnnConfig(sizes, 256, 1024, 7))
    assert network.state_dict().keys() == published_keys("fasterrcnn-resnet18-fpn")


def test_deeper_backbone_is_told_by_its_weights(tmp_path: Path) -> None:
    sizes = ResNetSizes(8, (8, 8, 8, 8), (1, 2, 1, 1), is_basic=False)
    network = FasterRcnn(FasterRcnnConfig(sizes, 8, 12, 3))
    torch.save(network.state_dict(), tmp_path / "weights.pth")
    module = loaded(tmp_path / "weights.pth").module
    assert module.state_dict().keys() == network.state_dict().keys()
    assert recognize(tmp_path / "weights.pth").task == DETECTION


def test_missing_weights_are_named_before_anything_is_built(tmp_path: Path) -> None:
    state = small_faster_rcnn(tmp_path / "weights.pth", 2).state_dict()
    for missing in ("backbone.body.layer3.0.conv1.weight", "rpn.head.bbox_pred.bias"):
        path = tmp_path / f"{missing}.pth"
        torch.save({key: value for key, value in state.items() if key != missing}, path)
        with pytest.raises(UserError, match=missing):
            loaded(path)
