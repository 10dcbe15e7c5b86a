"""A cell's text typed anew: its words take their parts, or become one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.document import edits
from desktop.errors import UserError
from model_backend.document import Box, Page, PageGeometry, Word, with_words


def page_of(*texts: str) -> Page:
    words = tuple(
        Word(index + 1, text, Box(50.0 * index, 10, 50.0 * index + 40, 20))
        for index, text in enumerate(texts)
    )
    return with_words(Page(0, 0, 0, 500, 100, "px", PageGeometry("test", 500, 100)), words)


def texts(page: Page) -> list[str]:
    return [word.text for word in page.words]


def test_as_many_parts_keep_their_places() -> None:
    page = page_of("Dunmere", "Lock")
    after = edits.set_cell_text(page, (1, 2), " Upper  Lock ")
    assert texts(after) == ["Upper", "Lock"]
    assert [word.box for word in after.words] == [word.box for word in page.words]


def test_more_parts_join_the_words_and_their_entity_follows() -> None:
    page = edits.add_entity(page_of("Dunmere", "Lock", "next"), label="answer", word_ids=(1, 2, 3))
    after = edits.set_cell_text(page, (1, 2), "던미어 Lock X")
    assert texts(after) == ["던미어 Lock X", "next"]
    assert after.words[0].box == Box(0, 10, 90, 20)
    (entity,) = after.entities
    assert (entity.word_ids, entity.text) == ((1, 3), "던미어 Lock X next")


def test_a_word_of_several_parts_keeps_as_many() -> None:
    after = edits.set_cell_text(page_of("a b", "c"), (1, 2), "x y z")
    assert texts(after) == ["x y", "z"]


def test_joined_words_of_two_entities_go_to_that_of_the_first() -> None:
    page = edits.add_entity(page_of("a", "b"), label="answer", word_ids=(2,))
    page = edits.add_entity(page, label="question", word_ids=(1,))
    after = edits.set_cell_text(page, (1, 2), "one two three")
    by_label = {entity.label: entity for entity in after.entities}
    assert by_label["question"].word_ids == (1,)
    assert by_label["answer"].word_ids == ()
    assert by_label["answer"].text == "b"


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
