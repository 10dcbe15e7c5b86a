"""COCO: what the sets of others say comes back in meaning, masks bit for bit."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from model_backend import masks
from model_backend.document import (
    Band,
    Box,
    Document,
    Entity,
    Mask,
    Page,
    PageGeometry,
    Region,
    Relation,
    Table,
    Word,
)
from model_backend.document_json import from_json, to_json
from model_backend.errors import UserError
from model_backend.formats import ExportPage, ReadPage, WriteOptions, members, read
from model_backend.formats.export import convert, export, export_page
from model_backend.formats.pictures import FilePicture
from model_backend.quality import read_back_coco

Json = dict[str, Any]
SETS = (
    "publaynet/examples/samples.json",
    "deepdoctection/DocLayNet_core/test_doclaynet.json",
    "masks_coco_derived/instances_rle_compressed.json",
    "masks_coco_derived/instances_rle_uncompressed_iscrowd1.json",
    "masks_coco_derived/instances_polygon_lossy.json",
)


def pages_of(path: Path) -> list[ReadPage]:
    pages = list(read("coco", path))
    assert all(isinstance(page, ReadPage) for page in pages), pages
    return [page for page in pages if isinstance(page, ReadPage)]


def written(folder: Path) -> Json:
    data: Json = json.loads((folder / "annotations/instances.json").read_bytes())
    return data


def by_id(items: list[Json]) -> dict[Any, Json]:
    return {item["id"]: item for item in items}


@pytest.mark.parametrize("name", SETS)
def test_set_of_others_comes_back_in_meaning(shared_data: Path, tmp_path: Path, name: str) -> None:
    before = json.loads((shared_data / name).read_bytes())
    pages = pages_of(shared_data / name)
    for page in pages[:3]:
        assert from_json(Page, json.loads(json.dumps(to_json(page.page)))) == page.page
    export("coco", map(export_page, pages), tmp_path / "out")
    after = written(tmp_path / "out")
    assert by_id(after["categories"]) == by_id(before["categories"])
    assert by_id(after["annotations"]) == by_id(before["annotations"])
    images = by_id(before["images"])
    for key, image in by_id(after["images"]).items():
        if image["file_name"] != images[key]["file_name"]:
            assert images[key]["file_name"].startswith("../")
        assert image | {"file_name": ""} == images[key] | {"file_name": ""}
    assert len(after["images"]) == len(images)
    assert after["info"] == before.get("info", after["info"])


def test_pictures_are_copied_byte_for_byte(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "publaynet/examples"
    report = convert("coco", source, "coco", tmp_path / "out")
    assert (report.pages, report.counts["regions"], report.problems) == (20, 193, ())
    for file in source.glob("*.jpg"):
        assert (tmp_path / "out/images" / file.name).read_bytes() == file.read_bytes()


def test_masks_are_those_of_the_golden_record(shared_data: Path) -> None:
    folder = shared_data / "masks_coco_derived"
    golden = by_id(json.loads((folder / "golden.json").read_bytes()))
    for page in pages_of(folder / "instances_rle_compressed.json")[:12]:
        assert any("inside the data set's folder" in problem for problem in page.problems)
        for region in page.page.regions:
            wanted = golden[json.loads(region.source_data)["raw"]["id"]]
            assert region.mask is not None
            bitmap = masks.decode(region.mask.counts, region.mask.width, region.mask.height)
            digest = hashlib.sha256(np.ascontiguousarray(bitmap).astype(np.uint8)).hexdigest()
            assert digest == wanted["mask_sha256_c_order_uint8"]


def test_moved_region_gets_new_numbers_and_keeps_the_rest(
    shared_data: Path, tmp_path: Path
) -> None:
    page = pages_of(shared_data / SETS[1])[0]
    first, *rest = page.page.regions
    polygons = tuple(tuple((x + 1, y) for x, y in polygon) for polygon in first.polygons)
    moved = replace(first, box=first.box.moved(1, 0), polygons=polygons)
    export(
        "coco",
        [export_page(replace(page, page=replace(page.page, regions=(moved, *rest))))],
        tmp_path / "out",
    )
    before = by_id(json.loads((shared_data / SETS[1]).read_bytes())["annotations"])
    after = by_id(written(tmp_path / "out")["annotations"])
    changed = json.loads(first.source_data)["raw"]["id"]
    assert after[changed]["bbox"][0] == before[changed]["bbox"][0] + 1
    assert after[changed]["area"] == pytest.approx(before[changed]["area"])
    assert after[changed]["precedence"] == before[changed]["precedence"]
    assert all(after[key] == before[key] for key in after if key != changed)


def drawn_page() -> Page:
    box = Box(10, 10, 30, 20)
    hole = np.zeros((100, 80), bool)
    hole[10:30, 10:40] = True
    hole[15:20, 20:30] = False
    return Page(
        1, 1, 0, 80.0, 100.0, "px", PageGeometry("test", 80, 100), next_id=20,
        words=(Word(1, "a", box),),
        entities=(Entity(2, "question", (1,), "a", box), Entity(3, "answer", (), "", box)),
        relations=(Relation(4, 2, 3),),
        tables=(
            Table(5, box, (Band(10, 20),), (Band(10, 20), Band(20, 30))),
            Table(6, box, (Band(10, 20),), (Band(10, 20), Band(20, 30)), rotation=90),
        ),
        regions=(
            Region(7, "stamp", box),
            Region(8, "stamp", box, polygons=(
                ((10, 10), (30, 10), (30, 20)), ((11, 11), (12, 11), (12, 12)),
            )),
            Region(9, "ink", Box(10, 10, 40, 30), mask=masks.mask_from_bitmap(hole)),
        ),
    )  # fmt: skip


def save_white(path: Path, width: int = 80, height: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (width, height), 255).save(path)
    return path


def drawn(tmp_path: Path, page: Page, name: str = "drawn") -> ExportPage:
    picture = FilePicture(save_white(tmp_path / "sources" / "white.png"))
    return ExportPage(name, page, Document(1, "x", "", "image/png", 1), picture)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools
def test_all_kinds_leave_by_their_rules(tmp_path: Path) -> None:
    report = export(
        "coco", [drawn(tmp_path, drawn_page())], tmp_path / "out", WriteOptions(labels=("zebra",))
    )
    assert report.lost == {
        "words": 1,
        "relations": 1,
        "entities_as_boxes": 2,
        "table_grids": 2,
    }
    data = written(tmp_path / "out")
    names = {item["id"]: item["name"] for item in data["categories"]}
    assert list(names.values()) == [
        "zebra",
        "answer",
        "ink",
        "question",
        "stamp",
        "table",
        "table rotated",
    ]
    assert list(names) == [1, 2, 3, 4, 5, 6, 7]
    assert [item["id"] for item in data["annotations"]] == list(range(1, 8))
    assert [names[item["category_id"]] for item in data["annotations"]] == [
        "stamp", "stamp", "ink", "question", "answer", "table", "table rotated",
    ]  # fmt: skip
    box, polygons, ink, question, _, _, turned = data["annotations"]
    assert box["segmentation"] == [[10, 10, 30, 10, 30, 20, 10, 20]]
    assert box["area"] == 200
    assert polygons["area"] == 100.5
    assert question["text"] == "a"
    assert turned["bbox"] == [15, 5, 10, 20]
    with contextlib.redirect_stdout(io.StringIO()):
        loaded = COCO(str(tmp_path / "out/annotations/instances.json"))
    bitmap = loaded.annToMask(ink)
    assert bitmap.sum() == ink["area"] == 600 - 50
    assert bitmap[16, 25] == 0
    assert bitmap[12, 12] == 1


def test_page_without_annotations_is_an_image(tmp_path: Path) -> None:
    page = replace(drawn_page(), entities=(), relations=(), tables=(), regions=(), words=())
    export("coco", [drawn(tmp_path, page), drawn(tmp_path, page)], tmp_path / "out")
    data = written(tmp_path / "out")
    assert [item["file_name"] for item in data["images"]] == ["drawn.png", "drawn_2.png"]
    assert data["annotations"] == []
    assert [len(page.page.regions) for page in pages_of(tmp_path / "out")] == [0, 0]


def test_scaled_page_leaves_in_pixels(tmp_path: Path) -> None:
    page = replace(drawn_page(), width=40.0, height=50.0, unit="pt")
    item = replace(
        drawn(tmp_path, page), picture=FilePicture(tmp_path / "sources/white.png", scale=2.0)
    )
    export("coco", [item], tmp_path / "out")
    data = written(tmp_path / "out")
    assert data["images"][0]["width"] == 80
    assert data["annotations"][0]["bbox"] == [20, 20, 40, 20]
    assert data["annotations"][2]["area"] == 4 * 550


def small_set(folder: Path, annotations: list[Json], **changes: object) -> Path:
    data: Json = {
        "images": [{"id": 1, "file_name": "a.png", "width": 80, "height": 100}],
        "annotations": annotations,
        "categories": [{"id": 3, "name": "x", "supercategory": "y", "color": "red"}],
    }
    save_white(folder / "images/a.png")
    path = folder / "set.json"
    path.write_text(json.dumps(data | changes))
    return path


GOOD: Json = {
    "id": 5, "image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0,
    "segmentation": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"bbox": [1, 2, 3]}, "box"),
        ({"bbox": [1, 2, 3, "4"]}, "box"),
        ({"bbox": [1, 2, 3, True]}, "box"),
        ({"bbox": [1, 2, 1e308, 3]}, "box"),
        ({"category_id": 4}, "category"),
        ({"id": None}, "id"),
        ({"id": True}, "id"),
        ({"bbox": None}, "box"),
    ],
)
def test_unusable_annotation_is_named_and_the_rest_kept(
    tmp_path: Path, changes: Json, word: str
) -> None:
    (page,) = pages_of(small_set(tmp_path, [GOOD | changes, GOOD | {"id": 6}]))
    assert [region.box for region in page.page.regions] == [Box(1, 2, 4, 6)]
    assert len(page.problems) == 1
    assert word in page.problems[0]


@pytest.mark.parametrize(
    "segmentation",
    [
        [[1, 2, 3, 4]],
        [[1, 2, 3, 4, 5]],
        [[1, 2, 3, 4, 5, "6"]],
        [3],
        "mask",
        {"size": [80, 100], "counts": [8000]},
        {"size": [100, 80], "counts": [7999]},
        {"size": [100, 80], "counts": [8001]},
        {"size": [100, 80], "counts": [-1, 8001]},
        {"size": [100, 80], "counts": [2**52, 2**52]},
        {"size": [100, 80], "counts": "b'0160N'"},
        {"size": [100, 80], "counts": "é"},
        {"size": [1000000, 1000000], "counts": [10**12]},
        {"size": [100, 80]},
    ],
)
def test_broken_outline_leaves_the_box(tmp_path: Path, segmentation: object) -> None:
    (page,) = pages_of(small_set(tmp_path, [GOOD | {"segmentation": segmentation}]))
    (region,) = page.page.regions
    assert (region.polygons, region.mask) == ((), None)
    assert page.problems
    export("coco", [export_page(page)], tmp_path / "out")
    (annotation,) = written(tmp_path / "out")["annotations"]
    assert annotation["bbox"] == [1, 2, 3, 4]
    assert annotation["segmentation"] == [[1, 2, 4, 2, 4, 6, 1, 6]]


def test_outline_that_would_fill_the_memory_is_not_filled_in(tmp_path: Path) -> None:
    zigzag = [side for n in range(4) for side in (n % 2 * 1e6, float(n))]
    wide = {"id": 6, "bbox": [0, 0, 1e7, 1e7]}
    file = small_set(tmp_path / "in", [GOOD | {"segmentation": [zigzag]}, GOOD | wide])
    (page,) = pages_of(file)
    assert [region.polygons for region in page.page.regions] == [(), ()]
    assert any("too long" in problem for problem in page.problems)
    far = Region(3, "a", Box(0, 0, 9, 9), polygons=(((0, 0), (2e6, 1), (0, 2), (2e6, 3)),))
    extra = replace(page.page, regions=(*page.page.regions, far), next_id=4)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = export("coco", [export_page(replace(page, page=extra))], tmp_path / "out")
    assert report.counts["regions"] == 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


def test_unusual_but_sound_annotations_stay_as_they_are(tmp_path: Path) -> None:
    without = {key: value for key, value in GOOD.items() if key != "segmentation"}
    counts = masks.counts_of([0, 92, 34, 92, 7782]).decode()
    annotations = [
        GOOD,
        without | {"id": "six", "attributes": {"a": [1]}, "ignore": 0},
        GOOD | {"id": 7, "bbox": [-0.4906, 5, 10.1, 95.5], "score": 0.25},
        GOOD | {"id": 8, "segmentation": {"size": [100, 80], "counts": counts}},
        GOOD | {"id": 9, "iscrowd": 1, "segmentation": {"size": [100, 80], "counts": [0, 8000]}},
        GOOD | {"id": 10, "bbox": [5, 5, -2, -3]},
    ]
    path = small_set(tmp_path, annotations, info={"year": 1}, licenses=[{"id": 1}])
    (page,) = pages_of(path)
    assert page.page.regions[2].score == 0.25
    assert page.page.regions[5].box == Box(3, 2, 5, 5)
    export("coco", [export_page(page)], tmp_path / "out")
    data = written(tmp_path / "out")
    assert data["annotations"] == annotations
    assert data["categories"] == [{"id": 3, "name": "x", "supercategory": "y", "color": "red"}]
    assert (data["info"], data["licenses"]) == ({"year": 1}, [{"id": 1}])


def test_id_zero_and_ids_used_twice_get_new_ones(tmp_path: Path) -> None:
    path = small_set(tmp_path, [GOOD | {"id": 0}, GOOD, GOOD])
    (page,) = pages_of(path)
    assert "id 0" in page.problems[0]
    export("coco", [export_page(page)], tmp_path / "out")
    assert [item["id"] for item in written(tmp_path / "out")["annotations"]] == [6, 5, 7]


def test_sets_with_clashing_ids_are_joined(tmp_path: Path) -> None:
    first = small_set(tmp_path / "1", [GOOD])
    second = small_set(tmp_path / "2", [GOOD], categories=[{"id": 3, "name": "z", "hint": "h"}])
    pages = [export_page(pages_of(path)[0]) for path in (first, second)]
    report = export("coco", pages, tmp_path / "out")
    data = written(tmp_path / "out")
    assert [(item["id"], item["name"], item.get("hint")) for item in data["categories"]] == [
        (3, "x", None),
        (4, "z", "h"),
    ]
    assert [item["category_id"] for item in data["annotations"]] == [3, 4]
    assert [item["id"] for item in data["images"]] == [1, 2]
    assert [item["file_name"] for item in data["images"]] == ["a.png", "a_2.png"]
    assert report.renamed == (("a", "a_2"),)


@pytest.mark.parametrize(
    "name", ["../a.png", "/etc/passwd", "C:a.png", "\\\\host\\share\\a.png", "..\\a.png", "a\0.png"]
)
def test_name_that_leads_out_gives_no_picture(tmp_path: Path, name: str) -> None:
    save_white(tmp_path / "a.png")
    images = [{"id": 1, "file_name": name, "width": 80, "height": 100}]
    (page,) = pages_of(small_set(tmp_path / "set", [GOOD], images=images))
    assert page.image is None
    assert "inside the data set" in page.problems[0]
    export("coco", [export_page(page)], tmp_path / "out")
    assert not any((tmp_path / "out/images").iterdir())
    assert written(tmp_path / "out")["annotations"] == [GOOD]


def test_picture_of_another_size_is_refused(tmp_path: Path) -> None:
    images = [{"id": 1, "file_name": "a.png", "width": 100, "height": 80}]
    (error,) = read("coco", small_set(tmp_path, [GOOD], images=images))
    assert isinstance(error, UserError)
    assert "80 x 100" in str(error)


def test_impossible_size_is_refused(tmp_path: Path) -> None:
    images = [{"id": 1, "file_name": "b.png", "width": 10**6, "height": 10**6}]
    (error,) = read("coco", small_set(tmp_path, [GOOD], images=images))
    assert "too large" in str(error)


def test_size_with_a_decimal_point_is_read(tmp_path: Path) -> None:
    images = [{"id": 1, "file_name": "images/a.png", "width": 80.0, "height": 100.0}]
    (page,) = pages_of(small_set(tmp_path, [GOOD], images=images))
    assert (page.page.width, page.page.height, page.problems) == (80, 100, ())
    images = [{"id": 1, "file_name": "images/a.png", "width": 80.5, "height": 100}]
    (error,) = read("coco", small_set(tmp_path, [GOOD], images=images))
    assert "without name or size" in str(error)


def test_picture_that_is_shown_turned_is_flagged(tmp_path: Path) -> None:
    file = small_set(tmp_path, [GOOD])
    upside_down = Image.Exif()
    upside_down[0x0112] = 3
    Image.new("L", (80, 100)).save(tmp_path / "images/a.png", exif=upside_down)
    (page,) = pages_of(file)
    assert any("EXIF" in problem for problem in page.problems)


def test_orphans_and_bad_records_are_listed(tmp_path: Path) -> None:
    path = small_set(
        tmp_path,
        [GOOD, GOOD | {"image_id": 9}],
        images=[
            {"id": 1, "file_name": "sub\\a.png", "width": 80, "height": 100},
            {"id": 1, "file_name": "b.png", "width": 8, "height": 8},
            {"id": 2, "width": 8, "height": 8},
            "c.png",
        ],
    )
    save_white(tmp_path / "images/sub/a.png")
    page, error = read("coco", path)
    assert isinstance(page, ReadPage)
    assert page.image == tmp_path / "images/sub/a.png"
    assert isinstance(error, UserError)
    assert len(page.problems) == 3
    export("coco", [export_page(page)], tmp_path / "out")
    assert (tmp_path / "out/images/sub/a.png").is_file()


def test_folder_must_hold_one_coco_file(tmp_path: Path, shared_data: Path) -> None:
    with pytest.raises(UserError, match="holds no COCO"):
        members("coco", tmp_path)
    with pytest.raises(UserError, match="several"):
        members("coco", shared_data / "masks_coco_derived")
    (tmp_path / "a.json").write_text('{"annotations": [], "images": []}')
    with pytest.raises(UserError, match='no "images"'):
        members("coco", tmp_path)


def test_run_lengths_with_quotes_and_backslashes_survive(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    bitmap = rng.random((100, 80)) < 0.5
    bitmap[:, 10:30] = False
    counts = masks.encode(bitmap).decode()
    assert "\\" in counts or "`" in counts
    annotation = GOOD | {"segmentation": {"size": [100, 80], "counts": counts}}
    (page,) = pages_of(small_set(tmp_path, [annotation]))
    export("coco", [export_page(page)], tmp_path / "out")
    assert written(tmp_path / "out")["annotations"] == [annotation]


def test_turned_mask_is_resampled_onto_the_page(tmp_path: Path) -> None:
    mask = Mask(10, 4, masks.encode(np.ones((4, 10), bool)), (0.0, 2.0, -2.0, 0.0, 40.0, 20.0))
    page = replace(drawn_page(), regions=(Region(7, "ink", Box(32, 20, 40, 40), mask=mask),))
    export("coco", [drawn(tmp_path, page)], tmp_path / "out")
    (page_back,) = pages_of(tmp_path / "out")
    ink = next(region for region in page_back.page.regions if region.label == "ink")
    assert ink.mask is not None
    assert masks.bounding_box_of(ink.mask) == Box(32, 20, 40, 40)
    assert masks.area(ink.mask) == 160


def test_pages_have_names_of_their_own(shared_data: Path, tmp_path: Path) -> None:
    pages = pages_of(shared_data / SETS[2])
    assert len({page.name for page in pages}) == len(pages) == 37
    assert "staver_masks_stampDS-00001_LabelAllInOne_1" in {page.name for page in pages}
    images = [{"id": n, "file_name": "a.png", "width": 80, "height": 100} for n in (1, 2)]
    assert [page.name for page in pages_of(small_set(tmp_path, [GOOD], images=images))] == [
        "a_1",
        "a_2",
    ]


def test_large_file_is_read_back_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_back_coco, "LOADED_WHOLE", 0)
    monkeypatch.setattr(read_back_coco, "PART", 3)
    items = [drawn(tmp_path, drawn_page()), drawn(tmp_path, drawn_page(), "other")]
    report = export("coco", items, tmp_path / "out")
    assert report.counts == {"pages": 2, "regions": 6, "entities": 4, "tables": 4}
    plain = read_back_coco.ExpectedBoxes.take
    monkeypatch.setattr(
        read_back_coco.ExpectedBoxes,
        "take",
        lambda self, page: plain(self, replace(page, tables=())),
    )
    with pytest.raises(UserError, match="does not read back"):
        export("coco", items, tmp_path / "again")
    assert not (tmp_path / "again").exists()
