"""Find and replace: what would change is found without the pages, then changed as edits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from edit_scripts import document_of
from hypothesis import given
from hypothesis import strategies as st

from desktop.document import edits
from desktop.document.searching import Found, Wanted, found_on, replaced_on, search
from desktop.errors import UserError
from desktop.store.store import Store
from desktop.store.texts import EntityText, PageTexts
from model_backend.document import Box, Page, PageGeometry, Word, with_words


def page_of(*texts: str, together: int = 0) -> Page:
    """A page with these words, the first `together` of them one entity."""
    words = [Word(n, t, Box(20.0 * n, 0, 20.0 * n + 15, 9)) for n, t in enumerate(texts, 1)]
    page = with_words(Page(1, 1, 0, 500, 50, "px", PageGeometry("t", 500, 50)), words)
    return edits.add_entity(page, "question", range(1, together + 1)) if together else page


def texts_of(page: Page) -> PageTexts:
    entities = tuple(EntityText(e.id, e.text, e.word_ids) for e in page.entities)
    return PageTexts(page.id, {word.id: word.text for word in page.words}, entities)


def changed(page: Page, wanted: Wanted) -> Page:
    return replaced_on(page, found_on(texts_of(page), wanted))[0]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted("total", "sum"), "sum: sums SUBsum T.tal"),
        (Wanted("total", "sum", is_same_case=True), "Total: sums SUBTOTAL T.tal"),
        (Wanted("total", "sum", is_whole_word=True), "sum: totals SUBTOTAL T.tal"),
        (Wanted("t.tal", "x"), "Total: totals SUBTOTAL x"),
        (Wanted("t.tal", "x", is_expression=True), "x: xs SUBx x"),
        (Wanted(r"(t)(o)", r"\2\1", is_expression=True), "oTtal: ottals SUBOTTAL T.tal"),
        (Wanted("total", r"\1"), r"\1: \1s SUB\1 T.tal"),
        (Wanted("합계", "x"), "Total: totals SUBTOTAL T.tal"),
    ],
)
def test_texts_are_replaced(wanted: Wanted, expected: str) -> None:
    page = page_of("Total:", "totals", "SUBTOTAL", "T.tal")
    assert " ".join(word.text for word in changed(page, wanted).words) == expected


def test_an_entity_follows_its_words_and_is_told_once() -> None:
    page = page_of("Invoise", "number", together=2)
    found = found_on(texts_of(page), Wanted("invoise", "Invoice"))
    assert [(one.item_id, one.after) for one in found] == [(1, "Invoice")]
    assert changed(page, Wanted("invoise", "Invoice")).entities[0].text == "Invoice number"


def test_a_match_over_several_words_changes_the_entity_and_its_words() -> None:
    page = page_of("Date", "off", "birth", together=3)
    wanted = Wanted("date off", "Date of")
    found = found_on(texts_of(page), wanted)
    assert [one.item_id for one in found] == [page.entities[0].id]
    after = changed(page, wanted)
    assert [word.text for word in after.words] == ["Date", "of", "birth"]
    assert after.entities[0].text == "Date of birth"


def test_lines_of_an_entity_stay_lines() -> None:
    page = page_of("12", "Main", "Stret", "Ohio", together=4)
    page = edits.set_text(page, page.entities[0].id, "12 Main Stret\nOhio")
    assert changed(page, Wanted("stret", "Street")).entities[0].text == "12 Main Street\nOhio"
    assert edits.set_word_text(page, 4, "Iowa").entities[0].text == "12 Main Stret\nIowa"


def test_a_text_of_its_own_is_changed_beside_its_words() -> None:
    page = page_of("colour", together=1)
    entity = replace(page.entities[0], text="the colour red")
    page = replace(page, entities=(entity,))
    after = changed(page, Wanted("colour", "color"))
    assert (after.words[0].text, after.entities[0].text) == ("color", "the color red")


@pytest.mark.parametrize("find", ["other", "a b", "b\nc", "a"])
def test_pages_without_the_text_need_no_closer_look(find: str) -> None:
    texts = texts_of(page_of("a", "b", "c", together=2))
    for wanted in (Wanted(find, "x"), Wanted(find, "x", is_whole_word=True)):
        assert wanted.may_be_in(texts) or not found_on(texts, wanted)
    assert not Wanted("other", "x").may_be_in(texts)


def test_what_has_changed_since_is_left() -> None:
    page = page_of("one", "one")
    found = found_on(texts_of(page), Wanted("one", "two"))
    page = edits.set_word_text(page, 1, "other")
    after, left = replaced_on(edits.delete(page, [2]), [*found, Found(1, 99, "a", "b")])
    assert [word.text for word in after.words] == ["other"]
    assert left == 3


@pytest.mark.parametrize("wanted", [Wanted(""), Wanted("(", is_expression=True)])
def test_what_cannot_be_looked_for_is_told(wanted: Wanted) -> None:
    with pytest.raises(UserError):
        wanted.check()


def test_a_replacement_that_does_not_fit_is_told() -> None:
    with pytest.raises(UserError, match="does not fit"):
        Wanted("a", r"\3", is_expression=True).replaced("cat")


def test_an_expression_that_never_ends_is_stopped() -> None:
    wanted = Wanted("(a|aa)+$", is_expression=True)
    start = time.monotonic()
    with pytest.raises(UserError, match="takes too long"):
        wanted.replaced("a" * 60 + "c")
    assert time.monotonic() - start < 10


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "texts.proofdesk") as made:
        pages = [replace(page_of("Nam:", f"p{n}", together=1), number=n) for n in range(120)]
        made.add_document(None, document_of(120), pages, read=True)
        yield made


def test_a_project_is_searched_page_after_page(store: Store) -> None:
    seen: list[Found] = []
    steps: list[tuple[int, int]] = []
    count = search(
        store,
        Wanted("nam:", "Name:"),
        seen.extend,
        on_progress=lambda done, total: steps.append((done, total)),
        is_cancelled=lambda: False,
    )
    assert count == 120
    assert [one.page_id for one in seen] == list(range(1, 121))
    assert steps == [(50, 120), (100, 120), (120, 120)]


def test_a_search_can_be_stopped_and_kept_to_a_page(store: Store) -> None:
    seen: list[Found] = []
    wanted = Wanted("nam:", "Name:")
    search(
        store,
        wanted,
        seen.extend,
        on_progress=lambda done, total: None,
        is_cancelled=lambda: len(seen) >= 7,
    )
    assert len(seen) == 7
    seen.clear()
    search(
        store,
        wanted,
        seen.extend,
        on_progress=lambda done, total: None,
        is_cancelled=lambda: False,
        only_page=60,
    )
    assert [one.page_id for one in seen] == [60]


@given(
    st.lists(st.text("ab c", min_size=1, max_size=4), min_size=1, max_size=5),
    st.text("abc ", min_size=1, max_size=2),
    st.text("xyz", max_size=3),
    st.integers(0, 5),
)
def test_after_replacing_nothing_is_found(
    texts: list[str], find: str, new: str, together: int
) -> None:
    words = [text.strip() or "a" for text in texts]
    page = page_of(*words, together=min(together, len(words)))
    wanted = Wanted(find, new)
    after = changed(page, wanted)
    assert not any(find.lower() in word.text.lower() and " " not in find for word in after.words)
    left = found_on(texts_of(after), wanted)
    assert all(" " in find for _one in left)
