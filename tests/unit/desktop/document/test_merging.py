"""Running a model again: what a person decided is never touched, brought back or doubled."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from edit_scripts import (
    LABELS,
    blank_page,
    full_page,
    page_of_words,
    random_box,
    random_edit,
    random_proposals,
    word_box,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.document import edits
from desktop.document.edits.merging import SAME
from desktop.store.records import Proposal
from model_backend import table_grid
from model_backend.document import (
    Annotation,
    Box,
    Entity,
    Page,
    PageStatus,
    Proposals,
    Region,
    Relation,
    Status,
    Table,
    collection_of,
)

PAIR = Proposals(
    "rules",
    (
        Entity(1, "question", (1, 2), "word0 word1", word_box(0).union(word_box(1)), 0.8),
        Entity(2, "answer", (3,), "word2", word_box(2), 0.7),
    ),
    (Relation(3, 1, 2, 0.6),),
    (table_grid.empty_table(4, Box(20, 300, 320, 400)),),
    (Region(5, "stamp", Box(400, 500, 450, 560), score=0.5),),
)


def _merged(
    page: Page, said: Proposals, earlier: tuple[Proposal, ...] = ()
) -> tuple[Page, tuple[Proposal, ...]]:
    """The page after a run, and everything said so far, as the store would keep it."""
    after, new = edits.merge_proposals(page, said, earlier)
    gone = {item.id for item in page.annotations} - {item.id for item in after.annotations}
    kept = tuple(
        replace(item, is_withdrawn=item.is_withdrawn or item.annotation_id in gone)
        for item in earlier
    )
    return after, kept + new


def test_first_run_adds_everything_as_proposed() -> None:
    page, said = _merged(page_of_words(), PAIR)
    assert page.status == PageStatus.PROPOSED
    assert [item.id for item in page.annotations] == [13, 14, 17, 15, 16]
    assert {(item.status, item.source) for item in page.annotations} == {(Status.PROPOSED, "rules")}
    assert (page.relations[0].from_id, page.relations[0].to_id) == (13, 14)
    assert [item.annotation_id for item in said] == [13, 14, 15, 16, 17]
    assert page.next_id == 18


def test_second_run_that_says_the_same_changes_nothing() -> None:
    page, said = _merged(page_of_words(), PAIR)
    assert edits.merge_proposals(page, PAIR, said) == (page, ())


def test_second_run_takes_the_place_of_open_proposals() -> None:
    page, said = _merged(page_of_words(), PAIR)
    better = replace(PAIR, entities=(replace(PAIR.entities[0], label="header", score=0.95),))
    after, _said = _merged(page, replace(better, relations=()), said)
    assert [(item.id, item.label, item.score) for item in after.entities] == [(13, "header", 0.95)]


def test_open_proposals_that_are_no_longer_made_are_withdrawn_and_may_come_back() -> None:
    page, said = _merged(page_of_words(), PAIR)
    page, said = _merged(page, Proposals("rules"), said)
    assert page.annotations == ()
    page, said = _merged(page, PAIR, said)
    assert len(page.annotations) == 5
    assert min(item.id for item in page.annotations) == 18


def test_another_model_withdraws_nothing() -> None:
    page, said = _merged(page_of_words(), PAIR)
    after, _said = _merged(page, Proposals("other"), said)
    assert after == page


def test_deleted_proposals_do_not_come_back() -> None:
    page, said = _merged(page_of_words(), PAIR)
    page = edits.delete(page, [item.id for item in page.annotations])
    after, _said = _merged(page, PAIR, said)
    assert after == page


def test_deleted_relation_does_not_come_back_between_entities_that_stay() -> None:
    page, said = _merged(page_of_words(), PAIR)
    page = edits.unlink(page, 13, 14)
    after, _said = _merged(page, PAIR, said)
    assert after.relations == ()


def test_corrected_proposal_that_moved_away_is_not_doubled() -> None:
    page, said = _merged(page_of_words(), PAIR)
    page = edits.move(page, [16], -300, -400)
    after, _said = _merged(page, PAIR, said)
    assert after.regions == page.regions


def test_what_a_person_drew_is_not_proposed_again() -> None:
    page = edits.add_entity(page_of_words(), "header", [1, 2])
    page = edits.add_region(page, "figure", Box(402, 500, 450, 560))
    page = edits.add_table(page, table_grid.empty_table(0, Box(20, 300, 320, 410)))
    after, _said = _merged(page, PAIR)
    assert len(after.entities) == 2
    assert after.entities[0] == page.entities[0]
    assert (after.regions, after.tables) == (page.regions, page.tables)
    assert (after.relations[0].from_id, after.relations[0].to_id) == (13, 16)


def test_words_of_a_persons_entity_stay_with_it() -> None:
    page = edits.add_entity(page_of_words(), "header", [2])
    said = Proposals("rules", (replace(PAIR.entities[0], word_ids=(1, 2, 5)),))
    after, kept = _merged(page, said)
    assert [item.word_ids for item in after.entities] == [(2,), (1, 5)]
    assert kept[0].annotation.word_ids == (1, 2, 5)  # type: ignore[union-attr]


def test_proposal_that_a_person_linked_is_kept() -> None:
    page, said = _merged(page_of_words(), replace(PAIR, relations=()))
    page = edits.link(page, 13, 14)
    after, _said = _merged(page, Proposals("rules"), said)
    assert after.entities == page.entities
    assert after.relations == page.relations


def test_words_that_are_gone_since_the_model_looked_are_left_out() -> None:
    page = edits.delete(page_of_words(), [2, 3])
    after, _said = _merged(page, PAIR)
    assert [item.word_ids for item in after.entities] == [(1,)]
    assert after.relations == ()


def test_two_alike_in_one_run_stay_two() -> None:
    twins = Proposals("rules", regions=(PAIR.regions[0], replace(PAIR.regions[0], id=6, label="x")))
    page, said = _merged(page_of_words(), twins)
    assert len(page.regions) == 2
    page = edits.delete(page, [13])
    after, _said = _merged(page, twins, said)
    assert after == page


def test_rejected_entity_stays_away_after_its_words_were_read_again() -> None:
    page, said = _merged(page_of_words(), PAIR)
    page = edits.delete(page, [13])
    page = edits.replace_words(page, page.words, None)
    ids = tuple(word.id for word in page.words[:2])
    after, _said = _merged(
        page, replace(PAIR, entities=(replace(PAIR.entities[0], word_ids=ids),)), said
    )
    assert not any(item.word_ids == ids for item in after.entities)


@pytest.mark.parametrize("kind", ["tables", "regions"])
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rejected_proposal_stays_away_after_the_page_was_turned(kind: str, degrees: int) -> None:
    """Also where the page had been turned before it was said."""
    for first in (0, 90):
        start = edits.rotate(page_of_words(), first)
        found = Box(20, 300, 320, 400) if first == 0 else Box(400, 20, 500, 320)
        page, said = _merged(start, _found_at(kind, found))
        page = edits.delete(page, [item.id for item in page.annotations])
        turned = edits.rotate(page, degrees)
        again = _turned_box(found, page, degrees)
        after, _said = _merged(turned, _found_at(kind, again), said)
        assert after.annotations == ()
        elsewhere, _said = _merged(turned, _found_at(kind, found), said)
        assert bool(elsewhere.annotations) == (degrees != 180 or again.iou(found) < SAME)


def test_rejected_proposal_stays_away_after_the_page_was_deskewed() -> None:
    box = Box(20, 700, 60, 720)
    page, said = _merged(page_of_words(), _found_at("regions", box))
    page = edits.deskew(edits.delete(page, [13]), 8.0)
    turn = edits.add_region(page_of_words(), "stamp", box)
    again = edits.deskew(turn, 8.0).regions[0].box
    assert again.iou(box) < SAME
    after, _said = _merged(page, _found_at("regions", again), said)
    assert after.regions == ()


def test_accepted_table_that_turned_with_its_page_is_not_doubled() -> None:
    box = Box(20, 300, 320, 400)
    page, said = _merged(page_of_words(), _found_at("tables", box))
    page = edits.accept_rest(page)
    again = _turned_box(box, page, 90)
    page = edits.rotate(page, 90)
    after, _said = _merged(page, _found_at("tables", again), said)
    assert after.tables == page.tables


def test_score_that_is_no_number_is_none() -> None:
    said = replace(PAIR.regions[0], score=float("nan"))
    page, kept = _merged(page_of_words(), Proposals("ink", regions=(said,)))
    assert page.regions[0].score is None
    assert edits.merge_proposals(page, Proposals("ink", regions=(said,)), kept) == (page, ())


def _found_at(kind: str, box: Box) -> Proposals:
    value = table_grid.empty_table(1, box) if kind == "tables" else Region(1, "stamp", box)
    return Proposals("model", **{kind: (value,)})


def _turned_box(box: Box, page: Page, degrees: int) -> Box:
    """Where the box is on the page turned so far, point by point."""
    found = box
    width, height = page.width, page.height
    for _turn in range(degrees // 90):
        found = Box(height - found.y1, found.x0, height - found.y0, found.x1)
        width, height = height, width
    return found


def _where(item: Annotation) -> Box:
    """Where it is seen on the page, to the nearest quarter turn."""
    assert not isinstance(item, Relation)
    if not isinstance(item, Table) or round(item.rotation / 90) % 2 == 0:
        return item.box
    (x, y), box = item.box.center, item.box
    return Box(x - box.height / 2, y - box.width / 2, x + box.height / 2, y + box.width / 2)


def _turned_now(proposal: Proposal, page: Page) -> Annotation:
    """What was said, on a page of its own that is turned as the page is now."""
    item = proposal.annotation
    then = replace(
        blank_page(),
        rotation=proposal.rotation,
        skew=proposal.skew,
        **{collection_of(item): (item,)},
    )
    if proposal.rotation % 180:
        then = replace(then, width=then.height, height=then.width)
    now = edits.deskew(edits.rotate(then, page.rotation - proposal.rotation), page.skew)
    return now.annotations[0]


def _is_same(one: Annotation, other: Annotation) -> bool:
    """The rule in words, without any index."""
    if type(one) is not type(other) or isinstance(one, Relation) or isinstance(other, Relation):
        return False
    first, second = set(getattr(one, "word_ids", ())), set(getattr(other, "word_ids", ()))
    jaccard = len(first & second) / len(first | second) if first | second else 0.0
    return jaccard >= SAME or _where(one).iou(_where(other)) >= SAME


@given(seed=st.integers(0, 2**32), runs=st.integers(1, 6))
@settings(max_examples=400, deadline=None)
def test_what_a_person_decided_is_never_touched_brought_back_or_doubled(
    seed: int, runs: int
) -> None:
    random = Random(seed)
    page, said = full_page(), ()
    for _run in range(runs):
        proposals = _something_like(random_proposals(page, random), said, random)
        before = page
        page, said = _merged(page, proposals, said)
        _check_run(before, page, said)
        for _step in range(random.randint(0, 4)):
            page = random_edit(page, random)[1]


def _something_like(proposals: Proposals, said: tuple[Proposal, ...], random: Random) -> Proposals:
    """The proposals with some that were made before, a little different."""
    entities, tables = list(proposals.entities), list(proposals.tables)
    for index, proposal in enumerate(random.sample(said, min(len(said), 4))):
        value = replace(proposal.annotation, id=100 + index)
        if isinstance(value, Entity):
            box = random_box(random) if random.random() < 0.2 else value.box.moved(0.5, 0)
            entities.append(replace(value, label=random.choice(LABELS), box=box))
        elif not isinstance(value, (Relation, Region)):
            tables.append(value)
    return replace(proposals, entities=tuple(entities), tables=tuple(tables))


def _check_run(before: Page, after: Page, said: tuple[Proposal, ...]) -> None:
    was_open = {item.id for item in before.annotations if item.status == Status.PROPOSED}
    decided = [item for item in before.annotations if item.id not in was_open]
    assert [item for item in after.annotations if item.id not in was_open] == [
        *(item for item in after.annotations if item in decided or item.id >= before.next_id)
    ]
    assert all(after.annotation(item.id) == item for item in decided)
    assert after.words == before.words
    rejected = [
        _turned_now(item, before)
        for item in said
        if not item.is_withdrawn
        and item.annotation_id < before.next_id
        and before.annotation(item.annotation_id) is None
    ]
    for new in (item for item in after.annotations if item.id >= before.next_id):
        assert new.status == Status.PROPOSED
        assert not any(_is_same(new, item) for item in decided)
        assert not any(_is_same(new, item) for item in rejected)


def test_merging_many_proposals_takes_little_time() -> None:
    import time

    regions = tuple(
        Region(
            index, "stamp", Box(x := 25.0 * (index % 20), y := 12.0 * (index // 20), x + 20, y + 10)
        )
        for index in range(1, 1001)
    )
    page, said = _merged(page_of_words(), Proposals("ink", regions=regions))
    start = time.process_time()
    after, _new = edits.merge_proposals(page, Proposals("ink", regions=regions), said)
    assert after == page
    assert time.process_time() - start < 0.5
