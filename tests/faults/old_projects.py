"""Projects as each released version left them, full: made by running the migrations up to it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from edit_scripts import document_of, full_page, random_edit
from scripted_editor import NAMES  # edits that every version had

from desktop.document.open_document import OpenDocument
from desktop.store.database import APPLICATION_ID, sqlite_engine
from desktop.store.migrating import SCRIPTS
from desktop.store.records import Proposal
from desktop.store.store import FILE, Store

PAGES = 220
EDITS = 150
ORDER = (
    "project",
    "documents",
    "pages",
    "page_contents",
    "annotations",
    "proposals",
    "pending_imports",
    "revisions",
    "revision_changes",
)


def make_current(folder: Path, pages: int = PAGES) -> Path:
    """A project of this version: pages of all kinds, edits undone and redone, proposals, files
    that wait, values that are empty."""
    with Store.create(folder) as store:
        some = [
            replace(full_page(number), note="" if number % 3 else "x") for number in range(pages)
        ]
        store.add_document(None, document_of(pages, name="é 한글.pdf"), some, read=True)
        said = store.page(1).regions
        proposals = [Proposal("ink", item.id, item) for item in said]
        store.apply("New proposals", [], proposals={1: proposals})
        files = (Path("/somewhere/a.pdf"), Path("/somewhere/é.pdf"))
        store.add_pending((file, {"ocr": "auto"}) for file in files)
    document, random = OpenDocument(Store.open(folder)), Random(1)
    for number in range(EDITS):
        text, page = random_edit(document.page(random.randint(1, pages)), random, NAMES)
        document.apply(text, page)
        if number % 10 == 0:
            document.undo()
        if number % 20 == 0:
            document.redo()
    document.close()
    return folder


def make_old(current: Path, folder: Path, version: str) -> Path:
    """The same project as that version would have left it: its tables, and what they can hold."""
    folder.mkdir()
    for name in ("documents", "backups"):
        (folder / name).mkdir()
    path = folder / FILE
    path.touch()
    _make_tables(path, version)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute("PRAGMA journal_mode = WAL")
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        old.execute("ATTACH ? AS new", (str(current / FILE),))
        old.execute("BEGIN")
        for table in ORDER:
            names = ", ".join(f'"{row[1]}"' for row in old.execute(f"PRAGMA table_info({table})"))
            old.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM new.{table}")
        if version < "0003":
            _forget_marks(old)
        old.execute("COMMIT")
    return folder


def _make_tables(path: Path, version: str) -> None:
    script, engine = ScriptDirectory(str(SCRIPTS)), sqlite_engine(path, foreign_keys=False)

    def steps(revision: object, _context: object) -> object:
        return script._upgrade_revs(version, revision)

    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"fn": steps})
        with Operations.context(context):
            context.run_migrations()
    engine.dispose()


def _forget_marks(old: sqlite3.Connection) -> None:
    """Words had no marks before the version that counts them."""
    for page_id, words in old.execute("SELECT page_id, words FROM page_contents").fetchall():
        kept = json.loads(zlib.decompress(words))
        for word in kept:
            word.pop("is_doubtful", None)
            word.pop("is_illegible", None)
        packed = zlib.compress(json.dumps(kept).encode())
        old.execute("UPDATE page_contents SET words = ? WHERE page_id = ?", (packed, page_id))


def content_of(path: Path) -> dict[str, str]:
    """For each table of a project file: a sum over all its rows and columns."""
    found = {}
    uri = f"file:{path}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        tables = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        for name, sql in tables:
            digest = sha256(str(sql).encode())
            if str(sql).startswith("CREATE TABLE"):
                for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):
                    digest.update(repr(row).encode())
            found[name] = digest.hexdigest()
    return found


def kept_of(path: Path, columns: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    """The rows of each table in just these columns: what an upgrade may not change."""
    uri = f"file:{path}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        return {
            table: connection.execute(
                f"SELECT {', '.join(names)} FROM {table} ORDER BY rowid"
            ).fetchall()
            for table, names in columns.items()
        }


def columns_of(path: Path) -> dict[str, list[str]]:
    """The columns of each table but alembic's own."""
    uri = f"file:{path}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        return {
            table: [f'"{row[1]}"' for row in connection.execute(f"PRAGMA table_info({table})")]
            for table in ORDER
        }
