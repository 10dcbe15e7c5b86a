"""Opening, importing, exporting, settings; other projects are asked of the application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog

from desktop.errors import UserError
from desktop.panels.counts import counts_text
from desktop.settings.settings_file import projects_folder
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.jobs.exporting import Exported
    from desktop.jobs.work import Outcome
    from desktop.settings.settings import Settings
    from desktop.window.main_window import MainWindow
    from desktop.window.workbench import Workbench

ENDING = ".proofdesk"
FILES = mark("Scans and PDFs (*.pdf *.png *.jpg *.jpeg *.tif *.tiff *.webp *.bmp);;All files (*)")


class FileActions(QObject):
    """What the File menu does."""

    project_wanted = Signal(str)
    new_project_wanted = Signal(str)
    files_wanted = Signal(list)
    dataset_wanted = Signal(str, str)
    sample_wanted = Signal()
    close_wanted = Signal()
    restore_wanted = Signal(str, str)
    setting_changed = Signal(str)
    said = Signal(str)

    def __init__(self, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings

    def open_files(self) -> None:
        """Choose scans and PDFs to take in."""
        names, _filter = QFileDialog.getOpenFileNames(
            self._window, _("Open files"), self._folder(), _(FILES)
        )
        self._take([Path(name) for name in names])

    def open_folder(self) -> None:
        """Choose a folder to take in with everything below it."""
        name = QFileDialog.getExistingDirectory(self._window, _("Open a folder"), self._folder())
        self._take([Path(name)] if name else [])

    def _folder(self) -> str:
        return str(self._settings.value("open_folder") or Path.home())

    def _take(self, paths: list[Path]) -> None:
        if paths:
            self._settings.set("open_folder", str(paths[0].parent))
            self.take_in(paths)

    def take_in(self, paths: list[Path]) -> None:
        """Open what was chosen or dropped: a project as such, all else into the open project."""
        projects = [path for path in paths if path.suffix == ENDING and path.is_dir()]
        others = [path for path in paths if path not in projects]
        if projects:
            self.project_wanted.emit(str(projects[0]))
        if others:
            self.files_wanted.emit(others)

    def open_project(self) -> None:
        """Choose a project's folder."""
        name = QFileDialog.getExistingDirectory(
            self._window, _("Open a project (a folder NAME.proofdesk)"), str(projects_folder())
        )
        if name and Path(name).suffix != ENDING:
            raise UserError(
                "{folder} is not a project. Choose a folder whose name ends with .proofdesk.",
                folder=Path(name),
            )
        if name:
            self.project_wanted.emit(name)

    def new_project(self) -> None:
        """Choose where a new project shall be."""
        folder = projects_folder()
        folder.mkdir(parents=True, exist_ok=True)
        name, _filter = QFileDialog.getSaveFileName(
            self._window, _("New project"), str(folder / f"{_('My project')}{ENDING}")
        )
        if name:
            path = Path(name)
            self.new_project_wanted.emit(
                str(path if path.suffix == ENDING else path.with_name(path.name + ENDING))
            )

    def open_sample(self) -> None:
        """Open the documents that come with Proofdesk."""
        self.sample_wanted.emit()

    def close_project(self) -> None:
        """Back to the start page."""
        self.close_wanted.emit()

    def import_dataset(self) -> None:
        """Choose a data set to take in."""
        from desktop.dialogs.dataset_dialog import DatasetDialog

        dialog = DatasetDialog(self._folder(), self._window)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            format_name, path = dialog.chosen
            self.dataset_wanted.emit(format_name, str(path))

    def forget_waiting(self) -> None:
        """Let nothing wait to be imported any more."""
        self._bench().forget_waiting()

    def export(self) -> None:
        """Choose what leaves, and write it."""
        from desktop.dialogs.export_dialog import ExportDialog

        bench = self._bench()
        remembered = dict(self._settings.value("last_export"))
        dialog = ExportDialog(
            bench.document.store,
            bench.runner,
            remembered,
            self._window,
            with_keys=self._window.key_book.in_use,
        )
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        choice = dialog.choice
        remembered = {
            "format_name": choice.format_name,
            "include_proposed": choice.include_proposed,
            "boxes": choice.boxes,
            "dpi": choice.dpi,
            "split": dialog.split.remembered,
            "base": str(choice.folder.parent),
        }
        self._settings.set("last_export", remembered)
        bench.export(choice).finished.connect(self._exported)

    def _exported(self, outcome: Outcome) -> None:
        exported = outcome.result
        if exported is None:
            return
        self.said.emit(exported_text(exported))
        for problem in (*locked_texts(exported), *exported.report.problems):
            self._window.messages.add(problem)

    def keep_copy(self) -> None:
        """Keep a copy of the project's record, beside it; the project itself is always saved."""
        self._bench().keep_copy().finished.connect(self._copied)

    def _copied(self, outcome: Outcome) -> None:
        if isinstance(outcome.result, Path):
            text = _("Kept a copy: {name}. All edits are saved at once anyway.")
            self.said.emit(text.format(name=outcome.result.name))

    def backups(self) -> None:
        """Show the backups of the project, and what is in them."""
        self.show_backups(self._bench().document.store.folder)

    def show_backups(self, folder: Path) -> None:
        """Show the backups of a project, also of one that cannot be opened."""
        from desktop.dialogs.backups_dialog import BackupsDialog

        view = self._window.project_view
        document = view.bench.document if view is not None else None
        if document is not None and document.store.folder != folder:
            document = None
        dialog = BackupsDialog(folder, document, self._window)
        dialog.exec()
        if dialog.chosen is not None:
            self.restore_wanted.emit(str(folder), str(dialog.chosen.path))

    def _bench(self) -> Workbench:
        view = self._window.project_view
        if view is None:
            raise UserError("Open a project first.")
        return view.bench

    def settings(self) -> None:
        """Show the settings."""
        from desktop.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._settings, self._window)
        dialog.changed.connect(self.setting_changed)
        dialog.exec()

    def models(self) -> None:
        """Show the models of this machine."""
        from desktop.dialogs.models_dialog import ModelsDialog

        bench = self._bench()
        folder = bench.document.store.folder
        ModelsDialog(bench.runner, self._settings, self._window, folder).exec()

    def edit_labels(self) -> None:
        """Show the editor of the label schema."""
        from desktop.dialogs.labels_dialog import LabelsDialog

        document = self._bench().document
        dialog = LabelsDialog(document.schema, self._window)
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.schema != document.schema:
            document.apply_schema(mark("Edit the labels"), dialog.schema)

    def quit(self) -> None:
        """Close the window."""
        self._window.close()


def locked_texts(exported: Exported) -> list[str]:
    """A line for each document that stayed behind because it is protected."""
    text = _(
        "{name} is protected: its pages stayed in the project. Open one of them, enter the"
        " password, and export again."
    )
    return [text.format(name=name) for name in exported.locked]


def exported_text(exported: Exported) -> str:
    """What was really written, what the format has no place for, and what stays behind."""
    report, stayed = exported.report, exported.left.stayed
    parts = [_("Exported to {folder}: {counts}.")]
    if report.lost:
        parts.append(_("The format cannot hold: {lost}."))
    if any(stayed.values()):
        parts.append(_("Stays in the project: {stayed}."))
    return " ".join(parts).format(
        folder=report.path,
        counts=counts_text(report.counts),
        lost=counts_text(report.lost),
        stayed=counts_text(stayed),
    )
