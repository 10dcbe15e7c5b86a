"""Data sets measured against data sets: real ones against themselves and against altered copies."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from model_backend.document import Box, Region
from model_backend.errors import UserError
from model_backend.metrics.evaluate import evaluate
from model_backend.metrics.page_measures import pairs


@pytest.fixture
def forms(shared_data: Path, tmp_path: Path) -> Path:
    """Three of FUNSD's forms, copied."""
    source = shared_data / "funsd" / "training_data"
    for file in sorted((source / "annotations").iterdir())[:3]:
        for kind, suffix in (("annotations", ".json"), ("images", ".png")):
            (tmp_path / "truth" / kind).mkdir(parents=True, exist_ok=True)
            name = file.stem + suffix
            shutil.copy(source / kind / name, tmp_path / "truth" / kind / name)
    return tmp_path / "truth"


def test_forms_agree_with_themselves(forms: Path) -> None:
    found = evaluate("funsd", forms, forms)
    assert found["pages"] == 3
    assert found["entities"]["f1"] == found["relations"]["f1"] == 1
    assert found["entities"]["words"]["f1"] == 1
    assert found["only_in_truth"] == found["only_in_predicted"] == found["unreadable"] == []
    assert json.loads(json.dumps(found)) == found


def test_one_changed_label_and_lost_page_show(forms: Path, tmp_path: Path) -> None:
    other = tmp_path / "predicted"
    shutil.copytree(forms, other)
    files = sorted((other / "annotations").iterdir())
    data = json.loads(files[0].read_text())
    question = next(item for item in data["form"] if item["text"] == "Suggestion:")
    question["label"] = "header"
    files[0].write_text(json.dumps(data))
    files[1].unlink()
    files[2].write_text("{")
    found = evaluate("funsd", forms, other)
    labels = found["entities"]["labels"]
    assert found["pages"] == 1
    assert labels["question"]["truth"] - labels["question"]["predicted"] == 1
    assert labels["answer"]["f1"] == 1
    assert found["relations"]["recall"] < 1
    assert len(found["only_in_truth"]) == 2
    assert files[2].name in found["unreadable"][0]


def test_data_sets_without_a_common_page_are_refused(forms: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(forms, other)
    for file in (*(other / "annotations").iterdir(), *(other / "images").iterdir()):
        file.rename(file.with_name("x" + file.name))
    with pytest.raises(UserError, match="nothing to compare"):
        evaluate("funsd", forms, other)


def coco(folder: Path, annotations: list[dict[str, object]]) -> Path:
    folder.mkdir()
    records = [
        {"id": i, "image_id": 1, "category_id": 1, "iscrowd": 0, **annotation}
        for i, annotation in enumerate(annotations, start=1)
    ]
    data = {
        "images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 20}],
        "categories": [{"id": 1, "name": "stamp"}],
        "annotations": records,
    }
    (folder / "annotations.json").write_text(json.dumps(data))
    return folder


def test_masks_are_compared_by_pixels(tmp_path: Path) -> None:
    square = [[0, 0, 10, 0, 10, 10, 0, 10]]
    half = [[0, 0, 10, 0, 10, 5, 0, 5]]
    truth = coco(
        tmp_path / "truth", [{"bbox": [0, 0, 10, 10], "area": 100, "segmentation": square}]
    )
    said = coco(tmp_path / "said", [{"bbox": [0, 0, 10, 5], "area": 50, "segmentation": half}])
    found = evaluate("coco", truth, said)["masks"]
    assert found["iou"] == 0.5
    assert found["dice"] == pytest.approx(2 / 3)
    assert found["ap50"] == pytest.approx(1)
    assert found["ap75"] == 0
    assert evaluate("coco", truth, truth)["objects"]["ap"] == pytest.approx(1)


def test_groups_of_things_are_neither_right_nor_wrong(tmp_path: Path) -> None:
    crowd = {"size": [20, 40], "counts": [400, 400]}
    stamp = {"bbox": [0, 0, 10, 10], "area": 100, "segmentation": [[0, 0, 10, 0, 10, 10, 0, 10]]}
    group = {"bbox": [20, 0, 20, 20], "area": 400, "segmentation": crowd, "iscrowd": 1}
    one_of_them = {"bbox": [25, 5, 5, 5], "area": 25, "segmentation": [[25, 5, 30, 5, 30, 10]]}
    truth = coco(tmp_path / "truth", [stamp, group])
    said = coco(tmp_path / "said", [one_of_them, stamp])
    found = evaluate("coco", truth, said)
    assert found["objects"]["ap"] == pytest.approx(1)
    assert found["masks"]["ap"] == pytest.approx(1)


def test_real_tables_agree_with_themselves(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "pubtables_format_icdar2013c"
    folder = tmp_path / "ICDAR-2013.c_Image_Structure_PASCAL_VOC"
    (folder / "test").mkdir(parents=True)
    original = source / folder.name
    for file in sorted((original / "test").glob("*.xml"))[:4]:
        shutil.copy(file, folder / "test" / file.name)
    found = evaluate("pubtables", tmp_path, tmp_path)
    assert found["pages"] == 4
    assert found["tables"]["topology"] == found["tables"]["content"] == 1
    assert found["objects"]["ap"] == pytest.approx(1)


def test_partners_are_the_greatest_overlaps() -> None:
    a, b = Region(1, "x", Box(0, 0, 10, 10)), Region(2, "x", Box(5, 0, 15, 10))
    near, far = Region(3, "x", Box(6, 0, 16, 10)), Region(4, "x", Box(90, 0, 99, 9))
    assert pairs([a, b], [far, near]) == [(a, None), (b, near), (None, far)]
    assert pairs([], []) == []
