"""U-Net and VGG16: loaded through our path, compared with independent constructions."""

# ruff: noqa: ANN401 - options of several kinds

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from small_pictures import small_unet, small_vgg16
from torch import Tensor
from torch.nn import functional

from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.checkpoint import checkpoint_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.errors import UserError
from model_backend.models import unet, vgg16
from model_backend.models.tiles import tiling_of, whole
from model_backend.networks import RVL_CDIP

CLOSE = 1e-5


def loaded(folder: Path, module: Any, *labels: str) -> Any:
    found = recognize(folder)
    model = install(record_of(found, Answers(labels=labels)), found.files)
    return module.load(checkpoint_of(model), model)


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"is_padded": False, "has_norm": False}, (140, 108)),
        ({"is_padded": True, "has_norm": True}, (150, 99)),
    ],
)
@torch.inference_mode()
def test_tiles_say_what_the_whole_picture_says(
    tmp_path: Path, sizes: dict[str, bool], shown: tuple[int, int]
) -> None:
    network = small_unet(tmp_path / "unet", **sizes)
    picture = torch.rand(3, *shown, generator=torch.Generator().manual_seed(2)).numpy()
    tiling = tiling_of(network.config, 32)

    def run(tiles: Any) -> list[Any]:
        return [network(torch.from_numpy(tile)[None])[0].numpy() for tile in tiles]

    said = whole(picture, tiling, run)
    assert len(tiling.tiles(picture)) == -(-shown[0] // 32) * -(-shown[1] // 32)
    height, width = shown
    if sizes["is_padded"]:  # zeros beyond the picture, mirrored borders beyond tiles: the middle
        large = [-(-side // 4) * 4 for side in shown]
        padded = np.zeros((3, *large), np.float32)
        padded[:, :height, :width] = picture
        right = network(torch.from_numpy(padded)[None])[0].numpy()
        inner = (slice(None), slice(24, height - 28), slice(24, width - 28))
        assert np.abs(said - right[:, :height, :width])[inner].max() < CLOSE
    else:
        sees = unet.margin(2)
        mirrored = np.pad(picture, ((0, 0), (sees, sees + 40), (sees, sees + 40)), mode="reflect")
        sides = [side - side % 4 for side in mirrored.shape[1:]]
        right = network(torch.from_numpy(mirrored[:, : sides[0], : sides[1]])[None])[0].numpy()
        assert right.shape[1] >= height
        assert right.shape[2] >= width
        assert np.abs(said - right[:, :height, :width]).max() < CLOSE


def test_paper_network_turns_572_pixels_into_388() -> None:
    with torch.device("meta"):
        network = unet.UNet(unet.UNetConfig(channels=1, has_bias=True), 2)
        assert network(torch.zeros(1, 1, 572, 572)).shape == (1, 2, 388, 388)
    convolutions = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    ups = [m for m in network.modules() if isinstance(m, torch.nn.ConvTranspose2d)]
    assert len(convolutions) + len(ups) == 23
    assert unet.margin(4) == (572 - 388) / 2
    tiling = tiling_of(network.config)
    assert (tiling.side, tiling.step) == (572, 384)


def test_initialisation_keeps_the_variance() -> None:
    network = unet.initialised(unet.UNet(unet.UNetConfig(widths=(64, 128)), 2))
    weight = network.down1.maxpool_conv[1].double_conv[0].weight
    assert weight.std().item() == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)
    # of an up-convolution each pixel that comes out sees one that went in: N is 128, not 128 x 4
    assert network.up1.up.weight.std().item() == pytest.approx((2 / 128) ** 0.5, rel=0.02)


@pytest.mark.parametrize("is_bilinear", [False, True])
@torch.inference_mode()
def test_plain_state_dict_says_what_its_functions_say(tmp_path: Path, is_bilinear: bool) -> None:
    """milesial's layout, written again as a row of torch's functions over the weights by name."""
    own = small_unet(tmp_path / "unet", is_bilinear=is_bilinear, has_bias=False)
    state = own.state_dict()
    network = loaded(tmp_path / "unet", unet, "stamp", "signature")
    assert (network.config.is_padded, network.config.channels) == (True, 3)
    assert network.config.is_bilinear is is_bilinear

    def double(x: Tensor, name: str) -> Tensor:
        for number in (0, 3):
            x = functional.conv2d(x, state[f"{name}.double_conv.{number}.weight"], padding=1)
            norm = f"{name}.double_conv.{number + 1}"
            parts = [
                state[f"{norm}.{k}"] for k in ("running_mean", "running_var", "weight", "bias")
            ]
            x = functional.relu(functional.batch_norm(x, *parts, eps=1e-5))
        return x

    picture = torch.rand(2, 3, 24, 32, generator=torch.Generator().manual_seed(8))
    down = [double(picture, "inc")]
    for number in (1, 2):
        down.append(double(functional.max_pool2d(down[-1], 2), f"down{number}.maxpool_conv.1"))
    x = down.pop()
    for number in (1, 2):
        if is_bilinear:
            x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        else:
            weight, bias = (state[f"up{number}.up.{part}"] for part in ("weight", "bias"))
            x = functional.conv_transpose2d(x, weight, bias, stride=2)
        x = double(torch.cat([down.pop(), x], 1), f"up{number}.conv")
    right = functional.conv2d(x, state["outc.conv.weight"], state["outc.conv.bias"])
    assert (network(picture) - right).abs().max() < CLOSE


def test_published_keys_of_unet_are_all_used() -> None:
    published = {
        f"{part}.double_conv.{n}.{kind}"
        for part in ("inc", *(f"down{i}.maxpool_conv.1" for i in range(1, 5)),
                     *(f"up{i}.conv" for i in range(1, 5)))
        for n, kinds in ((0, ["weight"]), (3, ["weight"]),
                         (1, NORM), (4, NORM))
        for kind in kinds
    } | {f"up{i}.up.{kind}" for i in range(1, 5) for kind in ("weight", "bias")}  # fmt: skip
    published |= {"outc.conv.weight", "outc.conv.bias"}
    with torch.device("meta"):
        config = unet.UNetConfig(is_padded=True, has_norm=True, has_bias=False)
        ours = {key for key in unet.UNet(config, 2).state_dict() if "num_batches" not in key}
    assert ours == published


NORM = ["weight", "bias", "running_mean", "running_var"]


def test_own_format_has_valid_convolutions_and_names_its_labels(tmp_path: Path) -> None:
    right = small_unet(tmp_path / "own", is_own=True)
    assert recognize(tmp_path / "own").labels == ("kind 1", "kind 2")
    network = loaded(tmp_path / "own", unet)
    assert not network.config.is_padded
    tile = torch.rand(1, 3, 60, 60)
    assert torch.equal(network(tile), right(tile))


@pytest.mark.parametrize("has_norm", [False, True])
@torch.inference_mode()
def test_vgg16_says_what_its_functions_say(tmp_path: Path, has_norm: bool) -> None:
    state = small_vgg16(tmp_path / "vgg16", has_norm=has_norm).state_dict()
    network = loaded(tmp_path / "vgg16", vgg16)
    picture = torch.randint(0, 256, (2, 3, 224, 224)).float()
    means, deviations = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])
    x = (picture / 255 - means[:, None, None]) / deviations[:, None, None]
    number = 0
    for count in (2, 2, 3, 3, 3):
        for _convolution in range(count):
            name = f"features.{number}"
            x = functional.conv2d(x, state[f"{name}.weight"], state[f"{name}.bias"], padding=1)
            number += 1
            if has_norm:
                parts = [state[f"features.{number}.{k}"]
                         for k in ("running_mean", "running_var", "weight", "bias")]  # fmt: skip
                x = functional.batch_norm(x, *parts)
                number += 1
            x = functional.relu(x)
            number += 1
        x = functional.max_pool2d(x, 2)
        number += 1
    x = x.flatten(1)
    for number in (0, 3, 6):
        name = f"classifier.{number}"
        x = functional.linear(x, state[f"{name}.weight"], state[f"{name}.bias"])
        x = functional.relu(x) if number < 6 else x
    assert (network(picture) - x).abs().max() < CLOSE


def test_vgg16_has_the_published_sizes_and_pages_their_classes(tmp_path: Path) -> None:
    with torch.device("meta"):
        network = vgg16.VGG16(vgg16.VGG16Config(), 1000)
    assert sum(value.numel() for value in network.parameters()) == 138_357_544
    convolutions = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
    layers = [f"features.{n}" for n in convolutions] + [f"classifier.{n}" for n in (0, 3, 6)]
    assert set(network.state_dict()) == {f"{x}.{k}" for x in layers for k in ("weight", "bias")}
    small_vgg16(tmp_path / "pages")
    assert recognize(tmp_path / "pages").labels == RVL_CDIP


def test_other_layers_are_refused(tmp_path: Path) -> None:
    state = small_vgg16(tmp_path / "vgg16").state_dict()
    fewer = {key: value for key, value in state.items() if not key.startswith("features.28.")}
    torch.save(fewer, tmp_path / "vgg16" / "vgg16.pth")
    with pytest.raises(UserError, match="other layers"):
        loaded(tmp_path / "vgg16", vgg16)
