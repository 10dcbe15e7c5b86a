"""Edits of a page as a whole: status, note, rotation and deskewing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from desktop.document.edits.parts import begun
from desktop.document.edits.placing import turned, turned_size, turning
from desktop.errors import UserError
from model_backend.document import (
    COLLECTIONS,
    HUMAN,
    Entity,
    Page,
    PageClass,
    PageStatus,
    Status,
    union_of,
)

FINISHED = (PageStatus.DONE, PageStatus.ACCEPTED)


def set_page_status(page: Page, status: PageStatus) -> Page:
    """How far the work on the page has come; a page with open proposals is never new, and one on
    which an error stands is never finished.
    """
    if status in FINISHED and status != page.status:
        _require_no_errors(page)
    is_open = any(item.status == Status.PROPOSED for item in page.annotations)
    is_open |= page.page_class is not None and page.page_class.status == Status.PROPOSED
    if status == PageStatus.NEW and is_open:
        status = PageStatus.PROPOSED
    return page if status == page.status else replace(page, status=status)


def _require_no_errors(page: Page) -> None:
    """The one gate to "done": whatever finishes a page comes through here."""
    from model_backend.quality.live import look

    errors = look(page).errors
    if errors:
        raise UserError(
            "Page {number} cannot be marked done: {error}. Repair it first; J shows it.",
            number=page.number + 1,
            error=errors[0].text,
        )


def set_note(page: Page, note: str) -> Page:
    """What a person wants to say about the page."""
    return page if note == page.note else replace(page, note=note)


def set_page_class(page: Page, label: str) -> Page:
    """What kind of page it is, as a person says; what a model said is kept beside it, and empty
    takes the class away.
    """
    known = page.page_class
    if not label:
        return page if known is None else begun(replace(page, page_class=None))
    proposed = known.proposed if known else ""
    status = Status.CORRECTED if proposed and proposed != label else Status.ACCEPTED
    score, source = (known.score, known.source) if known and proposed else (None, HUMAN)
    new = PageClass(label, score, status, source, proposed)
    return page if new == known else begun(replace(page, page_class=new))


def rotate(page: Page, degrees: int) -> Page:
    """The page turned clockwise by further quarter turns; everything on it follows."""
    if degrees % 90:
        raise ValueError(f"{degrees} degrees are not quarter turns")
    if degrees % 360 == 0:
        return page
    after = _turned(page, degrees % 360)
    return begun(replace(after, rotation=(page.rotation + degrees) % 360))


def deskew(page: Page, degrees: float) -> Page:
    """The picture turned clockwise by `degrees` in all (0: as read); everything on it follows."""
    if degrees == page.skew:
        return page
    return begun(replace(_turned(page, degrees - page.skew), skew=degrees))


def _turned(page: Page, degrees: float) -> Page:
    affine = turning(page, degrees)
    width, height = turned_size(page, degrees)
    fields: dict[str, Any] = {
        name: tuple(turned(item, affine, degrees) for item in getattr(page, name))
        for name in COLLECTIONS
    }
    after = replace(page, width=width, height=height, **fields)
    return replace(after, entities=_around_their_words(page, after))


def _around_their_words(before: Page, after: Page) -> tuple[Entity, ...]:
    """Boxes that were the union of their words are so again: words of a line turn apart."""
    old = {word.id: word.box for word in before.words}
    new = {word.id: word.box for word in after.words}

    def around(was: Entity, entity: Entity) -> Entity:
        ids = [word_id for word_id in was.word_ids if word_id in old]
        if not ids or was.box != union_of(old[word_id] for word_id in ids):
            return entity
        return replace(entity, box=union_of(new[word_id] for word_id in ids))

    return tuple(map(around, before.entities, after.entities))
