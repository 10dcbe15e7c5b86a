"""A project that is open: everything that belongs to it, and the jobs that are started in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document.live_checks import LiveChecks
from desktop.errors import UserError, explain
from desktop.jobs import work
from desktop.jobs.backups import Backups
from desktop.jobs.page_rulings import PageRulings
from desktop.jobs.pages import EVERY
from desktop.jobs.surroundings import Surroundings
from desktop.panels.counts import count_text
from desktop.panels.editor import Editor
from desktop.store.promoted import chosen
from model_backend import registry
from model_backend.translation import _, counted, mark

if TYPE_CHECKING:
    from desktop.dialogs.export_dialog import ExportChoice
    from desktop.dialogs.read_again_dialog import ReadSettings
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection
    from desktop.jobs.page_images import PageImages
    from desktop.jobs.runner import Job, Runner
    from desktop.settings.settings import Settings
    from model_backend.document import Box


BEYOND = 2**62
"""An id after every page's."""
FOREIGN = mark(
    "{count} files still wait to be imported. They were not read, because somebody else may have"
    " chosen them: open them again in the File menu."
)
NOT_IMPORTED = mark(
    "The import was stopped: {count} files or pages were not taken in. Import again what you still"
    " want."
)
NOT_READ = mark(
    "The import was stopped: the words of {count} pages were not read. Whatever is imported next"
    " reads them, too."
)
Importing = work.ImportFiles | work.ImportDataset | work.RestoreProject
Kept = Future[Path] | None
"""A copy of the project as it was before, where a job has to wait for it."""


class Workbench(QObject):
    """Document, selection, pictures and jobs of one project."""

    locked = Signal(object)
    said = Signal(str)
    warned = Signal(str)

    def __init__(
        self,
        document: OpenDocument,
        selection: Selection,
        images: PageImages,
        runner: Runner,
        settings: Settings,
        passwords: work.Passwords,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.selection, self.images = document, selection, images
        self.runner, self.settings, self.passwords = runner, settings, passwords
        self.editor = Editor(document, selection, self)
        self.rulings = PageRulings(document, runner, passwords, self)
        self.checks = LiveChecks(document, selection, self)
        self.backups = Backups(document, runner, self)
        self.surroundings = Surroundings(document, self)
        self.backups.failed.connect(self.warned)
        self.surroundings.warned.connect(self.warned)
        self._readings: set[Job] = set()
        self._datasets: set[Job] = set()
        self._later: set[int] = set()
        """Pages to pre-label once their words are read."""
        document.pages_added.connect(self._show_begun)
        self.backups.found_whole.connect(self._tell_foreign)
        document.page_changed.connect(self._prelabel_read)

    def import_files(self, paths: Sequence[Path], password: str = "") -> Job:
        """Take files and folders in."""
        kept = self.backups.before_import()
        importing = work.ImportFiles(
            self.document,
            paths,
            ocr=self.settings.value("ocr"),
            languages=self.settings.value("ocr_languages"),
            passwords=self.passwords,
            password=password,
        )
        here, last = self.selection.page_id, self.document.store.next_page(BEYOND, step=-1)
        job = self._read(importing, kept)
        job.finished.connect(lambda outcome: self._show_new(outcome, here, last or 0))
        return job

    def _read(self, importing: work.ImportFiles, kept: Kept = None) -> Job:
        """Start an import whose pages are read; until it ends, pre-labelling waits for them."""
        job = self.runner.start(importing, after=kept)
        self._readings.add(job)
        job.finished.connect(lambda outcome: self._imported(importing, outcome))
        job.finished.connect(lambda outcome: self._has_read(job, outcome))
        return job

    def _show_begun(self) -> None:
        """Where no page is in view, the first that comes: nobody waits for all to be read."""
        if not self.selection.page_id:
            self.show_first_page()

    def _show_new(self, outcome: work.Outcome, here: int | None, last: int) -> None:
        """Say what was added and show its first page, unless the person has gone elsewhere."""
        imported = outcome.result
        if outcome.is_cancelled or not isinstance(imported, work.Imported):
            return
        if imported.documents:
            first = self.document.store.next_page(last)
            if here and here == self.selection.page_id and first:
                self.selection.set_page(first)
            if not outcome.failed:
                files = count_text("files", imported.documents)
                self.said.emit(_("Added: {files}.").format(files=files))
        elif imported.known and not outcome.failed:
            self.said.emit(_("Nothing was added: the project has this already."))

    def go_on(self) -> Job | None:
        """Go on with what earlier imports left over."""
        for importing in () if self._datasets else work.unfinished_datasets(self.document):
            self._start_dataset(importing)
        rest = work.ImportFiles.rest(self.document, self.passwords)
        if rest is None:
            return None
        return self._read(rest)

    def _tell_foreign(self) -> None:
        """Say that files wait which do not go on by themselves."""
        if files := work.foreign(self.document.store):
            self.said.emit(counted(FOREIGN, len(files)))

    def forget_waiting(self) -> None:
        """Let nothing wait to be imported any more, and say what did."""
        names = ", ".join(path.name for path in work.forget_all(self.document.store))
        text = _("Not waited for any more: {names}").format(names=names)
        self.said.emit(text if names else _("Nothing waits to be imported."))

    def import_dataset(self, format_name: str, path: Path) -> Job:
        """Take a data set in, with its annotations."""
        kept = self.backups.before_import()
        return self._start_dataset(work.import_dataset(self.document, format_name, path), kept)

    def _start_dataset(self, importing: Importing, kept: Kept = None) -> Job:
        job = self.runner.start(importing, after=kept)
        self._datasets.add(job)
        job.finished.connect(lambda outcome: self._imported(importing, outcome))
        job.finished.connect(lambda _outcome: self._datasets.discard(job))
        return job

    def _imported(self, importing: Importing, outcome: work.Outcome) -> None:
        if self.runner.is_closed:  # it goes on when the project is opened again
            return
        imported = outcome.result
        if self.selection.page_id is None or not self.selection.page_id:
            self.show_first_page()
        if outcome.is_cancelled:
            self._forget(importing)
        self.backups.after_import()
        if isinstance(imported, work.Imported):
            self._report(imported)

    def _report(self, imported: work.Imported) -> None:
        for name, why in imported.refused:
            self.warned.emit(why if name in why else f"{name}: {why}")
        for name, note in imported.notes:
            self.said.emit(f"{name}: {note}")
        for path in imported.empty:
            self.said.emit(f"{path.name}: {_(work.EMPTY_FOLDER)}")
        for path in imported.locked:
            self.locked.emit(path)

    def _forget(self, importing: Importing) -> None:
        """What a person stopped does not go on by itself: say what was left."""
        try:
            left, unread = importing.forget()
        except UserError as error:
            self.warned.emit(explain(error))
            return
        if left:
            self.said.emit(counted(NOT_IMPORTED, left))
        if unread:
            self.said.emit(counted(NOT_READ, unread))

    def show_first_page(self) -> None:
        """Show the page where work was left, else the first."""
        folder = str(self.document.store.folder)
        last = self.settings.value("last_pages").get(folder)
        page_id = last if last and self._is_there(last) else self.document.store.next_page(0)
        if page_id:
            self.selection.set_page(page_id)

    def _is_there(self, page_id: int) -> bool:
        try:
            self.document.store.summary(page_id)
        except KeyError:
            return False
        return True

    def remember_page(self) -> None:
        """Remember where work was left."""
        if self.selection.page_id:
            folder = str(self.document.store.folder)
            pages = {**self.settings.value("last_pages"), folder: self.selection.page_id}
            self.settings.set("last_pages", dict(list(pages.items())[-50:]))

    def prelabel(self, page_ids: Sequence[int]) -> None:
        """Have the chosen models propose annotations on these pages; those whose words are being
        read have their turn after that.
        """
        unread = set(self.document.store.unread_pages(EVERY)) if self._readings else set()
        later = unread.intersection(page_ids)
        self._later |= later
        if later:
            self.said.emit(_("Words are still being read. Pre-labelling goes on by itself then."))
        if now := [page_id for page_id in page_ids if page_id not in later]:
            self._start_prelabel(now)

    def _prelabel_read(self, page_id: int) -> None:
        """The page in view has its words now: it does not wait for the others."""
        is_wanted = page_id in self._later and page_id == self.selection.page_id
        if is_wanted and self.document.store.summary(page_id).is_read:
            self._later.discard(page_id)
            self._start_prelabel([page_id])

    def _has_read(self, job: Job, outcome: work.Outcome) -> None:
        """An import has ended: what waited for its pages goes on."""
        self._readings.discard(job)
        if self._readings:
            return
        later, self._later = sorted(self._later), set()
        if later and not outcome.is_cancelled:
            self._start_prelabel(later)

    def _start_prelabel(self, page_ids: Sequence[int]) -> None:
        kept = self.backups.before_many(len(page_ids))
        folder = self.document.store.folder
        names = [chosen(folder, task, self.settings.value(task)) for task in registry.TASKS]
        wanted = [name for name in names if name != registry.NONE]
        prelabelling = work.Prelabel(self.document, wanted, page_ids, passwords=self.passwords)
        self.runner.start(prelabelling, after=kept).finished.connect(self._predicted)

    def _predicted(self, outcome: work.Outcome) -> None:
        for name, note in outcome.result.notes if outcome.result else ():
            self.said.emit(f"{name}: {note}")

    def recognize(self, page_id: int, box: Box | None, settings: ReadSettings) -> Job:
        """Read the text of a page, or of a part of it, again; the job's result are the words."""
        reading = work.RecognizeRegion(
            self.document,
            page_id,
            box,
            languages=settings.languages,
            psm=settings.psm,
            enlarge=settings.enlarge,
            passwords=self.passwords,
        )
        return self.runner.start(reading)

    def export(self, choice: ExportChoice) -> Job:
        """Write a data set, in the io thread with its own connection."""
        from model_backend.formats.values import WriteOptions

        names = tuple(label.name for label in self.document.schema.labels)
        options = WriteOptions(boxes=choice.boxes, dpi=choice.dpi, labels=names, split=choice.split)
        step = partial(work.export_project, include_proposed=choice.include_proposed)
        return self.runner.in_thread(
            _("Export"),
            step,
            self.document.store.folder,
            choice.format_name,
            choice.folder,
            options,
            self.runner.workers,
            self.passwords,
            is_lasting=True,
        )

    def keep_copy(self) -> Job:
        """Keep a copy of the project's record in its folder of backups."""
        folder = self.document.store.folder
        return self.runner.in_thread(_("Keep a copy"), _keep_copy, folder, is_lasting=True)

    @property
    def is_busy(self) -> bool:
        """Whether jobs are under way, or wait until the project is looked through."""
        return bool(self.runner.jobs) or self.backups.is_checking


def _keep_copy(
    folder: Path,
    *,
    on_progress: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> Path:
    """A verified copy of the project file; runs in the io thread, with a connection of its own."""
    from desktop.store.backups import ASKED, Moment
    from desktop.store.store import FILE

    return Moment(folder / FILE).keep(ASKED, is_cancelled)
