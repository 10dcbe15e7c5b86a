"""A copy of a whole project, made beside it and put in place in one step."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from desktop.errors import UserError, known_error
from desktop.store.files import is_unfinished, sync_folder
from desktop.store.migrating import copy_database, version_of
from desktop.store.promoted import FILE as PREDICTORS
from desktop.store.store import FILE
from desktop.store.versions import FOLDER as VERSIONS
from model_backend.unfinished import folder_beside


def copy_project(folder: Path, out: Path) -> None:
    """Copy a project, also one that is open, to `out`, which must not exist."""
    version_of(folder / FILE)
    out = Path(os.path.abspath(out))
    if out.exists() or out.is_symlink():
        raise UserError("{folder} is there already. Choose another name.", folder=out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with folder_beside(out) as copy:
            copy_database(folder / FILE, copy / FILE)
            _copy_documents(folder / "documents", copy / "documents")
            (copy / "backups").mkdir()
            _copy_training(folder, copy)
            copy.rename(out)
        sync_folder(out.parent)
    except (OSError, sqlite3.Error) as error:
        raise known_error(error, out) or error from error


def _copy_training(folder: Path, copy: Path) -> None:
    """Versions of the data set, and which predictors the project uses."""
    if (folder / VERSIONS).is_dir():
        unfinished = shutil.ignore_patterns(".*")
        shutil.copytree(folder / VERSIONS, copy / VERSIONS, symlinks=True, ignore=unfinished)
    if (folder / PREDICTORS).is_file():
        shutil.copyfile(folder / PREDICTORS, copy / PREDICTORS)


def _copy_documents(folder: Path, copy: Path) -> None:
    copy.mkdir()
    for entry in os.scandir(folder) if folder.is_dir() else ():
        if not is_unfinished(entry.name):
            shutil.copyfile(entry, copy / entry.name)
