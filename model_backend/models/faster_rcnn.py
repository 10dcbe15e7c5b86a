"""Faster R-CNN with a ResNet and a feature pyramid: PubTables-1M's baseline for both tasks.

Ren et al. 2015, "Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks";
Smock, Pesala and Abraham 2022, "PubTables-1M", section 5. Reference: torchvision's
models/detection/{faster_rcnn,rpn,roi_heads,transform}.py, whose names of weights and numbers these
are; the code is ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from model_backend.checkpoints.checkpoint import Checkpoint
from model_backend.installed import InstalledModel
from model_backend.models.detector import (
    Detected,
    Found,
    PictureSize,
    in_groups,
    padded,
    picture_size,
    with_usual_colors,
)
from model_backend.models.loading import check_labels, fitted, sized
from model_backend.models.region_operations import (
    aligned,
    anchors_of,
    clipped,
    decoded,
    large_enough,
    suppressed_within,
)
from model_backend.models.resnet_fpn import ResNetPyramid, ResNetSizes

if TYPE_CHECKING:
    from model_backend.models.detector import Pixels

TITLE = "Faster R-CNN"
USUAL_SIZE = PictureSize(800, 1333)
"""torchvision's `min_size` and `max_size`."""
MULTIPLE = 32
"""A batch's sides are multiples of this."""
ANCHOR_SIDES = (32.0, 64.0, 128.0, 256.0, 512.0)
"""Of each level."""
RATIOS = (0.5, 1.0, 2.0)
MOST_PROPOSALS, PROPOSAL_OVERLAP = 1000, 0.7
"""Of each level before, and of all after suppression."""
BOX_WEIGHTS = (10.0, 10.0, 5.0, 5.0)
LEAST_SCORE, BOX_OVERLAP = 0.05, 0.5
MOST_BOXES = 300
"""Of one picture; torchvision's usual 100 are fewer than the parts of a long table."""
BINS, CANONICAL_SIDE, CANONICAL_LEVEL = 7, 224.0, 2
"""A region of 224 x 224 pixels is read from the third level (Lin et al. 2017, equation 1)."""
IGNORED = (r"\.num_batches_tracked$", r"^backbone\.body\.fc\.")


@dataclass(frozen=True)
class FasterRcnnConfig:
    """The sizes, all of which the weights tell; `classes` counts the background."""

    backbone: ResNetSizes
    pyramid: int
    hidden: int
    classes: int


@dataclass(frozen=True)
class Boxes:
    """What was found in one picture: boxes_px (N, 4), labels (N,) from 1, scores (N,)."""

    boxes_px: Tensor
    labels: Tensor
    scores: Tensor


class RegionHead(nn.Module):
    """For each anchor how likely something is there, and its box's code."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1)))
        self.cls_logits = nn.Conv2d(channels, len(RATIOS), 1)
        self.bbox_pred = nn.Conv2d(channels, 4 * len(RATIOS), 1)

    def forward(self, level: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, h, w) to logits (B, h w A) and codes (B, h w A, 4), row by row."""
        y = functional.relu(self.conv(level))  # (B, C, h, w)
        logits = self.cls_logits(y).permute(0, 2, 3, 1)  # (B, h, w, A)
        codes = self.bbox_pred(y).permute(0, 2, 3, 1)  # (B, h, w, 4 A)
        return logits.flatten(1), codes.reshape(level.shape[0], -1, 4)


class RegionProposals(nn.Module):
    """Regions where something may be."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.head = RegionHead(channels)

    def forward(
        self, levels: Sequence[Tensor], whole: tuple[int, int], sizes: Sequence[tuple[int, int]]
    ) -> list[Tensor | None]:
        """Regions (N, 4) of each picture from its levels (B, C, h, w), None where what is said of
        it are no numbers; `whole` is the batch's height and width, `sizes` are those of the
        pictures in it.
        """
        said = [self.head(level) for level in levels]  # each (B, h w A), (B, h w A, 4)
        anchors = [
            anchors_of([side], RATIOS, _grid(level), _strides(level, whole)).to(level.device)
            for side, level in zip(ANCHOR_SIDES, levels, strict=True)
        ]  # each (h w A, 4)
        found: list[Tensor | None] = []
        for number, size in enumerate(sizes):
            own = [(logits[number], codes[number]) for logits, codes in said]
            are_numbers = all(_are_numbers(*part) for part in own)
            found.append(_regions(own, anchors, size) if are_numbers else None)
        return found


def _are_numbers(*tensors: Tensor) -> bool:
    return all(bool(tensor.isfinite().all()) for tensor in tensors)


def _grid(level: Tensor) -> tuple[int, int]:
    return level.shape[-2], level.shape[-1]


def _strides(level: Tensor, whole: tuple[int, int]) -> tuple[int, int]:
    return whole[0] // level.shape[-2], whole[1] // level.shape[-1]


def _regions(
    said: Sequence[tuple[Tensor, Tensor]], anchors: Sequence[Tensor], size: tuple[int, int]
) -> Tensor:
    """The surest regions (N, 4) of a picture; of each level so many, suppressed by level."""
    boxes, chances, numbers = [], [], []
    for number, ((logits, codes), places) in enumerate(zip(said, anchors, strict=True)):
        best = logits.topk(min(MOST_PROPOSALS, len(logits))).indices  # (K,)
        box = clipped(decoded(codes[best, None], places[best])[:, 0], *size)  # (K, 4)
        keep = large_enough(box, 1e-3)  # (K,)
        boxes.append(box[keep])
        chances.append(logits[best][keep].sigmoid())
        numbers.append(torch.full_like(best[keep], number))
    all_boxes = torch.cat(boxes)  # (N, 4)
    sure, of_level = torch.cat(chances), torch.cat(numbers)  # (N,), (N,)
    kept = suppressed_within(all_boxes, sure, of_level, PROPOSAL_OVERLAP)  # (K,)
    return all_boxes[kept[:MOST_PROPOSALS]]


class BoxHead(nn.Module):
    """The features of a region as one vector."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.fc6 = nn.Linear(channels * BINS * BINS, hidden)
        self.fc7 = nn.Linear(hidden, hidden)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, 7, 7) to (N, H)."""
        y = functional.relu(self.fc6(x.flatten(1)))  # (N, H)
        return functional.relu(self.fc7(y))  # (N, H)


class BoxPredictor(nn.Module):
    """Label and box of a region."""

    def __init__(self, hidden: int, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.cls_score = nn.Linear(hidden, classes)
        self.bbox_pred = nn.Linear(hidden, 4 * classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, H) to logits (N, L) and codes (N, L, 4)."""
        return self.cls_score(x), self.bbox_pred(x).reshape(x.shape[0], self.classes, 4)


class RegionHeads(nn.Module):
    """What is in each region."""

    def __init__(self, channels: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.box_head = BoxHead(channels, hidden)
        self.box_predictor = BoxPredictor(hidden, classes)

    def forward(
        self, levels: Sequence[Tensor], regions: Tensor, whole: tuple[int, int]
    ) -> tuple[Tensor, Tensor]:
        """Logits (N, L) and codes (N, L, 4) of one picture's regions (N, 4), from its first four
        levels (C, h, w).
        """
        features = regions.new_zeros(len(regions), levels[0].shape[0], BINS, BINS)
        numbers = levels_of(regions)  # (N,)
        for number, level in enumerate(levels[:4]):
            members = torch.nonzero(numbers == number)[:, 0]  # (M,)
            scale = 2.0 ** round(float(torch.tensor(level.shape[-2] / whole[0]).log2()))
            read = aligned(level, regions[members], scale, BINS)  # (M, C, 7, 7)
            features[members] = read.to(features.dtype)
        logits, codes = self.box_predictor(self.box_head(features))  # (N, L), (N, L, 4)
        return logits, codes


def levels_of(regions: Tensor) -> Tensor:
    """The level (N,) in 0..3 that each region (N, 4) is read from, by its size."""
    sides = (regions[:, 2:] - regions[:, :2]).prod(-1).sqrt()  # (N,)
    numbers = (CANONICAL_LEVEL + (sides / CANONICAL_SIDE).log2() + 1e-6).floor()  # (N,)
    return numbers.clamp(0, 3).long()


class FasterRcnn(nn.Module):
    """The network."""

    def __init__(self, config: FasterRcnnConfig) -> None:
        super().__init__()
        self.backbone = ResNetPyramid(config.backbone, config.pyramid)
        self.rpn = RegionProposals(config.pyramid)
        self.roi_heads = RegionHeads(config.pyramid, config.hidden, config.classes)

    def forward(
        self, pixels: Tensor, sizes: Sequence[tuple[int, int]], temperature: float = 1.0
    ) -> list[Boxes | None]:
        """What is found in pictures of these heights and widths, padded to pixels (B, 3, H, W).

        None where the network gives no numbers.
        """
        whole = _grid(pixels)
        levels = self.backbone(pixels)  # each (B, C, h, w)
        found: list[Boxes | None] = []
        for number, regions in enumerate(self.rpn(levels, whole, sizes)):
            own = [level[number] for level in levels]  # each (C, h, w)
            said = None if regions is None else self._read(regions, own, whole, temperature)
            found.append(_best(said[0], clipped(said[1], *sizes[number])) if said else None)
        return found

    def _read(
        self, regions: Tensor, levels: Sequence[Tensor], whole: tuple[int, int], temperature: float
    ) -> tuple[Tensor, Tensor] | None:
        """Chances (N, L) and boxes (N, L, 4) of regions (N, 4); None where they are no numbers."""
        logits, codes = self.roi_heads(levels, regions, whole)  # (N, L), (N, L, 4)
        if not _are_numbers(logits, codes):
            return None
        boxes = decoded(codes.float(), regions.float(), BOX_WEIGHTS)  # (N, L, 4)
        return (logits.float() / temperature).softmax(-1), boxes


def _best(chances: Tensor, boxes: Tensor) -> Boxes:
    """From chances (N, L) and boxes (N, L, 4) those that count; label 0 is the background."""
    labels = torch.arange(chances.shape[1], device=chances.device).expand_as(chances)  # (N, L)
    flat = [part[:, 1:].flatten(0, 1) for part in (boxes, labels, chances)]  # (N (L - 1), ...)
    keep = (flat[2] > LEAST_SCORE) & large_enough(flat[0], 1e-2)  # (N (L - 1),)
    places, numbers, scores = (part[keep] for part in flat)
    kept = suppressed_within(places, scores, numbers, BOX_OVERLAP)[:MOST_BOXES]  # (K,)
    return Boxes(places[kept], numbers[kept], scores[kept])


@dataclass(frozen=True)
class FasterRcnnDetector:
    """The network with what comes before and after it; logits are divided by `temperature`."""

    module: FasterRcnn
    size: PictureSize
    temperature: float = 1.0

    def __call__(self, pictures: Sequence[Pixels]) -> list[Found]:
        """See `Detector`."""
        return in_groups(pictures, lambda picture: self.size.of(*picture.shape[:2]), self._look)

    def _look(self, pictures: Sequence[Pixels]) -> list[Found]:
        scaled = [self.scaled(picture) for picture in pictures]  # each (3, h, w)
        sizes = [_grid(picture) for picture in scaled]
        pixels, _mask = padded(scaled, multiple=MULTIPLE)  # (B, 3, H, W)
        device = next(self.module.parameters()).device
        with torch.inference_mode():
            said = self.module(pixels.to(device), sizes, self.temperature)
        return [
            _detected(boxes, picture.shape[0] / size[0], picture.shape[1] / size[1])
            for boxes, picture, size in zip(said, pictures, sizes, strict=True)
        ]

    def scaled(self, picture: Pixels) -> Tensor:
        """A picture normalised and scaled (bilinear, no antialiasing) as torchvision does: (3, H,
        W).
        """
        colors = with_usual_colors(torch.tensor(picture))  # (3, h, w)
        height, width = picture.shape[:2]
        small, large = min(height, width), max(height, width)
        scale = min(self.size.shortest / small, self.size.longest / large)
        return functional.interpolate(
            colors[None],
            scale_factor=scale,
            mode="bilinear",
            recompute_scale_factor=True,
            align_corners=False,
        )[0]


def _detected(boxes: Boxes | None, high: float, wide: float) -> Found:
    if boxes is None:
        return None
    places = boxes.boxes_px.cpu() * torch.tensor([wide, high, wide, high])  # (N, 4)
    rows = zip(places.tolist(), boxes.labels.tolist(), boxes.scores.tolist(), strict=True)
    return [Detected((x0, y0, x1, y1), label - 1, score) for (x0, y0, x1, y1), label, score in rows]


def renamed(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights by torchvision's names of today; until 0.13 pyramid and region head had no
    sequences around their convolutions.
    """
    found = {}
    for key, value in weights.items():
        name = re.sub(r"(inner_blocks|layer_blocks)\.(\d)\.(weight|bias)$", r"\1.\2.0.\3", key)
        found[re.sub(r"^rpn\.head\.conv\.(weight|bias)$", r"rpn.head.conv.0.0.\1", name)] = value
    return found


def config_of(weights: Mapping[str, Tensor]) -> FasterRcnnConfig:
    """The sizes of these weights; KeyError or IndexError where they lack what tells them."""
    stages = [f"backbone.body.layer{number}." for number in range(1, 5)]
    is_basic = f"{stages[0]}0.conv3.weight" not in weights
    sizes = ResNetSizes(
        stem=weights["backbone.body.conv1.weight"].shape[0],
        widths=tuple(weights[f"{stage}0.conv1.weight"].shape[0] for stage in stages),
        depths=tuple(
            len({key[len(stage) :].partition(".")[0] for key in weights if key.startswith(stage)})
            for stage in stages
        ),
        is_basic=is_basic,
    )
    return FasterRcnnConfig(
        sizes,
        pyramid=weights["rpn.head.cls_logits.weight"].shape[1],
        hidden=weights["roi_heads.box_head.fc7.weight"].shape[0],
        classes=weights["roi_heads.box_predictor.cls_score.weight"].shape[0],
    )


def load(checkpoint: Checkpoint, model: InstalledModel) -> FasterRcnnDetector:
    """The detector of an added model; UserError where its files do not fit."""
    weights = renamed(checkpoint.weights())
    config = sized(lambda: config_of(weights), TITLE)
    check_labels(model, config.classes - 1)
    module = fitted(lambda: FasterRcnn(config), weights, title=TITLE, ignored=IGNORED)
    size = picture_size(checkpoint.json("preprocessor_config.json"), USUAL_SIZE)
    return FasterRcnnDetector(module, size, model.temperature)
