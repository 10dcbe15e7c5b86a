"""The schema's steps: they make our tables, after a backup, and refuse what is unknown."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page
from sqlalchemy import create_engine, inspect

from desktop.errors import UserError
from desktop.store import migrating, tables
from desktop.store.database import sqlite_engine
from desktop.store.migrations import HEAD, REVISIONS
from desktop.store.records import Proposal
from desktop.store.store import Store
from model_backend.document import Box, Word

WITHOUT_MARKS = tuple(
    statement
    for name in tables.MARK_COUNTS
    for statement in (f"DROP INDEX ix_pages_{name}", f"ALTER TABLE pages DROP COLUMN {name}")
) + (
    "ALTER TABLE pages DROP COLUMN accepted_warnings",
    "ALTER TABLE pages DROP COLUMN page_class",
    "DROP INDEX ix_annotations_open",
    "ALTER TABLE pages DROP COLUMN digest",
)
"""What makes of the pages of this version those of the versions before 0003."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Store.create(tmp_path / "project.proofdesk") as store:
        store.add_document(None, document_of(1), [full_page()], read=True)
        return store.folder


def _execute(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "project.sqlite")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_steps_make_exactly_the_tables_of_this_version(folder: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = sqlite_engine(folder / "project.sqlite", read_only=True)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_known_revisions_are_those_of_the_scripts() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(migrating.SCRIPTS))
    assert script.get_current_head() == HEAD
    assert {step.revision for step in script.walk_revisions()} == set(REVISIONS)


def test_current_project_opens_without_alembic(folder: Path) -> None:
    import subprocess
    import sys

    script = (
        "import sys\nfrom pathlib import Path\nfrom desktop.store.store import Store\n"
        "Store.open(Path(sys.argv[1])).close()\nprint('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", script, str(folder)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


def test_backup_is_whole_and_verified(folder: Path) -> None:
    with Store.open(folder) as store:
        page = store.page(1)
        target = migrating.back_up(folder / "project.sqlite", HEAD)
    assert target.parent == folder / "backups"
    copy = folder.parent / "copy.proofdesk"
    copy.mkdir()
    target.rename(copy / "project.sqlite")
    with Store.open(copy) as store:
        assert store.page(1) == page


@pytest.mark.parametrize("read_only", [False, True])
def test_older_project_is_backed_up_then_brought_up_to_date(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, read_only: bool
) -> None:
    _add_step(monkeypatch, tmp_path, "op.add_column('pages', sa.Column('extra', sa.Text()))")
    with Store.open(folder, read_only=read_only) as store:
        assert store.is_read_only is read_only
        assert len(store.page(1).annotations) == 8
    assert [entry.name[:12] for entry in (folder / "backups").iterdir()] == [f"project-{HEAD}"]
    with closing(sqlite3.connect(folder / "project.sqlite")) as connection:
        assert connection.execute("SELECT extra FROM pages").fetchall() == [(None,)]
        assert connection.execute("SELECT count(*) FROM annotations").fetchall() == [(8,)]


def test_step_on_a_parent_table_keeps_its_children(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    step = (
        "with op.batch_alter_table('pages', recreate='always') as batch:"
        " batch.alter_column('note', new_column_name='remark')"
    )
    _add_step(monkeypatch, tmp_path, step)
    migrating.bring_up_to_date(folder / "project.sqlite", HEAD)
    with closing(sqlite3.connect(folder / "project.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM annotations").fetchall() == [(8,)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_failing_step_leaves_the_project_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = _dump(folder)
    _add_step(monkeypatch, tmp_path, "op.drop_table('proposals'); raise RuntimeError('half way')")
    with pytest.raises(RuntimeError, match="half way"):
        Store.open(folder)
    assert _dump(folder) == before


def test_step_that_breaks_references_is_taken_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = _dump(folder)
    _add_step(monkeypatch, tmp_path, "op.execute('DELETE FROM pages')")
    with pytest.raises(UserError, match="refer to nothing"):
        Store.open(folder)
    assert _dump(folder) == before


def _dump(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "project.sqlite")) as connection:
        return list(connection.iterdump())


def _add_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str) -> None:
    """One more version of the tables, for this test only."""
    import shutil

    scripts = tmp_path / "migrations"
    shutil.copytree(migrating.SCRIPTS, scripts)
    (scripts / "versions" / "v9998_test.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = '9998', '{HEAD}'\nbranch_labels = depends_on = None\n"
        f"def upgrade():\n    {body}\n"
    )
    monkeypatch.setattr(migrating, "SCRIPTS", scripts)
    monkeypatch.setattr(migrating, "HEAD", "9998")
    monkeypatch.setattr(migrating, "REVISIONS", (*REVISIONS, "9998"))
    monkeypatch.setattr("desktop.store.store.HEAD", "9998")


def test_newer_project_is_refused_and_not_touched(folder: Path) -> None:
    _execute(folder, "UPDATE alembic_version SET version_num = '9999'")
    before = (folder / "project.sqlite").read_bytes()
    for read_only in (False, True):
        with pytest.raises(UserError, match="made by a newer Proofdesk"):
            Store.open(folder, read_only=read_only)
    assert (folder / "project.sqlite").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"rubbish" * 1000, b"SQLite format 3\0" + b"\0" * 84])
def test_file_that_is_no_project_is_refused_and_not_touched(folder: Path, content: bytes) -> None:
    (folder / "project.sqlite").write_bytes(content)
    with pytest.raises(UserError, match="is not a Proofdesk project"):
        Store.open(folder)
    assert (folder / "project.sqlite").read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "project.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
    with pytest.raises(UserError, match="belongs to another program"):
        Store.open(tmp_path)


def test_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a Proofdesk project: it has no project.sqlite"):
        Store.open(tmp_path)
    with pytest.raises(UserError, match="is not a Proofdesk project"):
        Store.open(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_upgrade_makes_all_tables_on_any_engine(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'plain.sqlite'}")
    migrating.upgrade(engine, "plain")
    made = {*inspect(engine).get_table_names()} - {"alembic_version"}
    assert made == {*tables.metadata.tables}
    columns = {column["name"] for column in inspect(engine).get_columns("proposals")}
    assert columns == {*tables.metadata.tables["proposals"].columns.keys()}
    engine.dispose()


def test_proposals_of_the_first_version_are_those_of_unturned_pages(tmp_path: Path) -> None:
    with Store.create(tmp_path / "old.proofdesk") as store:
        store.add_document(None, document_of(1), [full_page()], read=True)
        page = store.page(1)
        said = [Proposal("ink", item.id, item, rotation=90, skew=1.5) for item in page.regions]
        store.apply("New proposals", [], proposals={1: said})
        folder = store.folder
    _execute(
        folder,
        "ALTER TABLE proposals DROP COLUMN rotation",
        "ALTER TABLE proposals DROP COLUMN skew",
        *WITHOUT_MARKS,
        "UPDATE alembic_version SET version_num = '0001'",
    )
    with Store.open(folder) as store:
        assert store.page(1) == page
        assert store.proposals(1) == tuple(replace(item, rotation=0, skew=0.0) for item in said)
    assert [entry.name[:12] for entry in (folder / "backups").iterdir()] == ["project-0001"]


def test_marks_of_an_older_project_are_counted(tmp_path: Path) -> None:
    words = (
        Word(1, "sure", Box(0, 0, 9, 9), confidence=0.9),
        Word(2, "weak", Box(10, 0, 19, 9), confidence=0.2),
        Word(3, "asked", Box(20, 0, 29, 9), is_doubtful=True),
        Word(4, "lost", Box(30, 0, 39, 9), confidence=0.1, is_illegible=True),
    )
    page = replace(full_page(), words=words, entities=(), relations=(), note="torn")
    with Store.create(tmp_path / "old.proofdesk") as store:
        store.add_document(None, document_of(1), [page], read=True)
        folder = store.folder
    _execute(folder, *WITHOUT_MARKS, "UPDATE alembic_version SET version_num = '0002'")
    with Store.open(folder) as store:
        assert store.marks.totals() == {
            "unsure_count": 0,
            "noted_count": 1,
            "doubtful_count": 2,
            "illegible_count": 1,
        }
