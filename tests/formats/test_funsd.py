"""FUNSD: what comes in goes out, and after an edit only what was edited differs."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.document import edits
from model_backend.document import Box, Document, Entity, Page, Region, Relation, Word
from model_backend.document_json import from_json, to_json
from model_backend.errors import UserError
from model_backend.formats import ExportPage, ReadPage, WriteOptions, funsd, members, read
from model_backend.formats.export import convert, export
from model_backend.formats.funsd_form import form_of
from model_backend.formats.pictures import FilePicture

DOCUMENT = Document(0, "x", "", "image/png", 1)


@pytest.fixture(scope="session")
def forms(shared_data: Path) -> dict[str, ReadPage]:
    """All training forms, read once."""
    folder = shared_data / "funsd" / "training_data"
    pages = {}
    for page in read("funsd", folder):
        assert isinstance(page, ReadPage), page
        pages[page.name] = page
    return pages


def original(shared_data: Path, name: str) -> list[dict[str, Any]]:
    file = shared_data / "funsd" / "training_data" / "annotations" / f"{name}.json"
    return json.loads(file.read_text("utf-8"))["form"]


def keys(form: list[dict[str, Any]]) -> list[tuple[list[str], list[list[str]]]]:
    return [(list(item), [list(word) for word in item["words"]]) for item in form]


def export_page(page: ReadPage) -> ExportPage:
    assert page.image
    return ExportPage(page.name, page.page, DOCUMENT, FilePicture(page.image), page.split)


def write(folder: Path, *pages: ExportPage) -> funsd.Writer:
    writer = funsd.Writer(folder, WriteOptions())
    for page in pages:
        writer.write(page)
    writer.close()
    return writer


def test_all_training_forms_come_back_byte_for_byte(
    shared_data: Path, forms: dict[str, ReadPage], tmp_path: Path
) -> None:
    source = shared_data / "funsd" / "training_data"
    assert len(forms) == 149
    for form in forms.values():
        stored = from_json(Page, json.loads(json.dumps(to_json(form.page))))
        assert stored == form.page
    write(tmp_path, *(export_page(form) for form in forms.values()))
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*"))
    assert len(written) == 298
    for name in written:
        assert (tmp_path / name).read_bytes() == (source / name).read_bytes(), name


def test_training_forms_have_the_published_counts(forms: dict[str, ReadPage]) -> None:
    labels = [entity.label for form in forms.values() for entity in form.page.entities]
    counts = {label: labels.count(label) for label in set(labels)}
    assert counts == {"header": 441, "question": 3266, "answer": 2802, "other": 902}
    assert sum(len(form.page.words) for form in forms.values()) == 22512


def test_links_are_read_once_and_the_self_link_is_kept(forms: dict[str, ReadPage]) -> None:
    page = forms["0001239897"].page
    ninth = page.entities[9].id
    pairs = [
        (link.from_id, link.to_id) for link in page.relations if ninth in (link.from_id, link.to_id)
    ]
    assert sorted(pairs) == sorted(
        (page.entities[a].id, page.entities[b].id) for a, b in ((9, 11), (9, 10), (6, 9))
    )
    dirty = forms["0011906503"]
    assert [link for link in dirty.page.relations if link.from_id == link.to_id]
    assert any("linked to itself" in problem for problem in dirty.problems)


def test_changed_text_changes_nothing_else(shared_data: Path, forms: dict[str, ReadPage]) -> None:
    page = forms["0001239897"].page
    changed = replace(page.entities[9], text="Changed ☑", label="other")
    entities = tuple(changed if item.id == changed.id else item for item in page.entities)
    form = form_of(replace(page, entities=entities))
    wanted = original(shared_data, "0001239897")
    wanted[9] |= {"text": "Changed ☑", "label": "other"}
    assert form == wanted
    assert keys(form) == keys(wanted)


def test_moved_box_is_written_in_whole_pixels(
    shared_data: Path, forms: dict[str, ReadPage]
) -> None:
    page = forms["00040534"].page
    first = page.entities[0]
    word = replace(page.words[0], box=Box(10.4, 11.6, 10.5, 20.2))
    moved = replace(first, box=Box(10.4, 11.6, 10.5, 20.2))
    form = form_of(
        replace(page, entities=(moved, *page.entities[1:]), words=(word, *page.words[1:]))
    )
    wanted = original(shared_data, "00040534")
    wanted[0]["box"] = wanted[0]["words"][0]["box"] = [10, 12, 11, 20]
    assert form == wanted


def test_new_entity_and_link_follow_the_rules(
    shared_data: Path, forms: dict[str, ReadPage]
) -> None:
    page = forms["00040534"].page
    entity = Entity(page.next_id, "answer", (page.words[0].id,), "x", page.words[0].box)
    link = Relation(page.next_id + 1, page.entities[3].id, entity.id)
    form = form_of(
        replace(page, entities=(*page.entities, entity), relations=(*page.relations, link))
    )
    wanted = original(shared_data, "00040534")
    new = len(wanted)
    wanted[3]["linking"].append([3, new])
    assert form[:new] == wanted
    assert list(form[new]) == ["box", "text", "label", "words", "linking", "id"]
    assert form[new]["id"] == new
    assert form[new]["linking"] == [[3, new]]


def test_deleted_entity_renumbers_both_copies_of_every_link(
    shared_data: Path, forms: dict[str, ReadPage]
) -> None:
    page = forms["0001239897"].page
    gone = page.entities[6].id
    form = form_of(
        replace(
            page,
            entities=tuple(item for item in page.entities if item.id != gone),
            relations=tuple(
                link for link in page.relations if gone not in (link.from_id, link.to_id)
            ),
        )
    )
    wanted = [item for item in original(shared_data, "0001239897") if item["id"] != 6]
    for item in wanted:
        item["id"] -= item["id"] > 6
        item["linking"] = [
            [a - (a > 6), b - (b > 6)] for a, b in item["linking"] if 6 not in (a, b)
        ]
    assert form == wanted
    assert form[8]["linking"] == [[8, 10], [8, 10], [8, 9]]


def test_removed_link_disappears_from_both_entities(forms: dict[str, ReadPage]) -> None:
    page = forms["0001239897"].page
    link = next(item for item in page.relations if item.from_id == page.entities[9].id)
    form = form_of(replace(page, relations=tuple(i for i in page.relations if i.id != link.id)))
    ids = {entity.id: index for index, entity in enumerate(page.entities)}
    pair = [ids[link.from_id], ids[link.to_id]]
    assert all(pair not in item["linking"] for item in form)


def test_pasted_copy_is_a_new_entity(forms: dict[str, ReadPage]) -> None:
    page = forms["0001239897"].page
    copy = replace(page.entities[9], id=page.next_id)
    form = form_of(replace(page, entities=(*page.entities, copy)))
    assert form[-1]["id"] == len(form) - 1
    assert form[-1]["linking"] == []
    assert form[-1]["words"] == form[9]["words"]


def test_own_ids_unknown_keys_and_dangling_links_survive(tmp_path: Path, shared_data: Path) -> None:
    form = [
        {"id": 7, "box": [1, 2, 30.5, 20], "label": "x", "text": "a", "words": [],
         "linking": [[7, 12], [7, 99]], "extra": {"n": 1}},
        {"label": "question", "id": 12, "box": [30, 40, 10, 20], "text": "b", "linking": [[7, 12]],
         "words": [{"text": "b", "box": [10, 20, 30, 20, 30, 40, 10, 40], "char": 1}]},
    ]  # fmt: skip
    folder = make_set(tmp_path, shared_data, {"lang": "zh", "form": form, "version": 2})
    (page,) = read("funsd", folder)
    assert isinstance(page, ReadPage)
    assert page.page.entities[1].box == Box(10, 20, 30, 40)
    assert form_of(page.page) == form
    assert keys(form_of(page.page)) == keys(form)
    assert any("a missing entity" in problem for problem in page.problems)
    write(tmp_path / "out", export_page(page))
    out = json.loads((tmp_path / "out/annotations/form.json").read_text())
    assert list(out) == ["lang", "form", "version"]
    entity = Entity(page.page.next_id, "other", (), "drawn", Box(1, 1, 9, 9))
    form = form_of(replace(page.page, entities=(*page.page.entities, entity)))
    assert form[-1]["id"] == 13
    assert form[-1]["words"] == [{"box": [1, 1, 9, 9], "text": "drawn"}]


def make_set(
    tmp_path: Path, shared_data: Path, data: dict[str, Any], text: str | None = None
) -> Path:
    folder = tmp_path / "set"
    for name in ("annotations", "images"):
        (folder / name).mkdir(parents=True)
    image = shared_data / "funsd/training_data/images/00040534.png"
    shutil.copyfile(image, folder / "images/form.png")
    (folder / "annotations/form.json").write_text(text or json.dumps(data), "utf-8")
    return folder


def test_empty_form_comes_back_empty(tmp_path: Path, shared_data: Path) -> None:
    (page,) = read("funsd", make_set(tmp_path, shared_data, {"form": []}))
    assert isinstance(page, ReadPage)
    write(tmp_path / "out", export_page(page))
    assert json.loads((tmp_path / "out/annotations/form.json").read_text()) == {"form": []}


ENTITY: dict[str, Any] = {
    "box": [1, 2, 3, 4], "text": "", "label": "other", "words": [], "linking": [], "id": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"box": [1, 2, 3]}, "box"),
        ({"box": [1, 2, 3, True]}, "box"),
        ({"box": [1, 2, 3, "4"]}, "box"),
        ({"box": [1, 2, 3, 1e308]}, "box"),
        ({"label": None}, "label"),
        ({"text": 3}, "text"),
        ({"words": [{"text": "a"}]}, "words"),
        ({"linking": [[1]]}, "linking"),
        ({"id": True}, "id"),
        ({"id": 2**63}, "number"),
    ],
)
def test_broken_entity_is_refused_by_name(
    tmp_path: Path, shared_data: Path, changes: dict[str, Any], word: str
) -> None:
    (error,) = read("funsd", make_set(tmp_path, shared_data, {"form": [ENTITY | changes]}))
    assert isinstance(error, UserError)
    assert "form.json" in str(error)
    assert word in str(error)


def test_same_id_twice_is_refused(tmp_path: Path, shared_data: Path) -> None:
    (error,) = read("funsd", make_set(tmp_path, shared_data, {"form": [ENTITY, ENTITY]}))
    assert isinstance(error, UserError)
    assert "twice" in str(error)


def test_broken_member_leaves_the_rest(tmp_path: Path, shared_data: Path) -> None:
    folder = make_set(tmp_path, shared_data, {"form": [ENTITY]})
    (folder / "annotations/broken.json").write_text('{"form": [')
    (folder / "annotations/lonely.json").write_text('{"form": []}')
    assert members("funsd", folder) == ("broken", "form", "lonely")
    broken, good, lonely = read("funsd", folder)
    assert isinstance(good, ReadPage)
    assert "broken.json" in str(broken)
    assert "lonely.png" in str(lonely)


def test_folder_without_annotations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no FUNSD annotations"):
        members("funsd", tmp_path)
    with pytest.raises(UserError, match="cannot be found"):
        members("funsd", tmp_path / "nothing")


def test_parts_of_the_whole_set_are_kept(tmp_path: Path, shared_data: Path) -> None:
    for name in ("training_data", "testing_data"):
        folder = make_set(tmp_path / name, shared_data, {"form": [ENTITY]})
        folder.rename(tmp_path / "dataset" / name) if (
            tmp_path / "dataset"
        ).is_dir() else shutil.copytree(folder, tmp_path / "dataset" / name)
    pages = [page for page in read("funsd", tmp_path) if isinstance(page, ReadPage)]
    assert [page.split for page in pages] == ["test", "train"]
    write(tmp_path / "out", *map(export_page, pages))
    assert (tmp_path / "out/testing_data/annotations/form.json").is_file()
    assert (tmp_path / "out/training_data/images/form.png").is_file()


def test_losses_and_new_names_are_reported(tmp_path: Path, forms: dict[str, ReadPage]) -> None:
    form = forms["00040534"]
    page = replace(
        form.page,
        words=(*form.page.words, Word(form.page.next_id, "alone", Box(1, 1, 5, 5))),
        regions=(Region(form.page.next_id + 1, "stamp", Box(1, 1, 5, 5)),),
    )
    item = replace(export_page(form), page=page)
    writer = write(tmp_path, item, replace(item, name="00040534"), replace(item, name="a.json"))
    assert writer.written.lost["words_outside_entities"] == 3
    assert writer.written.lost["regions"] == 3
    assert ("00040534", "00040534_2") in writer.written.renamed
    assert not any("json" in path.stem for path in (tmp_path / "annotations").iterdir())
    writer.write(replace(item, picture=None))
    assert "no picture" in writer.written.problems[0]


def test_labels_that_loaders_do_not_know_are_reported(
    tmp_path: Path, forms: dict[str, ReadPage]
) -> None:
    form = next(iter(forms.values()))
    first, *rest = form.page.entities
    report = export("funsd", [export_page(form)], tmp_path / "known")
    assert report.problems == ()
    page = replace(form.page, entities=(replace(first, label="total"), *rest))
    report = export("funsd", [export_page(replace(form, page=page))], tmp_path / "out")
    assert report.problems == ("LayoutLM's loaders know no label 'total'",)


def test_word_out_of_the_page_is_reported(tmp_path: Path, forms: dict[str, ReadPage]) -> None:
    form = next(iter(forms.values()))
    first, *rest = form.page.words
    page = replace(form.page, words=(replace(first, box=first.box.moved(0, -999)), *rest))
    item = export_page(replace(form, page=page))
    report = export("funsd", [item], tmp_path / "out")
    assert report.problems == (f"{form.name}: 1 box reaches out of the page",)
    again = convert("funsd", tmp_path / "out", "coco", tmp_path / "coco")
    assert again.problems == report.problems  # told once, though seen by reader and writer


def test_pictures_without_annotation_are_listed(tmp_path: Path, shared_data: Path) -> None:
    folder = make_set(tmp_path, shared_data, {"form": [ENTITY]})
    shutil.copyfile(folder / "images/form.png", folder / "images/alone.png")
    (page,) = read("funsd", folder)
    assert isinstance(page, ReadPage)
    assert page.problems == ("1 picture has no annotation: alone.png",)


def test_swapped_corners_are_put_right_told_and_written_back(
    tmp_path: Path, shared_data: Path
) -> None:
    (page,) = read(
        "funsd", make_set(tmp_path, shared_data, {"form": [ENTITY | {"box": [9, 9, 1, 2]}]})
    )
    assert isinstance(page, ReadPage)
    assert page.page.entities[0].box == Box(1, 2, 9, 9)
    assert any("swapped" in problem for problem in page.problems)
    assert form_of(page.page)[0]["box"] == [9, 9, 1, 2]


def test_edits_of_one_entity_a_form_change_its_values_only(
    shared_data: Path, forms: dict[str, ReadPage]
) -> None:
    for number, (name, form) in enumerate(sorted(forms.items())):
        page, wanted = form.page, original(shared_data, name)
        place = number % len(page.entities)
        entity, item = page.entities[place], wanted[place]
        if number % 2:
            page = edits.set_label(page, [entity.id], "changed")
            item["label"] = "changed"
        else:
            page = edits.move(page, [entity.id], 3, -2)
            for part in (item, *item["words"]):
                part["box"] = [a + b for a, b in zip(part["box"], (3, -2, 3, -2), strict=True)]
        found = form_of(page)
        assert found == wanted, name
        assert keys(found) == keys(wanted)


def test_form_turned_once_around_is_what_it_was(
    shared_data: Path, forms: dict[str, ReadPage]
) -> None:
    for name in ("00040534", "0011906503", "0001123541"):
        page = forms[name].page
        for _ in range(4):
            page = edits.rotate(page, 90)
        assert form_of(page) == original(shared_data, name)


def test_deleted_word_leaves_the_text_of_the_rest(
    shared_data: Path, forms: dict[str, ReadPage]
) -> None:
    page = forms["0001123541"].page
    entity = next(item for item in page.entities if len(item.word_ids) > 2)
    place = page.entities.index(entity)
    found = form_of(edits.delete(page, [entity.word_ids[1]]))
    wanted = original(shared_data, "0001123541")
    del wanted[place]["words"][1]
    for item in (found, wanted):
        item[place] = {"words": item[place]["words"]}
    assert found == wanted
