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
from desktop.store import digests, rows
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from model_backend.document import Box, Page

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
    assert problem_of(folder / FILE) == "page 2 is not what was saved"
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


_ODD = ("'odd'", "x'00ff'", "7", "2.5", "1e999")
_COLUMNS = {
    "pages": ("number", "width", "status", "geometry", "is_scan", "page_class", "note", "next_id"),
    "page_contents": ("words", "source_data"),
    "annotations": ("kind", "score", "value", "label", "status"),
    "project": ("labels",),
    "documents": ("source_data", "page_count"),
    "revisions": ("kind", "at"),
}
_CHANGES = [
    f"UPDATE {table} SET {column} = {odd}"
    for table, columns in _COLUMNS.items()
    for column in columns
    for odd in _ODD
]


def test_values_of_any_kind_in_a_damaged_file_are_damage_and_no_bug(
    document: OpenDocument,
) -> None:
    """SQLite keeps anything in any column; what can be read nevertheless is what was saved."""
    path = document.store.folder / FILE
    document.apply("Region", edits.add_region(document.page(1), "stamp", Box(0, 0, 5, 5)))
    wanted = document.page(1)
    document.close()
    whole, surprises = path.read_bytes(), list[str]()
    for change in _CHANGES:
        path.write_bytes(whole)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(change)
        is_known = bool(problem_of(path))
        try:
            is_known = _page_of(document.store.folder) == wanted or is_known
        except UserError:
            is_known = True
        surprises += [] if is_known else [change]
    assert surprises == []


def _page_of(folder: Path) -> Page:
    """A page as the window first asks for it: with the labels, the record and its document."""
    with Store.open(folder, read_only=True) as store:
        store.schema()
        page = store.page(1)
        store.document(page.document_id)
        store.summary(1)
        return page


def test_bug_of_ours_is_not_told_as_damage(
    document: OpenDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_arguments: object) -> bool:
        raise KeyError("ours")

    path = document.store.folder / FILE
    document.close()
    monkeypatch.setattr(digests, "is_whole", bug)
    with pytest.raises(KeyError, match="ours"):
        problem_of(path)
    monkeypatch.undo()
    monkeypatch.setattr(rows, "read_page", bug)
    with Store.open(path.parent, read_only=True) as store, pytest.raises(KeyError, match="ours"):
        store.page(1)
