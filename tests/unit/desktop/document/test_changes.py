"""Differences from proposals and from other versions; each one taken back, whatever the order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.document import baselines, edits
from desktop.document.changes import Change, ChangeKind, changes, counts
from desktop.document.reverting import take_back
from desktop.errors import UserError
from desktop.store.records import Proposal
from model_backend import table_grid
from model_backend.document import (
    Box,
    Entity,
    Page,
    PageGeometry,
    Proposals,
    Region,
    Relation,
    Span,
    Status,
    Word,
    with_words,
)

MODEL = "rules"


def blank() -> Page:
    words = [
        Word(1 + i, f"word{i}", Box(50, 50, 150, 80).moved(200 * (i % 2), 60 * (i // 2)))
        for i in range(6)
    ]
    return with_words(Page(1, 1, 0, 600, 800, "px", PageGeometry("test", 600, 800)), words)


def proposed() -> tuple[Page, tuple[Proposal, ...]]:
    """A page with what a model said: three entities, a link, a table and a polygon."""
    page = blank()
    words = {word.id: word for word in page.words}
    said = Proposals(
        MODEL,
        entities=tuple(
            Entity(i, label, (i,), words[i].text, words[i].box, score=0.5)
            for i, label in ((1, "question"), (2, "answer"), (3, "question"))
        ),
        relations=(Relation(9, 1, 2, score=0.4),),
        tables=(
            table_grid.add_column_edge(
                table_grid.add_row_edge(
                    table_grid.propose_grid(10, Box(40, 300, 400, 500), ()), 400.0
                ),
                200.0,
            ),
        ),
        regions=(
            Region(11, "stamp", Box(420, 600, 560, 700), (((420, 600), (560, 600), (500, 700)),)),
        ),
    )
    return edits.merge_proposals(page, said, ())


def found(page: Page, proposals: tuple[Proposal, ...]) -> tuple[Change, ...]:
    return changes(page, baselines.of_proposals(page, proposals), is_whole=False)


def kinds(page: Page, proposals: tuple[Proposal, ...]) -> list[str]:
    return sorted(change.kind.value for change in found(page, proposals))


def test_what_was_only_accepted_is_no_change() -> None:
    page, proposals = proposed()
    assert found(page, proposals) == ()
    assert found(edits.accept_rest(page), proposals) == ()


def test_each_kind_of_change_is_told_apart() -> None:
    page, proposals = proposed()
    question, answer, other = (entity.id for entity in page.entities)
    table, region = page.tables[0], page.regions[0]
    assert kinds(edits.set_label(page, [question], "header"), proposals) == ["label"]
    assert kinds(edits.set_text(page, answer, "other"), proposals) == ["text"]
    assert kinds(edits.set_entity_words(page, other, (3, 5)), proposals) == ["words"]
    assert kinds(edits.move(page, [other], 9, 0), proposals) == ["moved"]
    assert kinds(edits.move(page, [region.id], 9, 4), proposals) == ["moved"]
    assert kinds(edits.delete(page, [answer]), proposals) == ["removed", "removed"]  # its link, too
    assert kinds(edits.add_entity(page, "other", (6,)), proposals) == ["added"]
    assert kinds(edits.link(page, answer, question), proposals) == ["ends"]
    outline = replace(region, polygons=(((420, 600), (560, 600), (560, 700)),))
    assert kinds(edits.replace(page, outline), proposals) == ["outline"]
    edge = table_grid.move_row_edge(table, 1, 420.0)
    assert kinds(edits.replace(page, edge), proposals) == ["edges"]
    more = table_grid.add_row_edge(table, 450.0)
    assert kinds(edits.replace(page, more), proposals) == ["edges"]
    other_header = 0 if table.header_rows else 1
    header = table_grid.set_header_rows(table, other_header)
    assert kinds(edits.replace(page, header), proposals) == ["header"]


def test_merged_cells_are_one_change() -> None:
    page, proposals = proposed()
    table = table_grid.set_header_rows(page.tables[0], 0)
    merged = table_grid.merge_cells(table, Span(0, 2, 0, 1))
    assert "spans" in kinds(edits.replace(page, merged), proposals)


def test_turning_the_page_changes_nothing_on_it() -> None:
    page, proposals = proposed()
    for turned in (
        edits.rotate(page, 90),
        edits.rotate(page, 180),
        edits.deskew(page, 1.5),
        edits.deskew(edits.rotate(page, 270), -2.0),
    ):
        assert found(turned, proposals) == ()


def test_a_change_on_a_turned_page_is_taken_back_in_place() -> None:
    page, proposals = proposed()
    turned = edits.rotate(page, 90)
    gone = edits.delete(turned, [page.regions[0].id])
    (change,) = found(gone, proposals)
    back = take_back(gone, change)
    assert back.regions[0].box == turned.regions[0].box
    assert back.regions[0].status is Status.PROPOSED


def test_withdrawn_proposals_are_not_missed() -> None:
    page, proposals = proposed()
    gone = edits.delete(page, [page.regions[0].id])
    withdrawn = tuple(
        replace(one, is_withdrawn=one.annotation_id == page.regions[0].id) for one in proposals
    )
    assert found(gone, withdrawn) == ()


def test_taking_back_makes_the_proposal_accepted() -> None:
    page, proposals = proposed()
    changed = edits.set_label(page, [page.entities[0].id], "header")
    (change,) = found(changed, proposals)
    back = take_back(changed, change)
    assert back.entities[0].label == "question"
    assert back.entities[0].status is Status.ACCEPTED
    assert found(back, proposals) == ()


def test_a_link_waits_for_its_ends() -> None:
    page, proposals = proposed()
    gone = edits.delete(page, [page.entities[1].id])
    removed = {type(change.before).__name__: change for change in found(gone, proposals)}
    with pytest.raises(UserError):
        take_back(gone, removed["Relation"])
    back = take_back(take_back(gone, removed["Entity"]), removed["Relation"])
    assert found(back, proposals) == ()
    assert back.relations[0].id == page.relations[0].id


def test_words_given_to_another_entity_are_not_stolen_back() -> None:
    page, proposals = proposed()
    own = page.entities[0]
    taken = edits.add_entity(edits.delete(page, [own.id]), "other", own.word_ids)
    removed = next(
        change for change in found(taken, proposals) if isinstance(change.before, Entity)
    )
    with pytest.raises(UserError, match="belong to other entities"):
        take_back(taken, removed)


def random_edit(page: Page, dice: random.Random) -> Page:
    ids = [item.id for item in page.annotations]
    if not ids:
        return edits.add_entity(page, "other", (dice.randint(1, 6),))
    own = dice.choice(ids)
    entities = [entity.id for entity in page.entities]
    choices = [
        lambda: edits.delete(page, [own]),
        lambda: edits.set_label(page, [own], dice.choice(["header", "answer", "stamp"])),
        lambda: edits.move(page, [own], dice.randint(-9, 9), dice.randint(-9, 9)),
        lambda: edits.add_entity(page, "other", (dice.randint(1, 6),)),
        lambda: edits.accept(page, [own]),
        lambda: edits.replace(
            page, table_grid.add_row_edge(page.tables[0], dice.randint(310, 490))
        ),
        lambda: edits.replace(page, table_grid.set_header_rows(page.tables[0], dice.randint(0, 2))),
    ]
    if entities:
        choices += [
            lambda: edits.set_entity_words(
                page, dice.choice(entities), dice.sample(range(1, 7), 2)
            ),
            lambda: edits.link(page, dice.choice(entities), dice.choice(entities)),
        ]
    try:
        return dice.choice(choices)()
    except (UserError, ValueError, IndexError):
        return page


@given(st.randoms(use_true_random=False))
def test_taking_everything_back_leads_to_the_proposal(dice: random.Random) -> None:
    """Whatever was done, differences can be taken back until none is left or only stolen words."""
    page, proposals = proposed()
    for _step in range(dice.randint(1, 8)):
        page = random_edit(page, dice)
    for _round in range(60):
        left = list(found(page, proposals))
        dice.shuffle(left)
        for change in left:
            try:
                after = take_back(page, change)
            except UserError:
                continue
            assert not any(table_grid.problems(table) for table in after.tables)
            if after != page:
                page = after
                break
        else:
            break
    assert found(page, proposals) == ()


def test_versions_are_matched_by_place_not_by_id() -> None:
    page, _proposals = proposed()
    ids = {word.id: word.id + 100 for word in page.words}
    other = replace(
        page,
        words=tuple(replace(word, id=ids[word.id]) for word in page.words),
        entities=tuple(
            replace(entity, id=entity.id + 200, word_ids=tuple(ids[i] for i in entity.word_ids))
            for entity in page.entities
        ),
        relations=tuple(
            replace(link, id=link.id + 200, from_id=link.from_id + 200, to_id=link.to_id + 200)
            for link in page.relations
        ),
        next_id=1000,
    )
    assert changes(page, baselines.of_version(page, other), is_whole=True) == ()
    assert changes(page, baselines.of_version(page, edits.rotate(other, 90)), is_whole=True) == ()
    relabelled = edits.set_label(other, [other.entities[0].id], "header")
    fewer = edits.delete(relabelled, [other.entities[1].id])
    told = changes(page, baselines.of_version(page, fewer), is_whole=True)
    assert counts(told) == {ChangeKind.ADDED: 2, ChangeKind.LABEL: 1}


@given(st.randoms(use_true_random=False))
def test_taking_everything_over_leads_to_the_other_version(dice: random.Random) -> None:
    page, _proposals = proposed()
    other = page
    for _step in range(dice.randint(1, 6)):
        page, other = random_edit(page, dice), random_edit(other, dice)
    for _round in range(80):
        told = changes(page, baselines.of_version(page, other), is_whole=True)
        for change in told:
            try:
                after = take_back(page, change)
            except UserError:
                continue
            if after != page:
                page = after
                break
        else:
            break
    left = changes(page, baselines.of_version(page, other), is_whole=True)
    assert [change for change in left if change.kind is not ChangeKind.TEXT] == []
