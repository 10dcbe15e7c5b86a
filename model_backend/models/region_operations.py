"""What detection by regions is made of: anchors, box coding, suppression, RoIAlign.

Girshick 2015, "Fast R-CNN" (box coding); Ren et al. 2015, "Faster R-CNN" (anchors); He et al. 2017,
"Mask R-CNN", section 3 (RoIAlign). Reference: torchvision's ops/boxes.py, ops/roi_align.py,
models/detection/{_utils,anchor_utils}.py; nothing of torchvision is needed. Boxes are x0, y0, x1,
y1 in pixels of the scaled picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

LARGEST_GROWTH = math.log(1000.0 / 16)
"""Of a box's side by its code, as a logarithm."""
SAMPLES = 2
"""Points per bin and axis at which RoIAlign reads the features."""
_REGIONS_AT_ONCE = 256


def anchors_of(
    sides: Sequence[float], ratios: Sequence[float], grid: tuple[int, int], stride: tuple[int, int]
) -> Tensor:
    """The anchors (h w A, 4) of one level: of each size and ratio (height / width) at each place
    of its (h, w) grid, row by row.
    """
    heights = torch.tensor([math.sqrt(ratio) for ratio in ratios])  # (R,)
    scales = torch.tensor([float(side) for side in sides])  # (S,)
    high = (heights[:, None] * scales).flatten()  # (A,)
    wide = ((1 / heights)[:, None] * scales).flatten()  # (A,)
    base = (torch.stack([-wide, -high, wide, high], -1) / 2).round()  # (A, 4)
    y, x = torch.meshgrid(
        torch.arange(grid[0]) * stride[0], torch.arange(grid[1]) * stride[1], indexing="ij"
    )  # (h, w)
    shifts = torch.stack([x, y, x, y], -1).reshape(-1, 1, 4)  # (h w, 1, 4)
    return (shifts + base).reshape(-1, 4)  # (h w A, 4)


def decoded(
    codes: Tensor, boxes: Tensor, weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
) -> Tensor:
    """Boxes (N, K, 4) from codes (N, K, 4) relative to boxes (N, 4): shifts of the centre in box
    sizes, and logarithms of the sides' growth.
    """
    sizes = (boxes[:, 2:] - boxes[:, :2])[:, None]  # (N, 1, 2)
    centers = boxes[:, None, :2] + sizes / 2  # (N, 1, 2)
    codes = codes / codes.new_tensor(weights)  # (N, K, 4)
    moved = codes[..., :2] * sizes + centers  # (N, K, 2)
    half = codes[..., 2:].clamp(max=LARGEST_GROWTH).exp() * sizes / 2  # (N, K, 2)
    return torch.cat([moved - half, moved + half], -1)  # (N, K, 4)


def clipped(boxes: Tensor, height: int, width: int) -> Tensor:
    """Boxes (..., 4) within the picture."""
    limits = boxes.new_tensor([width, height, width, height])  # (4,)
    return torch.minimum(boxes.clamp(min=0), limits)  # (..., 4)


def large_enough(boxes: Tensor, least: float) -> Tensor:
    """Which boxes (N, 4) have sides of at least so many pixels: (N,)."""
    sizes = boxes[:, 2:] - boxes[:, :2]  # (N, 2)
    return (sizes >= least).all(-1)


def overlaps(one: Tensor, other: Tensor) -> Tensor:
    """Intersection over union (N, M) of boxes (N, 4) and (M, 4)."""
    low = torch.maximum(one[:, None, :2], other[None, :, :2])  # (N, M, 2)
    high = torch.minimum(one[:, None, 2:], other[None, :, 2:])  # (N, M, 2)
    common = (high - low).clamp(min=0).prod(-1)  # (N, M)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(-1) for boxes in (one, other)]  # (N,), (M,)
    return common / (areas[0][:, None] + areas[1] - common)  # (N, M)


def suppressed(boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
    """Indices (K,) of the boxes that no surer one overlaps by more, the surest first."""
    order = scores.argsort(descending=True, stable=True)  # (N,)
    hides = (overlaps(boxes[order], boxes[order]) > threshold).cpu().numpy()  # (N, N)
    hidden = np.zeros(len(order), dtype=bool)  # (N,)
    kept: list[int] = []
    for index in range(len(order)):
        if not hidden[index]:
            kept.append(index)
            hidden |= hides[index]
    return order[torch.tensor(kept, dtype=torch.long, device=order.device)]


def suppressed_within(boxes: Tensor, scores: Tensor, groups: Tensor, threshold: float) -> Tensor:
    """The same among the boxes of each group (N,) alone; indices, the surest of all first."""
    kept = []
    for group in sorted(set(groups.tolist())):
        members = torch.nonzero(groups == group)[:, 0]  # (M,)
        kept.append(members[suppressed(boxes[members], scores[members], threshold)])
    if not kept:
        return torch.zeros(0, dtype=torch.long, device=boxes.device)
    found = torch.cat(kept)  # (K,)
    return found[scores[found].argsort(descending=True, stable=True)]


def aligned(features: Tensor, boxes: Tensor, scale: float, bins: int) -> Tensor:
    """RoIAlign: the mean of the features (C, H, W) at 2 x 2 points in each of bins x bins parts of
    boxes (N, 4), whose pixels times `scale` are the features' own: (N, C, bins, bins).
    """
    if not len(boxes):
        return features.new_zeros(0, features.shape[0], bins, bins)
    starts = range(0, len(boxes), _REGIONS_AT_ONCE)
    parts = [boxes[start : start + _REGIONS_AT_ONCE] for start in starts]  # each (n, 4)
    return torch.cat([_aligned(features, part * scale, bins) for part in parts])


def _aligned(features: Tensor, boxes: Tensor, bins: int) -> Tensor:
    channels, height, width = features.shape
    points = bins * SAMPLES
    steps = (torch.arange(points, device=boxes.device) + 0.5) / points  # (P,)
    sizes = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1)  # (N, 2)
    x = boxes[:, :1] + steps * sizes[:, :1]  # (N, P)
    y = boxes[:, 1:2] + steps * sizes[:, 1:]  # (N, P)
    inside_x = (x >= -1) & (x <= width)  # (N, P)
    inside_y = (y >= -1) & (y <= height)  # (N, P)
    inside = inside_y[:, :, None] & inside_x[:, None, :]  # (N, P, P)
    grid = torch.stack(
        [
            _in_grid(x, width)[:, None, :].expand(-1, points, -1),
            _in_grid(y, height)[:, :, None].expand(-1, -1, points),
        ],
        -1,
    )  # (N, P, P, 2)
    read = functional.grid_sample(
        features[None].float(),  # (1, C, H, W): in 16 bits places would be read a pixel off
        grid.reshape(1, -1, points, 2),  # (1, N P, P, 2)
        padding_mode="border",
        align_corners=True,
    )  # (1, C, N P, P)
    read = read.reshape(channels, len(boxes), points, points).transpose(0, 1)  # (N, C, P, P)
    return functional.avg_pool2d(read * inside[:, None], SAMPLES)  # (N, C, bins, bins)


def _in_grid(places: Tensor, count: int) -> Tensor:
    """Places in pixels as -1..1 between the first and the last pixel's centre."""
    return places * (2 / max(count - 1, 1)) - 1
