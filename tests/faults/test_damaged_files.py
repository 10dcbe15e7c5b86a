"""A project's file with a turned bit, cut, or with a piece of zeros is never taken for whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page
from flipped_bits import Victim

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.errors import UserError
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from model_backend.document import Box

QUICK = 60


@pytest.mark.parametrize("count", [QUICK, pytest.param(2000, marks=pytest.mark.long)])
@pytest.mark.timeout(3000)
def test_damage_is_detected_or_changes_nothing(tmp_path: Path, count: int) -> None:
    victim = Victim(tmp_path)
    assert problem_of(victim.folder / FILE) == ""
    found = [victim.damage(number) for number in range(count)]
    assert set(found) <= {"detected", "equal"}
    assert found.count("detected") > count / 10


@pytest.fixture
def document(tmp_path: Path) -> OpenDocument:
    with Store.create(tmp_path / "project.proofdesk") as store:
        store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
    return OpenDocument(Store.open(tmp_path / "project.proofdesk"))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE annotations SET value = replace(value, '.0', '.5') WHERE page_id = 2",
        "UPDATE annotations SET label = 'other' WHERE page_id = 2",
        "DELETE FROM annotations WHERE page_id = 2",
        "UPDATE pages SET width = width + 1 WHERE id = 2",
        "UPDATE pages SET note = 'odd' WHERE id = 2",
        "UPDATE page_contents SET source_data = words WHERE page_id = 2",
    ],
)
def test_page_that_is_not_what_was_saved_is_shown_but_not_written(
    document: OpenDocument, damage: str
) -> None:
    folder = document.store.folder
    document.close()
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        assert connection.execute(damage).rowcount > 0
    assert "damaged" in problem_of(folder / FILE)
    again = OpenDocument(Store.open(folder))
    shown = again.page(2)
    assert again.store.damaged == {2}
    with pytest.raises(UserError, match="Page 2 is damaged"):
        again.apply("Region", edits.add_region(shown, "stamp", Box(0, 0, 5, 5)))
    again.apply("Region", edits.add_region(again.page(1), "stamp", Box(0, 0, 5, 5)))
    assert (again.store.page(2), again.store.revisions(limit=1)[0].id) == (shown, 1)
    again.close()


def test_page_that_turns_bad_while_it_is_open_is_not_written(document: OpenDocument) -> None:
    page = document.page(2)
    with closing(sqlite3.connect(document.store.folder / FILE)) as connection, connection:
        connection.execute("UPDATE pages SET skew = 1 WHERE id = 2")
    with pytest.raises(UserError, match="Page 2 is damaged"):
        document.apply("Region", edits.add_region(page, "stamp", Box(0, 0, 5, 5)))
    assert document.store.revisions() == ()
    document.close()


def test_pages_of_an_older_project_get_their_digest_with_their_next_edit(
    document: OpenDocument,
) -> None:
    with document.store.writing() as connection:
        connection.exec_driver_sql("UPDATE pages SET digest = NULL")
    page = document.page(1)
    document.apply("Region", edits.add_region(page, "stamp", Box(0, 0, 5, 5)))
    with document.store.database.reading() as connection:
        found = connection.exec_driver_sql("SELECT digest FROM pages ORDER BY id").scalars().all()
    assert len(found[0]) == 48
    assert found[1] is None
    assert document.store.page(1) == document.page(1)
    assert document.store.damaged == set()
    assert problem_of(document.store.folder / FILE) == ""
    document.close()
