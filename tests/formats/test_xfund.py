"""XFUND: many forms in one file, what comes in goes out, and lists of PP-KIE."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop.document import edits
from model_backend.document import Box, Region, Word
from model_backend.errors import UserError
from model_backend.formats import ReadPage, WriteOptions, funsd, members, read, read_member, xfund
from model_backend.formats.export import convert, export, export_page
from model_backend.quality import read_back_xfund


def document(number: int = 0, **changes: object) -> dict[str, Any]:
    """A form of two entities whose ids are not their places, with characters as words."""
    return {
        "id": f"zh_train_{number}",
        "uid": f"u{number}",
        "document": [
            {
                "box": [10, 10, 50, 20],
                "text": "姓名",
                "label": "question",
                "words": [
                    {"box": [10, 10, 30, 10, 30, 20, 10, 20], "text": "姓"},
                    {"box": [30, 10, 50, 20], "text": "名"},
                ],
                "linking": [[7, 3]],
                "id": 7,
                "checked": True,
            },
            {
                "box": [60, 10, 90, 20],
                "text": "",
                "label": "answer",
                "words": [{"box": [60, 10, 90, 20], "text": "", "conf": 0.5}],
                "linking": [[7, 3]],
                "id": 3,
            },
        ],
        "img": {"fname": f"zh_train_{number}.png", "width": 100, "height": 80, "dpi": 200},
        "extra": {"of": "document"},
        **changes,
    }


def data_set(folder: Path, documents: list[Any], name: str = "zh.train.json") -> Path:
    """A file with two other keys around its documents, and its pictures beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {"lang": "zh", "version": "0.1", "documents": documents, "tags": [[]]}
    (folder / name).write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    for item in documents:
        if isinstance(item, dict) and "fname" in item["img"]:
            Image.new("L", (100, 80), "white").save(folder / Path(item["img"]["fname"]).name)
    return folder


def only_page(path: Path) -> ReadPage:
    (page,) = read("xfund", path)
    assert isinstance(page, ReadPage), page
    return page


def test_file_of_many_forms_comes_back_value_for_value(tmp_path: Path) -> None:
    source = data_set(tmp_path / "in", [document(0), document(1)])
    report = convert("xfund", source, "xfund", tmp_path / "out")
    file = tmp_path / "out" / "zh.train.json"
    written = json.loads(file.read_text("utf-8"))
    assert written == json.loads((source / "zh.train.json").read_text("utf-8"))
    assert list(written) == ["lang", "version", "documents", "tags"]
    assert "姓" in file.read_text("utf-8")
    pictures = tmp_path / "out" / "zh.train"
    assert (pictures / "zh_train_1.png").read_bytes() == (source / "zh_train_1.png").read_bytes()
    assert (report.pages, report.lost, report.problems) == (2, {}, ())
    convert("xfund", tmp_path / "out", "xfund", tmp_path / "again")
    assert (tmp_path / "again" / "zh.train.json").read_bytes() == file.read_bytes()


def test_words_keep_their_characters_and_boxes_of_eight_numbers(tmp_path: Path) -> None:
    page = only_page(data_set(tmp_path, [document()])).page
    assert [word.text for word in page.words] == ["姓", "名", ""]
    assert page.words[0].box == Box(10, 10, 30, 20)
    assert page.entities[0].text == "姓名"
    (link,) = page.relations
    assert (link.from_id, link.to_id) == (page.entities[0].id, page.entities[1].id)


def test_edited_values_are_the_only_ones_that_change(tmp_path: Path) -> None:
    item = only_page(data_set(tmp_path / "in", [document()]))
    page = edits.set_text(item.page, item.page.entities[0].id, "이름")
    export("xfund", [export_page(replace(item, page=page))], tmp_path / "out")
    wanted = document()
    wanted["document"][0]["text"] = "이름"
    assert json.loads((tmp_path / "out/zh.train.json").read_text())["documents"] == [wanted]


def test_new_and_deleted_entities_keep_the_ids_of_the_others(tmp_path: Path) -> None:
    item = only_page(data_set(tmp_path / "in", [document()]))
    page = edits.delete(item.page, [item.page.entities[0].id])
    page = edits.add_entity_box(page, "header", Box(1, 1, 9, 9), "new")
    export("xfund", [export_page(replace(item, page=page))], tmp_path / "out")
    (found,) = json.loads((tmp_path / "out/zh.train.json").read_text())["documents"]
    assert [(entity["id"], entity["text"]) for entity in found["document"]] == [(3, ""), (8, "new")]
    assert all(entity["linking"] == [] for entity in found["document"])


def test_real_forms_leave_as_one_file_and_come_back_as_they_were(
    shared_data: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    for folder, ending in (("annotations", "json"), ("images", "png")):
        (source / folder).mkdir(parents=True)
        for stem in ("00040534", "0011906503", "0001239897"):
            original = shared_data / "funsd/training_data" / folder / f"{stem}.{ending}"
            shutil.copy(original, source / folder)
    convert("funsd", source, "xfund", tmp_path / "one")
    assert [path.name for path in (tmp_path / "one").glob("*.json")] == ["pages.json"]
    convert("xfund", tmp_path / "one", "funsd", tmp_path / "back")
    for file in (source / "annotations").iterdir():
        back = json.loads((tmp_path / "back/annotations" / file.name).read_text("utf-8"))
        first = {entity["id"]: entity for entity in json.loads(file.read_text("utf-8"))["form"]}
        for entity in back["form"]:
            wanted = first[entity["id"]]
            pairs = [sorted(map(tuple, part.pop("linking"))) for part in (entity, wanted)]
            assert set(pairs[0]) == set(pairs[1])
            assert entity == wanted


def test_boxes_of_eight_numbers_become_four_in_funsd(tmp_path: Path) -> None:
    convert("xfund", data_set(tmp_path / "in", [document()]), "funsd", tmp_path / "out")
    (file,) = (tmp_path / "out/training_data/annotations").iterdir()
    form = json.loads(file.read_text("utf-8"))["form"]
    assert form[0]["words"][0]["box"] == [10, 10, 30, 20]
    assert [entity["id"] for entity in form] == [0, 1]
    assert form[0]["linking"] == form[1]["linking"] == [[0, 1]]


def test_files_of_a_folder_keep_their_parts_of_the_set(tmp_path: Path) -> None:
    data_set(tmp_path / "in", [document(0)])
    data_set(tmp_path / "in", [document(1)], "zh.val.json")
    (tmp_path / "in" / "notes.json").write_text('{"a": 1}')
    pages = list(read("xfund", tmp_path / "in"))
    assert [(page.name, page.split) for page in pages if isinstance(page, ReadPage)] == [
        ("zh_train_0", "train"),
        ("zh_train_1", "val"),
    ]
    convert("xfund", tmp_path / "in", "xfund", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["zh.train", "zh.train.json", "zh.val", "zh.val.json"]
    assert members("xfund", tmp_path / "in" / "zh.val.json") == ("zh.val.json#0",)


def test_broken_documents_do_not_stop_the_others(tmp_path: Path) -> None:
    broken: list[Any] = [
        document(1, document={}),
        document(2, img={"width": 1}),
        7,
        document(4, img={"fname": "../../x.png", "width": 100, "height": 80}),
        document(5, document=[{"box": [1, 2, 3], "label": "x"}]),
    ]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "broken.json").write_text('{"documents": [')
    found = list(read("xfund", data_set(tmp_path / "in", [document(0), *broken])))
    pages = [item for item in found if isinstance(item, ReadPage)]
    errors = [str(item) for item in found if isinstance(item, UserError)]
    assert [page.name for page in pages] == ["zh_train_0"]
    assert len(errors) == 6
    assert "broken.json" in errors[0]
    assert "number 3" in errors[3]
    assert "../../x.png" in errors[4]


def test_missing_picture_leaves_the_page_and_is_named(tmp_path: Path) -> None:
    folder = data_set(tmp_path, [document()])
    (folder / "zh_train_0.png").unlink()
    page = only_page(folder)
    assert (page.image, page.page.width) == (None, 100)
    assert page.problems == ("its picture 'zh_train_0.png' is missing",)


def test_picture_of_another_size_is_refused(tmp_path: Path) -> None:
    folder = data_set(tmp_path, [document()])
    Image.new("L", (50, 80)).save(folder / "zh_train_0.png")
    with pytest.raises(UserError, match="50 x 80"):
        read_member("xfund", folder, "zh.train.json#0")


def test_what_forms_cannot_hold_is_counted(tmp_path: Path) -> None:
    item = only_page(data_set(tmp_path / "in", [document()]))
    page = replace(
        item.page,
        words=(*item.page.words, Word(50, "free", Box(1, 1, 5, 5))),
        regions=(Region(51, "stamp", Box(1, 1, 5, 5)),),
        next_id=52,
    )
    report = export("xfund", [export_page(replace(item, page=page))], tmp_path / "out")
    assert report.lost == {"words_outside_entities": 1, "regions": 1}


def test_damaged_files_do_not_pass_the_check(tmp_path: Path) -> None:
    item = only_page(data_set(tmp_path / "in", [document()]))
    writer = xfund.Writer(tmp_path, WriteOptions())
    writer.write(export_page(item))
    writer.close()
    file = tmp_path / "zh.train.json"
    text = file.read_bytes()
    start = text.index(b'{"id"')
    place = (start, text.index(b"\n]") - start)
    read_back_xfund.check_document(file, place, item.page)
    for old, new in (
        (b'"checked"', b'"chekced"'),
        (b"[7, 3]", b"[3, 7]"),
        (b"[30, 10", b"[33, 10"),
    ):
        file.write_bytes(text.replace(old, new))
        if old == b'"checked"':
            read_back_xfund.check_document(file, place, item.page)
            continue
        with pytest.raises(UserError, match="does not read back"):
            read_back_xfund.check_document(file, place, item.page)
    (tmp_path / "zh.train" / "zh_train_0.png").unlink()
    file.write_bytes(text)
    with pytest.raises(UserError, match="no picture"):
        read_back_xfund.check_documents(file, pages=1)


def test_large_file_is_not_held_in_memory(tmp_path: Path) -> None:
    import tracemalloc

    data_set(tmp_path, [document()])
    text = json.dumps(document(), ensure_ascii=False)
    with (tmp_path / "zh.train.json").open("w", encoding="utf-8") as file:
        file.write('{"documents": [' + text)
        for _ in range(3000):
            file.write("," + text)
        file.write("]}")
    tracemalloc.start()
    assert len(members("xfund", tmp_path)) == 3001
    page = read_member("xfund", tmp_path, "zh.train.json#3000")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert page.page.entities
    assert peak < 60 * 2**20


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["box", "text", "label", "words", "linking", "id", "img", "fname"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(form=anything, image=anything | st.just({"fname": "zh_train_0.png"}))
def test_any_values_give_pages_or_messages(
    tmp_path_factory: pytest.TempPathFactory, form: object, image: object
) -> None:
    folder = tmp_path_factory.mktemp("any")
    Image.new("L", (100, 80)).save(folder / "zh_train_0.png")
    data = {"documents": [{"document": form, "img": image}]}
    (folder / "x.json").write_text(json.dumps(data), "utf-8")
    try:
        found = list(read("xfund", folder))
    except UserError:
        return
    assert all(isinstance(item, ReadPage | UserError) for item in found)


def test_forms_of_funsd_are_no_xfund(shared_data: Path) -> None:
    with pytest.raises(UserError, match="XFUND"):
        members("xfund", shared_data / "funsd/training_data/annotations/00040534.json")
    assert funsd.members(shared_data / "funsd/training_data")
