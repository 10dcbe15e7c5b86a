"""Unsure, doubtful and noted: remarks that change nothing else; joining and linking many."""

from __future__ import annotations

from dataclasses import replace

import pytest
from edit_scripts import full_page, page_of_words
from hypothesis import given
from hypothesis import strategies as st

from desktop.document import edits, order
from desktop.document.marks import marked_on
from desktop.errors import UserError
from model_backend.document import (
    Box,
    Page,
    PageGeometry,
    Proposals,
    Region,
    Relation,
    Status,
    Word,
    with_words,
)
from model_backend.document_json import from_json, to_json


def form(count: int = 6) -> Page:
    """As many entities of one word each."""
    words = tuple(Word(n, f"w{n}", Box(20 * n, 0, 20 * n + 15, 10), 0.9) for n in range(1, count))
    page = with_words(Page(1, 1, 0, 500, 100, "px", PageGeometry("t", 500, 100)), words)
    for word in words:
        page = edits.add_entity(page, "question", [word.id])
    return page


def ends(page: Page) -> set[tuple[int, int]]:
    return {(link.from_id, link.to_id) for link in page.relations}


def test_unsure_leaves_everything_else_as_it_was() -> None:
    page = full_page()
    ids = [item.id for item in page.annotations]
    marked = edits.set_unsure(page, ids, is_unsure=True)
    assert all(item.is_unsure for item in marked.annotations)
    assert edits.set_unsure(marked, ids, is_unsure=True) is marked
    back = edits.set_unsure(marked, ids, is_unsure=False)
    assert replace(back, status=page.status) == page


def test_marks_are_in_the_page_file_and_old_files_are_read() -> None:
    page = full_page()
    data = to_json(page)
    assert all("note" not in item and "is_unsure" not in item for item in data["entities"])
    assert from_json(Page, data) == page
    item = page.annotations[0]
    noted = edits.set_annotation_note(edits.set_unsure(page, [item.id], True), item.id, "why?")
    assert from_json(Page, to_json(noted)) == noted


def test_marks_survive_turning_and_copying() -> None:
    page = full_page()
    ids = [item.id for item in page.annotations]
    marked = edits.set_unsure(page, ids, is_unsure=True)
    assert all(item.is_unsure for item in edits.deskew(edits.rotate(marked, 90), 2.0).annotations)
    copied = edits.paste(marked, marked.regions, dx=1, dy=1)
    assert all(item.is_unsure for item in copied.regions)


def test_a_word_read_by_a_person_has_no_doubt_left() -> None:
    page = form()
    weak = replace(page, words=tuple(replace(word, confidence=0.2) for word in page.words))
    assert [word.needs_look for word in weak.words] == [True] * 5
    settled = edits.set_doubtful(weak, [1, 2], is_doubtful=False)
    assert [word.needs_look for word in settled.words] == [False, False, True, True, True]
    typed = edits.set_word_text(weak, 3, "typed")
    assert not typed.words[2].needs_look
    marked = edits.set_doubtful(page, [4], is_doubtful=True)
    assert marked.words[3].needs_look
    assert marked.words[3].confidence == 0.9
    assert not edits.set_illegible(marked, [4], is_illegible=True).words[3].needs_look


def test_a_word_has_no_note() -> None:
    with pytest.raises(UserError, match="A word has no note"):
        edits.set_annotation_note(form(), 1, "x")


def test_links_of_several_toggle_together() -> None:
    page = form()
    one, two, three = (entity.id for entity in page.entities[:3])
    linked = edits.toggle_links(page, [one, two], three)
    assert ends(linked) == {(one, three), (two, three)}
    assert ends(edits.toggle_links(linked, [one], three)) == {(two, three)}
    half = edits.toggle_links(linked, [one], three)
    assert ends(edits.toggle_links(half, [one, two], three)) == {(one, three), (two, three)}
    assert ends(edits.toggle_links(linked, [one, two], three)) == set()
    with pytest.raises(UserError, match="two different entities"):
        edits.toggle_links(page, [one], one)


def test_a_proposed_link_is_accepted_before_it_is_taken_away() -> None:
    page = form()
    one, two = (entity.id for entity in page.entities[:2])
    said = Relation(page.next_id, one, two, status=Status.PROPOSED, source="rules")
    page = replace(page, relations=(said,), next_id=page.next_id + 1)
    accepted = edits.toggle_links(page, [one], two)
    assert accepted.relations[0].status == Status.ACCEPTED
    assert edits.toggle_links(accepted, [one], two).relations == ()


def test_joining_keeps_the_links_of_all() -> None:
    page = form()
    one, two, three, four, five = (entity.id for entity in page.entities)
    for start, end in ((one, four), (two, four), (two, five), (five, three), (one, two)):
        page = edits.link(page, start, end)
    joined = edits.join_entities(page, [one, two, three], [1, 2, 3])
    assert [entity.word_ids for entity in joined.entities] == [(1, 2, 3), (4,), (5,)]
    assert joined.entities[0].text == "w1 w2 w3"
    assert ends(joined) == {(one, four), (one, five), (five, one)}


def test_boxes_without_words_are_joined_too() -> None:
    page = edits.add_entity_box(form(2), "answer", Box(0, 0, 10, 10), "first")
    page = edits.add_entity_box(page, "answer", Box(30, 20, 40, 30), "second")
    ids = [entity.id for entity in page.entities[1:]]
    joined = edits.join_entities(page, ids, ()).entities[1]
    assert (joined.box, joined.text) == (Box(0, 0, 40, 30), "first\nsecond")


def test_a_marked_proposal_outlives_another_run_of_its_model() -> None:
    page = with_words(form(2), form(2).words)
    page = replace(page, entities=())
    said = Proposals("rules", regions=(Region(1, "stamp", Box(50, 50, 90, 90), score=0.4),))
    page, told = edits.merge_proposals(page, said, ())
    earlier = tuple(told)
    noted = edits.set_annotation_note(page, page.regions[0].id, "is this one?")
    again, _told = edits.merge_proposals(noted, said, earlier)
    assert again.regions == noted.regions
    nothing, _told = edits.merge_proposals(noted, Proposals("rules"), earlier)
    assert nothing.regions == noted.regions
    unmarked, _told = edits.merge_proposals(page, Proposals("rules"), earlier)
    assert unmarked.regions == ()


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12), st.integers(2, 5))
def test_joining_then_splitting_leaves_each_word_once(
    pairs: list[tuple[int, int]], count: int
) -> None:
    page = form()
    ids = [entity.id for entity in page.entities]
    for start, end in pairs:
        if start != end:
            page = edits.link(page, ids[start], ids[end])
    joined = edits.join_entities(page, ids[:count], range(1, count + 1))
    there = {entity.id for entity in joined.entities}
    assert all(one in there and two in there and one != two for one, two in ends(joined))
    assert len(ends(joined)) == len(joined.relations)
    split = edits.split_entity(joined, ids[0])
    assert sorted(word for item in split.entities for word in item.word_ids) == [1, 2, 3, 4, 5]


def test_the_order_of_a_page_is_not_asked_for_where_nothing_is_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(
        order.reading_order, "reading_order", lambda words: asked.append(1) or words
    )
    page = page_of_words(count=40)
    page = replace(page, words=tuple(replace(word, confidence=0.9) for word in page.words))
    assert marked_on(page) == ()
    assert asked == []
    doubtful = edits.set_doubtful(page, [3, 2], is_doubtful=True)
    assert [one.item_id for one in marked_on(doubtful)] == [2, 3]
    assert asked == [1]
