"""Splits are by document, seeded and stable; the same picture in two parts is found and refused."""

from __future__ import annotations

import itertools
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pycocotools.coco import COCO

from model_backend import formats
from model_backend.document import (
    Band,
    Box,
    Document,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Table,
    Word,
)
from model_backend.errors import UserError
from model_backend.formats import ExportPage, ReadPage, WriteOptions
from model_backend.formats.export import convert, export
from model_backend.formats.pictures import FilePicture
from model_backend.formats.splits import PARTS, Split, parsed
from model_backend.quality.checks import check_set

SPLIT = Split(0.5, 0.2, 0.3)


def page() -> Page:
    box = Box(10, 10, 110, 90)
    rows = tuple(Band(10 + 20 * n, 30 + 20 * n) for n in range(4))
    columns = tuple(Band(10 + 50 * n, 60 + 50 * n) for n in range(2))
    return Page(
        1, 1, 0, 120.0, 100.0, "px", PageGeometry("test", 120, 100), status=PageStatus.DONE,
        words=(Word(1, "Total", Box(12, 12, 40, 22)),),
        entities=(Entity(2, "question", (1,), "Total", Box(12, 12, 40, 22)),),
        tables=(Table(3, box, rows, columns),), next_id=4,
    )  # fmt: skip


def picture(folder: Path, name: str, seed: int) -> FilePicture:
    image = Image.new("L", (120, 100), 255)
    ImageDraw.Draw(image).text((5, 5), f"page {seed}", fill=0)
    image.save(folder / f"{name}.png")
    return FilePicture(folder / f"{name}.png")


def items(folder: Path, documents: int = 24, pages: int = 2) -> list[ExportPage]:
    """Documents of two pages, each page with a picture of its own."""
    folder.mkdir(exist_ok=True)
    return [
        ExportPage(
            f"d{number}_{place}",
            page(),
            Document(number, f"d{number}", f"{number:064x}", "image/png", pages),
            picture(folder, f"d{number}_{place}", number * pages + place),
        )
        for number in range(documents)
        for place in range(pages)
    ]


def parts_of(format_name: str, path: Path) -> dict[str, str]:
    """The part of every page of a set."""
    found = list(formats.read(format_name, path))
    assert all(isinstance(item, ReadPage) for item in found), found
    return {item.name: item.split for item in found if isinstance(item, ReadPage)}


def check_parts(parts: dict[str, str], expected: Sequence[ExportPage]) -> None:
    assert parts == {item.name: SPLIT.part_of(item.document.sha256) for item in expected}
    assert set(parts.values()) == set(PARTS)


@pytest.mark.parametrize("name", ["funsd", "xfund", "coco", "pages"])
def test_every_format_with_parts_is_read_back_with_them(tmp_path: Path, name: str) -> None:
    pages = items(tmp_path / "in")
    export(name, pages, tmp_path / "out", WriteOptions(split=SPLIT))
    check_parts(parts_of(name, tmp_path / "out"), pages)


def test_pubtables_has_both_sets_in_parts(tmp_path: Path) -> None:
    pages = items(tmp_path / "in")
    export("pubtables", pages, tmp_path / "out", WriteOptions(split=SPLIT))
    detection = tmp_path / "out" / "PubTables1M-Detection-PASCAL-VOC"
    check_parts(parts_of("pubtables", detection), pages)
    crops = parts_of("pubtables", tmp_path / "out" / "PubTables1M-Structure-PASCAL-VOC")
    assert {name.removesuffix("_table_0"): part for name, part in crops.items()} == parts_of(
        "pubtables", detection
    )
    for part in PARTS:
        lines = (detection / f"{part}_filelist.txt").read_text().split()
        assert len(lines) == Counter(crops.values())[part]


@pytest.mark.parametrize("name", ["page_xml", "alto", "hocr", "csv"])
def test_other_formats_have_a_folder_for_each_part(tmp_path: Path, name: str) -> None:
    pages = items(tmp_path / "in", documents=12, pages=1)
    report = export(name, pages, tmp_path / "out", WriteOptions(split=SPLIT))
    assert report.pages == 12
    assert {folder.name for folder in (tmp_path / "out").iterdir()} == set(PARTS)
    for item in pages:
        part = tmp_path / "out" / SPLIT.part_of(item.document.sha256)
        assert [file for file in part.rglob(f"{item.name}*") if file.suffix != ".png"]


def test_funsd_has_a_folder_and_coco_a_file_for_each_part(tmp_path: Path) -> None:
    pages = items(tmp_path / "in", documents=12)
    export("funsd", pages, tmp_path / "funsd", WriteOptions(split=SPLIT))
    folders = {folder.name for folder in (tmp_path / "funsd").iterdir()}
    assert folders == {"training_data", "validation_data", "testing_data"}
    export("coco", pages, tmp_path / "coco", WriteOptions(split=SPLIT, labels=("header",)))
    ids: list[int] = []
    for part in PARTS:
        coco = COCO(str(tmp_path / "coco" / "annotations" / f"instances_{part}.json"))
        assert [coco.cats[key]["name"] for key in sorted(coco.cats)] == [
            "header",
            "question",
            "table",
        ]
        ids += coco.imgs
        for image in coco.imgs.values():
            assert (tmp_path / "coco" / "images" / image["file_name"]).is_file()
    assert len(set(ids)) == len(ids) == 24


def test_a_split_set_converts_with_its_parts_and_can_be_given_out_anew(tmp_path: Path) -> None:
    pages = items(tmp_path / "in")
    export("coco", pages, tmp_path / "coco", WriteOptions(split=SPLIT))
    before = parts_of("coco", tmp_path / "coco")
    for one, other in itertools.pairwise(("coco", "pages", "xfund", "funsd", "coco2")):
        convert(one, tmp_path / one, other.rstrip("2"), tmp_path / other)
        assert parts_of(other.rstrip("2"), tmp_path / other) == before
    anew = WriteOptions(split=Split(0.5, 0.2, 0.3, seed=7))
    for name in ("xfund", "funsd", "coco"):
        convert("funsd", tmp_path / "funsd", name, tmp_path / f"{name}-anew", anew)
        after = parts_of(name, tmp_path / f"{name}-anew")
        assert after.keys() == before.keys()
        assert after != before


def test_crops_of_one_paper_stay_together(tmp_path: Path) -> None:
    names = [f"PMC{number}_{place}" for number in range(1000, 1012) for place in (3, 4)]
    pages = [
        ExportPage(name, page(), Document(0, name, "", "", 1), picture(tmp_path, name, place))
        for place, name in enumerate(names)
    ]
    export("pubtables", pages, tmp_path / "out", WriteOptions(split=Split(1, 0, 0)))
    structure = tmp_path / "out" / "PubTables1M-Structure-PASCAL-VOC"
    convert("pubtables", structure, "pubtables", tmp_path / "anew", WriteOptions(split=SPLIT))
    found = parts_of("pubtables", tmp_path / "anew" / structure.name)
    assert len(found) == 24
    homes: dict[str, set[str]] = {}
    for name, part in found.items():
        homes.setdefault(name.partition("_")[0], set()).add(part)
    assert all(len(home) == 1 for home in homes.values())
    assert len(set.union(*homes.values())) > 1


@given(st.lists(st.text(min_size=1), min_size=1, max_size=30, unique=True), st.integers(0, 99))
def test_documents_that_come_later_move_none(documents: list[str], seed: int) -> None:
    split = Split(0.8, 0.1, 0.1, seed)
    some = {name: split.part_of(name) for name in documents[::2]}
    everything = {name: split.part_of(name) for name in documents}
    assert some.items() <= everything.items()


def test_shares_come_out_as_asked_and_the_seed_changes_who() -> None:
    names = [f"{number:064x}" for number in range(5000)]
    one, other = Split(0.8, 0.1, 0.1, 0), Split(0.8, 0.1, 0.1, 1)
    counts = Counter(map(one.part_of, names))
    assert counts["train"] == pytest.approx(4000, abs=120)
    assert counts["val"] == pytest.approx(500, abs=90)
    assert sum(one.part_of(name) != other.part_of(name) for name in names) > 1000
    only = Split(0.0, 0.0, 1.0)
    assert {only.part_of(name) for name in names} == {"test"}


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("train=0.8,val=0.1,test=0.1", (0.8, 0.1, 0.1)),
        ("train=8, test=2", (0.8, 0.0, 0.2)),
        ("test=1", (0.0, 0.0, 1.0)),
    ],
)
def test_splits_are_read_from_text(text: str, shares: tuple[float, float, float]) -> None:
    split = parsed(text, 5)
    assert (split.train, split.val, split.test) == pytest.approx(shares)
    assert split.seed == 5


@pytest.mark.parametrize(
    "text",
    ["", "train", "train=x", "train=-1,test=2", "train=nan", "dev=1", "test=0", "val=1,val=1"],
)
def test_texts_that_are_no_split_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="no split"):
        parsed(text)


def twins(folder: Path) -> Iterator[ExportPage]:
    """One page twice, as different files of different documents in different parts."""
    pages = items(folder, documents=24, pages=1)
    by_part = {SPLIT.part_of(item.document.sha256): item for item in pages}
    train, test = by_part["train"], by_part["test"]
    assert isinstance(train.picture, FilePicture)
    assert isinstance(test.picture, FilePicture)
    with Image.open(train.picture.path) as image:
        image.convert("RGB").save(test.picture.path, optimize=True)
    assert test.picture.path.read_bytes() != train.picture.path.read_bytes()
    yield from pages


@pytest.mark.parametrize("name", ["funsd", "coco", "pubtables", "xfund", "alto"])
def test_the_same_picture_in_two_parts_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"same picture.*\(d\d+_0\).*\(d\d+_0\)"):
        export(name, twins(tmp_path / "in"), tmp_path / "out", WriteOptions(split=SPLIT))
    assert not (tmp_path / "out").exists()
    everywhere = WriteOptions(split=Split(1.0, 0.0, 0.0))
    assert export(name, twins(tmp_path / "in"), tmp_path / "out", everywhere).pages == 24


def test_blank_pages_are_no_leak(tmp_path: Path) -> None:
    pages = items(tmp_path / "in", documents=24, pages=1)
    for item in pages:
        assert isinstance(item.picture, FilePicture)
        Image.new("L", (120, 100), 255).save(item.picture.path)
    assert export("funsd", pages, tmp_path / "out", WriteOptions(split=SPLIT)).pages == 24


def test_check_finds_the_same_picture_in_two_parts_of_a_set(tmp_path: Path) -> None:
    pages = items(tmp_path / "in", documents=12)
    export("funsd", pages, tmp_path / "out", WriteOptions(split=SPLIT))
    rules = [
        found.rule for _item, findings in check_set("funsd", tmp_path / "out") for found in findings
    ]
    assert "picture-in-two-parts" not in rules
    first = next((tmp_path / "out/training_data/images").iterdir())
    shutil.copy(first, next((tmp_path / "out/testing_data/images").iterdir()))
    found = [
        found
        for _item, findings in check_set("funsd", tmp_path / "out")
        for found in findings
        if found.rule == "picture-in-two-parts"
    ]
    assert len(found) == 1
    assert first.stem in (found[0].page, dict(found[0].values)["other"])
    with pytest.raises(UserError, match="same picture"):
        convert("funsd", tmp_path / "out", "coco", tmp_path / "coco")


def test_files_of_other_sets_are_not_taken_for_parts(tmp_path: Path) -> None:
    export("coco", items(tmp_path / "in", documents=12), tmp_path / "a", WriteOptions(split=SPLIT))
    folder = tmp_path / "a" / "annotations"
    shutil.copy(folder / "instances_train.json", folder / "stuff_train.json")
    with pytest.raises(UserError, match="several COCO files"):
        formats.members("coco", tmp_path / "a")
    (item,) = itertools.islice(formats.read("coco", folder / "instances_val.json"), 1)
    assert isinstance(item, ReadPage)
    assert item.split == "val"


def test_a_part_that_no_set_has_is_refused(tmp_path: Path) -> None:
    export("pages", items(tmp_path / "in", documents=1), tmp_path / "out")
    file = next((tmp_path / "out" / "pages").iterdir())
    file.write_text(json.dumps(json.loads(file.read_text()) | {"split": "../evil"}))
    kinds = Counter(type(item) for item in formats.read("pages", tmp_path / "out"))
    assert kinds == {UserError: 1, ReadPage: 1}
