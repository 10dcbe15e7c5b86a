"""What models say, whenever it arrives, leaves the work of people as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from edit_scripts import document_of, full_page, random_edit, random_proposals
from PIL import Image

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.errors import UserError
from desktop.jobs.course import Step
from desktop.jobs.work import Prelabel
from desktop.store.store import Store
from model_backend.document import Page, PageStatus, Status

STEPS = 60
ACTIONS = ("edit", "turn", "undo", "redo", "look", "deliver")
SHARES = (6, 1, 2, 1, 3, 6)


@pytest.fixture
def document(tmp_path: Path) -> Iterator[OpenDocument]:
    picture = tmp_path / "scan.png"
    Image.new("L", (600, 800), 255).save(picture)
    sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
    store = Store.create(tmp_path / "project.proofdesk")
    store.add_document(picture, document_of(2, sha256), [full_page(0), full_page(1)], read=True)
    opened = OpenDocument(store)
    yield opened
    opened.close()


def human_work(page: Page) -> tuple[object, ...]:
    """All of a page that is not an open proposal: what was drawn, accepted, corrected, remarked;
    words; how the page lies; its kind, where a person chose it. A new page may become a
    proposed one.
    """
    settled = {
        item.id: item
        for item in page.annotations
        if item.status is not Status.PROPOSED or item.is_unsure or item.note
    }
    is_chosen = page.page_class is not None and page.page_class.status is not Status.PROPOSED
    is_begun = page.status not in (PageStatus.NEW, PageStatus.PROPOSED)
    rest = replace(
        page,
        entities=(),
        relations=(),
        tables=(),
        regions=(),
        next_id=0,
        status=page.status if is_begun else PageStatus.NEW,
        page_class=page.page_class if is_chosen else None,
    )
    return settled, rest


class Models:
    """Predictors at work: what they look at now, they speak of later, in any order."""

    def __init__(self, document: OpenDocument, chance: Random) -> None:
        self._document, self._chance = document, chance
        self._under_way: list[tuple[Prelabel, Step, list[Any]]] = []
        self.delivered = self.asked_again = 0

    def look(self) -> None:
        """Take the pages as they are now."""
        prelabel = Prelabel(self._document, ["rules"], self._document.store.page_ids())
        while (step := prelabel.next_step()) is not None:
            self._say(prelabel, step)

    def _say(self, prelabel: Prelabel, step: Step) -> None:
        said = [
            (random_proposals(given[1], self._chance, self._chance.choice(("rules", "other"))),)
            for given in step.arguments[0]
        ]
        self._under_way.append((prelabel, step, said))

    def deliver(self) -> None:
        """One result arrives; a page that was turned meanwhile is looked at again."""
        if not self._under_way:
            return
        place = self._chance.randrange(len(self._under_way))
        prelabel, step, said = self._under_way.pop(place)
        pages = {page_id: self._document.page(page_id) for page_id in step.subject}
        prelabel.receive(step, said)
        for page_id, before in pages.items():
            assert human_work(self._document.page(page_id)) == human_work(before)
        self.delivered += 1
        while (again := prelabel.next_step()) is not None:
            self.asked_again += 1
            self._say(prelabel, again)


def work_on(document: OpenDocument, seed: int) -> Models:
    """A person edits, turns pages, undoes and redoes while models speak."""
    chance = Random(seed)
    models = Models(document, chance)
    for _step in range(STEPS):
        page = document.page(chance.choice(document.store.page_ids()))
        action = chance.choices(ACTIONS, SHARES)[0]
        match action:
            case "edit":
                document.apply(*random_edit(page, chance))
            case "turn":
                document.apply("Turn", edits.rotate(page, 90))
            case "undo" | "redo" as name:
                with suppress(UserError):  # what came since is in the way, and is kept
                    getattr(document, name)()
            case "look":
                models.look()
            case "deliver":
                models.deliver()
    return models


def test_late_results_never_change_what_people_made(document: OpenDocument) -> None:
    sums = [work_on(document, seed) for seed in range(4)]
    assert sum(models.delivered for models in sums) > 30
    assert sum(models.asked_again for models in sums) > 3
    settled = [human_work(document.page(page_id))[0] for page_id in document.store.page_ids()]
    assert all(settled)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_late_results_never_change_what_people_made_in_long_work(document: OpenDocument) -> None:
    assert sum(work_on(document, seed).delivered for seed in range(100, 300)) > 1000
