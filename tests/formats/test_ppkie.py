"""PP-KIE's lists in and out: PaddleOCR's training lists and PPOCRLabel's Label.txt."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from model_backend.document import Box, Entity
from model_backend.errors import UserError
from model_backend.formats import ReadPage, members, ppkie, read
from model_backend.formats.export import convert, export, export_page
from model_backend.quality import read_back_ppkie

ITEMS: list[dict[str, Any]] = [
    {"transcription": "합계", "label": "question", "points": [[1, 2], [9, 2], [9, 8], [1, 8]],
     "id": 4, "linking": [[4, 9]]},
    {"transcription": "5\t☑", "label": "answer", "points": [[20, 2], [29, 3], [29, 8], [20, 9]],
     "id": 9, "linking": [[4, 9]], "ocr": {"score": 0.5}},
]  # fmt: skip
OF_PPOCRLABEL: list[dict[str, Any]] = [
    {"transcription": "A, \"b\"", "points": [[1.5, 2], [9, 2], [9, 8], [1, 8]],
     "difficult": False, "key_cls": "None"},
    {"transcription": "###", "points": [[1, 2], [5, 1], [9, 2], [9, 8], [1, 8]],
     "difficult": True, "key_cls": "answer"},
]  # fmt: skip


def line_of(name: str, items: object) -> str:
    return f"{name}\t{json.dumps(items, ensure_ascii=False)}\n"


def pictures(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        Image.new("L", (100, 80), "white").save(folder / name)


def loaded(file: Path, data: Path) -> list[tuple[str, list[dict[str, Any]]]]:
    """What PaddleOCR's data set does: lines of bytes, two parts, a picture under the data's
    folder."""
    found = []
    for raw in file.read_bytes().splitlines(keepends=True):
        parts = raw.decode("utf-8").strip("\n").split("\t")
        assert len(parts) == 2
        assert (data / parts[0]).is_file()
        found.append((parts[0], json.loads(parts[1])))
    return found


def only_page(path: Path, name: str = "ppkie") -> ReadPage:
    (page,) = read(name, path)
    assert isinstance(page, ReadPage), page
    return page


def test_training_list_comes_back_value_for_value(tmp_path: Path) -> None:
    pictures(tmp_path / "in/images", "a.png", "b.png")
    text = line_of("a.png", ITEMS) + "\n" + line_of("images/b.png", [])
    (tmp_path / "in/train.txt").write_text(text.replace("\n", "\r\n"), "utf-8-sig")
    report = convert("ppkie", tmp_path / "in", "ppkie", tmp_path / "out")
    assert (report.pages, report.lost, report.problems) == (2, {}, ())
    assert loaded(tmp_path / "out/train.txt", tmp_path / "out") == [
        ("images/a.png", ITEMS),
        ("images/b.png", []),
    ]


def test_label_file_of_ppocrlabel_comes_back_beside_its_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "scans"
    pictures(folder, "a.png")
    (folder / "Label.txt").write_text(line_of("scans/a.png", OF_PPOCRLABEL), "utf-8")
    (folder / "fileState.txt").write_text("scans/a.png\t1\n")
    (folder / "rec_gt.txt").write_text("crop_img/a_crop_0.jpg\tA, b\n")
    assert members("ppkie", tmp_path / "in") == ("scans/Label.txt#0",)
    assert members("ppkie", folder) == members("ppkie", folder / "Label.txt") == ("Label.txt#0",)
    page = only_page(folder).page
    assert [item.label for item in page.entities] == ["None", "answer"]
    assert page.entities[1].box == Box(1, 1, 9, 8)
    convert("ppkie", folder / "Label.txt", "ppkie", tmp_path / "out")
    found = loaded(tmp_path / "out/images/Label.txt", tmp_path / "out")
    assert found == [("images/a.png", OF_PPOCRLABEL)]


def test_edits_change_what_was_edited_and_nothing_else(tmp_path: Path) -> None:
    pictures(tmp_path / "in", "a.png")
    (tmp_path / "in/val.txt").write_text(line_of("a.png", ITEMS), "utf-8")
    item = only_page(tmp_path / "in")
    assert item.split == "val"
    first, second = item.page.entities
    new = Entity(item.page.next_id, "header", (), "New", Box(40, 40, 60.4, 50))
    moved = replace(second, box=Box(30, 20, 40, 28), text="6", label="question")
    page = replace(item.page, entities=(first, moved, new), next_id=item.page.next_id + 1)
    export("ppkie", [export_page(replace(item, page=page))], tmp_path / "out")
    ((_name, found),) = loaded(tmp_path / "out/val.txt", tmp_path / "out")
    assert found[0] == ITEMS[0]
    corners = [[30, 20], [40, 20], [40, 28], [30, 28]]
    changes = {"transcription": "6", "label": "question", "points": corners}
    assert found[1] == {**ITEMS[1], **changes}
    assert found[2]["points"] == [[40, 40], [60, 40], [60, 50], [40, 50]]
    assert list(found[2]) == ["transcription", "label", "points", "id", "linking"]
    assert found[2]["id"] == 10


def test_lists_are_known_by_their_lines_among_xfund_files(tmp_path: Path) -> None:
    pictures(tmp_path / "images", "a.png")
    (tmp_path / "train.txt").write_text(line_of("a.png", ITEMS), "utf-8")
    for page in (only_page(tmp_path, "xfund"), only_page(tmp_path / "train.txt", "xfund")):
        assert [(item.text, item.label) for item in page.page.entities] == [
            ("합계", "question"),
            ("5\t☑", "answer"),
        ]
        assert page.page.words[1].box == Box(20, 2, 29, 9)
        assert len(page.page.relations) == 1


def test_real_forms_leave_with_their_links_and_come_back(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "funsd/training_data"
    report = convert("funsd", source, "ppkie", tmp_path / "set")
    assert report.pages == 149
    lines = loaded(tmp_path / "set/images/Label.txt", tmp_path / "set")
    for (name, items), form in zip(lines, read("funsd", source), strict=True):
        assert isinstance(form, ReadPage)
        assert Path(name).stem == form.name
        raw = json.loads((source / f"annotations/{form.name}.json").read_text("utf-8"))["form"]
        assert [
            (item["transcription"], item["label"], item["id"], item["linking"]) for item in items
        ] == [(item["text"], item["label"], item["id"], item["linking"]) for item in raw]
        assert [(item["points"][0] + item["points"][2]) for item in items] == [
            item["box"] for item in raw
        ]
    again = convert("ppkie", tmp_path / "set", "ppkie", tmp_path / "again")
    assert again.lost == {}
    assert (tmp_path / "again/images/Label.txt").read_bytes() == (
        tmp_path / "set/images/Label.txt"
    ).read_bytes()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a.png\t[1]", "list of entities"),
        ('a.png\t[{"transcription": 1, "points": [[1,2],[3,4]]}]', "text"),
        ('a.png\t[{"transcription": "a", "points": [[1,2],[3]]}]', "box"),
        ('a.png\t[{"transcription": "a", "points": [[1,2],[3,"x"],[4,5]]}]', "box"),
        ('a.png\t[{"transcription": "a"', "not valid JSON"),
        ("gone.png\t[]", "picture is missing"),
        ("../a.png\t[]", "does not lead"),
    ],
)
def test_broken_line_is_named_and_leaves_the_others(tmp_path: Path, line: str, reason: str) -> None:
    pictures(tmp_path, "a.png")
    (tmp_path / "train.txt").write_text(f"{line}\n" + line_of("a.png", ITEMS), "utf-8")
    broken, sound = read("ppkie", tmp_path)
    assert isinstance(broken, UserError)
    assert reason in str(broken)
    assert isinstance(sound, ReadPage)


def test_folder_without_lists_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x\ty")
    with pytest.raises(UserError, match="no lists of PP-KIE"):
        members("ppkie", tmp_path)


def test_damaged_list_does_not_pass_the_check(tmp_path: Path) -> None:
    pictures(tmp_path / "in/images", "a.png")
    (tmp_path / "in/train.txt").write_text(line_of("a.png", ITEMS), "utf-8")
    page = only_page(tmp_path / "in")
    export("ppkie", [export_page(page)], tmp_path / "out")
    image = tmp_path / "out/images/a.png"
    line = (tmp_path / "out/train.txt").read_text("utf-8")
    read_back_ppkie.check_line(line, image, page.page)
    for old, new in (("합계", "합"), ("[4, 9]", "[4, 4]"), ("[29, 3]", "[39, 3]"), ("\t", " ")):
        with pytest.raises(UserError, match="does not read back"):
            read_back_ppkie.check_line(line.replace(old, new), image, page.page)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["transcription", "points", "label", "key_cls", "linking", "id"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(items=st.lists(anything, max_size=3))
def test_any_values_give_pages_or_messages(
    tmp_path_factory: pytest.TempPathFactory, items: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    pictures(folder, "a.png")
    (folder / "train.txt").write_text(f"a.png\t{json.dumps(items)}\n", "utf-8")
    (found,) = read("ppkie", folder)
    if isinstance(found, ReadPage):
        export("ppkie", [export_page(found)], folder / "out")
        assert ppkie.members(folder / "out")
