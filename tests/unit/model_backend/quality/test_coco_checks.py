"""Checks of COCO files: ids, categories, pictures and areas."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model_backend.formats import read_member
from model_backend.formats.export import export, export_page
from model_backend.quality.checks import check, check_set
from model_backend.quality.repair_set import repair_dataset
from model_backend.quality.repairs import repaired

Json = dict[str, Any]


def annotation(own: object, **changes: Any) -> Json:  # noqa: ANN401 - any field
    square = [10, 10, 30, 10, 30, 30, 10, 30]
    base = {"id": own, "image_id": 1, "category_id": 1, "iscrowd": 0, "bbox": [10, 10, 20, 20]}
    return {**base, "area": 400, "segmentation": [square], **changes}


def coco_file(folder: Path, *annotations: Json, **changes: Any) -> Path:  # noqa: ANN401 - any field
    from PIL import Image

    folder.mkdir()
    Image.new("L", (100, 80), 255).save(folder / "one.png")
    image = {"id": 1, "file_name": "one.png", "width": 100, "height": 80}
    data = {
        "images": [image],
        "categories": [{"id": 1, "name": "stamp"}],
        "annotations": list(annotations),
        **changes,
    }
    (folder / "set.json").write_text(json.dumps(data))
    return folder / "set.json"


def rules(file: Path) -> Counter[str]:
    return Counter(one.rule for _item, found in check_set("coco", file) for one in found)


def test_sound_file_has_no_findings(tmp_path: Path) -> None:
    assert rules(coco_file(tmp_path / "in", annotation(1), annotation(2))) == {}


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("id-doubled", annotation(1)),
        ("id-missing", annotation(None)),
        ("annotation-without-image", annotation(2, image_id=9)),
        ("annotation-unusable", annotation(2, category_id=9)),
        ("annotation-flawed", annotation(2, segmentation=[[1, 2, 3, 4]])),
        ("area-differs", annotation(2, area=700)),
        ("box-outside-page", annotation(2, bbox=[90, 10, 20, 20])),
    ],
)
def test_wrong_annotation_breaks_just_one_rule(tmp_path: Path, rule: str, wrong: Json) -> None:
    assert rules(coco_file(tmp_path / "in", annotation(1), wrong)) == {rule: 1}


def test_unused_category_is_told(tmp_path: Path) -> None:
    categories = [{"id": 1, "name": "stamp"}, {"id": 2, "name": "logo"}]
    assert rules(coco_file(tmp_path / "in", annotation(1), categories=categories)) == {
        "category-unused": 1
    }


def test_missing_picture_is_told(tmp_path: Path) -> None:
    file = coco_file(tmp_path / "in", annotation(1))
    (file.parent / "one.png").unlink()
    assert rules(file) == {"image-missing": 1}


def test_picture_of_another_size_is_told(tmp_path: Path) -> None:
    image = {"id": 1, "file_name": "one.png", "width": 90, "height": 80}
    found = rules(coco_file(tmp_path / "in", annotation(1), images=[image]))
    assert found["image-size-differs"] == 1
    assert found.keys() <= {"image-size-differs", "unreadable"}


def test_area_is_measured_and_box_is_cut_by_repairs(tmp_path: Path) -> None:
    wrong = [annotation(1, area=700), annotation(2, bbox=[90, 10, 20, 20])]
    file = coco_file(tmp_path / "in", *wrong)
    item = read_member("coco", file, "1")
    page, changes = repaired(item.page, item.name, check(item.page, item.name, "coco"))
    assert {change.repair for change in changes} == {"measure-areas", "clip-boxes"}
    export("coco", [export_page(replace(item, page=page))], tmp_path / "out")
    assert rules(tmp_path / "out") == {}
    data = json.loads((tmp_path / "out" / "annotations" / "instances.json").read_text())
    assert [one["area"] for one in data["annotations"]] == [400, 400]
    assert data["annotations"][1]["bbox"] == [90, 10, 10, 20]


def test_areas_of_real_polygons_are_believed(shared_data: Path) -> None:
    """PubLayNet's areas differ from the filled-in ones by up to 7 %: that is no fault."""
    assert rules(shared_data / "publaynet" / "examples") == {}


def test_ids_used_twice_are_new_in_the_copy_and_in_the_report(tmp_path: Path) -> None:
    file = coco_file(tmp_path / "in", annotation(4), annotation(4), annotation(7))
    checked, report = repair_dataset("coco", file, tmp_path / "out")
    (change,) = checked.changes
    assert (change.rule, change.repair) == ("id-doubled", "number-anew")
    assert change.findings == ("the annotation id 4 is there 2 times",)
    assert checked.left == []
    data = json.loads((report.path / "annotations/instances.json").read_bytes())
    ids = [item["id"] for item in data["annotations"]]
    assert len(set(ids)) == 3
    assert {4, 7} <= set(ids)
