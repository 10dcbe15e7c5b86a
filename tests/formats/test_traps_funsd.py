"""What goes wrong with FUNSD and XFUND elsewhere: each hazard of their particulars, tried here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from model_backend.document import Box, Entity, Page, PageGeometry, Relation, Word
from model_backend.formats import ReadPage, read
from model_backend.formats.export import convert, export, export_page


def form_set(folder: Path, items: list[Any], *, stem: str = "a", kind: str = "L") -> Path:
    """A data set of one form with a picture of 754 x 1000 pixels."""
    for part in ("annotations", "images"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    Image.new(kind, (754, 1000), "white").save(folder / f"images/{stem}.png")
    text = json.dumps({"form": items}, ensure_ascii=False)
    (folder / f"annotations/{stem}.json").write_text(text, "utf-8")
    return folder


def item_of(number: int, *words: str, label: str = "other", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """An entity with its words side by side, as the set has them."""
    boxes = [[10 + 50 * n, 10, 50 + 50 * n, 30] for n in range(len(words))]
    return {
        "box": [10, 10, 50 * max(len(words), 1), 30],
        "text": " ".join(words),
        "label": label,
        "words": [{"box": box, "text": word} for box, word in zip(boxes, words, strict=True)],
        "linking": [],
        "id": number,
        **more,
    }


def only(path: Path, name: str = "funsd") -> ReadPage:
    (page,) = read(name, path)
    assert isinstance(page, ReadPage), page
    return page


def form_in(folder: Path, stem: str = "a") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        (folder / f"annotations/{stem}.json").read_text("utf-8")
    )["form"]
    return found


def layoutlm(folder: Path, stem: str = "a") -> list[tuple[str, list[int], str]]:
    """Tokens as LayoutLM's loaders take them: words with text, boxes of 1000, BIO."""
    found = []
    with Image.open(folder / f"images/{stem}.png") as image:
        width, height = image.size
    for item in form_in(folder, stem):
        words = [word for word in item["words"] if word["text"].strip()]
        for place, word in enumerate(words):
            x0, y0, x1, y1 = word["box"]
            box = [int(1000 * x0 / width), int(1000 * y0 / height)]
            box += [int(1000 * x1 / width), int(1000 * y1 / height)]
            name = item["label"].upper()
            tag = "O" if name == "OTHER" else f"{'I' if place else 'B'}-{name}"
            found.append((word["text"], box, tag))
    return found


def test_words_without_text_and_inner_blanks_stay_when_another_entity_changes(
    tmp_path: Path,
) -> None:
    odd = item_of(0, "BRAND SMOKER", "", "'the ", text="BRAND  SMOKER 'the")
    page = only(form_set(tmp_path / "in", [odd, item_of(1, "x")]))
    first, second = page.page.entities
    changed = replace(page.page, entities=(first, replace(second, text="y")))
    export("funsd", [export_page(replace(page, page=changed))], tmp_path / "out")
    assert form_in(tmp_path / "out") == [odd, item_of(1, "x", text="y")]


def test_text_in_another_order_than_its_words_is_not_put_right(tmp_path: Path) -> None:
    odd = item_of(0, "b", "a", text="a b")
    page = only(form_set(tmp_path / "in", [odd]))
    assert page.page.entities[0].text == "a b"
    convert("funsd", tmp_path / "in", "funsd", tmp_path / "out")
    assert form_in(tmp_path / "out") == [odd]


def test_file_with_a_byte_order_mark_leaves_without(tmp_path: Path) -> None:
    folder = form_set(tmp_path / "in", [item_of(0, "\u2610", "\uf702", "\u03bf")])
    file = folder / "annotations/a.json"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    convert("funsd", folder, "funsd", tmp_path / "out")
    raw = (tmp_path / "out/annotations/a.json").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\\u" not in raw
    assert [word["text"] for word in form_in(tmp_path / "out")[0]["words"]] == [
        "\u2610",
        "\uf702",
        "\u03bf",
    ]


@pytest.mark.parametrize("kind", ["L", "RGB", "1"])
def test_picture_keeps_its_bytes_and_its_kind(tmp_path: Path, kind: str) -> None:
    folder = form_set(tmp_path / "in", [item_of(0, "x")], kind=kind)
    convert("funsd", folder, "funsd", tmp_path / "out")
    before, after = (root / "images/a.png" for root in (folder, tmp_path / "out"))
    assert after.read_bytes() == before.read_bytes()


def test_photo_in_jpeg_leaves_as_png_of_its_own_size(tmp_path: Path) -> None:
    Image.new("RGB", (640, 480), "white").save(tmp_path / "photo.jpg")
    from model_backend.formats.pictures import FilePicture

    words = (Word(1, "x", Box(600, 400, 640, 480)),)
    entities = (Entity(2, "answer", (1,), "x", Box(600, 400, 640, 480)),)
    page = Page(
        0, 0, 0, 640.0, 480.0, "px", PageGeometry("test", 640, 480), words=words,
        entities=entities, next_id=3,
    )  # fmt: skip
    item = replace(
        export_page(ReadPage("photo", page, None)), picture=FilePicture(tmp_path / "photo.jpg")
    )
    export("funsd", [item], tmp_path / "out")
    with Image.open(tmp_path / "out/images/photo.png") as image:
        assert (image.format, image.size) == ("PNG", (640, 480))
    assert layoutlm(tmp_path / "out", "photo") == [("x", [937, 833, 1000, 1000], "B-ANSWER")]


@pytest.mark.parametrize("name", ["my.json scan", "a.jsonb", "json", "x_json_y"])
def test_names_that_loaders_would_mangle_find_their_picture(tmp_path: Path, name: str) -> None:
    page = only(form_set(tmp_path / "in", [item_of(0, "x")]))
    export("funsd", [export_page(replace(page, name=name))], tmp_path / "out")
    (file,) = (tmp_path / "out/annotations").iterdir()
    inside = str(file.relative_to(tmp_path / "out")).replace("annotations", "images")
    assert (tmp_path / "out" / inside.replace("json", "png")).is_file()


def test_boxes_are_pixels_of_the_picture_whatever_its_size(tmp_path: Path) -> None:
    page = only(form_set(tmp_path / "in", [item_of(0, "x")]))
    half = Page(
        0, 0, 0, 377.0, 500.0, "pt", PageGeometry("test", 377, 500),
        words=(Word(1, "x", Box(188.5, 250, 377, 500)),),
        entities=(Entity(2, "other", (1,), "x", Box(188.5, 250, 377, 500)),), next_id=3,
    )  # fmt: skip
    assert page.image
    item = export_page(ReadPage("a", half, page.image, image_scale=2.0))
    export("funsd", [item], tmp_path / "out")
    (entity,) = form_in(tmp_path / "out")
    assert entity["box"] == [377, 500, 754, 1000]
    assert layoutlm(tmp_path / "out") == [("x", [500, 500, 1000, 1000], "O")]


def test_labels_are_not_changed_in_case_and_unknown_ones_are_told(tmp_path: Path) -> None:
    folder = form_set(tmp_path / "in", [item_of(0, "x", label="Question")])
    report = convert("funsd", folder, "funsd", tmp_path / "out")
    assert form_in(tmp_path / "out")[0]["label"] == "Question"
    assert any("'Question'" in problem for problem in report.problems)


def test_entity_that_was_drawn_without_words_has_one_for_the_loaders(tmp_path: Path) -> None:
    page = only(form_set(tmp_path / "in", []))
    drawn = Entity(1, "answer", (), "Yes", Box(10.2, 10, 49.7, 30))
    changed = replace(page.page, entities=(drawn,), next_id=2)
    export("funsd", [export_page(replace(page, page=changed))], tmp_path / "out")
    assert form_in(tmp_path / "out")[0]["words"] == [{"box": [10, 10, 50, 30], "text": "Yes"}]
    kept = form_set(tmp_path / "bare", [item_of(0)])
    convert("funsd", kept, "funsd", tmp_path / "again")
    assert form_in(tmp_path / "again") == [item_of(0)]


def test_links_keep_both_copies_their_order_and_their_direction(tmp_path: Path) -> None:
    pairs = [[1, 0], [1, 0], [1, 2], [2, 2]]
    items = [
        item_of(0, "a", linking=[[1, 0]]),
        item_of(1, "b", linking=pairs[:3]),
        item_of(2, "c", linking=[[1, 2], [2, 2], [2, 2]]),
    ]
    folder = form_set(tmp_path / "in", items)
    page = only(folder)
    new = Relation(page.page.next_id, page.page.entities[0].id, page.page.entities[2].id)
    changed = replace(
        page.page, relations=(*page.page.relations, new), next_id=page.page.next_id + 1
    )
    export("funsd", [export_page(replace(page, page=changed))], tmp_path / "out")
    after = form_in(tmp_path / "out")
    assert after[1]["linking"] == pairs[:3]
    assert after[0]["linking"] == [[1, 0], [0, 2]]
    assert after[2]["linking"] == [[1, 2], [2, 2], [2, 2], [0, 2]]


def test_characters_of_xfund_are_not_split_on_blanks_and_empty_texts_keep_their_links(
    tmp_path: Path,
) -> None:
    words = [{"box": [1 + 9 * n, 1, 9 + 9 * n, 9], "text": text} for n, text in enumerate("合 计")]
    document = {
        "id": "d", "uid": "0a",
        "document": [
            {"box": [1, 1, 30, 9], "text": "合 计", "label": "question", "words": words,
             "linking": [[7, 9]], "id": 7},
            {"box": [40, 1, 50, 9], "text": "", "label": "answer", "words": [],
             "linking": [[7, 9]], "id": 9},
        ],
        "img": {"fname": "zh_0.jpg", "width": 100, "height": 80},
    }  # fmt: skip
    folder = tmp_path / "in"
    folder.mkdir()
    Image.new("RGB", (100, 80)).save(folder / "zh_0.jpg")
    (folder / "zh.val.json").write_text(json.dumps({"documents": [document]}), "utf-8")
    page = only(folder, "xfund")
    assert [word.text for word in page.page.words] == ["合", " ", "计"]
    convert("xfund", folder, "xfund", tmp_path / "out")
    (after,) = json.loads((tmp_path / "out/zh.val.json").read_text("utf-8"))["documents"]
    assert after == document
