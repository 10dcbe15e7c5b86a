"""The same tables and the same writing on a real PostgreSQL, started for these tests alone."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from edit_scripts import document_of, full_page, random_edit, random_proposals
from sqlalchemy import Engine, create_engine, exc

from desktop.document.open_document import OpenDocument
from desktop.store import tables
from desktop.store.database import Database
from desktop.store.making import start
from desktop.store.migrating import upgrade
from desktop.store.records import PageChange, Proposal
from desktop.store.store import Store

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: somebody else then."""
    if os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server on this machine only, with a database of its own."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder, user = Path(tempfile.mkdtemp(prefix="proofdesk-")), _server_user()
    if user:
        shutil.chown(folder, user)
    data, port = folder / "data", _free_port()
    command = [PROGRAMS[-1] / "initdb", "-D", data, "-U", "proofdesk", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*command, "--no-sync"], check=True, capture_output=True, user=user, cwd=folder)
    settings = {"listen_addresses": "127.0.0.1", "fsync": "off", "unix_socket_directories": folder}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [PROGRAMS[-1] / "postgres", "-D", data, "-p", str(port), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=user,
        cwd=folder,
    )
    try:
        yield f"postgresql+psycopg://proofdesk@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(engine: Engine) -> Engine:
    for _attempt in range(100):
        try:
            engine.connect().close()
        except exc.OperationalError:
            time.sleep(0.1)
        else:
            return engine
    raise TimeoutError("PostgreSQL did not start")


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    engine = _ready(create_engine(url))
    upgrade(engine, "postgresql")
    database = Database(engine, name="postgresql")
    with database.writing() as connection:
        start(connection)
    store = Store(tmp_path, database, None)
    yield store
    store.close()
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()


def test_steps_make_exactly_the_tables_of_this_version(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store._database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_random_edits_jobs_undo_and_redo_are_kept_as_on_sqlite(store: Store) -> None:
    store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
    document, random, values = OpenDocument(store), Random(5), []
    for _step in range(60):
        text, page = random_edit(document.page(random.choice((1, 2))), random)
        document.apply(text, page)
        values.append([store.page(1), store.page(2)])
        assert values[-1] == [document.page(1), document.page(2)]
    while document.undo():
        pass
    while document.redo():
        pass
    assert [store.page(1), store.page(2)] == values[-1]
    for _run in range(5):
        document.bring_proposals(1, [random_proposals(document.page(1), random)])
    assert store.page(1) == document.page(1)
    assert store.proposals(1)
    assert store.statistics()["pages"] == store.page_count() == len(store.summaries()) == 2


def test_failed_write_changes_nothing(store: Store) -> None:
    store.add_document(None, document_of(1), [full_page()], read=True)
    before = store.page(1)
    twice = Proposal("rules", 13, before.entities[0])
    change = PageChange(before, replace(before, note="x", entities=()))
    with pytest.raises(exc.StatementError):
        store.apply("Job", [change], proposals={1: [twice], 99: [twice]})
    assert store.page(1) == before
    assert store.revisions() == ()
    assert store.proposals(1) == ()


def test_files_that_wait_are_kept(store: Store, tmp_path: Path) -> None:
    store.add_pending([(tmp_path / "a.pdf", {"ocr": "auto"})])
    assert store.pending() == ((tmp_path / "a.pdf", {"ocr": "auto"}),)
    store.drop_pending(tmp_path / "a.pdf")
    assert store.pending() == ()
