"""What goes wrong with COCO elsewhere: each hazard of its particulars, tried here."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pycocotools.mask as coco_mask
import pytest
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from model_backend import masks
from model_backend.document import Box, Document, Page, PageGeometry, Region
from model_backend.errors import UserError
from model_backend.formats import ExportPage, ReadPage, WriteOptions, read
from model_backend.formats.export import convert, export, export_page
from model_backend.formats.pictures import FilePicture

pytestmark = pytest.mark.filterwarnings(  # pycocotools
    "ignore:__array__ implementation:DeprecationWarning"
)
Json = dict[str, Any]
GOOD: Json = {
    "id": 5, "image_id": 1, "category_id": 3, "bbox": [1.5, 2, 30.25, 4], "area": 99.5,
    "iscrowd": 0, "segmentation": [[1, 2, 31, 2, 31, 6, 1, 6]],
}  # fmt: skip


def coco_set(folder: Path, annotations: list[Json], **changes: Any) -> Path:  # noqa: ANN401
    data: Json = {
        "images": [{"id": 1, "file_name": "a.png", "width": 80, "height": 100}],
        "annotations": annotations,
        "categories": [
            {"id": 7, "name": "Page-footer", "supercategory": ""},
            {"id": 3, "name": "List-item", "supercategory": "x", "keypoints": []},
        ],
        **changes,
    }
    (folder / "images").mkdir(parents=True)
    for image in data["images"]:
        target = folder / "images" / image["file_name"]
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (80, 100), "white").save(target)
    (folder / "set.json").write_text(json.dumps(data))
    return folder


def there_and_back(folder: Path, out: Path) -> Json:
    convert("coco", folder, "coco", out)
    found: Json = json.loads((out / "annotations/instances.json").read_bytes())
    return found


def only(path: Path) -> ReadPage:
    (page,) = read("coco", path)
    assert isinstance(page, ReadPage), page
    return page


def test_category_ids_order_and_keys_stay_and_nothing_is_needed_on_top(tmp_path: Path) -> None:
    annotation = {**GOOD, "precedence": 1, "attributes": {"a": "b"}, "ignore": 0}
    images = [{
        "id": 1, "file_name": "a.png", "width": 80, "height": 100, "doc_category": "patents",
        "collection": "c", "doc_name": "d.pdf", "page_no": 4, "precedence": 0,
    }]  # fmt: skip
    folder = coco_set(tmp_path / "in", [annotation], images=images)
    before = json.loads((folder / "set.json").read_text())
    after = there_and_back(folder, tmp_path / "out")
    assert after["categories"] == before["categories"]
    assert after["annotations"] == before["annotations"]
    assert after["images"] == before["images"]
    assert "info" in after  # loadRes of some versions needs it


def test_redundant_annotations_of_a_page_are_no_doubles(tmp_path: Path) -> None:
    twice = [GOOD | {"precedence": 0}, GOOD | {"id": 6, "precedence": 1}]
    after = there_and_back(coco_set(tmp_path / "in", twice), tmp_path / "out")
    assert after["annotations"] == twice


def test_box_and_area_of_the_file_stay_beside_an_outline_that_says_another(tmp_path: Path) -> None:
    after = there_and_back(coco_set(tmp_path / "in", [GOOD]), tmp_path / "out")
    assert after["annotations"][0]["bbox"] == GOOD["bbox"]
    assert after["annotations"][0]["area"] == 99.5


def test_several_parts_closed_ends_and_doubled_points_of_outlines_stay(tmp_path: Path) -> None:
    parts = [[1, 2, 9, 2, 9, 2, 9, 6, 1, 2], [20, 2, 31, 2, 31, 6.25]]
    after = there_and_back(
        coco_set(tmp_path / "in", [GOOD | {"segmentation": parts}]), tmp_path / "out"
    )
    assert after["annotations"][0]["segmentation"] == parts


def test_boxes_below_zero_are_not_cut(tmp_path: Path) -> None:
    outside = GOOD | {"bbox": [-0.4906, -2, 90, 104.5]}
    after = there_and_back(coco_set(tmp_path / "in", [outside]), tmp_path / "out")
    assert after["annotations"] == [outside]


@pytest.mark.parametrize("is_crowd", [0, 1])
@pytest.mark.parametrize("is_compressed", [True, False])
def test_run_lengths_stay_run_lengths_of_their_kind(
    tmp_path: Path, is_crowd: int, is_compressed: bool
) -> None:
    bitmap = np.zeros((100, 80), np.uint8, order="F")
    bitmap[2:6, 1:31] = 1
    bitmap[3:5, 10:20] = 0
    counts: Any = coco_mask.encode(bitmap)["counts"].decode()
    if not is_compressed:
        counts = masks.runs_of(counts.encode())
    annotation = GOOD | {
        "segmentation": {"size": [100, 80], "counts": counts},
        "iscrowd": is_crowd,
    }
    after = there_and_back(coco_set(tmp_path / "in", [annotation]), tmp_path / "out")
    assert after["annotations"] == [annotation]
    page = only(tmp_path / "in")
    moved = replace(page.page.regions[0], label="Page-footer")
    export(
        "coco", [export_page(replace(page, page=replace(page.page, regions=(moved,))))],
        tmp_path / "changed",
    )  # fmt: skip
    (found,) = COCO(tmp_path / "changed/annotations/instances.json").loadAnns(5)
    assert np.array_equal(coco_mask.decode(_compressed(found["segmentation"])), bitmap)
    assert found["iscrowd"] == is_crowd


def _compressed(segmentation: Json) -> Json:
    if isinstance(segmentation["counts"], list):
        found: Json = coco_mask.frPyObjects(segmentation, *segmentation["size"])
        return found
    return segmentation


def test_hole_leaves_as_a_mask_and_not_as_a_second_outline_that_fills_it(tmp_path: Path) -> None:
    bitmap = np.zeros((100, 80), np.uint8)
    bitmap[10:30, 10:30] = 1
    bitmap[15:25, 15:25] = 0
    page = Page(
        0, 0, 0, 80.0, 100.0, "px", PageGeometry("test", 80, 100), next_id=2,
        regions=(Region(1, "logo", Box(10, 10, 30, 30), mask=masks.mask_from_bitmap(bitmap)),),
    )  # fmt: skip
    Image.new("L", (80, 100)).save(tmp_path / "a.png")
    document = Document(0, "x", "", "image/png", 1)
    export("coco", [ExportPage("a", page, document, FilePicture(tmp_path / "a.png"))],
           tmp_path / "out")  # fmt: skip
    data = COCO(tmp_path / "out/annotations/instances.json")
    (annotation,) = data.loadAnns(data.getAnnIds())
    assert np.array_equal(data.annToMask(annotation), bitmap)
    assert annotation["area"] == 300
    json.dumps(annotation)  # counts are text, never bytes


def test_drawn_boxes_have_an_outline_ids_from_one_and_count_for_the_evaluation(
    tmp_path: Path,
) -> None:
    page = Page(
        0, 0, 0, 80.0, 100.0, "px", PageGeometry("test", 80, 100), next_id=3,
        regions=(Region(1, "a", Box(1, 1, 30, 40)), Region(2, "b", Box(30, 50, 60, 90))),
    )  # fmt: skip
    Image.new("L", (80, 100)).save(tmp_path / "a.png")
    document = Document(0, "x", "", "image/png", 1)
    export("coco", [ExportPage("a", page, document, FilePicture(tmp_path / "a.png"))],
           tmp_path / "out")  # fmt: skip
    file = tmp_path / "out/annotations/instances.json"
    data = COCO(file)
    assert data.getAnnIds() == [1, 2]
    assert data.getCatIds() == [1, 2]
    for annotation in data.loadAnns(data.getAnnIds()):
        assert data.annToMask(annotation).sum() > 0  # [] would end annToMask with an IndexError
        assert len(annotation["segmentation"][0]) >= 6
    results = data.loadRes([{**item, "score": 1.0} for item in data.loadAnns([1, 2])])
    evaluation = COCOeval(data, results, "segm")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1.0)


def test_large_mask_is_read_and_written_in_a_moment(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    bitmap = (rng.random((3300, 2550)) < 0.02).astype(np.uint8)
    mask = masks.mask_from_bitmap(bitmap)
    assert len(masks.runs_of(mask.counts)) > 145_197
    text = {"size": [3300, 2550], "counts": mask.counts.decode()}
    annotation = {**GOOD, "bbox": [0, 0, 2550, 3300], "segmentation": text}
    data = {
        "images": [{"id": 1, "file_name": "a.png", "width": 2550, "height": 3300}],
        "annotations": [annotation],
        "categories": [{"id": 3, "name": "text"}],
    }
    (tmp_path / "in").mkdir()
    (tmp_path / "in/set.json").write_text(json.dumps(data))
    start = time.process_time()
    page = only(tmp_path / "in")
    assert page.page.regions[0].mask == mask
    assert time.process_time() - start < 3


def test_folders_in_names_and_the_same_name_in_two_folders_stay(tmp_path: Path) -> None:
    images = [
        {"id": 1, "file_name": "x/a.png", "width": 80, "height": 100},
        {"id": 2, "file_name": "y/a.png", "width": 80, "height": 100},
        {"id": 3, "file_name": "b.png", "width": 80, "height": 100},
    ]
    after = there_and_back(
        coco_set(tmp_path / "in", [GOOD, GOOD | {"id": 6, "image_id": 2}], images=images),
        tmp_path / "out",
    )
    assert after["images"] == images
    assert {item["image_id"] for item in after["annotations"]} == {1, 2}
    for image in images:
        assert (tmp_path / "out/images" / str(image["file_name"])).is_file()


@pytest.mark.parametrize("number", ["5", "a-b", 2**53 - 1])
def test_ids_that_are_texts_or_large_stay(tmp_path: Path, number: object) -> None:
    after = there_and_back(coco_set(tmp_path / "in", [GOOD | {"id": number}]), tmp_path / "out")
    assert after["annotations"][0]["id"] == number


def test_id_that_other_programs_would_round_is_refused(tmp_path: Path) -> None:
    coco_set(tmp_path / "in", [GOOD | {"id": 2**53 + 1}])
    with pytest.raises(UserError, match="cannot be kept"):
        list(read("coco", tmp_path / "in"))


@pytest.mark.parametrize(
    ("files", "pictures"), [("COCO", "PNG"), ("", "train"), ("annotations", "train2017")]
)
def test_sets_are_read_as_they_are_published(tmp_path: Path, files: str, pictures: str) -> None:
    """DocLayNet has COCO/train.json and PNG/, PubLayNet train.json and train/."""
    names = {"train": "a.png", "val": "b.png"}
    ending = "2017" if files == "annotations" else ""
    for part, name in names.items():
        images = [{"id": 1, "file_name": name, "width": 80, "height": 100}]
        folder = coco_set(tmp_path / "made" / part, [GOOD], images=images)
        to = tmp_path / "set" / (pictures if files == "COCO" else pictures.replace("train", part))
        to.mkdir(parents=True, exist_ok=True)
        (folder / "images" / name).rename(to / name)
        (tmp_path / "set" / files).mkdir(exist_ok=True)
        (folder / "set.json").rename(tmp_path / "set" / files / f"{part}{ending}.json")
    found = [item for item in read("coco", tmp_path / "set") if isinstance(item, ReadPage)]
    assert [(item.name, item.split, item.problems) for item in found] == [
        ("a", "train", ()),
        ("b", "val", ()),
    ]
    assert all(item.image and len(item.page.regions) == 1 for item in found)


def test_category_ids_are_those_that_the_user_sets(tmp_path: Path) -> None:
    """List-item has id 3 and Page-footer 7 in the set; both names and ids are moved about."""
    folder = coco_set(tmp_path / "in", [GOOD, GOOD | {"id": 6, "category_id": 7}])
    ids = (("List-item", 7), ("never used", 0))
    convert("coco", folder, "coco", tmp_path / "out", WriteOptions(category_ids=ids))
    found = json.loads((tmp_path / "out/annotations/instances.json").read_bytes())
    categories = {item["name"]: item for item in found["categories"]}
    assert {name: item["id"] for name, item in categories.items()} == {
        "List-item": 7,
        "Page-footer": 8,
        "never used": 0,
    }
    assert categories["List-item"]["keypoints"] == []
    assert [item["category_id"] for item in found["annotations"]] == [7, 8]
    assert COCO(tmp_path / "out/annotations/instances.json").getCatIds(["List-item"]) == [7]
