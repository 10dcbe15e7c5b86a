"""The file the settings are kept in: JSON, replaced as a whole, a broken one kept aside."""

from __future__ import annotations

import json
import logging
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

NAME = "proofdesk"
ABANDONED_SECONDS = 60
"""Nobody takes so long to write it."""
log = logging.getLogger(__name__)


def default_path() -> Path:
    """Where this machine keeps the settings of this person."""
    return platformdirs.user_config_path(NAME, appauthor=False) / "settings.json"


def projects_folder() -> Path:
    """Where new projects are made."""
    return platformdirs.user_documents_path() / "Proofdesk"


class SettingsFile:
    """One JSON object on disk; a file that cannot be read or written never stops the work."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()

    def read(self) -> dict[str, Any]:
        """The stored values; empty where there is no file. A broken file is kept as NAME.bad."""
        self._remove_unfinished()
        try:
            values = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            log.warning("settings not read: %s", error)
            return {}
        except ValueError:
            return self._set_aside()
        return values if isinstance(values, dict) else self._set_aside()

    def write(self, values: dict[str, Any]) -> None:
        """Replace the file in one step."""
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as file:
                json.dump(values, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self.path)
        except OSError as error:
            log.warning("settings not written: %s", error)
            with suppress(OSError):
                beside.unlink(missing_ok=True)

    def _remove_unfinished(self) -> None:
        """What a process that was killed while it wrote has left."""
        for beside in self.path.parent.glob(f"{self.path.name}.*.new"):
            with suppress(OSError):
                if time.time() - beside.stat().st_mtime > ABANDONED_SECONDS:
                    beside.unlink()

    def _set_aside(self) -> dict[str, Any]:
        bad = self.path.with_name(f"{self.path.name}.bad")
        log.warning("settings file is broken, kept as %s", bad)
        try:
            os.replace(self.path, bad)
        except OSError as error:
            log.warning("broken settings file stays: %s", error)
        return {}
