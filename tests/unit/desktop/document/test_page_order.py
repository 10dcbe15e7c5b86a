"""The reading order in hand is that of the page, however the page came to be."""

from __future__ import annotations

from random import Random

from edit_scripts import full_page, random_edit
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.document import edits, order
from model_backend import reading_order


@given(seed=st.integers(0, 2**32), steps=st.integers(1, 8))
@settings(max_examples=40, deadline=None)
def test_order_in_hand_is_the_order_of_the_page(seed: int, steps: int) -> None:
    random, page = Random(seed), full_page()
    for _step in range(steps):
        assert order.words_in_order(page) == reading_order.reading_order(page.words)
        assert order.annotations_in_order(page) == reading_order.annotations_in_order(page)
        page = random_edit(page, random)[1]
        likely = order.likely_order(page)
        assert sorted(likely) == sorted(item.id for item in page.annotations)


def test_an_edit_that_moves_nothing_keeps_the_very_same_order() -> None:
    page = full_page()
    before = order.annotation_ids_in_order(page)
    entity = page.entities[0]
    relabelled = edits.set_label(page, [entity.id], "header")
    assert relabelled != page
    assert order.annotation_ids_in_order(relabelled) is before
    moved = edits.move(page, [entity.id], 0.0, 700.0)
    assert order.likely_order(moved) == before
