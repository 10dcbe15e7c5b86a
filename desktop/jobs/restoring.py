"""Import of a project's copy: documents, pages, proposals, labels and the record of edits."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop.jobs import copy_steps, waiting
from desktop.jobs.course import Step
from desktop.jobs.exporting import PAGES
from desktop.jobs.imported import Imported
from desktop.jobs.importing import INSPECTING_LIMIT, LISTING_LIMIT, ImportDataset
from desktop.jobs.target import ProjectTarget, documents_folder
from desktop.jobs.waiting import DATASET, Unfinished
from desktop.store.records import Revision
from desktop.store.restoring import KeptChange, KeptPage, Restoring
from model_backend.errors import Missing
from model_backend.formats.page_json import PROJECT
from model_backend.translation import _


def import_dataset(
    target: ProjectTarget, format_name: str, path: Path
) -> ImportDataset | RestoreProject:
    """The import of a data set, or of a project's copy where that is what lies there."""
    if format_name == PAGES and (path / PROJECT).is_file():
        return RestoreProject(target, path)
    return ImportDataset(target, format_name, path)


def unfinished_datasets(target: ProjectTarget) -> tuple[ImportDataset | RestoreProject, ...]:
    """The imports of data sets that were stopped, to go on."""
    return tuple(
        import_dataset(target, options[DATASET], path)
        for path, options in waiting.own(target.store)
        if DATASET in options
    )


class RestoreProject:
    """Takes the copy of a project in. An empty project, or one into which the import of this copy
    was stopped, becomes what the copied one was, its record of edits included; into any other,
    pages and proposals come.
    """

    def __init__(self, target: ProjectTarget, path: Path) -> None:
        self._target, self._path = target, path.absolute()
        self._restoring = Restoring(target.store)
        self._unfinished = Unfinished(target.store, PAGES, self._path)
        self._is_looking = True
        self._members: deque[str] = deque()
        self._under_way: set[str] = set()
        self._place: int | None = None
        self._is_reading = False
        """Whether the labels, or a slice of the record, are on their way."""
        self._is_broken = False
        self.total = 1
        self.imported = Imported()

    def forget(self) -> tuple[int, int]:
        """Do not go on with it later: how many pages are left, and that none is to be read."""
        self._unfinished.end()
        return len(self._members) + len(self._under_way), 0

    @property
    def title(self) -> str:
        """What people see."""
        return _("Import data set")

    def next_step(self) -> Step | None:
        """First the labels and the names of the pages, then the pages, at last the record."""
        if self._is_looking:
            self._is_looking, self._is_reading = False, True
            return self._step(copy_steps.read_project, LISTING_LIMIT, self._path.name)
        if self._members:
            member = self._members.popleft()
            self._under_way.add(member)
            folder = documents_folder(self._target)
            return self._step(copy_steps.read_page, INSPECTING_LIMIT, member, member, folder)
        if self._under_way:
            return None
        if not self._has_more_record:
            if not self._is_reading:
                self._unfinished.end()
            return None
        place, self._place, self._is_reading = self._place, None, True
        return self._step(copy_steps.read_record, LISTING_LIMIT, _("record of edits"), place)

    def _step(self, function: Any, limit: float, label: str, *more: Any) -> Step:  # noqa: ANN401 - a step's arguments
        subject = more[0] if more else None
        return Step("batch", function, (self._path, *more), {}, limit, label, subject)

    def receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - by the step
        """Put what was read into the project."""
        if step.function is copy_steps.read_project:
            self._begin(result)
        elif step.function is copy_steps.read_page:
            self._take_page(step.subject, result)
        else:
            self._take_record(*result)
        self._target.take_restored()
        self._is_reading = False

    @property
    def _has_more_record(self) -> bool:
        is_whole = self._restoring.is_whole and not self._is_broken
        return self._place is not None and is_whole

    def _begin(self, found: copy_steps.Project) -> None:
        self._unfinished.begin()
        self._members.extend(found.members)
        self.total += len(found.members)
        self._restoring.begin(found.schema, created_at=found.created_at)
        if self._restoring.is_whole:
            self._place = 0
            self.total += 1
            return
        self._target.bring_labels([(label.name, label.kind) for label in found.schema.labels])
        self._note_no_record()

    def _note_no_record(self) -> None:
        self._note(_("the record of edits was left out: only an empty project can take it over"))

    def _note(self, text: str) -> None:
        self.imported.notes.append((self._path.name, text))

    def _take_page(self, member: str, kept: KeptPage) -> None:
        was_whole = self._restoring.is_whole
        is_new = self._restoring.put_page(kept)
        self._under_way.discard(member)
        if was_whole and not self._restoring.is_whole:
            self._note_no_record()
        if not is_new:
            self.imported.known += 1
            return
        self.imported.documents = self._restoring.documents
        self.imported.pages += 1
        self.imported.words += len(kept.page.words)
        self.imported.annotations += len(kept.page.annotations)

    def _take_record(self, entries: Sequence[Revision | KeptChange], place: int | None) -> None:
        self._restoring.put_record(entries)
        self._place = place
        self.total += place is not None

    def fail(self, step: Step, error: BaseException) -> None:
        """A page that is broken is left out, and with it the record, which may speak of it. A copy
        whose drive is not plugged in waits for it.
        """
        if isinstance(error, Missing):
            self._members.clear()
            self._under_way.discard(step.subject)
            self._place, self._is_reading = None, False
            self._unfinished.wait(self.imported)
            return
        if step.function is copy_steps.read_page:
            self._under_way.discard(step.subject)
            if not self._is_broken and self._restoring.is_whole:
                self._note(_("the record of edits was left out: a page is missing"))
            self._is_broken = True
        self._is_reading = False

    def result(self) -> Imported:
        """What was imported."""
        return self.imported
