"""labelme: every kind of shape, and every known trap of the format."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_pages import or_refused

from model_backend import masks
from model_backend.document import Box
from model_backend.errors import UserError
from model_backend.formats import ReadPage, labelme
from model_backend.formats.export import convert, export

KEYS = ("label", "points", "shape_type", "mask", "group_id")
SQUARE = [[10, 10], [20, 10], [20, 20], [10, 20]]


def put(folder: Path, shapes: object, **top: object) -> Path:
    """A labelme file of a picture of 100 x 50 pixels."""
    data = {"imagePath": "x.png", "imageWidth": 100, "imageHeight": 50, "imageData": None}
    file = folder / "a.json"
    file.write_text(json.dumps({"version": "5.7.0", **data, "shapes": shapes, **top}))
    return file


def shape(kind: str | None = "polygon", points: object = SQUARE, **more: object) -> dict[str, Any]:
    """One shape."""
    given_kind = {} if kind is None else {"shape_type": kind}
    return {"label": "a", "points": points, "group_id": None, "flags": {}, **given_kind, **more}


def read(path: Path) -> ReadPage:
    """The one page at that place."""
    (member,) = labelme.members(path)
    return labelme.read_member(path, member)


def test_real_file_with_every_shape(shared_data: Path) -> None:
    found = read(shared_data / "labelme_samples/examples/primitives")
    assert found.image
    assert found.image.name == "primitives.jpg"
    by_label = {region.label: region for region in found.page.regions}
    assert len(found.page.regions) == 8
    assert by_label["rectangle"].box in (Box(32, 35, 132, 135), Box(391, 33, 542, 135))
    radius = (30**2 + 41**2) ** 0.5
    assert by_label["circle"].box.width == pytest.approx(2 * radius)
    assert by_label["line"].polygons == (((188, 178), (160, 224)),)
    assert by_label["point"].box == Box(345, 174, 345, 174)
    mask = by_label["octagon"].mask
    assert mask
    assert by_label["octagon"].box == Box(417.39759036144574, 305, 516.3975903614457 + 1, 405)
    assert masks.area(mask) > 5000
    assert found.problems == ()


def test_real_files_whose_picture_is_elsewhere(shared_data: Path) -> None:
    path = shared_data / "mmocr_toy/labelme"
    names = labelme.members(path)
    assert len(names) == 10
    pages = [labelme.read_member(path, name) for name in names]
    assert all("missing" in page.problems[0] for page in pages)
    first = pages[names.index("img_1.json")].page
    assert (first.width, first.regions[0].label) == (1280, "Genaxis Theatre")


def test_leaves_as_coco(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "labelme_samples/examples/primitives"
    assert convert("labelme", source, "coco", tmp_path / "out").counts["regions"] == 8


def test_labelme_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can only be imported"):
        export("labelme", [], tmp_path / "out")


def test_old_files_without_kind_and_corners_in_any_order(tmp_path: Path) -> None:
    shapes = [shape(None), shape("rectangle", [[40, 30], [5, 8]])]
    del shapes[0]["group_id"]
    regions = read(put(tmp_path, shapes)).page.regions
    assert [region.box for region in regions] == [Box(10, 10, 20, 20), Box(5, 8, 40, 30)]
    turned = shape("oriented_rectangle", [[0, 5], [5, 0], [10, 5], [5, 10]])
    assert len(read(put(tmp_path, [turned])).page.regions[0].polygons[0]) == 4


def test_outlines_of_one_group_are_one_region(tmp_path: Path) -> None:
    far = [[x + 50, y] for x, y in SQUARE]
    shapes = [shape(group_id=3), shape(points=far, group_id=3), shape(group_id=4)]
    first, second = read(put(tmp_path, shapes)).page.regions
    assert (len(first.polygons), first.box) == (2, Box(10, 10, 70, 20))
    assert '"group_id":4' in second.source_data


def test_backslashes_in_the_path(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    PIL.Image.new("L", (100, 50)).save(tmp_path / "images" / "x.png")
    assert read(put(tmp_path, [], imagePath="..\\other\\x.png")).image
    assert read(put(tmp_path, [], imagePath="images\\x.png")).image


def test_picture_inside_the_file_is_told(tmp_path: Path) -> None:
    found = read(put(tmp_path, [shape()], imageData="aGVsbG8="))
    assert found.image is None
    assert "inside the file" in found.problems[0]
    assert "aGVsbG8" not in found.page.source_data


def test_turned_picture_is_in_the_frame_of_the_file(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    PIL.Image.new("L", (50, 100)).save(tmp_path / "x.jpg", exif=exif)
    found = read(put(tmp_path, [shape()], imagePath="x.jpg"))
    assert found.image
    assert (found.page.width, found.page.height) == (100, 50)
    assert found.page.geometry.exif_orientation == 6


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (shape(points=[[1, 2], [3, 4]]), "too few points"),
        (shape(points=[[1, 2, 3]] * 3), "pairs of numbers"),
        (shape(points=[]), "pairs of numbers"),
        (shape("star"), "no such kind"),
        (shape("mask", [[1, 2], [3, 4]], mask="%%"), "cannot be read"),
        (shape("mask", [[1, 2], [3, 4]], mask=None), "cannot be read"),
        (shape(label=7), "not a text"),
        (5, "not an object"),
    ],
)
def test_shape_that_cannot_be_used_is_told(tmp_path: Path, bad: object, reason: str) -> None:
    found = read(put(tmp_path, [bad, shape()]))
    assert len(found.page.regions) == 1
    assert "shape 1" in found.problems[-1]
    assert reason in found.problems[-1]


def test_empty_and_huge_masks_are_told(tmp_path: Path) -> None:
    for size in ((4, 4), (9000, 9000)):
        data = io.BytesIO()
        PIL.Image.new("1", size).save(data, "PNG")
        text = base64.b64encode(data.getvalue()).decode()
        found = read(put(tmp_path, [shape("mask", [[0, 0], [1, 1]], mask=text)]))
        assert found.page.regions == ()
        assert "mask" in found.problems[-1]


def test_points_a_little_outside_are_told(tmp_path: Path) -> None:
    found = read(put(tmp_path, [shape(points=[[-3, 1], [5, 1], [5, 9]])]))
    assert found.page.regions[0].box.x0 == -3
    assert any("reaches out" in problem for problem in found.problems)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["label", "points", "shape_type", "mask", "group_id"]), values)
)
def test_any_shape_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, given_shape: dict[str, Any]
) -> None:
    file = put(tmp_path_factory.mktemp("any"), [given_shape])
    answer = or_refused(lambda: read(file))
    assert isinstance(answer, ReadPage) or "a.json" in str(answer)
