"""Pre-labelling pages with predictors, and reading a region of a page again."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from desktop.errors import UserError
from desktop.jobs.course import Step
from desktop.jobs.pages import EVERY, page_label
from desktop.jobs.passwords import Passwords
from desktop.jobs.target import ProjectTarget
from model_backend import registry, sources
from model_backend.document import Box, Page, PageStatus, Proposals, Word
from model_backend.labels import ENTITY, REGION
from model_backend.predictors.predicting import Given, predict_pages
from model_backend.runtime import AUTO
from model_backend.translation import _, mark
from model_backend.worker import TookTooLong, WorkerDied

PREDICTING_LIMIT = 120.0
"""Seconds for one page: the layout model of digital pages needs most of them on a slow machine."""
LOADING_LIMIT = 120.0
"""Seconds for the model process to start, and to load models that it has not in memory."""
PAGES_AT_ONCE = 4
"""Pages of a step of the model process: enough to batch, few enough to be stopped between."""
READING_LIMIT = 75.0
READ_AGAIN = mark("Read the text again")
FINISHED = (PageStatus.DONE, PageStatus.ACCEPTED)


@dataclass
class Predicted:
    """What the predictors said in all, and what they noticed; `pages` had their turn wholly."""

    pages: int = 0
    entities: int = 0
    relations: int = 0
    tables: int = 0
    regions: int = 0
    page_classes: int = 0
    notes: list[tuple[str, str]] = field(default_factory=list)


class Prelabel:
    """Runs predictors on pages; what they say is merged, and no human work is touched.

    Without page ids: all new pages, and with `again` all that are not finished.
    """

    def __init__(
        self,
        target: ProjectTarget,
        names: Sequence[str],
        page_ids: Sequence[int] | None = None,
        *,
        again: bool = False,
        passwords: Passwords | None = None,
        device: str = AUTO,
    ) -> None:
        self._target = target
        self._passwords = passwords or Passwords()
        self._device = device
        self._names = _by_process(names)
        pages = _pages(target, again=again) if page_ids is None else page_ids
        self._waiting = deque(_steps(pages, tuple(self._names)))
        self.total = len(self._waiting)
        self._missing = Counter(dict.fromkeys(pages, len(self._names)))
        """How many kinds of process have still to say something of a page."""
        self.predicted = Predicted()

    @property
    def title(self) -> str:
        """What people see."""
        return _("Pre-label")

    def next_step(self) -> Step | None:
        """The next pages with the predictors of one kind of process."""
        if not self._waiting:
            return None
        page_ids, kind = self._waiting.popleft()
        pages = [self._target.page(page_id) for page_id in page_ids]
        loading = LOADING_LIMIT if kind == "model" else 0.0
        return Step(
            kind,
            predict_pages,
            ([self._given(page) for page in pages], self._names[kind], self._device),
            {},
            loading + PREDICTING_LIMIT * len(pages),
            self._label(pages[0]),
            page_ids,
        )

    def _given(self, page: Page) -> Given:
        document = self._target.store.document(page.document_id)
        path = self._target.store.document_path(document)
        return (path, page, self._passwords.of(document.sha256))

    def _label(self, page: Page) -> str:
        return page_label(self._target.store.document(page.document_id), page.number)

    def receive(self, step: Step, result: list[tuple[Proposals, ...] | UserError]) -> None:
        """Merge what the predictors said into the pages; look again, at it alone, where a page
        failed, and where it was turned or read anew meanwhile, as what was said no longer lies
        where it was seen.
        """
        for page_id, given, said in zip(step.subject, step.arguments[0], result, strict=True):
            try:
                self._receive_page(page_id, step.kind, given[1], said)
            except UserError:  # this page cannot be written, the others can
                if len(step.subject) == 1:
                    raise
                self._look_alone([page_id], step.kind)

    def _receive_page(
        self, page_id: int, kind: str, seen: Page, said: tuple[Proposals, ...] | UserError
    ) -> None:
        page = self._target.page(page_id)
        if isinstance(said, UserError) or _as_seen(page) != _as_seen(seen):
            self._look_alone([page_id], kind)
            return
        self._bring_labels(said)
        self._target.bring_proposals(page_id, said)
        self._missing[page_id] -= 1
        self.predicted.pages += not self._missing[page_id]
        self._count(self._label(page), said)

    def _bring_labels(self, said: tuple[Proposals, ...]) -> None:
        """The project takes labels of the model that it has not, to show and to choose them."""
        labels = {
            (item.label, kind)
            for proposals in said
            for kind, items in ((ENTITY, proposals.entities), (REGION, proposals.regions))
            for item in items
        }
        known = {(label.name, label.kind) for label in self._target.store.schema().labels}
        if new := sorted(labels - known):
            self._target.bring_labels(new)

    def _count(self, label: str, said: tuple[Proposals, ...]) -> None:
        for proposals in said:
            self.predicted.entities += len(proposals.entities)
            self.predicted.relations += len(proposals.relations)
            self.predicted.tables += len(proposals.tables)
            self.predicted.regions += len(proposals.regions)
            self.predicted.page_classes += proposals.page_class is not None
            self.predicted.notes.extend((label, _(note)) for note in proposals.notes)

    def fail(self, step: Step, error: BaseException) -> None:
        """Nothing was changed; where the process ended over several pages, it may be due to one."""
        if isinstance(error, WorkerDied | TookTooLong) and len(step.subject) > 1:
            self._look_alone(step.subject, step.kind)

    def _look_alone(self, page_ids: Sequence[int], kind: str) -> None:
        self._waiting.extend(((page_id,), kind) for page_id in page_ids)
        self.total += len(page_ids)

    def result(self) -> Predicted:
        """What was proposed."""
        return self.predicted


def _steps(
    page_ids: Sequence[int], kinds: tuple[Any, ...]
) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Pages and kinds of process: several pages at once for models, one at a time for the rest."""
    for start in range(0, len(page_ids), PAGES_AT_ONCE):
        pages = tuple(page_ids[start : start + PAGES_AT_ONCE])
        for kind in kinds:
            if kind == "model":
                yield pages, kind
            else:
                yield from (((page_id,), kind) for page_id in pages)


def _as_seen(page: Page) -> tuple[int, float, tuple[Word, ...]]:
    """What predictors look at."""
    return (page.rotation, page.skew, page.words)


def _by_process(names: Sequence[str]) -> dict[Any, tuple[str, ...]]:
    """The predictors' names by the kind of process they run in; `none` is left out."""
    groups: dict[Any, tuple[str, ...]] = {}
    for name in names:
        if name != registry.NONE:
            kind = registry.registered(name).process
            groups[kind] = (*groups.get(kind, ()), name)
    return groups


def _pages(target: ProjectTarget, *, again: bool) -> Sequence[int]:
    statuses = (
        [status for status in PageStatus if status not in FINISHED] if again else [PageStatus.NEW]
    )
    unread = set(target.store.unread_pages(limit=EVERY))
    return [page_id for page_id in target.store.page_ids(statuses) if page_id not in unread]


class RecognizeRegion:
    """Reads the words of a page, or of a box on it, again; nothing is changed by it."""

    total = 1

    def __init__(
        self,
        target: ProjectTarget,
        page_id: int,
        box: Box | None,
        *,
        languages: str = "",
        psm: int = 0,
        enlarge: float = 1.0,
        passwords: Passwords | None = None,
    ) -> None:
        self._target, self._page_id, self._box = target, page_id, box
        self._options: dict[str, object] = {"languages": languages, "enlarge": enlarge}
        if psm:
            self._options["psm"] = psm
        self._passwords = passwords or Passwords()
        self._is_taken = False
        self._words: tuple[Word, ...] = ()

    @property
    def title(self) -> str:
        """What people see."""
        return _(READ_AGAIN)

    def next_step(self) -> Step | None:
        """The one step there is."""
        if self._is_taken:
            return None
        self._is_taken = True
        page = self._target.page(self._page_id)
        document = self._target.store.document(page.document_id)
        return Step(
            "batch",
            sources.recognize,
            (self._target.store.document_path(document), page, self._box),
            {**self._options, "password": self._passwords.of(document.sha256)},
            READING_LIMIT,
            page_label(document, page.number),
            (page.rotation, page.skew),
        )

    def receive(self, step: Step, result: tuple[Word, ...]) -> None:
        """Keep what was read: a person chooses what of it is taken."""
        page = self._target.page(self._page_id)
        if (page.rotation, page.skew) != step.subject:
            raise UserError("The page was turned while its text was read. Read it again.")
        self._words = result

    def fail(self, step: Step, error: BaseException) -> None:
        """Nothing was changed, so there is nothing to mend."""

    def result(self) -> tuple[Word, ...]:
        """The words that were read; their ids are not those of the page."""
        return self._words
