"""Settings: kept, typed, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.settings.settings import SETTINGS, Settings
from desktop.settings.settings_file import SettingsFile, default_path


def test_value_without_choice_is_default(tmp_path: Path) -> None:
    settings = Settings(SettingsFile(tmp_path / "s.json"))
    assert settings.is_first_start
    assert {item.key: settings.value(item.key) for item in SETTINGS} == {
        item.key: item.default for item in SETTINGS
    }


def test_set_value_survives_restart(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "s.json"
    Settings(SettingsFile(path)).set("user_name", "김하나")
    again = Settings(SettingsFile(path))
    assert again.value("user_name") == "김하나"
    assert not again.is_first_start
    assert [item.name for item in path.parent.iterdir()] == ["s.json"]


@pytest.mark.parametrize("content", ["{", "[1]", "\udcff"])
def test_broken_file_is_kept_aside(tmp_path: Path, content: str) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    settings = Settings(SettingsFile(path))
    settings.set("theme", "dark")
    assert (tmp_path / "s.json.bad").read_bytes() == content.encode("utf-8", "surrogateescape")
    assert Settings(SettingsFile(path)).value("theme") == "dark"


def test_value_of_wrong_type_or_choice_is_default(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"theme": "purple", "recent_projects": "x"}')
    settings = Settings(SettingsFile(path))
    assert settings.value("theme") == "system"
    assert settings.value("recent_projects") == []


def test_unwritable_folder_changes_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(SettingsFile(tmp_path / "file" / "s.json"))
    settings.set("theme", "dark")
    assert settings.value("theme") == "dark"


def test_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        Settings(SettingsFile(tmp_path / "s.json")).set("colour", "red")


def test_recent_projects_newest_first_without_doubles(tmp_path: Path) -> None:
    settings = Settings(SettingsFile(tmp_path / "s.json"))
    for name in ["a", "b", "a", *map(str, range(12))]:
        settings.remember_project(name)
    assert settings.value("recent_projects")[0] == "11"
    assert len(settings.value("recent_projects")) == 10
    assert settings.value("last_project") == "11"


def test_default_path_lies_in_home(isolated_home: Path) -> None:
    assert default_path().is_relative_to(isolated_home)
