"""The models of this machine: which proposes what, adding, trying and removing them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance.icons import icon
from desktop.dialogs.add_model_dialog import AddModelDialog
from desktop.dialogs.frame import Frame, agreed, choice, quiet
from desktop.dialogs.model_texts import TASK_TEXTS, facts_of
from desktop.dialogs.sample_view import SampleView
from desktop.errors import UserError
from desktop.panels.forms import FactForm, PlainLabel, breakable
from desktop.store.promoted import chosen, in_use, promote
from model_backend import installed, registry
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.jobs.course import Outcome, Work
    from desktop.jobs.runner import Job, Runner
    from desktop.settings.settings import Settings
    from model_backend.installed import InstalledModel

PICTURE_WIDTH, PICTURE_HEIGHT, BORDER = 280, 360, 6
FILES = mark("Weights (*.safetensors *.bin *.pth *.pt *.ckpt *.onnx);;All files (*)")


class ModelsDialog(Frame):
    """A choice for each task, the list of added models, what is known of one, and its picture."""

    def __init__(
        self,
        runner: Runner,
        settings: Settings,
        parent: QWidget | None = None,
        project: Path | None = None,
    ) -> None:
        super().__init__(_("Models"), _("Close"), parent)
        self._runner, self._settings, self._project = runner, settings, project
        self._job: Job | None = None
        self._then: Callable[[Outcome], None] = self._added
        self.choices: dict[str, QComboBox] = {}
        self.list = QListWidget()
        self.list.setAccessibleName(_("Added models"))
        self.facts = FactForm()
        self.own = quiet("")
        self.picture = QToolButton()
        self._make_buttons()
        self._make_progress()
        self._make_choices()
        self.body.addWidget(
            quiet(_("Models from published checkpoints, which run on this machine."))
        )
        self.body.addWidget(self.own)
        self.body.addLayout(self._middle())
        self.body.addLayout(self._progress)
        self.resize(860, 640)
        self.list.currentRowChanged.connect(self._show_current)
        self.refresh()

    def _make_choices(self) -> None:
        for task in registry.TASKS:
            box = choice((), None)
            box.setAccessibleName(_(TASK_TEXTS[task]))
            box.setObjectName(task)
            box.activated.connect(self._choose)
            self.choices[task] = box
            self.form.add(_(TASK_TEXTS[task]), box)

    def _make_buttons(self) -> None:
        self.add_folder_button = QPushButton(icon("folder"), _("Add a folder..."))
        self.add_file_button = QPushButton(icon("plus"), _("Add a file..."))
        self.try_button = QPushButton(icon("prelabel"), _("Try again"))
        self.remove_button = QPushButton(icon("minus"), _("Remove"))
        self.add_folder_button.clicked.connect(self.ask_folder)
        self.add_file_button.clicked.connect(self.ask_file)
        self.try_button.clicked.connect(self.try_again)
        self.remove_button.clicked.connect(self.remove)
        self._actions = (
            self.add_folder_button,
            self.add_file_button,
            self.try_button,
            self.remove_button,
        )
        for button in self._actions:
            button.setAutoDefault(False)

    def _make_progress(self) -> None:
        self.doing = PlainLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop_button = QPushButton(_("Cancel"))
        self.stop_button.setAutoDefault(False)
        self.stop_button.clicked.connect(self._stop)
        kept = self.stop_button.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # nothing moves under the pointer while work begins
        self.stop_button.setSizePolicy(kept)
        self._progress = QHBoxLayout()
        for widget in (self.doing, self.bar, self.stop_button):
            self._progress.addWidget(widget)
            widget.hide()

    def _middle(self) -> QHBoxLayout:
        left, right, row = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        left.addWidget(self.list)
        for button in self._actions:
            left.addWidget(button)
        self.picture.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.picture.setFixedSize(PICTURE_WIDTH + 2 * BORDER, PICTURE_HEIGHT + 2 * BORDER)
        self.picture.setIconSize(QSize(PICTURE_WIDTH, PICTURE_HEIGHT))
        self.picture.setAccessibleName(_("What the model said about a sample page"))
        self.picture.setToolTip(_("Show it large (click, or Space)"))
        self.picture.setCursor(Qt.CursorShape.PointingHandCursor)
        self.picture.clicked.connect(self.show_large)
        right.addLayout(self.facts)
        right.addStretch(1)
        row.addLayout(left, 2)
        row.addLayout(right, 3)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.setSpacing(16)
        return row

    def refresh(self, name: str = "") -> None:
        """Show the models that are there, this one in front."""
        here = name or self._current_name()
        models = installed.installed_models()
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's own
        self.list.clear()
        for model in models:
            item = QListWidgetItem(model.name)
            item.setData(Qt.ItemDataRole.UserRole, model.name)
            self.list.addItem(item)
        self.list.blockSignals(False)  # noqa: FBT003
        names = [model.name for model in models]
        self.list.setCurrentRow(names.index(here) if here in names else min(0, len(names) - 1))
        self._show_current()
        self._fill_choices()

    def _fill_choices(self) -> None:
        for task, box in self.choices.items():
            box.clear()
            options = registry.choices(task)
            for name, text in options:
                box.addItem(text if name == registry.NONE else f"{name}: {text}", name)
            index = box.findData(self._in_use(task))
            box.setCurrentIndex(index if index >= 0 else box.findData(registry.default(task)))
        own = ", ".join(_(TASK_TEXTS[task]) for task in self._own_tasks())
        self.own.setText(_("This project has its own choice: {tasks}.").format(tasks=own))
        self.own.setVisible(bool(own))

    def _in_use(self, task: str) -> str:
        """What proposes in the project, or on this machine."""
        name = str(self._settings.value(task))
        return chosen(self._project, task, name) if self._project else name

    def _own_tasks(self) -> list[str]:
        """What the project has a predictor of its own for."""
        own = in_use(self._project) if self._project else {}
        return [task for task in registry.TASKS if task in own]

    def _choose(self) -> None:
        """What was changed counts for the project where it has its own, else for this machine."""
        own = self._own_tasks()
        for task, box in self.choices.items():
            name = str(box.currentData())
            if task not in own:
                self._settings.set(task, name)
            elif self._project and name != self._in_use(task):
                self._promote(self._project, task, name)

    def _promote(self, project: Path, task: str, name: str) -> None:
        try:
            promote(project, task, name)
        except UserError as error:
            self.show_problem(str(error))
            self._fill_choices()

    def _current_name(self) -> str:
        item = self.list.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item else ""

    def _model(self) -> InstalledModel | None:
        name = self._current_name()
        return next((item for item in installed.installed_models() if item.name == name), None)

    def _show_current(self) -> None:
        model = self._model()
        while self.facts.rowCount():
            self.facts.removeRow(0)
        for name, text in facts_of(model) if model else ():
            self.facts.add(name, PlainLabel(breakable(text)))
        if model is None:
            self.facts.addRow(quiet(_("No model was added yet.")))
        picture = QPixmap(str(model.folder / installed.PICTURE)) if model else QPixmap()
        if not picture.isNull():
            picture = picture.scaled(
                self.picture.iconSize() * self.devicePixelRatio(),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            picture.setDevicePixelRatio(self.devicePixelRatio())
        self.picture.setIcon(QIcon(picture))
        self.picture.setVisible(not picture.isNull())
        self._enable()

    def show_large(self) -> None:
        """Show what the model said about the sample page in a window of its own."""
        model = self._model()
        if model is not None:
            SampleView(model.name, model.folder / installed.PICTURE, self).exec()

    def _enable(self) -> None:
        is_idle = self._job is None
        for button in self._actions:
            button.setEnabled(is_idle)
        for button in (self.try_button, self.remove_button):
            button.setEnabled(is_idle and bool(self._current_name()))

    def ask_folder(self) -> None:
        """Choose the folder of a model."""
        name = QFileDialog.getExistingDirectory(self, _("Add a model"), str(Path.home()))
        if name:
            self.look_at(Path(name))

    def ask_file(self) -> None:
        """Choose a file of weights."""
        name, _filter = QFileDialog.getOpenFileName(
            self, _("Add a model"), str(Path.home()), _(FILES)
        )
        if name:
            self.look_at(Path(name))

    def look_at(self, path: Path) -> None:
        """Find out what lies there, then ask what it does not tell."""
        from desktop.jobs.models import LookAtModel

        self._start(LookAtModel(path), self._looked)

    def _looked(self, outcome: Outcome) -> None:
        from desktop.jobs.models import AddModel

        if outcome.result is not None:
            dialog = AddModelDialog(outcome.result, self)
            if dialog.exec():
                self._start(AddModel(outcome.result, dialog.answers), self._has_added)

    def _has_added(self, outcome: Outcome) -> None:
        from desktop.jobs.models import twin_text

        if outcome.result is not None:
            self.show_problem(twin_text(outcome.result))
        self._added(outcome)

    def _added(self, outcome: Outcome) -> None:
        self.refresh(outcome.result.name if outcome.result else "")

    def try_again(self) -> None:
        """Compare the model's files with their sums, and let it look at the sample page."""
        from desktop.jobs.models import TryModel

        self._start(TryModel(self._current_name()), self._added)

    def remove(self) -> None:
        """Forget the model; whatever it was chosen for goes back to what comes with Proofdesk."""
        name = self._current_name()
        question = _("Remove {name}? What was copied is deleted; linked files stay.")
        if not agreed(_("Remove"), question.format(name=name), self):
            return
        installed.remove_model(name)
        for task in registry.TASKS:
            if name in str(self._settings.value(task)).split(registry.PAIR):
                self._settings.set(task, registry.default(task))
        self.refresh()

    def _start(self, work: Work, then: Callable[[Outcome], None]) -> None:
        self.show_problem("")
        self._job = self._runner.start(work)
        self.doing.setText(work.title)
        self.bar.setRange(0, 0)
        for widget in (self.doing, self.bar, self.stop_button):
            widget.show()
        self._enable()
        self._then = then
        self._job.finished.connect(self._finished)

    def _finished(self, outcome: Outcome) -> None:
        self._job = None
        for widget in (self.doing, self.bar, self.stop_button):
            widget.hide()
        told = (why if what in why else f"{what}: {why}" for what, why in outcome.failed)
        self.show_problem(" ".join(told))
        self._enable()
        self._then(outcome)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def done(self, result: int) -> None:
        """Nothing goes on behind a dialog that was closed."""
        self._stop()
        super().done(result)
