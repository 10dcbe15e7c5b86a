"""Label Studio: what its editors write, and every known trap of the format."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_pages import or_refused

from model_backend import masks
from model_backend.document import Box, PageStatus, Status
from model_backend.errors import UserError
from model_backend.formats import ReadPage, labelstudio
from model_backend.formats.export import convert

KINDS = ("rectanglelabels", "polygonlabels", "brushlabels", "relation", "textarea", "labels")
RUN_WIDTHS = (3, 4, 8, 16)


def result(kind: str, value: object, key: str = "a", **more: object) -> dict[str, Any]:
    """One result on a picture of 200 x 100 pixels."""
    size = {"original_width": 200, "original_height": 100, "image_rotation": 0}
    return {
        "id": key,
        "type": kind,
        "from_name": "l",
        "to_name": "i",
        "value": value,
        **size,
        **more,
    }


def rectangle(x: float, y: float, width: float, height: float, **more: object) -> dict[str, Any]:
    """The value of a box."""
    return {"x": x, "y": y, "width": width, "height": height, **more}


def put(folder: Path, results: object, key: str = "annotations", **task: object) -> Path:
    """A file with one task."""
    file = folder / "a.json"
    address = "/data/local-files/?d=sets%2Fone/x%20y.png"
    whole = {"id": 7, "data": {"image": address}, key: [{"result": results}], **task}
    file.write_text(json.dumps([whole]))
    return file


def read(path: Path) -> ReadPage:
    """The one page at that place."""
    (member,) = labelstudio.members(path)
    return labelstudio.read_member(path, member)


def encoded(bitmap: np.ndarray[Any, Any]) -> list[int]:
    """A bitmap as Label Studio's own run lengths of RGBA, made from their description."""
    height, width = bitmap.shape
    flat = np.repeat(bitmap.astype(int) * 255, 4).tolist()
    out = f"{width * height * 4:032b}{7:05b}" + "".join(f"{w - 1:04b}" for w in RUN_WIDTHS)
    place = 0
    while place < len(flat):
        end = place
        while end < len(flat) and flat[end] == flat[place] and end - place < 2**16:
            end += 1
        index = next(n for n, w in enumerate(RUN_WIDTHS) if end - place - 1 < 2**w)
        if end - place == 4:  # as a list of values
            values = "".join(f"{value:08b}" for value in flat[place:end])
            out += f"0{index:02b}{end - place - 1:0{RUN_WIDTHS[index]}b}{values}"
        else:
            out += f"1{index:02b}{end - place - 1:0{RUN_WIDTHS[index]}b}{flat[place]:08b}"
        place = end
    out += "0" * (-len(out) % 8)
    return [int(out[n : n + 8], 2) for n in range(0, len(out), 8)]


def test_box_label_and_text_of_one_id_are_one_entity(tmp_path: Path) -> None:
    PIL.Image.new("L", (200, 100)).save(tmp_path / "x y.png")
    results = [
        result("rectangle", rectangle(10, 20, 30, 40)),
        result("labels", {**rectangle(10, 20, 30, 40), "labels": ["question", "b"]}),
        result("textarea", {**rectangle(10, 20, 30, 40), "text": ["Date", "of"]}),
        result("rectanglelabels", {**rectangle(50, 0, 5, 5), "rectanglelabels": ["stamp"]}, "b"),
    ]
    found = read(put(tmp_path, results))
    (entity,) = found.page.entities
    assert (entity.label, entity.text, entity.box) == ("question", "Date\nof", Box(20, 20, 80, 60))
    assert [word.text for word in found.page.words] == ["Date\nof"]
    assert [(r.label, r.box) for r in found.page.regions] == [("stamp", Box(100, 0, 110, 5))]
    assert found.image == (tmp_path / "x y.png").resolve()
    assert (found.name, found.page.status) == ("x y", PageStatus.DONE)
    assert '"b"' in entity.source_data


def test_forms_in_percent_come_back_exactly(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "funsd/training_data/annotations/0000971160.json"
    form = json.loads(file.read_text("utf-8"))["form"]
    with PIL.Image.open(file.parent.parent / "images/0000971160.png") as image:
        width, height = image.size
    results: list[dict[str, Any]] = []
    for item in form:
        x0, y0, x1, y1 = item["box"]
        sides = rectangle(
            100 * x0 / width, 100 * y0 / height, 100 * (x1 - x0) / width, 100 * (y1 - y0) / height
        )
        more = {"original_width": width, "original_height": height}
        label = {**sides, "rectanglelabels": [item["label"]]}
        results.append(result("rectanglelabels", label, str(item["id"]), **more))
        text = {**sides, "text": [item["text"]]}
        results.append(result("textarea", text, str(item["id"]), **more))
        results += [
            {"type": "relation", "from_id": str(start), "to_id": str(end), "direction": "right"}
            for start, end in item["linking"]
        ]
    page = read(put(tmp_path, results)).page
    assert [(e.label, e.text) for e in page.entities] == [(i["label"], i["text"]) for i in form]
    boxes = [[e.box.x0, e.box.y0, e.box.x1, e.box.y1] for e in page.entities]
    assert boxes == [item["box"] for item in form]
    ids = [entity.id for entity in page.entities]
    links = {(ids.index(link.from_id), ids.index(link.to_id)) for link in page.relations}
    assert links == {tuple(pair) for item in form for pair in item["linking"]}


def test_turned_box_turns_about_its_upper_left_corner(tmp_path: Path) -> None:
    value = rectangle(50, 20, 10, 30, rotation=90, rectanglelabels=["a"])
    (region,) = read(put(tmp_path, [result("rectanglelabels", value)])).page.regions
    wanted = [(100, 20), (100, 40), (70, 40), (70, 20)]
    for point, other in zip(region.polygons[0], wanted, strict=True):
        assert point == pytest.approx(other)
    assert region.box.width == pytest.approx(30)


def test_polygons_and_ellipses_are_outlines(tmp_path: Path) -> None:
    results = [
        result("polygonlabels", {"points": [[0, 0], [50, 0], [50, 100]], "polygonlabels": ["p"]}),
        result("ellipselabels", {"x": 50, "y": 50, "radiusX": 10, "radiusY": 10}, "b"),
    ]
    polygon, ellipse = read(put(tmp_path, results)).page.regions
    assert polygon.polygons == (((0, 0), (100, 0), (100, 100)),)
    assert (ellipse.box.width, ellipse.box.height) == pytest.approx((40, 20))
    assert math.isclose(ellipse.box.center[0], 100)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([0.02, 0.5, 0.95]))
def test_brush_run_lengths_are_decoded(
    tmp_path_factory: pytest.TempPathFactory, seed: int, share: float
) -> None:
    bitmap = np.random.default_rng(seed).random((100, 200)) < share
    bitmap[0, 0] = True
    value = {"format": "rle", "rle": encoded(bitmap), "brushlabels": ["ink"]}
    folder = tmp_path_factory.mktemp("brush")
    (region,) = read(put(folder, [result("brushlabels", value)])).page.regions
    assert region.label == "ink"
    assert region.mask
    assert np.array_equal(masks.bitmap_on(region.mask, 200, 100), bitmap)


def test_large_brush_takes_a_moment(tmp_path: Path) -> None:
    bitmap = np.zeros((2000, 1500), dtype=bool)
    bitmap[500:900, 300:700] = True
    value = {"format": "rle", "rle": encoded(bitmap), "brushlabels": ["ink"]}
    size = {"original_width": 1500, "original_height": 2000}
    start = time.process_time()
    (region,) = read(put(tmp_path, [result("brushlabels", value, **size)])).page.regions
    assert time.process_time() - start < 3
    assert region.mask
    assert region.box == Box(300, 500, 700, 900)


@pytest.mark.parametrize("rle", [None, [], [1, 2, 3], [300], "x", [255] * 40, [0, 1, 56, 128, 55]])
def test_broken_brush_is_told(tmp_path: Path, rle: object) -> None:
    found = read(put(tmp_path, [result("brushlabels", {"rle": rle})]))
    assert found.page.regions == ()
    assert "brush" in found.problems[-1]


def test_predictions_are_proposals_and_annotations_come_first(tmp_path: Path) -> None:
    boxes = [result("rectanglelabels", rectangle(1, 1, 9, 9, rectanglelabels=["a"]), score=0.4)]
    del boxes[0]["id"]
    page = read(put(tmp_path, boxes * 2, "predictions")).page
    assert page.status is PageStatus.PROPOSED
    assert [(r.status, r.score) for r in page.regions] == [(Status.PROPOSED, 0.4)] * 2
    done = [{"result": []}, {"result": boxes, "was_cancelled": True}]
    assert read(put(tmp_path, boxes, "predictions", annotations=done)).page.regions == ()


@pytest.mark.parametrize(("direction", "count"), [("right", 1), ("left", 1), ("bi", 2)])
def test_relations_have_directions(tmp_path: Path, direction: str, count: int) -> None:
    results = [result("rectangle", rectangle(n * 10, 0, 5, 5), str(n)) for n in range(2)]
    link = {"type": "relation", "from_id": "0", "to_id": "1", "direction": direction}
    page = read(put(tmp_path, [*results, link, {**link, "to_id": "gone"}])).page
    ids = [entity.id for entity in page.entities]
    first = (page.relations[0].from_id, page.relations[0].to_id)
    assert first == (tuple(reversed(ids)) if direction == "left" else tuple(ids))
    assert len(page.relations) == count
    assert len(page.entities) == 2


def test_more_than_hundred_percent_stays_and_is_told(tmp_path: Path) -> None:
    found = read(put(tmp_path, [result("rectangle", rectangle(90, 0, 30, 10))]))
    assert found.page.regions[0].box == Box(180, 0, 240, 10)
    assert any("reaches out" in problem for problem in found.problems)


def test_task_without_size_and_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="how large"):
        read(put(tmp_path, []))


def test_leaves_as_coco(tmp_path: Path) -> None:
    boxes = [result("rectanglelabels", rectangle(1, 1, 9, 9, rectanglelabels=["a"]))]
    report = convert("labelstudio", put(tmp_path, boxes), "coco", tmp_path / "out")
    assert report.counts["regions"] == 1


def test_other_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"shapes": []}')
    with pytest.raises(UserError, match="holds no Label Studio files"):
        labelstudio.members(tmp_path)
    (tmp_path / "a.json").write_text('[{"data": ')
    with pytest.raises(UserError, match="not valid JSON"):
        read(tmp_path)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
value_keys = st.sampled_from(["x", "y", "width", "height", "rotation", "points", "rle", "text"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS) | values, "id": values,
     "value": st.dictionaries(value_keys, values) | values},
    optional={"from_id": values, "to_id": values, "score": values, "original_width": values},
), max_size=4))  # fmt: skip
def test_any_result_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, results: list[dict[str, Any]]
) -> None:
    sized = result("rectangle", rectangle(1, 1, 1, 1), "sized")
    file = put(tmp_path_factory.mktemp("any"), [sized, *results])
    answer = or_refused(lambda: read(file))
    assert isinstance(answer, ReadPage) or "a.json" in str(answer)
