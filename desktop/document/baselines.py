"""What a page is compared with: what models proposed, or another version of it. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from desktop.document.edits import pages
from desktop.document.edits.parts import words_by_id
from desktop.document.edits.placing import turned, turned_size, turning
from desktop.store.records import Proposal
from model_backend.document import Annotation, Entity, Page, Relation, Table, union_of
from model_backend.metrics.agreement import partners
from model_backend.metrics.same_words import same_words


def of_proposals(page: Page, proposals: Sequence[Proposal]) -> dict[int, Annotation]:
    """What models said last, by the id of the annotation it became, as the page is turned now.

    What a model withdrew itself is no proposal any more.
    """
    there = {item.id for item in page.annotations}
    found: dict[int, Annotation] = {}
    for proposal in proposals:
        own = proposal.annotation_id
        if proposal.is_withdrawn and own not in there:
            found.pop(own, None)
        else:
            said = replace(proposal.annotation, id=own, source=proposal.model)
            found[own] = _as_turned_now(said, proposal, page)
    return found


def _as_turned_now(said: Annotation, proposal: Proposal, page: Page) -> Annotation:
    """Where it lies since the page was turned or deskewed after it was said."""
    quarters, skew = (page.rotation - proposal.rotation) % 360, page.skew - proposal.skew
    width, height = turned_size(page, -quarters)
    value = said
    for frame, degrees in ((replace(page, width=width, height=height), quarters), (page, skew)):
        if degrees:
            after = turned(value, turning(frame, degrees), degrees)
            assert isinstance(after, type(said))
            value = after
    if skew and isinstance(value, Entity) and (words := words_by_id(page, value.word_ids)):
        value = replace(value, box=union_of(word.box for word in words))
    return value


def of_version(page: Page, other: Page) -> dict[int, Annotation]:
    """Another version's annotations by the ids of those they match on the page; negative ids are
    not matched. Words are matched by place.
    """
    other = aligned(other, page)
    words = same_words(page.words, other.words)
    matched = partners(other, page)
    free = (item.id for item in other.annotations if item.id not in matched)
    ids = matched | {own: -number for number, own in enumerate(free, 1)}
    ours = {entity.id: entity.word_ids for entity in page.entities}
    return {ids[item.id]: _in_ids(item, ids, words, ours) for item in other.annotations}


def _in_ids(
    item: Annotation,
    ids: Mapping[int, int],
    words: Mapping[int, int],
    ours: Mapping[int, tuple[int, ...]],
) -> Annotation:
    """An annotation of another version in the ids of this one; an entity none of whose words lies
    where one of ours does was moved with them.
    """
    if isinstance(item, Entity):
        own = tuple(words[word_id] for word_id in item.word_ids if word_id in words)
        if item.word_ids and not own:
            own = ours.get(ids[item.id], ())
        return replace(item, id=ids[item.id], word_ids=own)
    if isinstance(item, Relation):
        ends = (ids.get(item.from_id, 0), ids.get(item.to_id, 0))
        return replace(item, id=ids[item.id], from_id=ends[0], to_id=ends[1])
    if isinstance(item, Table):
        return replace(item, id=ids[item.id], continues=0)
    return replace(item, id=ids[item.id])


def aligned(other: Page, page: Page) -> Page:
    """Another version of a page, turned and deskewed as the page is."""
    return pages.deskew(pages.rotate(other, page.rotation - other.rotation), page.skew)
