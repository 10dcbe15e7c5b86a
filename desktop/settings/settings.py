"""What a person can set: one table of keys, defaults and texts, and the values in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop.settings.settings_file import SettingsFile
from model_backend.translation import mark


@dataclass(frozen=True)
class Setting:
    """One entry: its key, what it is without a choice, how it is called, and what may be chosen.

    A setting without a `text` is remembered by the window itself and not shown in the dialog.
    """

    key: str
    default: Any
    text: str = ""
    choices: tuple[tuple[Any, str], ...] = ()
    help: str = ""


SETTINGS = (
    Setting(
        "language",
        "",
        mark("Language"),
        (("", mark("As the system")), ("en", "English"), ("ko", "한국어")),
        mark("Takes effect when Proofdesk is started again."),
    ),
    Setting(
        "theme",
        "system",
        mark("Appearance"),
        (("system", mark("As the system")), ("light", mark("Light")), ("dark", mark("Dark"))),
    ),
    Setting(
        "key_map",
        "proofdesk",
        mark("Keys"),
        (
            ("proofdesk", mark("Proofdesk's own")),
            ("labelme", mark("As labelme and X-AnyLabeling")),
            ("ppocrlabel", mark("As PPOCRLabel")),
            ("cvat", mark("As CVAT")),
        ),
        mark("Single keys are changed in the Help menu."),
    ),
    Setting(
        "wheel",
        "scroll",
        mark("Mouse wheel"),
        (("scroll", mark("Scrolls the page")), ("zoom", mark("Zooms the page"))),
        mark("Ctrl and the wheel does the other."),
    ),
    Setting(
        "ocr",
        "auto",
        mark("Read the text of scans"),
        (
            ("auto", mark("Where a page has no text of its own")),
            ("always", mark("On every page")),
            ("never", mark("Never")),
        ),
    ),
    Setting(
        "ocr_languages",
        "",
        mark("Languages of scans"),
        (),
        mark("Tesseract's names, joined by +, such as eng+kor. Empty: what is installed."),
    ),
    Setting(
        "user_name",
        "",
        mark("Your name"),
        (),
        mark("Written beside each edit in the history."),
    ),
    Setting("entities", "forms"),
    Setting("tables", "auto"),
    Setting("masks", "pixels"),
    Setting("page class", "none"),
    Setting("keys", {}),
    Setting("layers", {}),
    Setting("last_project", ""),
    Setting("recent_projects", []),
    Setting("last_pages", {}),
    Setting("window_geometry", ""),
    Setting("window_state", ""),
    Setting("last_export", {}),
    Setting("open_folder", ""),
)
"""All settings, those of the dialog first."""

_BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}


class Settings:
    """The values in use: read once, written at each change."""

    def __init__(self, file: SettingsFile | None = None) -> None:
        self._file = file or SettingsFile()
        self._values = self._file.read()

    @property
    def is_first_start(self) -> bool:
        """Whether nothing was ever set on this machine."""
        return not self._values

    def choices(self, key: str) -> tuple[tuple[Any, str], ...]:
        """What can be chosen for this key, each with its text."""
        return _BY_KEY[key].choices

    def value(self, key: str) -> Any:  # noqa: ANN401 - as its default in the table
        """The value of this key; its default where none, or one of another type, is stored."""
        setting = _BY_KEY[key]
        value = self._values.get(key, setting.default)
        is_known = not setting.choices or value in [choice for choice, _ in setting.choices]
        return value if isinstance(value, type(setting.default)) and is_known else setting.default

    def set(self, key: str, value: Any) -> None:  # noqa: ANN401 - as its default in the table
        """Remember this value from now on."""
        if key not in _BY_KEY:
            raise KeyError(key)
        if self._values.get(key) != value:
            self._values[key] = value
            self._file.write(self._values)

    def remember_project(self, path: str) -> None:
        """Put this project first in the list of recent ones (ten are kept)."""
        others = [item for item in self.value("recent_projects") if item != path]
        self.set("last_project", path)
        self.set("recent_projects", [path, *others][:10])
