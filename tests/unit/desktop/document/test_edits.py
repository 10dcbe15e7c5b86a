"""Each edit: what it changes, what follows, and what stays."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from edit_scripts import full_page, page_of_words, random_edit, word_box
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.document import edits
from desktop.errors import UserError
from model_backend import masks, table_grid
from model_backend.document import (
    HUMAN,
    Box,
    Entity,
    Mask,
    Page,
    PageStatus,
    Region,
    Relation,
    Span,
    Status,
    Word,
    transform_point,
    union_of,
)

RULES = "rules"


def _proposed(page: Page) -> Page:
    """A page with one proposed entity (id 13, words 1 and 2) and a relation to another (14)."""
    first = Entity(
        13, "question", (1, 2), "word0 word1", word_box(0).union(word_box(1)), 0.7,
        Status.PROPOSED, RULES,
    )  # fmt: skip
    second = replace(first, id=14, word_ids=(3,), text="word2", box=word_box(2))
    relation = Relation(15, 13, 14, 0.5, Status.PROPOSED, RULES)
    return replace(
        page,
        entities=(first, second),
        relations=(relation,),
        next_id=16,
        status=PageStatus.PROPOSED,
    )


@given(seed=st.integers(0, 2**32), steps=st.integers(1, 12))
@settings(max_examples=80, deadline=None)
def test_random_edits_leave_a_consistent_page(seed: int, steps: int) -> None:
    random, page = Random(seed), full_page()
    for _step in range(steps):
        page = random_edit(page, random)[1]
        words = [word.id for word in page.words]
        entities = {entity.id for entity in page.entities}
        ids = words + [item.id for item in page.annotations]
        assert words == sorted(words)
        assert len(ids) == len(set(ids))
        assert max(ids, default=0) < page.next_id
        assert all(set(entity.word_ids) <= set(words) for entity in page.entities)
        assert all({item.from_id, item.to_id} <= entities for item in page.relations)
        assert all(not table_grid.problems(table) for table in page.tables)
        human = (item for item in page.annotations if item.source == HUMAN)
        assert all(item.status == Status.ACCEPTED for item in human)


def test_entity_has_the_text_and_box_of_its_words_in_their_order() -> None:
    page = edits.add_entity(page_of_words(), "question", [2, 1])
    (entity,) = page.entities
    assert (entity.id, entity.word_ids, entity.text) == (13, (2, 1), "word1 word0")
    assert entity.box == word_box(0).union(word_box(1))
    assert (entity.source, entity.status) == (HUMAN, Status.ACCEPTED)
    assert (page.next_id, page.status) == (14, PageStatus.IN_PROGRESS)


def test_entity_takes_its_words_from_others_and_empties_go_with_their_links() -> None:
    page = edits.add_entity(page_of_words(), "question", [1, 2])
    page = edits.add_entity(page, "answer", [3])
    page = edits.link(page, 13, 14)
    page = edits.add_entity(page, "other", [2, 3])
    assert [(item.id, item.word_ids, item.text) for item in page.entities] == [
        (13, (1,), "word0"),
        (16, (2, 3), "word1 word2"),
    ]
    assert page.relations == ()
    assert page.entities[0].box == word_box(0)


def test_entity_without_words_is_refused() -> None:
    with pytest.raises(UserError, match="at least one word"):
        edits.add_entity(page_of_words(), "question", [99])


def test_word_text_is_followed_by_the_entity_made_of_it() -> None:
    page = edits.add_entity(page_of_words(), "question", [1, 2])
    page = edits.set_word_text(page, 2, "Name:")
    assert page.entities[0].text == "word0 Name:"


def test_word_text_leaves_an_entity_with_a_text_of_its_own() -> None:
    page = edits.add_entity_box(page_of_words(), "question", Box(0, 0, 9, 9), "as given")
    page = replace(page, entities=(replace(page.entities[0], word_ids=(1,)),))
    page = edits.set_word_text(page, 1, "other")
    assert page.entities[0].text == "as given"


def test_word_text_leaves_a_proposal_open() -> None:
    page = edits.set_word_text(_proposed(page_of_words()), 1, "Name:")
    assert page.entities[0].text == "Name: word1"
    assert page.entities[0].status == Status.PROPOSED


def test_text_of_an_entity_reaches_its_words_part_by_part() -> None:
    page = edits.set_text(_proposed(page_of_words()), 13, "First name")
    assert [word.text for word in page.words[:2]] == ["First", "name"]
    assert (page.entities[0].text, page.entities[0].status) == ("First name", Status.CORRECTED)


def test_text_with_other_parts_leaves_the_words() -> None:
    page = edits.set_text(_proposed(page_of_words()), 13, "one two three")
    assert [word.text for word in page.words[:2]] == ["word0", "word1"]
    assert page.entities[0].text == "one two three"


def test_other_words_change_box_and_text_and_correct_a_proposal() -> None:
    page = edits.set_entity_words(_proposed(page_of_words()), 13, [1, 2, 3])
    assert [item.id for item in page.entities] == [13]
    assert page.entities[0].text == "word0 word1 word2"
    assert page.entities[0].box == word_box(0).union(word_box(2))
    assert page.entities[0].status == Status.CORRECTED
    assert page.relations == ()


def test_illegible_words_are_marked_and_cleared() -> None:
    page = edits.set_illegible(page_of_words(), [1, 2], True)
    assert [word.is_illegible for word in page.words[:3]] == [True, True, False]
    assert edits.set_illegible(page, [3], False) is page


def test_words_read_again_take_the_places_of_the_old_ones() -> None:
    page = edits.add_entity(page_of_words(), "question", [1, 2, 5])
    new = (Word(1, "Given", word_box(0)), Word(2, "name", word_box(1)))
    page = edits.replace_words(page, new, Box(0, 0, 600, 45))
    assert [word.text for word in page.words] == [
        *(f"word{i}" for i in range(4, 12)),
        "Given",
        "name",
    ]
    assert page.entities[0].text == "Given name word4"
    assert page.entities[0].word_ids == (14, 15, 5)


def test_words_read_again_as_nothing_leave_the_entity_with_its_text() -> None:
    page = edits.add_entity(page_of_words(), "question", [1, 2])
    after = edits.replace_words(page, (), None)
    assert after.words == ()
    (entity,) = after.entities
    assert (entity.word_ids, entity.text) == ((), "word0 word1")
    assert entity.box == page.entities[0].box


def test_link_that_is_proposed_is_accepted() -> None:
    page = edits.link(_proposed(page_of_words()), 13, 14)
    assert [(item.id, item.status) for item in page.relations] == [(15, Status.ACCEPTED)]


def test_link_the_other_way_turns_the_old_one() -> None:
    page = edits.link(_proposed(page_of_words()), 14, 13)
    (relation,) = page.relations
    assert (relation.from_id, relation.to_id, relation.status) == (14, 13, Status.CORRECTED)


def test_link_to_itself_is_refused() -> None:
    with pytest.raises(UserError, match="two different entities"):
        edits.link(_proposed(page_of_words()), 13, 13)


def test_link_to_what_is_gone_is_refused() -> None:
    with pytest.raises(UserError, match="no longer on the page"):
        edits.link(_proposed(page_of_words()), 13, 99)


def test_unlink_takes_only_that_relation() -> None:
    page = _proposed(page_of_words())
    assert edits.unlink(page, 13, 14).relations == ()
    assert edits.unlink(page, 14, 13) is page


def test_delete_of_an_entity_takes_its_relations_and_leaves_its_words() -> None:
    page = edits.delete(_proposed(page_of_words()), [13])
    assert [item.id for item in page.entities] == [14]
    assert page.relations == ()
    assert len(page.words) == 12


def test_delete_of_words_shrinks_entities_and_takes_empty_ones() -> None:
    page = edits.delete(_proposed(page_of_words()), [1, 3])
    assert [(item.id, item.word_ids, item.text) for item in page.entities] == [(13, (2,), "word1")]
    assert page.relations == ()


def test_delete_of_what_is_gone_changes_nothing() -> None:
    page = page_of_words()
    assert edits.delete(page, [99]) is page


def test_accepting_leaves_source_and_score() -> None:
    page = edits.accept(_proposed(page_of_words()), [13])
    assert [item.status for item in page.entities] == [Status.ACCEPTED, Status.PROPOSED]
    assert (page.entities[0].source, page.entities[0].score) == (RULES, 0.7)
    rest = edits.accept_rest(page)
    assert {item.status for item in rest.annotations} == {Status.ACCEPTED}


def test_label_of_a_proposal_corrects_it() -> None:
    page = edits.set_label(_proposed(page_of_words()), [13, 15, 1], "header")
    assert (page.entities[0].label, page.entities[0].status) == ("header", Status.CORRECTED)
    assert page.entities[1].status == Status.PROPOSED


def test_move_takes_the_words_of_an_entity_along() -> None:
    page = edits.move(edits.add_entity(page_of_words(), "question", [1, 2]), [13], 5, -2)
    assert page.words[0].box == word_box(0).moved(5, -2)
    assert page.words[2].box == word_box(2)
    assert page.entities[0].box == word_box(0).union(word_box(1)).moved(5, -2)


def test_move_of_a_table_moves_its_grid() -> None:
    table = table_grid.add_row_edge(table_grid.empty_table(0, Box(10, 10, 50, 50)), 30)
    page = edits.add_table(page_of_words(), table)
    after = edits.move(page, [13], 3, 4).tables[0]
    assert after.box == Box(13, 14, 53, 54)
    assert after == replace(table_grid.moved(page.tables[0], 3, 4))


def test_move_of_a_word_is_followed_by_the_box_of_its_entity() -> None:
    page = edits.add_entity(page_of_words(), "question", [1, 2])
    page = edits.move(page, [2], 0, 10)
    assert page.entities[0].box == word_box(0).union(word_box(1).moved(0, 10))


def test_relation_has_no_place_and_so_is_not_moved() -> None:
    page = _proposed(page_of_words())
    assert edits.move(page, [15], 3, 4) is page
    moved = edits.move(page, [13, 15], 3, 4)
    assert moved.relations == page.relations


def test_resize_fits_polygons_and_masks() -> None:
    box = Box(10, 10, 20, 20)
    mask = Mask(10, 10, b"100", (1, 0, 0, 1, 10, 10))
    page = edits.add_region(page_of_words(), "stamp", box, [box.corners], mask)
    region = edits.resize(page, 13, Box(0, 0, 20, 40)).regions[0]
    assert region.polygons == (Box(0, 0, 20, 40).corners,)
    assert region.mask is not None
    assert transform_point(region.mask.to_page, (10, 10)) == (20, 40)


def test_resize_of_a_table_keeps_it_valid() -> None:
    table = table_grid.add_row_edge(table_grid.empty_table(0, Box(10, 10, 50, 50)), 30)
    page = edits.resize(edits.add_table(page_of_words(), table), 13, Box(0, 0, 100, 20))
    assert table_grid.row_edges(page.tables[0]) == (0, 10, 20)
    assert not table_grid.problems(page.tables[0])


def test_resize_to_nothing_is_refused() -> None:
    page = edits.add_region(page_of_words(), "stamp", Box(0, 0, 5, 5))
    with pytest.raises(UserError, match="box is empty"):
        edits.resize(page, 13, Box(3, 3, 3, 9))


def test_replaced_table_is_corrected() -> None:
    table = replace(
        table_grid.empty_table(13, Box(10, 10, 50, 50)), status=Status.PROPOSED, source="auto"
    )
    page = replace(page_of_words(), tables=(table,), next_id=14)
    wider = table_grid.add_column_edge(table, 30)
    merged = table_grid.merge_cells(wider, Span(0, 1, 0, 2))
    after = edits.replace(page, merged)
    assert after.tables == (replace(merged, status=Status.CORRECTED),)
    assert edits.replace(after, after.tables[0]) is after


def test_replace_with_another_kind_is_a_bug() -> None:
    page = edits.add_region(page_of_words(), "stamp", Box(0, 0, 5, 5))
    with pytest.raises(ValueError, match="is a Region"):
        edits.replace(page, table_grid.empty_table(13, Box(0, 0, 5, 5)))


def test_paste_gives_new_ids_and_keeps_links_between_copies() -> None:
    page = _proposed(page_of_words())
    items = (*page.words[:2], *page.entities, *page.relations)
    after = edits.paste(page, items, 10, 20)
    new = [item for item in after.entities if item.id >= page.next_id]
    assert [item.word_ids for item in new] == [(16, 17), ()]
    assert after.words[-1].box == word_box(1).moved(10, 20)
    assert (after.relations[-1].from_id, after.relations[-1].to_id) == (new[0].id, new[1].id)
    assert {item.source for item in new} == {HUMAN}
    assert page.entities == after.entities[:2]


def test_paste_of_a_relation_without_its_ends_is_left_out() -> None:
    page = _proposed(page_of_words())
    assert edits.paste(page, page.relations, 1, 1) is page


def test_four_quarter_turns_lead_back() -> None:
    page = full_page()
    after = page
    for _turn in range(4):
        after = edits.rotate(after, 90)
    assert (after.rotation, after.width, after.height) == (0, page.width, page.height)
    for old, new in zip(page.words, after.words, strict=True):
        assert new.box.x0 == pytest.approx(old.box.x0)
    assert after.tables == page.tables


def test_quarter_turn_moves_the_top_left_to_the_top_right() -> None:
    page = edits.rotate(page_of_words(), 90)
    assert (page.width, page.height, page.rotation) == (800, 600, 90)
    box = word_box(0)
    assert page.words[0].box == Box(800 - box.y1, box.x0, 800 - box.y0, box.x1)


def test_turned_mask_and_table_stay_on_the_same_spot() -> None:
    box = Box(10, 20, 50, 60)
    mask = Mask(40, 40, b"0", (1, 0, 0, 1, 10, 20))
    page = edits.add_region(page_of_words(), "stamp", box, mask=mask)
    page = edits.add_table(page, table_grid.empty_table(0, box))
    after = edits.rotate(page, 270)
    region, table = after.regions[0], after.tables[0]
    assert region.mask is not None
    corners = [transform_point(region.mask.to_page, point) for point in ((0, 0), (40, 40))]
    assert corners == [(20, 590), (60, 550)]
    assert table_grid.to_page(table, (table.box.x0, table.box.y0)) == pytest.approx((20, 590))
    assert not table_grid.problems(table)


def test_deskew_and_back_keeps_sizes_and_places() -> None:
    page = full_page()
    turned = edits.deskew(page, 2.5)
    assert turned.skew == 2.5
    assert (turned.width, turned.height) == (page.width, page.height)
    assert turned.words[0].box.width == pytest.approx(page.words[0].box.width)
    assert turned.tables[0].rotation == 2.5
    back = edits.deskew(turned, 0.0)
    assert back.words[0].box.x0 == pytest.approx(page.words[0].box.x0)
    assert back.tables[0].rotation == 0.0


def test_deskew_leaves_an_entity_around_its_words() -> None:
    page = page_of_words()
    ids = [word.id for word in page.words[:3]]
    page = edits.add_entity(page, "question", ids)
    turned = edits.deskew(page, 4.0)
    words = [word.box for word in turned.words if word.id in ids]
    assert turned.entities[0].box == union_of(words)
    drawn = replace(page, entities=(replace(page.entities[0], box=Box(0, 0, 500, 400)),))
    assert edits.deskew(drawn, 4.0).entities[0].box.width == pytest.approx(500)  # kept as drawn


def test_turn_by_an_odd_angle_is_a_bug() -> None:
    with pytest.raises(ValueError, match="quarter turns"):
        edits.rotate(page_of_words(), 45)


def test_page_with_open_proposals_is_never_new() -> None:
    page = edits.set_page_status(_proposed(page_of_words()), PageStatus.NEW)
    assert page.status == PageStatus.PROPOSED


@pytest.mark.parametrize("status", [PageStatus.DONE, PageStatus.ACCEPTED, PageStatus.RETURNED])
def test_edit_of_a_finished_page_keeps_its_status(status: PageStatus) -> None:
    page = edits.set_page_status(page_of_words(), status)
    assert edits.add_region(page, "stamp", Box(0, 0, 5, 5)).status == status


def test_masks_of_regions_are_kept_as_they_are() -> None:
    bitmap_mask = Mask(2, 2, masks.counts_of([1, 2, 1]))
    page = edits.add_region(page_of_words(), "stamp", Box(0, 0, 2, 2), mask=bitmap_mask)
    assert page.regions == (Region(13, "stamp", Box(0, 0, 2, 2), (), bitmap_mask),)
