"""Networks that say what is no number, no place, or more than anybody could look at."""

# ruff: noqa: ANN401 - weights and networks of several kinds

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from small_detectors import small_faster_rcnn, small_table_transformer, taught_pair
from small_models import LABELS, small_bert
from small_pictures import small_unet, small_vgg16

from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.document import Band, Box, Page, PageClass, Proposals, Region, Span, Table
from model_backend.errors import UserError
from model_backend.installed import InstalledModel, installed_model, write_record
from model_backend.models.detector import MOST_FOUND, Detected
from model_backend.networks import DETECTION, DETECTION_LABELS, STRUCTURE
from model_backend.predictors import predicting, tables_model
from model_backend.predictors.hot_models import HotModels
from model_backend.predictors.predicting import MOST_BOXES, checked, predict_pages
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.predictors.self_test import sample_page, self_test

OVERFLOW = 3e38


def added(path: Path, *labels: str, task: str = "") -> InstalledModel:
    found = recognize(path)
    return install(record_of(found, Answers(labels=labels, task=task)), found.files)


def state_of(path: Path) -> tuple[dict[str, Any], Callable[[dict[str, Any]], None]]:
    """The weights of a small model, and what writes them back."""
    if path.suffix == ".safetensors":
        return load_file(path), lambda state: save_file(state, path)
    return torch.load(path, weights_only=True), lambda state: torch.save(state, path)


def overflowing(path: Path, *keys: str) -> None:
    """Weights that are numbers, but so large that what comes of them is none."""
    state, write = state_of(path)
    for key in keys:
        state[key].fill_(OVERFLOW)
    write(state)


MADE: dict[str, tuple[Callable[[Path], Any], str, tuple[str, ...]]] = {
    "entities": (
        small_bert,
        "model.safetensors",
        ("classifier.weight", "bert.encoder.layer.1.output.LayerNorm.weight"),
    ),
    "detection": (
        lambda path: small_table_transformer(path, "detection"),
        "model.safetensors",
        ("class_labels_classifier.weight", "model.decoder.layernorm.weight"),
    ),
    "boxes of structure": (
        lambda path: small_table_transformer(path, "structure"),
        "model.safetensors",
        ("bbox_predictor.layers.0.weight", "bbox_predictor.layers.1.weight",
         "bbox_predictor.layers.2.weight", "model.decoder.layernorm.weight"),
    ),
    "regions": (
        lambda path: small_faster_rcnn(path / "m.pth"),
        "m.pth",
        ("rpn.head.bbox_pred.weight", "rpn.head.cls_logits.weight"),
    ),
    "region heads": (
        lambda path: small_faster_rcnn(path / "m.pth"),
        "m.pth",
        ("roi_heads.box_predictor.cls_score.weight", "roi_heads.box_head.fc7.weight"),
    ),
    "masks": (
        lambda path: small_unet(path, 3),
        "unet.pth",
        ("outc.conv.weight", "inc.double_conv.0.weight"),
    ),
    "page class": (small_vgg16, "vgg16.pth", ("classifier.6.weight", "classifier.3.bias")),
}  # fmt: skip


@pytest.mark.parametrize("kind", MADE)
def test_outputs_that_are_no_numbers_are_refused_at_the_trial(tmp_path: Path, kind: str) -> None:
    make, file, keys = MADE[kind]
    make(tmp_path / "small")
    overflowing(tmp_path / "small" / file, *keys)
    model = added(tmp_path / "small", *(("stamp", "sign") if kind == "masks" else ()))
    with pytest.raises(UserError, match="gave no numbers for the sample page"):
        self_test(model.name)


def test_page_that_overflows_is_told_and_its_neighbours_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, page, _table = taught_pair(tmp_path)
    names = [added(tmp_path / name).name for name in ("finds", "reads")]
    monkeypatch.setattr(predicting, "HOT", HotModels())
    (right,) = predict_pages([(path, page, "")], [",".join(names)])
    assert isinstance(right, tuple)
    for place in (0, 1):
        hot = HotModels()
        monkeypatch.setattr(predicting, "HOT", hot)
        predictor = hot.on_device(",".join(names)).predictor
        detector: Any = predictor.loaded[place]
        seen = detector.__class__.__call__

        def said(
            own: Any, pictures: Any, seen: Any = seen, detector: Any = detector
        ) -> list[list[Detected] | None]:
            found = seen(own, pictures)
            return [None, *found[1:]] if own is detector else found

        with monkeypatch.context() as patched:
            patched.setattr(detector.__class__, "__call__", said)
            first, second = predict_pages([(path, page, "")] * 2, [",".join(names)])
        assert isinstance(first, tuple)
        assert first[0].tables == ()
        assert first[0].notes == (NO_NUMBERS,)
        assert isinstance(second, tuple)
        assert second[0].notes == ()
        (table,), (alone,) = second[0].tables, right[0].tables
        assert (len(table.rows), len(table.columns)) == (len(alone.rows), len(alone.columns))


def test_label_map_that_is_too_short_is_refused(tmp_path: Path) -> None:
    small_table_transformer(tmp_path / "tatr", "structure")
    small_faster_rcnn(tmp_path / "rcnn" / "m.pth")
    small_unet(tmp_path / "unet")
    small_vgg16(tmp_path / "vgg")
    small_bert(tmp_path / "bert")
    models = [added(tmp_path / name) for name in ("tatr", "rcnn", "vgg", "bert")]
    for model in (*models, added(tmp_path / "unet", "stamp", "sign")):
        write_record(replace(model, labels=model.labels[:-1]))
        with pytest.raises(UserError, match=r"tell \d+ labels apart|have the wrong shape"):
            self_test(model.name)


def test_label_map_of_a_config_that_is_too_short_is_asked_for(tmp_path: Path) -> None:
    small_bert(tmp_path / "bert")
    config = json.loads((tmp_path / "bert" / "config.json").read_text())
    config["id2label"] = {"0": "O", "1": "B-QUESTION"}
    (tmp_path / "bert" / "config.json").write_text(json.dumps(config))
    found = recognize(tmp_path / "bert")
    assert (found.classes, found.labels) == (5, ())
    with pytest.raises(UserError, match="has 5 labels, but 2 different ones were named"):
        record_of(found, Answers(labels=LABELS[:2]))


@pytest.mark.parametrize("kind", [torch.int8, torch.float8_e4m3fn])
def test_weights_of_eight_bits_are_refused(tmp_path: Path, kind: torch.dtype) -> None:
    small_bert(tmp_path / "bert")
    path = tmp_path / "bert" / "model.safetensors"
    save_file({key: value.to(kind) for key, value in load_file(path).items()}, path)
    model = added(tmp_path / "bert")
    with pytest.raises(UserError, match="weights of BERT are quantised: "):
        self_test(model.name)


def test_weights_of_sixteen_and_of_sixty_four_bits_are_read(tmp_path: Path) -> None:
    small_vgg16(tmp_path / "vgg")
    said = []
    for kind in (torch.float32, torch.bfloat16, torch.float64):
        state, write = state_of(tmp_path / "vgg" / "vgg16.pth")
        write({key: value.to(kind) for key, value in state.items()})
        said.append(self_test(added(tmp_path / "vgg").name).summary.split()[0])
    assert len(set(said)) == 1


def test_pictures_of_many_channels_are_refused(tmp_path: Path) -> None:
    small_unet(tmp_path / "unet", 3, channels=7)
    model = added(tmp_path / "unet", "stamp", "sign")
    with pytest.raises(UserError, match="pictures of 7 channels"):
        self_test(model.name)


def test_network_that_looks_for_a_million_things_is_refused(tmp_path: Path) -> None:
    small_table_transformer(tmp_path / "tatr", "detection")
    state, write = state_of(tmp_path / "tatr" / "model.safetensors")
    key = "model.query_position_embeddings.weight"
    write({**state, key: torch.zeros(20_000, state[key].shape[1])})
    with pytest.raises(UserError, match=r"model\.safetensors has an impossible value of num_q"):
        self_test(added(tmp_path / "tatr").name)


@torch.inference_mode()
def test_only_the_surest_boxes_of_a_picture_are_looked_at(tmp_path: Path) -> None:
    small_table_transformer(tmp_path / "tatr", "detection")
    state, write = state_of(tmp_path / "tatr" / "model.safetensors")
    key = "model.query_position_embeddings.weight"
    many = torch.randn(MOST_FOUND + 200, state[key].shape[1]) * 3
    write({**state, key: many})
    predictor: Any = tables_model.create(added(tmp_path / "tatr"))
    picture = np.zeros((96, 96, 3), np.uint8)
    (found,) = predictor.detection.detector([picture])
    assert len(found) == MOST_FOUND
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)


def test_page_full_of_tables_keeps_the_surest() -> None:
    path, page = sample_page(DETECTION)
    given = PredictorInput(path, page)
    width, height = given.color_picture(tables_model.DPI).shape[1::-1]
    places = [(x * width / 20, y * height / 20) for x in range(20) for y in range(20)]
    found = [
        Detected((x, y, x + width / 25, y + height / 25), 0, 0.6 + number / 1000)
        for number, (x, y) in enumerate(places)
    ]
    model = InstalledModel("m", "faster-rcnn", DETECTION, DETECTION_LABELS, (), "")
    kept = tables_model.areas_of(given, found, model)
    assert len(kept) == tables_model.MOST_TABLES
    assert min(table.score or 0 for table in kept) == pytest.approx(0.9)


def table_of(number: int, rows: int, score: float) -> Table:
    bands = tuple(Band(row, row + 1) for row in range(rows))
    return Table(number, Box(0, 0, 9, rows), bands, (Band(0, 9),), score=score)


def test_impossible_and_too_many_proposals_are_left_out() -> None:
    box = Box(0, 0, 1, 1)
    many = tuple(Region(i, "x", box, score=i / 1e5) for i in range(1, MOST_BOXES + 11))
    nowhere = Region(10**6, "x", Box(0, 0, float("nan"), 1))
    said = checked(Proposals("m", regions=(*many, nowhere)))
    assert [region.id for region in said.regions] == list(range(11, MOST_BOXES + 11))
    assert said.notes == (
        "1 impossible proposals of the model were left out.",
        "More than 5000 boxes on one page: the 10 least sure were left out.",
    )


def test_boxes_of_tables_are_those_of_their_parts() -> None:
    tables = tuple(table_of(number, 998, number / 10) for number in range(1, 8))
    assert [table.id for table in checked(Proposals("m", tables=tables)).tables] == [3, 4, 5, 6, 7]
    spanned = replace(tables[-1], spans=(Span(0, 2, 0, 1),))
    said = checked(Proposals("m", tables=(*tables[:-1], spanned)))
    assert [table.id for table in said.tables] == [4, 5, 6, 7]


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -0.1, 1.5])
def test_kind_of_a_page_with_an_impossible_score_is_left_out(score: float) -> None:
    said = checked(Proposals("m", page_class=PageClass("letter", score)))
    assert said.page_class is None
    assert said.notes == ("1 impossible proposals of the model were left out.",)
    fine = Proposals("m", page_class=PageClass("letter", 1.0))
    assert checked(fine) == fine


def test_what_is_in_order_is_left_as_it_is(tmp_path: Path) -> None:
    path, page, _table = taught_pair(tmp_path)
    name = added(tmp_path / "reads").name
    assert installed_model(name).task == STRUCTURE
    (said,) = predict_pages([(path, page, "")], [name])
    assert isinstance(said, tuple)
    assert checked(said[0]) == said[0]
    assert isinstance(page, Page)
