"""The settings, made from their table; each change counts at once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from desktop.dialogs.frame import Frame, choice, quiet
from desktop.settings.settings import SETTINGS, Setting, Settings
from model_backend.translation import _


class SettingsDialog(Frame):
    """One row a setting."""

    changed = Signal(str)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(_("Settings"), _("Close"), parent)
        self._settings = settings
        self.fields: dict[str, QComboBox | QLineEdit] = {}
        self.set_least_width(520)
        for setting in SETTINGS:
            if setting.text:
                self._add(setting)

    def _add(self, setting: Setting) -> None:
        field = self._field(setting)
        field.setAccessibleName(_(setting.text))
        self.fields[setting.key] = field
        self.form.add(_(setting.text), field)
        if setting.help:
            self.form.addRow("", quiet(_(setting.help)))

    def _field(self, setting: Setting) -> QComboBox | QLineEdit:
        value = self._settings.value(setting.key)
        if setting.choices:
            box = choice(setting.choices, value)
            box.setObjectName(setting.key)
            box.currentIndexChanged.connect(self._take_choice)
            return box
        line = QLineEdit(str(value))
        line.setObjectName(setting.key)
        line.editingFinished.connect(self._take_text)
        return line

    def _take_choice(self) -> None:
        for key, field in self.fields.items():
            if isinstance(field, QComboBox):
                self._set(key, field.currentData())

    def _take_text(self) -> None:
        for key, field in self.fields.items():
            if isinstance(field, QLineEdit):
                self._set(key, field.text().strip())

    def _set(self, key: str, value: object) -> None:
        if self._settings.value(key) != value:
            self._settings.set(key, value)
            self.changed.emit(key)

    def done(self, result: int) -> None:
        """However the dialog is left, what was typed counts."""
        self._take_text()
        super().done(result)
