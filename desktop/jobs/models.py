"""Adding a model and trying one, as jobs: nothing of a model is opened in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.jobs.course import Step
from model_backend import installed
from model_backend.checkpoints import adding
from model_backend.checkpoints.adding import Answers
from model_backend.checkpoints.recognizing import recognize
from model_backend.onnx_export import Exported, export_model
from model_backend.predictors.calibrating import Calibrated, calibrate
from model_backend.predictors.self_test import SelfTest, self_test
from model_backend.runtime import AUTO
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from model_backend.checkpoints.recognizing import Found
    from model_backend.installed import InstalledModel

LOOKING_LIMIT, COPYING_LIMIT, TRYING_LIMIT = 180.0, 1800.0, 300.0
"""Seconds for reading the weights once, for copying them, and for the first page of a model."""
EXPORTING_LIMIT, CALIBRATING_LIMIT = 1800.0, 4 * 3600.0
"""Seconds for writing a model as ONNX and comparing it, and for looking at a whole data set."""


SAME_FILES = mark("{model}: the same files are already here as {name}")


class _Steps:
    """A job whose next step needs the result of the one before."""

    def __init__(self, total: int) -> None:
        self.total = total
        self._next: Callable[[], Step] | None = None

    def next_step(self) -> Step | None:
        """The one step that can be taken now."""
        step, self._next = self._next, None
        return step() if step else None

    def fail(self, step: Step, error: BaseException) -> None:
        """Nothing more can be done."""
        self._next = None


class LookAtModel(_Steps):
    """Says what lies in a folder or file; its result is a `Found`, or None where it failed."""

    def __init__(self, path: Path) -> None:
        super().__init__(1)
        self._found: Found | None = None
        self._next = lambda: Step(
            "model", recognize, (path,), {}, LOOKING_LIMIT, path.name or str(path)
        )

    @property
    def title(self) -> str:
        """What people see."""
        return _("Look at the model")

    def receive(self, step: Step, result: Found) -> None:
        """Keep what was found."""
        self._found = result

    def result(self) -> Found | None:
        """What was found."""
        return self._found


class AddModel(_Steps):
    """Copies or links a model that was looked at, and tries it; one that fails is not kept."""

    def __init__(self, found: Found, answers: Answers) -> None:
        super().__init__(2)
        self._record = adding.record_of(found, answers)
        self._files = found.files
        self._model: InstalledModel | None = None
        self._is_there = False
        self._next = self._copy

    @property
    def title(self) -> str:
        """What people see."""
        return _("Add the model {name}").format(name=self._record.name)

    def _copy(self) -> Step:
        arguments = (self._record, self._files)
        return Step("batch", adding.install, arguments, {}, COPYING_LIMIT, self._record.name)

    def _try(self) -> Step:
        name = self._record.name
        return Step("model", self_test, (name,), {}, TRYING_LIMIT, name)

    def receive(self, step: Step, result: InstalledModel | SelfTest) -> None:
        """Go on to the trial; when it went well, the model is there."""
        if isinstance(result, SelfTest):
            self._model = with_test(self._record.name, result)
        else:
            self._record, self._is_there = result, True
            self._next = self._try

    def result(self) -> InstalledModel | None:
        """The model; None, and nothing of it is left, where it was stopped or failed."""
        if self._model is None:
            adding.discard(self._record.name)
            if self._is_there:
                installed.remove_model(self._record.name)
                self._is_there = False
        return self._model


class TryModel(_Steps):
    """Tries a model that is there on the sample page again."""

    def __init__(self, name: str) -> None:
        super().__init__(1)
        self._name = name
        self._model: InstalledModel | None = None
        self._next = lambda: Step("model", self_test, (name,), {}, TRYING_LIMIT, name)

    @property
    def title(self) -> str:
        """What people see."""
        return _("Try the model {name}").format(name=self._name)

    def receive(self, step: Step, result: SelfTest) -> None:
        """Keep what it showed."""
        self._model = with_test(self._name, result)

    def result(self) -> InstalledModel | None:
        """The model with its new record."""
        return self._model


class ExportModel(_Steps):
    """Writes a model as ONNX; its result is what was written, or None where it failed."""

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        with_int8: bool = False,
        truth: tuple[str, Path] | None = None,
    ) -> None:
        super().__init__(1)
        self._exported: tuple[Exported, ...] | None = None
        options = {"with_int8": with_int8, "truth": truth}
        self._next = lambda: Step(
            "model", export_model, (name, folder), options, EXPORTING_LIMIT, name
        )

    @property
    def title(self) -> str:
        """What people see."""
        return _("Write as ONNX")

    def receive(self, step: Step, result: tuple[Exported, ...]) -> None:
        """Keep what was written."""
        self._exported = result

    def result(self) -> tuple[Exported, ...] | None:
        """The files."""
        return self._exported


class CalibrateModel(_Steps):
    """Fits a model's temperature; its result is what was found, or None where it failed."""

    def __init__(self, name: str, format_name: str, truth: Path, device: str = AUTO) -> None:
        super().__init__(1)
        self._calibrated: Calibrated | None = None
        arguments = (name, format_name, truth, device)
        self._next = lambda: Step("model", calibrate, arguments, {}, CALIBRATING_LIMIT, name)

    @property
    def title(self) -> str:
        """What people see."""
        return _("Calibrate the model")

    def receive(self, step: Step, result: Calibrated) -> None:
        """Keep what was found."""
        self._calibrated = result

    def result(self) -> Calibrated | None:
        """The temperature and the errors."""
        return self._calibrated


def twin_text(model: InstalledModel) -> str:
    """That the same files are here already under another name; empty where they are not."""
    name = adding.same_files(model)
    return _(SAME_FILES).format(model=model.name, name=name) if name else ""


def with_test(name: str, test: SelfTest) -> InstalledModel:
    """The model's record with what its trial said; the picture lies beside it."""
    model = replace(installed.installed_model(name), tested=test.summary)
    (model.folder / installed.PICTURE).write_bytes(test.picture)
    installed.write_record(model)
    return model
