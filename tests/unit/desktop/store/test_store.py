"""The project on the disk: what is kept, what lists show, what reads beside the writer."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from edit_scripts import document_of, full_page, page_of_words, random_edit

from desktop.document import edits
from desktop.errors import UserError
from desktop.store import tables, values
from desktop.store.records import PageChange, Proposal, RevisionKind
from desktop.store.store import Store
from model_backend.document import Band, Box, PageStatus, Region, Status
from model_backend.labels import DEFAULT_SCHEMA


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "project.proofdesk") as store:
        yield store


def _file(folder: Path, content: bytes = b"a scan", name: str = "scan.PNG") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_new_project_has_its_folders_and_the_default_labels(store: Store) -> None:
    names = {entry.name for entry in store.folder.iterdir()}
    assert {"project.sqlite", "documents", "backups", "project.lock"} <= names
    assert store.schema() == DEFAULT_SCHEMA
    assert (store.page_count(), store.documents(), store.head) == (0, (), None)


def test_project_is_not_made_where_something_is(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    _file(folder)
    with pytest.raises(UserError, match="is there already"):
        Store.create(folder)
    assert [entry.name for entry in folder.iterdir()] == ["scan.PNG"]


def test_every_commit_is_on_the_disk(store: Store) -> None:
    with store._database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_added_file_is_copied_by_its_sha256_and_its_pages_wait(
    store: Store, tmp_path: Path
) -> None:
    path = _file(tmp_path)
    sha256 = hashlib.sha256(b"a scan").hexdigest()
    document, ids = store.add_document(
        path, document_of(2, sha256), [page_of_words(0), page_of_words(1)]
    )
    assert store.document_path(document) == store.folder / "documents" / f"{sha256}.png"
    assert store.document_path(document).read_bytes() == b"a scan"
    assert store.unread_pages() == ids == store.page_ids()
    assert store.page_count() == 2
    assert store.page(ids[1]) == replace(page_of_words(1), id=ids[1], document_id=document.id)
    assert store.documents() == (document,)


def test_same_file_again_is_the_document_that_is_there(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path)
    sha256 = hashlib.sha256(b"a scan").hexdigest()
    first = store.add_document(path, document_of(1, sha256), [page_of_words()])
    assert store.add_document(path, document_of(1, sha256), [page_of_words()]) == first
    assert store.page_count() == 1


def test_same_picture_under_two_names_of_a_data_set_is_two_documents(
    store: Store, tmp_path: Path
) -> None:
    path, sha256 = _file(tmp_path), hashlib.sha256(b"a scan").hexdigest()
    one = replace(document_of(1, sha256), source_data='{"name": "a"}')
    two = replace(document_of(1, sha256), source_data='{"name": "b"}')
    store.add_document(path, one, [page_of_words()], read=True)
    store.add_document(path, two, [page_of_words()], read=True)
    assert [item.source_data for item in store.documents()] == [one.source_data, two.source_data]
    assert len(list((store.folder / "documents").iterdir())) == 1


def test_file_that_changed_since_it_was_looked_at_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="was changed while it was read"):
        store.add_document(_file(tmp_path), document_of(1, "0" * 64), [page_of_words()])
    assert store.page_count() == 0
    assert list((store.folder / "documents").iterdir()) == []


def test_copy_that_is_gone_is_one_clear_line(store: Store, tmp_path: Path) -> None:
    document, _ids = store.add_document(_file(tmp_path), document_of(1), [page_of_words()])
    store.document_path(document).unlink()
    with pytest.raises(UserError, match="missing from the project's folder documents"):
        store.document_path(document)


def test_reading_a_page_keeps_its_words_or_its_problem(store: Store) -> None:
    _document, ids = store.add_document(None, document_of(2), [page_of_words(0, 0)] * 2)
    page = store.page(ids[0])
    store.set_read(replace(page_of_words(), id=page.id, document_id=page.document_id))
    store.set_read(store.page(ids[1]), "It took too long.")
    first, second = store.summaries()
    assert (first.is_read, first.words, first.problem) == (True, 12, "")
    assert (second.is_read, second.words, second.problem) == (True, 0, "It took too long.")
    assert store.unread_pages() == ()


def test_summaries_come_by_key_with_kept_counts(store: Store) -> None:
    document, ids = store.add_document(
        None, document_of(5, name="b.pdf"), [full_page(n) for n in range(5)], read=True
    )
    found = store.summaries(after_id=ids[1], limit=2)
    assert [item.id for item in found] == list(ids[2:4])
    assert found[0] == store.summary(ids[2])
    assert (found[0].words, found[0].annotations, found[0].proposed) == (12, 8, 3)
    assert (found[0].document_name, found[0].document_id) == ("b.pdf", document.id)
    assert found[0].status == PageStatus.PROPOSED


def test_next_page_goes_both_ways_and_skips_what_is_checked(store: Store) -> None:
    _document, ids = store.add_document(None, document_of(5), [page_of_words(n) for n in range(5)])
    for page_id in ids[1:3]:
        _apply(store, page_id, PageStatus.DONE)
    _apply(store, ids[3], PageStatus.RETURNED)
    assert store.next_page(ids[0]) == ids[1]
    assert store.next_page(ids[0], unchecked=True) == ids[3]
    assert store.next_page(ids[3], unchecked=True, step=-1) == ids[0]
    assert store.next_page(ids[4]) is None
    assert store.next_page(ids[0], step=-1) is None
    assert store.page_ids([PageStatus.DONE, PageStatus.RETURNED]) == ids[1:4]


def _apply(store: Store, page_id: int, status: PageStatus) -> None:
    page = store.page(page_id)
    store.apply("Status", [PageChange(page, edits.set_page_status(page, status))])


def test_pages_come_back_as_they_were_over_random_edits(store: Store) -> None:
    _document, (page_id,) = store.add_document(None, document_of(1), [full_page()], read=True)
    random, page = Random(3), store.page(page_id)
    for _step in range(150):
        text, after = random_edit(page, random)
        store.apply(text, [PageChange(page, after)])
        page = after
        assert store.page(page_id) == page
    summary = store.summary(page_id)
    assert (summary.words, summary.annotations) == (len(page.words), len(page.annotations))


def test_what_changes_nothing_is_no_revision(store: Store) -> None:
    _document, (page_id,) = store.add_document(None, document_of(1), [full_page()], read=True)
    page = store.page(page_id)
    assert store.apply("Nothing", [PageChange(page, replace(page))]) is None
    assert store.revisions() == ()


def test_revisions_say_who_when_and_what(store: Store) -> None:
    _document, (page_id,) = store.add_document(None, document_of(1), [full_page()], read=True)
    page = store.page(page_id)
    for note in ("a", "b", "c"):
        after = edits.set_note(page, note)
        store.apply("Note", [PageChange(page, after)], who="anna")
        page = after
    newest, *older = store.revisions(limit=2)
    assert (newest.id, newest.kind, newest.text, newest.who) == (3, "edit", "Note", "anna")
    assert newest.at >= older[0].at > 1_600_000_000_000
    assert [item.id for item in store.revisions(below_id=2)] == [1]
    (change,) = store.changes_of(2)
    assert change.fields[0].before == "a"  # type: ignore[union-attr]


def test_words_are_rewritten_only_when_words_change(store: Store) -> None:
    _document, (page_id,) = store.add_document(None, document_of(1), [full_page()], read=True)
    written: list[str] = []
    from sqlalchemy import event

    @event.listens_for(store._database._engine, "before_cursor_execute")
    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        written.append(statement.split()[0] + " " + statement.split()[1])

    page = store.page(page_id)
    written.clear()
    store.apply("Box", [PageChange(page, edits.add_region(page, "stamp", Box(0, 0, 5, 5)))])
    assert [item for item in written if not item.startswith("BEGIN")] == [
        "INSERT INTO",
        "SELECT pages.id,",
        "INSERT INTO",
        "UPDATE pages",
        "UPDATE pages",
        "INSERT INTO",
    ]


def test_proposals_stay_as_they_were_beside_corrections(store: Store) -> None:
    _document, (page_id,) = store.add_document(None, document_of(1), [page_of_words()], read=True)
    page = store.page(page_id)
    region = Region(13, "stamp", Box(0, 0, 9, 9), score=0.5, status=Status.PROPOSED, source="ink")
    said = (Proposal("ink", 13, region),)
    after = replace(page, regions=(region,), next_id=14)
    store.apply("Job", [PageChange(page, after)], kind=RevisionKind.JOB, proposals={page_id: said})
    corrected = edits.resize(after, 13, Box(0, 0, 20, 20))
    store.apply("Resize", [PageChange(after, corrected)])
    deleted = edits.delete(corrected, [13])
    store.apply("Delete", [PageChange(corrected, deleted)])
    assert store.proposals(page_id) == said
    assert store.statistics()["proposals"] == {"ink": {"rejected": 1}}


def test_open_proposals_that_a_job_removes_are_withdrawn(store: Store) -> None:
    _document, (page_id,) = store.add_document(None, document_of(1), [page_of_words()], read=True)
    page = store.page(page_id)
    region = Region(13, "stamp", Box(0, 0, 9, 9), status=Status.PROPOSED, source="ink")
    after = replace(page, regions=(region,), next_id=14)
    said = {page_id: (Proposal("ink", 13, region),)}
    store.apply("Job", [PageChange(page, after)], kind=RevisionKind.JOB, proposals=said)
    store.apply("Job", [PageChange(after, replace(after, regions=()))], kind=RevisionKind.JOB)
    assert [item.is_withdrawn for item in store.proposals(page_id)] == [True]
    assert store.statistics()["proposals"] == {"ink": {"withdrawn": 1}}


def test_pending_imports_survive_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "project.proofdesk"
    odd = tmp_path / "na\udcffme.pdf"
    with Store.create(folder) as store:
        files = (tmp_path / "a.pdf", odd, tmp_path / "a.pdf")
        store.add_pending((file, {"ocr": "auto"}) for file in files)
        store.add_pending([(odd, {"ocr": "never"})])
    with Store.open(folder) as store:
        assert store.pending() == (
            (tmp_path / "a.pdf", {"ocr": "auto"}),
            (odd, {"ocr": "auto"}),
        )
        store.drop_pending(odd)
        store.drop_pending(odd)
        assert [path for path, _ in store.pending()] == [tmp_path / "a.pdf"]


def test_statistics_count_what_there_is(store: Store) -> None:
    store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
    store.add_document(None, document_of(1), [page_of_words(0, 0)])
    found = store.statistics()
    assert (found["documents"], found["pages"], found["unread"], found["words"]) == (2, 3, 1, 24)
    assert found["pages_by_status"] == {"new": 1, "proposed": 2}
    assert found["annotations"]["entities"] == {"accepted": 4, "proposed": 4}
    assert found["labels"]["regions"] == {"stamp": 2}
    json.dumps(found)


def test_second_writer_is_told_who_holds_the_project(store: Store) -> None:
    with pytest.raises(UserError, match=r"is open already: by .+ on .+, process \d+"):
        Store.open(store.folder)
    script = (
        "import sys\nfrom pathlib import Path\nfrom desktop.errors import UserError\n"
        "from desktop.store.store import Store\n"
        "try: Store.open(Path(sys.argv[1]))\nexcept UserError as error: print(error)"
    )
    command = [sys.executable, "-c", script, str(store.folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("project.proofdesk is open already: by ")


def test_readers_beside_the_writer_see_what_is_saved_and_cannot_write(store: Store) -> None:
    _document, (page_id,) = store.add_document(None, document_of(1), [full_page()], read=True)
    with Store.open(store.folder, read_only=True) as reader:
        page = store.page(page_id)
        after = edits.set_note(page, "seen")
        store.apply("Note", [PageChange(page, after)])
        assert reader.page(page_id).note == "seen"
        with pytest.raises(UserError, match="for reading only"):
            reader.apply("Note", [PageChange(after, page)])
    assert store.page(page_id).note == "seen"


def test_lock_left_by_a_dead_process_is_no_trouble(tmp_path: Path) -> None:
    folder = tmp_path / "project.proofdesk"
    Store.create(folder).close()
    (folder / "project.lock").write_text('{"user": "ghost", "host": "gone", "process": 1}')
    with Store.open(folder) as store:
        assert store.page_count() == 0


def test_project_can_be_moved(tmp_path: Path) -> None:
    with Store.create(tmp_path / "a.proofdesk") as store:
        document, ids = store.add_document(_file(tmp_path), document_of(1), [full_page()])
    moved = (tmp_path / "a.proofdesk").rename(tmp_path / "번역 b.proofdesk")
    with Store.open(moved) as store:
        assert store.document_path(document).read_bytes() == b"a scan"
        assert store.page(ids[0]).words == full_page().words


def test_clean_close_leaves_no_log_beside_the_project(tmp_path: Path) -> None:
    Store.create(tmp_path / "a.proofdesk").close()
    names = {entry.name for entry in (tmp_path / "a.proofdesk").iterdir()}
    assert names == {"project.sqlite", "project.lock", "documents", "backups"}


def test_many_pages_are_added_in_one_go(store: Store) -> None:
    import time

    pages = [page_of_words(number, 0) for number in range(1000)]
    start = time.process_time()
    _document, ids = store.add_document(None, document_of(1000), pages)
    assert len(ids) == store.page_count() == 1000
    assert time.process_time() - start < 1.0


def test_thumbnails_are_kept_by_key_and_made_again_when_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "a.proofdesk"
    with Store.create(folder) as store:
        store.thumbnails.put(1, "0", b"picture")
        assert store.thumbnails.get(1, "0") == b"picture"
        assert store.thumbnails.get(1, "90") is None
    with Store.open(folder) as store:
        assert store.thumbnails.get(1, "0") == b"picture"
    (folder / "thumbnails.sqlite").write_bytes(b"rubbish" * 1000)
    with Store.open(folder) as store:
        assert store.thumbnails.get(1, "0") is None
        store.thumbnails.put(1, "0", b"again")
        assert store.thumbnails.get(1, "0") == b"again"


@pytest.mark.parametrize(
    "value", ["", "한국어", "\ud800 half", "a\0b", 0.1 + 0.2, 1e308, [1, None]]
)
def test_values_survive_packing(value: object) -> None:
    assert values.unpack(values.pack(value)) == value
    assert values.from_text(values.to_text(value)) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_lies_nowhere_is_refused(store: Store, number: float) -> None:
    _document, (page_id,) = store.add_document(None, document_of(1), [full_page()], read=True)
    page, box = store.page(page_id), Box(number, 0, 5, 5)
    table, word, entity = page.tables[0], page.words[0], page.entities[0]
    for after in (
        edits.add_word(page, "w", box),
        edits.add_region(page, "stamp", box),
        edits.add_region(page, "stamp", Box(0, 0, 5, 5), [((0, 0), (number, 1), (2, 2))]),
        replace(page, tables=(replace(table, rows=(Band(table.box.y0, number),)),)),
        replace(page, tables=(replace(table, rotation=number),)),
        replace(page, words=(replace(word, confidence=number), *page.words[1:])),
        replace(page, entities=(replace(entity, score=number), *page.entities[1:])),
    ):
        with pytest.raises(UserError, match="coordinates are no numbers"):
            store.apply("Box", [PageChange(page, after)])
        with pytest.raises(UserError, match="coordinates are no numbers"):
            store.add_document(None, document_of(1), [after], read=True)
    assert store.page(page_id) == page
    assert (store.page_count(), len(store.documents())) == (1, 1)


def test_unknown_page_is_a_key_error(store: Store) -> None:
    with pytest.raises(KeyError):
        store.page(9)
    with pytest.raises(KeyError):
        store.summary(9)


def test_tables_have_the_indexes_that_make_pages_fast() -> None:
    columns = {tuple(index.columns.keys()) for index in tables.page_annotations.indexes}
    assert ("label", "page_id") in columns
    assert tables.page_annotations.primary_key.columns.keys() == ["page_id", "annotation_id"]
