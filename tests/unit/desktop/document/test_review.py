"""Review: the order of doubt, progress, and what became of proposals."""

from __future__ import annotations

from dataclasses import replace

from edit_scripts import page_of_words

from desktop.document import edits, review
from desktop.store.records import Proposal
from model_backend.document import Box, Page, Proposals, Region, Status

SAID = Proposals(
    "ink",
    regions=tuple(
        Region(index, "stamp", Box(50.0 * index, 300, 50.0 * index + 40, 340), score=score)
        for index, score in enumerate((0.9, 0.2, None, 0.5), 1)
    ),
)


def _page() -> tuple[Page, tuple[Proposal, ...]]:
    return edits.merge_proposals(page_of_words(), SAID, ())


def test_doubt_goes_from_the_lowest_score_and_ends_with_the_page() -> None:
    page, _said = _page()
    found, order = review.next_doubtful(page, None), []
    while found is not None:
        order.append(found.score)
        found = review.next_doubtful(page, found.id)
    assert order == [None, 0.2, 0.5, 0.9]


def test_after_something_that_is_decided_doubt_begins_anew() -> None:
    page, _said = _page()
    page = edits.accept(page, [15])
    found = review.next_doubtful(page, 15)
    assert found is not None
    assert found.score == 0.2


def test_nothing_is_doubtful_on_a_page_of_a_persons_own() -> None:
    page = edits.add_region(page_of_words(), "stamp", Box(0, 0, 9, 9))
    assert review.next_doubtful(page, None) is None
    assert review.progress(page) == review.Progress(0, 0)


def test_acceptance_counts_each_proposal_once() -> None:
    page, said = _page()
    page = edits.accept(page, [13])
    page = edits.resize(page, 14, Box(1, 1, 9, 9))
    page = edits.delete(page, [15])
    assert review.progress(page) == review.Progress(2, 3)
    again = (*said, replace(said[0], annotation=said[1].annotation))
    found = review.acceptance(page, again)
    assert found == review.Acceptance(accepted=1, corrected=1, rejected=1, open=1)
    assert found.rate == 1 / 3


def test_withdrawn_proposals_are_not_counted() -> None:
    page, said = _page()
    after, _new = edits.merge_proposals(page, Proposals("ink"), said)
    withdrawn = tuple(replace(item, is_withdrawn=True) for item in said)
    assert review.acceptance(after, withdrawn) == review.Acceptance()
    assert review.Acceptance().rate is None
    assert not any(item.status == Status.PROPOSED for item in after.annotations)
