"""The composition root: the only place that makes and connects what lives as long as the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop import bugs, crashes, logs
from desktop.appearance.theme import apply_theme, colors_of
from desktop.errors import Cancelled, UserError, explain
from desktop.jobs.garbage import GarbageCollector
from desktop.jobs.hub import Hub
from desktop.screenshot import Photographer, without_screenshot
from desktop.settings.settings import Settings
from desktop.settings.settings_file import projects_folder
from desktop.window.bug_reports import BugReports, crash_text
from desktop.window.main_window import MainWindow
from model_backend.translation import _, use_language

if TYPE_CHECKING:
    from desktop.store.store import Store
    from desktop.window.workbench import Workbench
    from model_backend.service import Workers

ENDING = ".proofdesk"
SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
SAMPLE_NAME = "Sample"
WARM_UP_MS = 2000
"""After a project is there, and its first picture."""
DOCUMENTS = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff")


class Application(QObject):
    """Owns the window, the worker processes and the open project."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self._garbage = GarbageCollector(self)
        self._hub, self._is_closed = Hub(self), Event()
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="aside")
        self.window = MainWindow(settings)
        self.bench: Workbench | None = None
        self._workers: Workers | None = None
        self._first: Callable[[], None] | None = None
        self._held_by = ""
        self.window.first_shown.connect(self._begin)
        self._connect_window()

    def _connect_window(self) -> None:
        self.reports = BugReports(self.window)
        files = self.window.files
        files.project_wanted.connect(self.open_project)
        files.new_project_wanted.connect(self.new_project)
        files.files_wanted.connect(self.take_in)
        files.dataset_wanted.connect(self.import_dataset)
        files.sample_wanted.connect(self.open_sample)
        files.close_wanted.connect(self.leave_project)
        files.restore_wanted.connect(self.restore_project)
        files.setting_changed.connect(self._setting_changed)
        self.window.closing.connect(self.close)

    def start_with(self, first: Callable[[], None]) -> None:
        """Do this as soon as the window is there."""
        self._first = first

    def tell_at_start(self, text: str) -> None:
        """Say this as soon as the window is there."""
        self.window.first_shown.connect(lambda: self.window.complain(text))

    def _begin(self) -> None:
        self._remove_unfinished()
        if self._first is not None:
            self._attempt(self._first)
        if self.bench is None:
            self.window.show_start()

    def _remove_unfinished(self) -> None:
        """An export that a start before this one did not finish, as its process was killed."""
        from model_backend.unfinished import remove_abandoned

        base = self.settings.value("last_export").get("base")
        if isinstance(base, str) and base:
            self._hub.when_done(
                self._aside.submit(remove_abandoned, Path(base)),
                lambda _result: None,
                lambda error: self.window.complain(explain(error)),
            )

    def _attempt(self, step: Callable[[], object]) -> bool:
        try:
            step()
        except (UserError, OSError) as error:
            self.window.complain(explain(error))
            return False
        return True

    def open_project(self, folder: str) -> None:
        """Open the project in this folder."""
        path = Path(folder).absolute()
        if self.bench is not None and self.bench.document.store.folder == path:
            return
        self._held_by = ""
        if not self._attempt(lambda: self._show(lambda: self._opened(path))):
            self._offer_backups(path)
        elif self._held_by:
            self.window.complain(self._held_by)

    def _opened(self, folder: Path) -> Store:
        """The project to write to; only to read where it is read-only, or held by somebody else."""
        from desktop.errors import DiskFullError, OnlyReadableError
        from desktop.store.store import Store

        try:
            return Store.open(folder)
        except (OnlyReadableError, DiskFullError) as error:
            store = Store.open(folder, read_only=True)
            text = _("Only for reading: {holder}")
            self._held_by = text.format(holder=error)
            return store

    def _offer_backups(self, folder: Path) -> None:
        """A project that is too damaged to open can be put back from what was kept of it."""
        from desktop.store.backups import backups_of
        from desktop.store.store import FILE
        from desktop.store.verifying import problem_of

        def is_damaged() -> bool:
            path, stop = folder / FILE, self._is_closed.is_set
            try:
                return bool(backups_of(folder) and problem_of(path, most=0, is_cancelled=stop))
            except (UserError, Cancelled):
                return False  # it is in use, say: that was told when it could not be opened

        def offer(damaged: bool) -> None:
            if damaged and self.bench is shown:
                self.window.files.show_backups(folder)

        shown = self.bench
        future = self._aside.submit(is_damaged)
        self._hub.when_done(future, offer, lambda error: self.window.complain(explain(error)))

    def restore_project(self, folder: str, backup: str) -> None:
        """Put a backup in the place of a project, and open that."""
        from desktop.store.backups import restore_whole

        path = Path(folder)
        if self.bench is not None and self.bench.document.store.folder == path:
            self.leave_project()
        if self._attempt(lambda: restore_whole(path, Path(backup))):
            self.open_project(folder)
            self.window.note(_("The backup is in place. What was there before is a backup now."))

    def new_project(self, folder: str) -> None:
        """Make a project in this folder, which is not there yet, and open it."""
        from desktop.store.store import Store

        self._attempt(lambda: self._show(lambda: Store.create(Path(folder).absolute())))

    def _show(self, make: Callable[[], object]) -> None:
        """Open a store and put it into the window, in place of the project that is there."""
        from desktop.document.open_document import OpenDocument
        from desktop.document.selection import Selection
        from desktop.jobs.page_images import PageImages
        from desktop.jobs.passwords import Passwords
        from desktop.jobs.runner import Runner
        from desktop.store.store import Store
        from desktop.window.project_view import ProjectView
        from desktop.window.workbench import Workbench

        store = make()
        assert isinstance(store, Store)
        self.leave_project()
        store.user = self.settings.value("user_name") or store.user
        document, selection = OpenDocument(store), Selection()
        runner, passwords = Runner(self._ready_workers()), Passwords()
        images = PageImages(document, runner, passwords)
        bench = Workbench(document, selection, images, runner, self.settings, passwords)
        for part in (document, selection, runner, images):
            part.setParent(bench)
        self.bench = bench
        view = ProjectView(bench, self.window, colors_of(self.settings.value("theme")))
        self.window.show_project(view)
        self.settings.remember_project(str(store.folder))
        bench.show_first_page()
        QTimer.singleShot(WARM_UP_MS, bench, lambda: self._warm_up(bench))
        if not store.is_read_only:
            bench.backups.found_whole.connect(bench.go_on)
        bench.backups.check()
        bench.surroundings.look()

    def _warm_up(self, bench: Workbench) -> None:
        """Import in a thread what tools and dialogs would import at their first click."""
        if self.bench is bench:
            bench.runner.aside(_import_for_first_clicks)

    def _ready_workers(self) -> Workers:
        if self._workers is None:
            from model_backend.service import Workers

            self._workers = Workers()
            self._workers.warm_up(["view"])
        return self._workers

    def leave_project(self) -> None:
        """Let go of the open project; everything in it is saved already."""
        bench, self.bench = self.bench, None
        if bench is None:
            return
        self.window.drop_project()
        bench.checks.stop()
        bench.images.close()
        bench.backups.close()
        bench.runner.close()
        bench.document.close()
        bench.deleteLater()
        self._garbage.search_soon()
        self.window.show_start()

    def take_in(self, paths: Sequence[Path]) -> None:
        """Import files and folders; where no project is open, into one named after the first."""
        if self.bench is None:
            self.new_project(str(_free(projects_folder() / f"{paths[0].stem}{ENDING}")))
        if self.bench is not None:
            self.bench.import_files(paths)

    def import_dataset(self, format_name: str, path: str) -> None:
        """Import a data set; where no project is open, into one named after its folder."""
        if self.bench is None:
            self.new_project(str(_free(projects_folder() / f"{Path(path).stem}{ENDING}")))
        if self.bench is not None:
            self.bench.import_dataset(format_name, Path(path))

    def open_sample(self) -> None:
        """Open the sample project; made of the bundled documents at the first time."""
        folder = projects_folder() / f"{SAMPLE_NAME}{ENDING}"
        if folder.is_dir():
            self.open_project(str(folder))
            return
        self.new_project(str(folder))
        if self.bench is not None:
            self.bench.import_files(
                sorted(path for path in SAMPLES.iterdir() if path.suffix in DOCUMENTS)
            )

    def open_last(self) -> None:
        """Open the project that was open last, if it is still there."""
        last = self.settings.value("last_project")
        if last and Path(last).is_dir():
            self.open_project(last)

    def _setting_changed(self, key: str) -> None:
        if key == "theme":
            self.window.use_theme()
        elif key == "key_map":
            self.window.key_book.refresh()
        elif key == "language" and self.bench is None:
            QTimer.singleShot(0, self, self._speak_the_language)
        elif key == "wheel" and self.window.project_view is not None:
            self.window.project_view.use_settings()
        elif key == "user_name" and self.bench is not None and self.settings.value(key):
            self.bench.document.store.user = self.settings.value(key)

    def _speak_the_language(self) -> None:
        """Before a project is open another language counts at once: the window is made anew."""
        before, reports = self.window, self.reports
        before.remember_layout()
        use_language(language_of(self.settings.value("language")))
        self.window = MainWindow(self.settings)
        self._connect_window()
        self.window.show()
        self.window.show_start()
        before.closing.disconnect(self.close)
        reports.close()
        before.close()
        before.deleteLater()

    def is_calm(self) -> bool:
        """Whether a project is shown, no job runs and no picture is on its way."""
        return self.bench is not None and not self.bench.is_busy and self.bench.images.is_calm

    def close(self) -> None:
        """The window closes: stop the jobs, let go of the project and the processes."""
        self._is_closed.set()
        self._aside.shutdown(wait=False, cancel_futures=True)
        self.leave_project()
        if self._workers is not None:
            self._workers.close()
            self._workers = None
        self._garbage.close()
        self._hub.close()
        self.reports.close()


def _import_for_first_clicks() -> None:
    from importlib import import_module

    from model_backend.masks.ink import warm_up

    warm_up()
    import_module("desktop.dialogs.export_dialog")  # with all formats


def _free(folder: Path) -> Path:
    """This folder, or the first with a number that is not there yet."""
    found, number = folder, 2
    while found.exists():
        found, number = folder.with_name(f"{folder.stem} {number}{ENDING}"), number + 1
    return found


def language_of(setting: str) -> str:
    """The language to show: the chosen one, else the system's."""
    return setting or QLocale.system().name().partition("_")[0]


def first_step(application: Application, arguments: Sequence[str]) -> Callable[[], None]:
    """What the command line asks for: the sample, a project, files, or what was open last."""
    paths = [Path(argument) for argument in arguments if not argument.startswith("-")]
    if "--sample" in arguments:
        return application.open_sample
    if paths:
        return lambda: application.window.files.take_in(paths)
    return application.open_last


def make_application(arguments: Sequence[str] = ()) -> tuple[QApplication, Application]:
    """Qt's application and ours, in the chosen language and theme; the window is not shown yet."""
    qt = QApplication.instance() or QApplication(["proofdesk"])
    assert isinstance(qt, QApplication)
    qt.setApplicationName("Proofdesk")
    qt.setStyle("Fusion")
    settings = Settings()
    chosen = settings.value("language")
    has_language = use_language(language_of(chosen)) or not chosen
    apply_theme(qt, settings.value("theme"))
    application = Application(settings)
    if not has_language:
        application.tell_at_start(
            _("The texts of the chosen language are missing or damaged: everything is in English.")
        )
    application.start_with(first_step(application, arguments))
    return qt, application


def main(arguments: Sequence[str]) -> int:
    """Show the window, and stay until it is closed; everything else comes after the first paint."""
    has_crashed = bool(crashes.collect(logs.folder()))
    record = crashes.Crashes(logs.folder())
    try:
        return _run(arguments, has_crashed=has_crashed)
    finally:
        record.close()


def _run(arguments: Sequence[str], *, has_crashed: bool) -> int:
    rest, picture = without_screenshot(arguments)
    qt, application = make_application(rest)
    log = logs.start("window", lambda error: application.reports.tell_log_trouble(error))
    bugs.catch_all(stop=lambda: QTimer.singleShot(0, application.window.close))
    if has_crashed:
        application.tell_at_start(crash_text())
    application.window.show()
    if picture is not None:
        Photographer(application.window, picture, application.is_calm)
    status = qt.exec()
    if log is not None:
        log.stop()
    return status
