"""Import: files and folders, pages still unread, data sets with their annotations."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop.errors import PasswordNeeded, explain
from desktop.jobs import steps, waiting
from desktop.jobs.course import Step
from desktop.jobs.imported import Imported
from desktop.jobs.pages import EVERY, new_page, own_name, page_label, with_read
from desktop.jobs.passwords import Passwords
from desktop.jobs.target import ProjectTarget, documents_folder
from desktop.jobs.waiting import DATASET, OF_PAGES, REFUSED, STOPPED, Unfinished
from model_backend import formats, sources
from model_backend.document import Document, Page, PageStatus
from model_backend.errors import Missing
from model_backend.sources.values import OF_DOCUMENT
from model_backend.translation import _

READING_LIMIT = 75.0
"""Seconds for the words of a page: tesseract's own 60, and what comes before it."""
INSPECTING_LIMIT = 60.0
LISTING_LIMIT = 600.0
"""Seconds for finding the pages of a data set: COCO files of gigabytes are parsed once for it."""


class ReadPages:
    """Reads the words of all pages that are still unread: also what a stopped import left over."""

    def __init__(
        self,
        target: ProjectTarget,
        *,
        ocr: str = "auto",
        languages: str = "",
        passwords: Passwords | None = None,
    ) -> None:
        self._target = target
        self._ocr, self._languages = ocr, languages
        self._passwords = passwords or Passwords()
        self._waiting = deque(target.store.unread_pages(limit=EVERY))
        self.total = len(self._waiting)
        self.imported = Imported()

    @property
    def title(self) -> str:
        """What people see."""
        return _("Read pages")

    def add(self, page_ids: Sequence[int]) -> None:
        """More pages to read."""
        self._waiting.extend(page_ids)
        self.total += len(page_ids)

    def next_step(self) -> Step | None:
        """The next unread page."""
        if not self._waiting:
            return None
        page_id = self._waiting.popleft()
        page = self._target.page(page_id)
        document = self._target.store.document(page.document_id)
        return Step(
            "batch",
            sources.read_page,
            (self._target.store.document_path(document), page.number),
            {
                "password": self._passwords.of(document.sha256),
                "ocr": self._ocr,
                "languages": self._languages,
            },
            READING_LIMIT,
            page_label(document, page.number),
            page_id,
            document.name,
        )

    def receive(self, step: Step, result: sources.PageRead) -> None:
        """The words go onto the page."""
        found = [own_name(_(problem), step.file) for problem in result.problems]
        badge = " ".join(filter(None, (*found, result.missing)))
        self._target.set_read(step.subject, lambda page: with_read(page, result), badge)
        self.imported.words += len(result.words)
        for problem, text in zip(result.problems, found, strict=True):
            self.imported.note(step.file if problem in OF_DOCUMENT else step.label, text)
        if result.missing:
            self.imported.note(step.label, result.missing, about="")

    def fail(self, step: Step, error: BaseException) -> None:
        """A page that cannot be read stays in the project without words, and says why.

        One whose password is missing stays unread.
        """
        if not isinstance(error, PasswordNeeded):
            self._target.set_read(
                step.subject, lambda page: page, own_name(explain(error), step.file)
            )

    def result(self) -> Imported:
        """What was read."""
        return self.imported


class ImportFiles:
    """Takes files and folders into the project, then reads their pages.

    What is still to do is kept in the store, so that `ImportFiles.rest` goes on after a restart.
    """

    def __init__(
        self,
        target: ProjectTarget,
        paths: Sequence[Path],
        *,
        ocr: str = "auto",
        languages: str = "",
        passwords: Passwords | None = None,
        password: str = "",
    ) -> None:
        self._target = target
        self._options = {"ocr": ocr, "languages": languages}
        self._passwords, self._password = passwords or Passwords(), password
        self._reading = ReadPages(target, passwords=self._passwords, ocr=ocr, languages=languages)
        self._paths = tuple(path.absolute() for path in paths)
        self._is_looking = bool(paths)
        self._files: deque[Path] = deque()
        self._unsettled: set[Path] = set()
        self._refused: list[Path] = []
        self._under_way, self._is_over = 0, False
        self._count = 0
        self.imported = self._reading.imported

    @classmethod
    def rest(cls, target: ProjectTarget, passwords: Passwords | None = None) -> ImportFiles | None:
        """What a stopped import left over; None when nothing is."""
        pending = [item for item in waiting.own(target.store) if DATASET not in item[1]]
        refused = [(path, options[REFUSED]) for path, options in pending if REFUSED in options]
        to_do = [item for item in pending if REFUSED not in item[1]]
        files = tuple(path for path, _options in to_do if path != OF_PAGES)
        is_stopped = any(STOPPED in options for _path, options in to_do)
        if not (files or refused) and (is_stopped or not target.store.unread_pages(1)):
            return None
        options = (
            {name: value for name, value in to_do[0][1].items() if name != STOPPED} if to_do else {}
        )
        work = cls(target, (), passwords=passwords, **options)
        work._add_files(files)
        work._refused = [path for path, _why in refused]
        work.imported.refused = [(path.name, why) for path, why in refused]
        return work

    def forget(self) -> tuple[int, int]:
        """Do not go on with it later: how many files are left, and how many pages are not read.

        What is done stays. The pages stay too: whatever is imported next reads them.
        """
        store, left = self._target.store, len(self._unsettled)
        store.drop_pending(OF_PAGES, *self._unsettled, *self._refused)
        unread = len(store.unread_pages(EVERY))
        if unread:
            waiting.remember(store, [OF_PAGES], {**self._options, STOPPED: True})
        return left, unread

    @property
    def title(self) -> str:
        """What people see."""
        return _("Import")

    @property
    def total(self) -> int:
        """Files and pages known so far."""
        return self._count + self._reading.total

    def next_step(self) -> Step | None:
        """First what the folders hold, then the files, then their pages."""
        step = self._next_step()
        self._under_way += step is not None
        if not self._under_way and not self._is_over:
            self._is_over = True
            self._target.store.drop_pending(OF_PAGES, *self._refused)
        return step

    def _next_step(self) -> Step | None:
        if self._is_looking:
            self._is_looking = False
            self._count += 1
            names = ", ".join(path.name for path in self._paths[:3])
            return Step("batch", steps.find_files, (self._paths,), {}, INSPECTING_LIMIT, names)
        if self._files:
            return self._file_step(self._files.popleft())
        return self._reading.next_step()

    def _file_step(self, path: Path) -> Step:
        return Step(
            "batch",
            steps.inspect_file,
            (path, documents_folder(self._target), self._password),
            {},
            INSPECTING_LIMIT,
            path.name,
            path,
            in_order=True,
        )

    def _add_files(self, files: Sequence[Path]) -> None:
        self._files.extend(files)
        self._unsettled.update(files)
        self._count += len(files)

    def receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - by the step
        """Files are found, then documents, then words."""
        if step.function is steps.find_files:
            self._note_empty(result)
            if result:
                self._target.store.drop_pending(OF_PAGES)
                waiting.remember(self._target.store, (*result, OF_PAGES), self._options)
            self._add_files(result)
        elif step.function is steps.inspect_file:
            self._take_in(step.subject, result)
        else:
            self._reading.receive(step, result)
        self._under_way -= 1

    def _note_empty(self, files: Sequence[Path]) -> None:
        found = {place for file in files for place in (file, *file.parents)}
        for path in self._paths:
            if path not in found:
                self.imported.empty.append(path)

    def _take_in(self, path: Path, inspected: steps.Inspected) -> None:
        info = inspected.info
        self._passwords.keep(info.sha256, self._password)
        document = Document(0, path.name, info.sha256, info.media_type, len(info.page_sizes))
        pages = [
            new_page(number, geometry, unit)
            for number, (geometry, unit) in enumerate(zip(info.page_sizes, info.units, strict=True))
        ]
        before = self._target.store.page_count()
        _document, page_ids = self._target.add_document(inspected.copy, document, pages)
        if self._target.store.page_count() == before:
            self.imported.known += 1
        else:
            self.imported.documents += 1
            self.imported.pages += len(page_ids)
            self._reading.add(page_ids)
            for problem in info.problems:
                self.imported.note(path.name, _(problem))
        self._unsettled.discard(path)
        self._target.store.drop_pending(path)

    def fail(self, step: Step, error: BaseException) -> None:
        """A file that cannot be taken in is not tried again by itself."""
        if step.function is steps.inspect_file:
            self._unsettled.discard(step.subject)
            self._refused.append(step.subject)
            if isinstance(error, PasswordNeeded):
                self.imported.locked.append(step.subject)
            why = own_name(explain(error), step.label)
            waiting.keep_refused(self._target.store, step.subject, why)
        elif step.function is sources.read_page:
            self._reading.fail(step, error)
        self._under_way -= 1

    def result(self) -> Imported:
        """What was imported."""
        return self.imported


class ImportDataset:
    """Takes the pages of a data set into the project, with their annotations."""

    def __init__(self, target: ProjectTarget, format_name: str, path: Path) -> None:
        self._target = target
        self._format, self._path = format_name, path.absolute()
        self._is_looking = True
        self._members: deque[str] = deque()
        self._left = 1
        """Steps that are not settled."""
        self._unfinished = Unfinished(target.store, format_name, self._path)
        self.total = 1
        self.imported = Imported()

    def forget(self) -> tuple[int, int]:
        """Do not go on with it later: how many pages are left, and that none is to be read."""
        self._unfinished.end()
        return self._left if self.total > 1 else 0, 0

    @property
    def title(self) -> str:
        """What people see."""
        return _("Import data set")

    def next_step(self) -> Step | None:
        """First the names of the pages, then the pages."""
        if self._is_looking:
            self._is_looking = False
            arguments: tuple[Any, ...] = (self._format, self._path)
            return Step("batch", formats.members, arguments, {}, LISTING_LIMIT, self._path.name)
        if not self._members:
            if not self._left:
                self._unfinished.end()
            return None
        member = self._members.popleft()
        return Step(
            "batch",
            steps.read_member,
            (self._format, self._path, member, documents_folder(self._target)),
            {},
            INSPECTING_LIMIT,
            member,
            member,
            in_order=True,
        )

    def receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - by the step
        """A page with its picture becomes a document of one page, read and done."""
        if step.function is formats.members:
            if result:
                self._unfinished.begin()
            self._members.extend(result)
            self._left += len(result)
            self.total += len(result)
        else:
            self._take_in(*result)
        self._left -= 1

    def _take_in(self, item: formats.ReadPage, inspected: steps.Inspected) -> None:
        document = Document(
            0,
            item.name + Path(inspected.copy).suffix,
            inspected.info.sha256,
            inspected.info.media_type,
            1,
            json.dumps(
                {"name": item.name, "split": item.split}
                | ({"group": item.group} if item.group else {})
            ),
        )
        before = self._target.store.page_count()
        self._target.bring_labels(item.labels)
        self._target.add_document(inspected.copy, document, [_imported_page(item.page)], read=True)
        if self._target.store.page_count() == before:
            self.imported.known += 1
            return
        self.imported.documents += 1
        self.imported.pages += 1
        self.imported.words += len(item.page.words)
        self.imported.annotations += len(item.page.annotations)
        self.imported.notes.extend((item.name, problem) for problem in item.problems)

    def fail(self, step: Step, error: BaseException) -> None:
        """A broken page is left out; what is no data set is not tried again by itself. One whose
        drive is not plugged in waits for it.
        """
        if isinstance(error, Missing):
            self._members.clear()
            self._unfinished.wait(self.imported)
        self._left -= 1

    def result(self) -> Imported:
        """What was imported."""
        return self.imported


def _imported_page(page: Page) -> Page:
    """What comes with annotations counts as done: it leaves again in the next export."""
    if page.status is PageStatus.NEW and page.annotations:
        return replace(page, number=0, status=PageStatus.DONE)
    return replace(page, number=0)
