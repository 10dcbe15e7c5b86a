"""A new project: its folder, its file with all tables, and the one row that every project has."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from sqlalchemy import Connection, insert

from desktop.store import tables, values
from desktop.store.database import APPLICATION_ID, Database, sqlite_engine
from desktop.store.files import sync_folder
from desktop.store.migrating import upgrade
from desktop.store.migrations import HEAD
from model_backend.labels import DEFAULT_SCHEMA


def make(folder: Path, file: str) -> None:
    """An empty project in a folder that is empty, or not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("documents", "backups"):
        (folder / name).mkdir(exist_ok=True)
    path = folder / file
    path.touch(exist_ok=False)
    upgrade(sqlite_engine(path, foreign_keys=False), path)
    database = Database(sqlite_engine(path), name=folder)
    try:
        with database.writing() as connection:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            start(connection)
    finally:
        database.close()
    sync_folder(folder)


def start(connection: Connection) -> None:
    """The one row that every project has."""
    row = {
        "id": 1,
        "labels": values.to_text(DEFAULT_SCHEMA),
        "page_count": 0,
        "created_at": time.time_ns() // 1_000_000,
        "created_with": HEAD,
    }
    connection.execute(insert(tables.project), row)


def remove(folder: Path, *, is_new: bool) -> None:
    """Take away what a failed `create` made; the folder was empty or not there before."""
    if is_new:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
