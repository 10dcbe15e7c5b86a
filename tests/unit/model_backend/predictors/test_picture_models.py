"""Masks and kinds of pages by networks that were added; batches and devices of all of them."""

# ruff: noqa: ANN401 - networks of two kinds

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from small_pictures import small_unet, small_vgg16

from model_backend import masks, runtime
from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.document import Page, PageGeometry, Status
from model_backend.errors import UserError
from model_backend.installed import installed_model, write_record
from model_backend.networks import PAGE_CLASS, RVL_CDIP
from model_backend.predictors import batches, hot_models, masks_model, page_class_model, predicting
from model_backend.predictors.device_report import PROGRAM
from model_backend.predictors.hot_models import HotModels
from model_backend.predictors.predicting import predict_pages
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.self_test import sample_page, self_test


def added(path: Path, *labels: str) -> str:
    found = recognize(path)
    return install(record_of(found, Answers(labels=labels)), found.files).name


class Dark(torch.nn.Module):
    """In the place of a U-Net: dark pixels are stamps, red ones signatures."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, tiles: torch.Tensor) -> torch.Tensor:
        red, green, _blue = tiles.unbind(1)
        stamp = torch.where((red < 0.5) & (green < 0.5), 3.0, -3.0)
        signature = torch.where((red > 0.5) & (green < 0.5), 1.0, -3.0)
        return torch.stack([torch.zeros_like(red), stamp, signature], 1)


def test_connected_pixels_are_regions_and_specks_are_not(tmp_path: Path) -> None:
    from PIL import Image

    picture = np.full((1100, 850, 3), 255, np.uint8)
    picture[100:150, 200:300] = 0  # a stamp of 100 x 50 pixels
    picture[100:150, 230:240] = 255  # cut in two
    picture[600:640, 400:440] = (255, 0, 0)
    picture[900:903, 100:103] = 0  # a speck
    Image.fromarray(picture).save(tmp_path / "page.png", dpi=(100, 100))
    geometry = PageGeometry("test", 850, 1100, dpi=100)
    page = Page(1, 1, 0, width=850, height=1100, unit="px", geometry=geometry)
    small_unet(tmp_path / "unet")
    predictor = masks_model.create(installed_model(added(tmp_path / "unet", "stamp", "signature")))
    seen = replace(predictor, network=Dark(predictor.network.config).eval())
    given = PredictorInput(tmp_path / "page.png", page)
    said = seen([given])[0]
    assert given.color_picture(masks_model.DPI).shape == (1100, 850, 3)
    assert [region.label for region in said.regions] == ["stamp", "stamp", "signature"]
    stamp, _other, signature = said.regions
    assert (stamp.box.x0, stamp.box.y0, stamp.box.x1, stamp.box.y1) == (200, 100, 230, 150)
    assert stamp.mask is not None
    assert masks.area(stamp.mask) == 30 * 50
    total = np.exp(3) + 1 + np.exp(-3)
    assert stamp.score == pytest.approx(np.exp(3) / total, abs=1e-4)
    assert (stamp.status, stamp.source) == (Status.PROPOSED, predictor.name)
    cooler = replace(seen, model=replace(predictor.model, temperature=3.0))
    assert cooler([given])[0].regions[0].score < 0.7
    stricter = replace(seen, model=replace(predictor.model, thresholds=(("signature", 0.99),)))
    assert [region.label for region in stricter([given])[0].regions] == ["stamp", "stamp"]
    assert signature.score == pytest.approx(np.e / (np.e + 1 + np.exp(-3)), abs=1e-4)


def test_one_class_alone_is_yes_or_no(tmp_path: Path) -> None:
    small_unet(tmp_path / "unet", classes=1, channels=1)
    name = added(tmp_path / "unet", "stamp")
    assert installed_model(name).labels == ("stamp",)
    logits = np.array([[[-2.0, 0.0, 2.0]]], np.float32)
    chances = masks_model.label_chances(logits, 1.0)
    assert chances[1, 0] == pytest.approx(1 / (1 + np.exp([2.0, 0.0, -2.0])))
    assert self_test(name).picture.startswith(b"\x89PNG")


def test_kind_of_a_page_is_proposed_however_unsure(tmp_path: Path) -> None:
    small_vgg16(tmp_path / "vgg16")
    name = added(tmp_path / "vgg16")
    path, page = sample_page(PAGE_CLASS)
    said = predict_pages([(path, page, ""), (path, page, "")], [name])
    for proposals in said:
        assert not isinstance(proposals, UserError)
        kind = proposals[0].page_class
        assert kind is not None
        assert kind.label in RVL_CDIP
        assert (kind.source, kind.status) == (name, Status.PROPOSED)
        assert 1 / 16 <= (kind.score or 0) < 1
    write_record(replace(installed_model(name), temperature=1000.0))
    unsure = predict_pages([(path, page, "")], [name])[0]
    assert not isinstance(unsure, UserError)
    assert unsure[0].page_class is not None
    assert unsure[0].page_class.score == pytest.approx(1 / 16, abs=1e-3)


def test_memory_that_is_short_halves_the_batches(tmp_path: Path) -> None:
    small_vgg16(tmp_path / "vgg16")
    predictor = page_class_model.create(installed_model(added(tmp_path / "vgg16")))
    path, page = sample_page(PAGE_CLASS)
    pages = [PredictorInput(path, page) for _number in range(7)]
    expected = predictor(pages[:1])[0].page_class
    counts: list[int] = []

    def short(_module: Any, given: Any) -> None:
        counts.append(len(given[0]))
        if counts[-1] > 2:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    predictor.network.register_forward_pre_hook(short)
    said = predictor(pages)
    assert counts == [7, 3, 1, 1, 1, 1, 1, 1, 1]
    assert said[0].notes == ("Memory was short: 1 at a time.",)
    assert [item.page_class.label for item in said if item.page_class] == [expected.label] * 7  # type: ignore[union-attr]


def test_one_page_that_is_too_much_is_told(tmp_path: Path) -> None:
    def short(_parts: Any) -> Any:
        raise MemoryError

    with pytest.raises(UserError, match="smaller model or the CPU"):
        batches.in_batches([1, 2, 3], 2, short)
    with pytest.raises(RuntimeError, match="shapes"):
        batches.in_batches([1], 2, _wrong)


def _wrong(_parts: Any) -> Any:
    raise RuntimeError("shapes do not match")


def test_models_are_let_go_when_memory_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_vgg16(tmp_path / "one")
    small_vgg16(tmp_path / "two")
    names = [added(tmp_path / "one"), added(tmp_path / "two")]
    hot = HotModels()
    first, second = (hot.predictor(name) for name in names)
    assert hot.predictor(names[0]) is first
    hot.keep_room()
    assert hot.predictor(names[1]) is second
    monkeypatch.setattr(hot_models, "is_short_of", lambda _size: True)
    hot.keep_room()
    assert hot.size == second.size  # type: ignore[attr-defined]
    assert hot.predictor(names[1]) is second


def test_each_call_lets_go_of_what_others_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_vgg16(tmp_path / "one")
    small_vgg16(tmp_path / "two")
    names = [added(tmp_path / "one"), added(tmp_path / "two")]
    hot = HotModels()
    monkeypatch.setattr(predicting, "HOT", hot)
    path, page = sample_page(PAGE_CLASS)
    predict_pages([(path, page, "")], names)
    both = hot.size
    monkeypatch.setattr(hot_models, "is_short_of", lambda _size: True)
    predict_pages([(path, page, "")], [])
    assert hot.size == both / 2


def test_device_that_is_not_there_is_told_and_the_cpu_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert runtime.torch_device("cpu") == runtime.Device("cpu", "", "as chosen")
    with pytest.raises(UserError, match="auto, cuda, mps, cpu"):
        runtime.torch_device("gpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert runtime.torch_device("cuda").name == "cpu"
    assert "cuda was chosen" in runtime.torch_device("cuda").reason
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert runtime.torch_device().name == "cuda"
    assert runtime.torch_device("cuda").reason == "as chosen"


def test_card_without_memory_leaves_the_model_on_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_vgg16(tmp_path / "vgg16")
    name = added(tmp_path / "vgg16")
    move = torch.nn.Module.to

    def short(module: Any, device: Any) -> Any:
        if device == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return move(module, device)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    monkeypatch.setattr(torch.nn.Module, "to", short)
    predictor: Any = HotModels().predictor(name, "cuda")
    assert predictor.device.name == "cpu"
    path, page = sample_page(PAGE_CLASS)
    told = "The memory of cuda does not do for this model: it ran on the CPU."
    said = predictor([PredictorInput(path, page)] * 2)
    assert [proposals.notes for proposals in said] == [(told,), ()]


def test_card_that_is_full_of_others_is_emptied_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_vgg16(tmp_path / "one")
    small_vgg16(tmp_path / "two")
    names = [added(tmp_path / "one"), added(tmp_path / "two")]
    hot = HotModels()

    def full(module: Any, device: Any) -> Any:
        if hot.size:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return module

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    monkeypatch.setattr(torch.nn.Module, "to", full)
    hot.predictor(names[0], "cuda")
    second: Any = hot.predictor(names[1], "cuda")
    assert (second.device.name, second.note) == ("cuda", "")
    assert hot.size == second.size


def test_half_precision_is_for_cards_alone() -> None:
    with runtime.calculating(runtime.Device("cpu", "", "")):
        assert not torch.is_autocast_enabled("cpu")
        assert not torch.is_autocast_enabled("cuda")


def test_threads_are_as_many_as_there_are_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*runtime.THREADS, runtime.WAITING):
        monkeypatch.delenv(name, raising=False)
    runtime.settle_threads()
    assert runtime.os.environ[runtime.WAITING] == "PASSIVE"
    assert {runtime.os.environ[name] for name in runtime.THREADS} == {str(runtime.thread_count())}
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    runtime.settle_threads()
    assert runtime.os.environ["OMP_NUM_THREADS"] == "7"
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "trial.onnx"
        program.write_bytes(PROGRAM)
        options = runtime.session(program).get_session_options()
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    assert options.intra_op_num_threads == runtime.thread_count()
    monkeypatch.setenv(runtime.WAITING, "ACTIVE")
    runtime.settle_threads()
    assert runtime.os.environ[runtime.WAITING] == "ACTIVE"
