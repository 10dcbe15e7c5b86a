"""Looking through what models proposed: what is most in doubt, how far it is, what became of it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from desktop.store.records import Proposal
from model_backend.document import HUMAN, IMPORTED, Annotation, Page, Status


@dataclass(frozen=True)
class Progress:
    """How many annotations that models proposed have been decided on, of how many."""

    decided: int
    total: int


@dataclass(frozen=True)
class Acceptance:
    """What became of proposals: taken as they were, taken with changes, deleted, or still open."""

    accepted: int = 0
    corrected: int = 0
    rejected: int = 0
    open: int = 0

    @property
    def rate(self) -> float | None:
        """The share that was taken as it was, of those decided on; None when there are none."""
        decided = self.accepted + self.corrected + self.rejected
        return self.accepted / decided if decided else None


def in_doubt(page: Page) -> tuple[Annotation, ...]:
    """The open proposals, the lowest score first; one without a score is the most doubtful."""
    proposed = [item for item in page.annotations if item.status == Status.PROPOSED]
    return tuple(sorted(proposed, key=lambda item: (item.score or 0.0, item.id)))


def next_doubtful(
    page: Page, after_id: int | None, among: Container[int] | None = None
) -> Annotation | None:
    """The open proposal that is next in doubt after this one, of all or among these; None behind
    the last of the page.
    """
    order = [item for item in in_doubt(page) if among is None or item.id in among]
    ids = [item.id for item in order]
    start = ids.index(after_id) + 1 if after_id in ids else 0
    return order[start] if start < len(order) else None


def progress(page: Page) -> Progress:
    """How far the review of a page has come; what a person drew needs none."""
    proposed = [item for item in page.annotations if item.source not in (HUMAN, IMPORTED)]
    decided = sum(item.status != Status.PROPOSED for item in proposed)
    return Progress(decided, len(proposed))


def acceptance(page: Page, proposals: Sequence[Proposal]) -> Acceptance:
    """What became of all that models ever said about a page, each annotation counted once."""
    fates = [_fate(page, annotation_id) for annotation_id in _lineages(proposals)]
    return Acceptance(
        fates.count(Status.ACCEPTED),
        fates.count(Status.CORRECTED),
        fates.count(None),
        fates.count(Status.PROPOSED),
    )


def _lineages(proposals: Iterable[Proposal]) -> set[int]:
    withdrawn = {item.annotation_id for item in proposals if item.is_withdrawn}
    return {item.annotation_id for item in proposals} - withdrawn


def _fate(page: Page, annotation_id: int) -> Status | None:
    item = page.annotation(annotation_id)
    return None if item is None else item.status
