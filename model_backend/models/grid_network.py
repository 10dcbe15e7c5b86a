"""The network that reads a table's grid from a coarse raster of its words and rulings.

A split-and-merge network after Tensmeyer et al. (2019, "Deep Splitting and Merging for Table
Structure Decomposition"): features of the plane are pooled along each axis into profiles, in which
the white between rows is told from the white inside of cells; columns are told by what is known of
rows then (captions, notes and headings run across them), and merged cells by what is known of both.
It sees no pixels but the channels of `predictors.grid_raster`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class GridConfig:
    """Sizes: input channels, features of the plane and of profiles, blocks of each."""

    channels: int = 9
    plane: int = 24
    profile: int = 72
    blocks: int = 3
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 1)
    row_classes: int = 4
    column_classes: int = 2
    merges: int = 2


class PlaneBlock(nn.Module):
    """Features of a place, of its neighbours, and of its whole row and column."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.near = nn.Conv2d(width, width, 3, padding=1)
        self.mixed = nn.Conv2d(width, width, 1)
        self.along = nn.Conv1d(width, width, 1)
        self.down = nn.Conv1d(width, width, 1)

    def forward(self, plane: Tensor, valid: Tensor) -> Tensor:
        """(B, F, h, w) to the same; `valid` (B, 1, h, w) is 0 where the raster has an end."""
        near = functional.relu(self.near(plane)) * valid  # (B, F, h, w)
        rows = self.along(mean_of(near, valid, 3))[..., None]  # (B, F, h, 1)
        columns = self.down(mean_of(near, valid, 2))[:, :, None]  # (B, F, 1, w)
        return functional.relu(plane + self.mixed(near) + rows + columns) * valid


def mean_of(plane: Tensor, valid: Tensor, axis: int) -> Tensor:
    """The mean along an axis of (B, F, h, w), of valid places alone."""
    return plane.sum(dim=axis) / valid.sum(dim=axis).clamp(min=1.0)  # (B, F, h or w)


class ProfileBlock(nn.Module):
    """Features along one axis, of places `dilation` apart."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.second = nn.Conv1d(width, width, 1)

    def forward(self, profile: Tensor, valid: Tensor) -> Tensor:
        """(B, P, n) to the same; `valid` (B, 1, n) is 0 where the raster has an end."""
        inner = functional.relu(self.first(profile))  # (B, P, n)
        return functional.relu(profile + self.second(inner)) * valid


class Profile(nn.Module):
    """One axis: the plane's features pooled across it, and the raster's own sums."""

    def __init__(self, config: GridConfig, classes: int) -> None:
        super().__init__()
        self.begin = nn.Conv1d(2 * config.plane + 2 * config.channels, config.profile, 3, padding=1)
        self.blocks = nn.ModuleList(ProfileBlock(config.profile, d) for d in config.dilations)
        self.end = nn.Conv1d(config.profile, classes, 3, padding=1)

    def forward(self, raster: Tensor, plane: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, classes, H) and features (B, P, H) along the second last axis, from
        (B, C, H, W) and (B, F, H / 2, W / 2).
        """
        valid = raster[:, -1:]  # (B, 1, H, W)
        mean = mean_of(plane, valid[:, :, ::2, ::2], 3)  # (B, F, H / 2)
        pooled = torch.cat([mean, plane.amax(dim=3)], dim=1)  # (B, 2 F, H / 2)
        fine = functional.interpolate(pooled, scale_factor=2.0, mode="nearest")  # (B, 2 F, H)
        own = torch.cat([mean_of(raster, valid, 3), raster.amax(dim=3)], dim=1)  # (B, 2 C, H)
        there = valid.amax(dim=3)  # (B, 1, H)
        features = functional.relu(self.begin(torch.cat([fine, own], dim=1))) * there  # (B, P, H)
        for block in self.blocks:
            features = block(features, there)
        return self.end(features), features  # (B, classes, H), (B, P, H)


class GridNetwork(nn.Module):
    """Profiles of rows and columns, and where cells are merged."""

    def __init__(self, config: GridConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or GridConfig()
        half = config.plane // 2
        self.stem = nn.Sequential(
            nn.Conv2d(config.channels, half, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(half, config.plane, 3, stride=2, padding=1),
            nn.ReLU(),
        )
        self.blocks = nn.ModuleList(PlaneBlock(config.plane) for _ in range(config.blocks))
        self.rows = Profile(config, config.row_classes)
        self.row_hints = nn.Conv1d(config.profile, config.plane, 1)
        self.parting = PlaneBlock(config.plane)
        self.columns = Profile(config, config.column_classes)
        self.column_hints = nn.Conv1d(config.profile, config.plane, 1)
        self.merging = PlaneBlock(config.plane)
        self.merges = nn.Conv2d(config.plane, config.merges, 1)

    def forward(self, raster: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of rows (B, 4, H), of columns (B, 2, W), and of merged places
        (B, 2, H / 2, W / 2), from rasters (B, C, H, W) of even height and width.
        """
        valid = raster[:, -1:, ::2, ::2]  # (B, 1, H / 2, W / 2)
        plane = self.stem(raster) * valid  # (B, F, H / 2, W / 2)
        for block in self.blocks:
            plane = block(plane, valid)
        rows, along = self.rows(raster, plane)  # (B, 4, H), (B, P, H)
        along = functional.avg_pool1d(self.row_hints(along), 2)[..., None]  # (B, F, H / 2, 1)
        plane = self.parting(functional.relu(plane + along) * valid, valid)  # (B, F, H / 2, W / 2)
        turned = raster.transpose(2, 3), plane.transpose(2, 3)
        columns, down = self.columns(*turned)  # (B, 2, W), (B, P, W)
        down = functional.avg_pool1d(self.column_hints(down), 2)[:, :, None]  # (B, F, 1, W / 2)
        plane = functional.relu(plane + down) * valid  # (B, F, H / 2, W / 2)
        return rows, columns, self.merges(self.merging(plane, valid))
