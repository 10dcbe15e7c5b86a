"""A cell's text typed anew: its words take their parts, or become one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.document import edits
from desktop.errors import UserError
from model_backend import table_grid
from model_backend.document import Box, Page, PageGeometry, Span, Word, with_words


def page_of(*texts: str) -> Page:
    words = tuple(
        Word(index + 1, text, Box(50.0 * index, 10, 50.0 * index + 40, 20))
        for index, text in enumerate(texts)
    )
    return with_words(Page(0, 0, 0, 500, 100, "px", PageGeometry("test", 500, 100)), words)


def texts(page: Page) -> list[str]:
    """From left to right."""
    return [word.text for word in sorted(page.words, key=lambda word: word.box.x0)]


def test_as_many_parts_keep_their_places() -> None:
    page = page_of("Dunmere", "Lock")
    after = edits.set_cell_text(page, (1, 2), " Upper  Lock ")
    assert texts(after) == ["Upper", "Lock"]
    assert [word.box for word in after.words] == [word.box for word in page.words]


def test_a_new_word_lies_in_the_white_and_its_entity_takes_it() -> None:
    page = edits.add_entity(page_of("Dun", "Lock"), label="answer", word_ids=(1, 2))
    after = edits.set_cell_text(page, (1, 2), "Dun Lock X", room=Box(0, 0, 200, 30))
    assert texts(after) == ["Dun", "Lock", "X"]
    assert after.words[:2] == page.words
    assert 90 < after.words[2].box.x0 < after.words[2].box.x1 <= 200
    (entity,) = after.entities
    assert (entity.word_ids, entity.text) == ((1, 2, after.words[2].id), "Dun Lock X")


def test_a_new_word_without_white_shares_the_box_of_the_one_before() -> None:
    after = edits.set_cell_text(page_of("Dunmere"), (1,), "Dunmere Lock")
    first, second = after.words
    assert (first.text, second.text) == ("Dunmere", "Lock")
    assert (first.box.x0, second.box.x1) == (0, 40)
    assert first.box.x1 < second.box.x0
    assert first.box.width > second.box.width


def test_a_word_typed_between_two_lies_between_them() -> None:
    page = edits.delete(page_of("aaaa", "b", "cccc"), [2])
    after = edits.set_cell_text(page, (1, 3), "aaaa x cccc")
    assert texts(after) == ["aaaa", "x", "cccc"]
    assert (after.words[0], after.words[1]) == page.words


def test_words_that_are_left_out_go_and_the_others_stay() -> None:
    page = page_of("the", "quick", "fox")
    after = edits.set_cell_text(page, (1, 2, 3), "the fox")
    assert after.words == (page.words[0], page.words[2])


def test_two_words_that_are_one_become_one() -> None:
    after = edits.set_cell_text(page_of("1", "234", "m"), (1, 2, 3), "1234 m")
    assert [(word.id, word.text, word.box) for word in after.words] == [
        (1, "1234", Box(0, 10, 90, 20)),
        (3, "m", Box(100, 10, 140, 20)),
    ]


def test_in_a_turned_table_boxes_are_cut_along_the_text() -> None:
    word = Word(1, "abcd", Box(10, 0, 20, 80))
    page = with_words(Page(0, 0, 0, 500, 100, "px", PageGeometry("test", 500, 100)), (word,))
    down = edits.set_cell_text(page, (1,), "ab cd", rotation=90.0)
    assert [(w.text, w.box.y0 < 40) for w in down.words] == [("ab", True), ("cd", False)]
    up = edits.set_cell_text(page, (1,), "ab cd", rotation=270.0)
    assert [(w.text, w.box.y0 < 40) for w in up.words] == [("ab", False), ("cd", True)]
    assert {w.box.x0 for w in (*down.words, *up.words)} == {10}


def test_words_on_two_lines_that_change_become_one() -> None:
    page = page_of("a", "b")
    page = edits.move(page, [2], dx=-50.0, dy=30.0)
    after = edits.set_cell_text(page, (1, 2), "one two three")
    assert [(word.text, word.box) for word in after.words] == [
        ("one two three", Box(0, 10, 40, 50))
    ]


def test_a_word_of_several_parts_keeps_as_many() -> None:
    after = edits.set_cell_text(page_of("a b", "c"), (1, 2), "x y z")
    assert texts(after) == ["x y", "z"]


def test_a_new_word_belongs_to_the_entity_of_the_word_before() -> None:
    page = edits.add_entity(page_of("a", "b"), label="answer", word_ids=(2,))
    page = edits.add_entity(page, label="question", word_ids=(1,))
    after = edits.set_cell_text(page, (1, 2), "one two three")
    by_label = {entity.label: entity for entity in after.entities}
    assert by_label["question"].word_ids == (1,)
    assert by_label["answer"].text == "two three"
    gone = edits.set_cell_text(page, (1, 2), "a")
    assert [(e.label, e.word_ids, e.text) for e in gone.entities] == [
        ("answer", (), "b"),
        ("question", (1,), "a"),
    ]


def test_an_empty_cell_gets_a_word_inside_it() -> None:
    page = edits.add_table(page_of("a"), table_grid.empty_table(0, Box(0, 40, 100, 60)))
    table = page.tables[0]
    page = edits.replace(page, table_grid.add_column_edge(table, 50.0))
    after = edits.set_text_of_cell(page, table.id, Span(0, 1, 1, 2), "  new ")
    assert after.words[-1].text == "new"
    assert Box(50, 40, 100, 60).contains(after.words[-1].box.center)
    again = edits.set_text_of_cell(after, table.id, Span(0, 1, 1, 2), "other words")
    cell = edits.words_of_cell(again, again.tables[0], Span(0, 1, 1, 2))
    assert [word.text for word in cell] == ["other", "words"]
    assert edits.set_text_of_cell(page, table.id, Span(0, 1, 0, 1), " ") is page


def test_words_that_are_gone_are_told() -> None:
    with pytest.raises(UserError):
        edits.set_cell_text(page_of("a"), (1, 7), "x")


def test_the_same_text_changes_nothing() -> None:
    page = page_of("a b", "", "c")
    assert edits.set_cell_text(page, (1, 2, 3), "a b c") is page


WORDS = st.lists(st.sampled_from(["a", "bc", "d e", ""]), min_size=1, max_size=5)


@given(WORDS, st.lists(st.sampled_from(["x", "yy", "z"]), max_size=7))
def test_the_cell_says_what_was_typed_and_ids_hold(before: list[str], parts: list[str]) -> None:
    page = page_of(*before)
    ids = tuple(word.id for word in page.words)
    page = edits.add_entity(page, label="answer", word_ids=ids)
    after = edits.set_cell_text(page, ids, " ".join(parts))
    assert [part for text in texts(after) for part in text.split()] == parts
    known = {word.id for word in after.words}
    assert all(set(entity.word_ids) <= known for entity in after.entities)
