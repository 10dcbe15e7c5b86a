"""Small checkpoints of the networks that look at pictures, with random weights that matter."""

# ruff: noqa: ANN401 - sizes of several kinds

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from model_backend.models.unet import UNet, UNetConfig, initialised
from model_backend.models.vgg16 import VGG16, VGG16Config

CHANNELS = (2,) * 2 + (3,) * 2 + (4,) * 3 + (4,) * 6


def small_unet(folder: Path, classes: int = 3, *, is_own: bool = False, **sizes: Any) -> UNet:
    """A U-Net as a plain state dict, or as a folder in our own format (valid convolutions)."""
    torch.manual_seed(4)
    usual: dict[str, Any] = {"widths": (4, 8, 16), "is_padded": not is_own, "has_norm": not is_own}
    network = initialised(UNet(UNetConfig(**{**usual, **sizes}), classes)).eval()
    with torch.no_grad():
        for key, value in network.state_dict().items():
            if key.endswith(("running_mean", "bias")):
                value.normal_(std=0.1)
    folder.mkdir(parents=True)
    if is_own:
        save_file(network.state_dict(), folder / "model.safetensors")
        labels = {0: "background", **{n: f"kind {n}" for n in range(1, classes)}}
        config = {"model_type": "proofdesk-unet", "is_padded": False, "id2label": labels}
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    else:
        torch.save(network.state_dict(), folder / "unet.pth")
    return network


def small_vgg16(folder: Path, classes: int = 16, *, has_norm: bool = False) -> VGG16:
    """A VGG16 as torchvision saves it."""
    torch.manual_seed(6)
    network = VGG16(VGG16Config(CHANNELS, 8, has_norm), classes).eval()
    folder.mkdir(parents=True)
    torch.save(network.state_dict(), folder / "vgg16.pth")
    return network
