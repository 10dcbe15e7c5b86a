"""Checks and repairs of forms: each rule on a page that breaks just it, and on real forms."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model_backend.document import Box, Entity, Page, PageGeometry, Relation, Status, Word
from model_backend.formats import ReadPage, read_member
from model_backend.formats.export import export, export_page
from model_backend.quality.checks import check, check_set, has_errors
from model_backend.quality.repair_set import repair_dataset
from model_backend.quality.repairs import REPAIRS, repaired

GEOMETRY = PageGeometry("test", 200, 100)


def sound_page() -> Page:
    words = (Word(1, "Name:", Box(10, 10, 40, 20)), Word(2, "Ann", Box(50, 10, 70, 20)))
    return Page(
        1, 1, 0, 200, 100, "px", GEOMETRY,
        words=words,
        entities=(
            Entity(3, "question", (1,), "Name:", words[0].box, source="imported"),
            Entity(4, "answer", (2,), "Ann", words[1].box, source="imported"),
        ),
        relations=(Relation(5, 3, 4),),
        next_id=6,
    )  # fmt: skip


def with_answer(page: Page, **changes: Any) -> Page:  # noqa: ANN401 - any field
    return replace(page, entities=(page.entities[0], replace(page.entities[1], **changes)))


def with_links(page: Page, *ends: tuple[int, int]) -> Page:
    links = tuple(Relation(page.next_id + n, *pair) for n, pair in enumerate(ends))
    return replace(page, relations=links, next_id=page.next_id + len(links))


BROKEN = {
    "link-to-nothing": with_links(sound_page(), (3, 4), (3, 99)),
    "link-to-itself": with_links(sound_page(), (3, 4), (3, 3)),
    "link-doubled": with_links(sound_page(), (3, 4), (3, 4)),
    "link-against-labels": with_links(sound_page(), (4, 3)),
    "entity-without-words": with_answer(sound_page(), word_ids=()),
    "word-outside-entity": with_answer(sound_page(), box=Box(50, 10, 60, 20)),
    "answer-not-asked": with_links(sound_page()),
    "text-differs": with_answer(sound_page(), text="Bob"),
    "box-outside-page": with_answer(sound_page(), box=Box(50, 10, 70, 120)),
}


def test_sound_page_has_no_findings() -> None:
    assert check(sound_page(), "form") == ()


@pytest.mark.parametrize("rule", BROKEN)
def test_broken_page_breaks_just_one_rule(rule: str) -> None:
    found = check(BROKEN[rule], "form")
    assert {item.rule for item in found} == {rule}
    assert all(item.page == "form" and item.text and item.ids for item in found)


def test_empty_texts_are_told_for_entity_and_words() -> None:
    page = with_answer(sound_page(), text="")
    page = replace(page, words=(page.words[0], replace(page.words[1], text=" ")))
    found = {item.rule: item.ids for item in check(page, "form")}
    assert found == {"entity-text-empty": (4,), "word-text-empty": (4, 2)}


@pytest.mark.parametrize("rule", BROKEN)
def test_repair_leaves_nothing_to_find(rule: str) -> None:
    before = BROKEN[rule]
    after, changes = repaired(before, "form", check(before, "form"))
    assert check(after, "form") == ()
    assert [(change.page, change.rule) for change in changes] == [("form", rule)]


def test_answer_is_left_alone_where_no_single_question_stands_before_it() -> None:
    page = BROKEN["answer-not-asked"]
    (question, answer) = page.entities
    between = replace(question, id=7, label="other", box=Box(42, 10, 48, 20), word_ids=(1,))
    far = replace(question, box=Box(10, 60, 40, 70), word_ids=())
    for entities in ((question, answer, between), (far, answer), (answer,)):
        changed = replace(page, entities=entities, next_id=8)
        assert REPAIRS["ask-answers"].edit(changed, {answer.id}) == changed
    busy = Entity(6, "answer", (), "Bob", Box(80, 10, 90, 20))
    taken = with_links(replace(page, entities=(question, answer, busy)), (3, 6))
    assert REPAIRS["ask-answers"].edit(taken, {answer.id}) == taken


def test_question_above_asks_where_none_is_beside() -> None:
    page = BROKEN["answer-not-asked"]
    (question, answer) = page.entities
    below = replace(page, entities=(question, replace(answer, box=Box(10, 25, 40, 35))))
    (link,) = REPAIRS["ask-answers"].edit(below, {answer.id}).relations
    assert (link.from_id, link.to_id) == (question.id, answer.id)


def test_turned_link_leaves_turned_in_both_copies(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    from PIL import Image

    items = [
        {"box": [1, 1, 20, 9], "text": "a", "label": label, "id": n, "linking": [[1, 0]],
         "words": [{"box": [1, 1, 20, 9], "text": "a"}]}
        for n, label in enumerate(["question", "answer"])
    ]  # fmt: skip
    for part in ("annotations", "images"):
        (tmp_path / "in" / part).mkdir()
    (tmp_path / "in/annotations/a.json").write_text(json.dumps({"form": items}))
    Image.new("L", (50, 50)).save(tmp_path / "in/images/a.png")
    checked, _report = repair_dataset("funsd", tmp_path / "in", tmp_path / "out")
    assert [change.repair for change in checked.changes] == ["turn-links"]
    after = json.loads((tmp_path / "out/annotations/a.json").read_text())["form"]
    assert [item["linking"] for item in after] == [[[0, 1]], [[0, 1]]]


def test_repaired_annotation_of_a_data_set_counts_as_corrected() -> None:
    page = BROKEN["word-outside-entity"]
    after, _changes = repaired(page, "form", check(page, "form"))
    assert [entity.status for entity in after.entities] == [Status.ACCEPTED, Status.CORRECTED]


def test_repairs_of_a_sound_page_change_nothing() -> None:
    page = sound_page()
    everything = {item.id for item in (*page.words, *page.annotations)}
    for name, repair in REPAIRS.items():
        assert repair.edit(page, everything) == page, name


def form_with_odd_links(folder: Path) -> Path:
    """A FUNSD file whose links lead to nothing, are doubled, and go in a circle."""
    from PIL import Image

    for name in ("annotations", "images"):
        (folder / name).mkdir(parents=True)
    Image.new("L", (200, 100), 255).save(folder / "images" / "one.png")
    links = {0: [[0, 1], [0, 1], [0, 7]], 1: [[0, 1], [1, 1], [1, 1]]}
    form = [
        {"box": [10 + 40 * n, 10, 40 + 40 * n, 20], "text": text, "label": label, "id": n,
         "words": [{"box": [10 + 40 * n, 10, 40 + 40 * n, 20], "text": text}],
         "linking": links[n]}
        for n, (text, label) in enumerate([("Name:", "question"), ("Ann", "answer")])
    ]  # fmt: skip
    (folder / "annotations" / "one.json").write_text(json.dumps({"form": form}))
    return folder


def test_links_that_reading_drops_are_found_and_repaired_in_the_file(tmp_path: Path) -> None:
    item = read_member("funsd", form_with_odd_links(tmp_path / "in"), "one")
    found = check(item.page, item.name, "funsd")
    assert Counter(one.rule for one in found) == {
        "link-to-nothing": 1,
        "link-to-itself": 1,
        "link-doubled": 1,
    }
    after, _changes = repaired(item.page, item.name, found)
    again = written(item, after, tmp_path / "out")
    assert check(again.page, again.name, "funsd") == ()
    file = tmp_path / "out" / "annotations" / "one.json"
    assert [raw["linking"] for raw in json.loads(file.read_text())["form"]] == [[[0, 1]], [[0, 1]]]


def written(item: ReadPage, page: Page, out: Path) -> ReadPage:
    export("funsd", [export_page(replace(item, page=page))], out)
    return read_member("funsd", out, item.name)


def test_faults_of_the_real_forms_are_found_and_nothing_else(shared_data: Path) -> None:
    """The counts of FUNSD's training part, counted from the JSON files by themselves."""
    found = [one for _item, its in check_set("funsd", shared_data / "funsd") for one in its]
    assert Counter(one.rule for one in found) == {
        "entity-text-empty": 152,
        "word-text-empty": 334,
        "text-differs": 5,
        "link-doubled": 6,
        "link-to-itself": 1,
        "link-against-labels": 1,
    }
    (loop,) = (one for one in found if one.rule == "link-to-itself")
    assert (loop.page, dict(loop.values)) == ("0011906503", {"id": 23})
    assert has_errors(found)


def test_texts_that_differ_late_are_shown_where_they_differ() -> None:
    text = "the same beginning of a long text that goes on and on until cats"
    page = with_answer(sound_page(), text=text)
    said = text.replace("cats", "dogs")
    page = replace(page, words=(page.words[0], replace(page.words[1], text=said)))
    (found,) = check(page, "form")
    assert found.text == 'the entity 4 says "… until cats", its words say "… until dogs"'
