"""Data sets measured against data sets: real ones against themselves and against altered copies."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from model_backend.document import Box, Region
from model_backend.errors import UserError
from model_backend.metrics.evaluate import Choices, evaluate
from model_backend.metrics.page_measures import pairs
from model_backend.metrics.report import write_report


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
    found = evaluate("funsd", forms, forms).figures
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
    found = evaluate("funsd", forms, other).figures
    labels = found["entities"]["labels"]
    assert found["pages"] == 3
    assert found["documents"][files[0].stem]["entities.f1"] > 0.9
    assert labels["question"]["truth"] > labels["question"]["predicted"]
    assert labels["answer"]["precision"] == 1
    assert found["relations"]["recall"] < 1
    assert len(found["only_in_truth"]) == 2
    assert files[2].name in found["unreadable"][0]


def test_pages_that_only_the_truth_has_count_as_missed(forms: Path, tmp_path: Path) -> None:
    other = tmp_path / "predicted"
    shutil.copytree(forms, other)
    for file in sorted((other / "annotations").iterdir())[1:]:
        file.unlink()
    found = evaluate("funsd", forms, other)
    whole = evaluate("funsd", forms, forms).figures["entities"]
    assert found.figures["entities"]["precision"] == 1
    assert found.figures["entities"]["recall"] < 0.8
    assert found.figures["entities"]["truth"] == whole["truth"]
    assert [page.score for page in found.worst] == [0, 0]
    write_report(tmp_path / "report.html", found, forms, other)
    assert (tmp_path / "report.html").read_text("utf-8").count("<img") == 2


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
    found = evaluate("coco", truth, said).figures["masks"]
    assert found["iou"] == 0.5
    assert found["dice"] == pytest.approx(2 / 3)
    assert found["ap50"] == pytest.approx(1)
    assert found["ap75"] == 0
    assert evaluate("coco", truth, truth).figures["objects"]["ap"] == pytest.approx(1)


def test_groups_of_things_are_neither_right_nor_wrong(tmp_path: Path) -> None:
    crowd = {"size": [20, 40], "counts": [400, 400]}
    stamp = {"bbox": [0, 0, 10, 10], "area": 100, "segmentation": [[0, 0, 10, 0, 10, 10, 0, 10]]}
    group = {"bbox": [20, 0, 20, 20], "area": 400, "segmentation": crowd, "iscrowd": 1}
    one_of_them = {"bbox": [25, 5, 5, 5], "area": 25, "segmentation": [[25, 5, 30, 5, 30, 10]]}
    truth = coco(tmp_path / "truth", [stamp, group])
    said = coco(tmp_path / "said", [one_of_them, stamp])
    found = evaluate("coco", truth, said).figures
    assert found["objects"]["ap"] == pytest.approx(1)
    assert found["masks"]["ap"] == pytest.approx(1)


def shares(values: dict[str, Any]) -> set[float]:
    """All defined figures that are shares of something: those that a full agreement makes 1."""
    counts = {"truth", "predicted", "count", "masks", "detection_limit", "pages", "confusion"}
    found: set[float] = set()
    for name, value in values.items():
        if isinstance(value, dict) and name not in ("confusion", "settings"):
            found |= shares(value)
        elif isinstance(value, int | float) and name not in counts:
            found.add(value)
    return found


def test_all_real_forms_agree_with_themselves(shared_data: Path) -> None:
    folder = shared_data / "funsd" / "training_data"
    found = evaluate("funsd", folder, folder).figures
    assert found["pages"] == len(found["documents"]) == 149
    assert shares(found) == {1.0}
    assert set(map(tuple, found["intervals"].values())) == {(1.0, 1.0)}
    assert found["worst"] == []


def test_real_masks_agree_with_themselves(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "masks_coco_derived" / "instances_rle_compressed.json"
    data = json.loads(file.read_text())
    data["images"] = sorted(data["images"], key=lambda i: i["width"] * i["height"])[:4]
    kept = {image["id"] for image in data["images"]}
    data["annotations"] = [a for a in data["annotations"] if a["image_id"] in kept]
    (tmp_path / "set.json").write_text(json.dumps(data))
    found = evaluate("coco", tmp_path / "set.json", tmp_path / "set.json").figures
    assert found["masks"]["dice"] == found["masks"]["iou"] == found["masks"]["ap"] == 1
    fullest = max(Counter(a["image_id"] for a in data["annotations"]).values())
    assert found["objects"]["detection_limit"] == found["masks"]["detection_limit"] == fullest
    assert shares(found) == {1.0}


def test_all_real_tables_agree_with_themselves(shared_data: Path) -> None:
    folder = shared_data / "pubtables_format_icdar2013c"
    for choices in (Choices(), Choices(is_reference=True, has_teds=False)):
        found = evaluate("pubtables", folder, folder, choices).figures
        assert found["tables"]["content"] == found["tables"].get("teds", 1) == 1
        assert found["objects"]["ap"] == found["objects"]["ar_large"] == 1
        assert found["intervals"]["objects.ap"] == [1, 1]
        assert found["objects"]["ap_small"] is found["objects"]["ar_small"] is None
        assert shares(found) == {1.0}
        assert found["pages"] > len(found["documents"]) > 1


def test_a_set_without_annotations_has_no_figures(tmp_path: Path) -> None:
    empty = coco(tmp_path / "truth", [])
    found = evaluate("coco", empty, empty).figures
    assert shares(found) == set()
    assert found["objects"]["ap"] is found["masks"]["dice"] is found["total"]["masks.iou"] is None
    assert found["intervals"]["masks.iou"] is found["intervals"]["objects.ap"] is None


def test_documents_add_up_to_the_total(forms: Path, tmp_path: Path) -> None:
    other = tmp_path / "predicted"
    shutil.copytree(forms, other)
    file = min((other / "annotations").iterdir())
    data = json.loads(file.read_text())
    for item in data["form"][:5]:
        item["label"] = "header"
    file.write_text(json.dumps(data))
    found = evaluate("funsd", forms, other).figures
    values = {name: figures["entities.f1"] for name, figures in found["documents"].items()}
    assert values[file.stem] < 1
    assert sorted(values.values())[1:] == [1, 1]
    assert found["total"]["entities.f1"] == found["entities"]["f1"]
    low, high = found["intervals"]["entities.f1"]
    assert low == pytest.approx(values[file.stem])
    assert low < found["entities"]["f1"] < high == 1
    assert [page["page"] for page in found["worst"]] == [file.stem]
    again = evaluate("funsd", forms, other, Choices(seed=1)).figures
    assert again == found


def test_reference_grits_of_a_set_are_those_of_the_reference(
    shared_data: Path, tmp_path: Path
) -> None:
    source = shared_data / "pubtables_format_icdar2013c"
    reference = json.loads((source / "reference_cells_and_grits.json").read_text())["tables"]
    key = "grits_vs_last_row_removed_f_p_r"
    stem = "competition-dataset-us_us-015_table_1"  # slivers of the lost row's words count here
    for side in ("truth", "said"):
        part = "ICDAR-2013.c_Image_Structure_PASCAL_VOC"
        (tmp_path / side / part / "test").mkdir(parents=True)
        (tmp_path / side / part / "images").mkdir()
        shutil.copy(source / part / "test" / f"{stem}.xml", tmp_path / side / part / "test")
        shutil.copy(source / part / "images" / f"{stem}.jpg", tmp_path / side / part / "images")
        words = "ICDAR-2013.c_Image_Table_Words_JSON"
        (tmp_path / side / words).mkdir()
        shutil.copy(source / words / f"{stem}_words.json", tmp_path / side / words)
    file = next((tmp_path / "said").glob("*VOC/test/*.xml"))
    tree = ElementTree.parse(file)
    rows = [o for o in tree.iter("object") if o.findtext("name") == "table row"]
    last = max(rows, key=lambda row: float(row.findtext("bndbox/ymax", "0")))
    tree.getroot().remove(last)
    tree.write(file)
    sides = (tmp_path / "truth", tmp_path / "said")
    found = evaluate("pubtables", *sides, Choices(is_reference=True)).figures["tables"]
    expected = reference[stem][key]
    assert found["topology"] == pytest.approx(expected["top"][0], abs=1e-6)
    assert found["content"] == pytest.approx(expected["con"][0], abs=1e-6)
    assert found["location"] == pytest.approx(expected["loc"][0], abs=1e-6)
    assert found["accuracy"] == 0
    assert found["teds"] < 1


def test_partners_are_the_greatest_overlaps() -> None:
    a, b = Region(1, "x", Box(0, 0, 10, 10)), Region(2, "x", Box(5, 0, 15, 10))
    near, far = Region(3, "x", Box(6, 0, 16, 10)), Region(4, "x", Box(90, 0, 99, 9))
    assert pairs([a, b], [far, near]) == [(a, None), (b, near), (None, far)]
    assert pairs([], []) == []
