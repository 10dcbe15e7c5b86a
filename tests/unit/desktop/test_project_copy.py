"""A project's copy as page files: a project made from it is equal in all that the store has."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image
from sqlalchemy import select

from desktop.document import edits
from desktop.document.history import History
from desktop.jobs import copy_steps, work
from desktop.store import tables, values
from desktop.store.records import PageChange, RevisionKind, SchemaChange
from desktop.store.store import Store
from model_backend import formats
from model_backend.document import (
    Box,
    Entity,
    Page,
    PageStatus,
    Proposals,
    Region,
    Relation,
    Status,
)
from model_backend.formats.export import convert
from model_backend.labels import Label, LabelSchema
from model_backend.quality.checks import check_set
from model_backend.service import Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(batch=2)
    yield pool
    pool.close()


def make_pdf(path: Path, pages: int, password: str = "") -> Path:
    with pymupdf.open() as document:
        for number in range(pages):
            page = document.new_page(width=300, height=400)
            page.insert_text((40, 60), f"Invoice number {number} from {path.stem}")
        protected = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": password}
        document.save(path, **(protected if password else {}))
    return path


def undo(store: Store) -> bool:
    found = History(store).undone(store.page, store.schema())
    if found is not None:
        edit, revision = found
        store.apply(edit.text, edit.changes, kind=RevisionKind.UNDO, of=revision)
    return found is not None


def redo(store: Store) -> bool:
    found = History(store).redone(store.page, store.schema())
    if found is not None:
        edit, revision = found
        store.apply(edit.text, edit.changes, kind=RevisionKind.REDO, of=revision)
    return found is not None


def work_on(target: work.StoreTarget) -> None:
    """What people and models do: all kinds of edits, some undone, labels, notes, turns."""
    store = target.store
    first, second, third = store.page_ids()[:3]

    def edit(page_id: int, text: str, change: Callable[[Page], Page]) -> None:
        page = store.page(page_id)
        store.apply(text, [PageChange(page, change(page))])

    words = [word.id for word in store.page(first).words]
    edit(first, "Draw", lambda page: edits.add_entity(page, "question", words[:2]))
    edit(first, "Draw", lambda page: edits.add_entity(page, "answer", words[2:]))
    one, other = (entity.id for entity in store.page(first).entities)
    edit(first, "Link", lambda page: edits.link(page, one, other))
    said = Proposals(
        "model 1",
        (Entity(1, "header", (words[0],), "Invoice", Box(1, 2, 30, 40), 0.25, Status.PROPOSED),),
        regions=(Region(2, "stamp", Box(5, 5, 60, 50.125), score=0.5, status=Status.PROPOSED),),
    )
    target.bring_proposals(second, [said])
    edit(second, "Turn", lambda page: edits.rotate(page, 90))
    edit(second, "Straighten", lambda page: edits.deskew(page, 1.5))
    edit(third, "Note", lambda page: edits.set_note(page, "unclear"))
    edit(third, "Class", lambda page: edits.set_page_class(page, "invoice"))
    half = store.page(third).words[0].id
    edit(third, "Word", lambda page: edits.set_word_text(page, half, "half \ud83d"))
    edit(first, "Status", lambda page: edits.set_page_status(page, PageStatus.DONE))
    labels = LabelSchema((*store.schema().labels, Label("stamp", "#123456", "", "region")))
    store.apply("Labels", [SchemaChange(store.schema(), labels)])
    edit(first, "Delete", lambda page: edits.delete(page, {one}))
    assert undo(store)
    assert undo(store)
    assert redo(store)
    edit(second, "Box", lambda page: edits.add_region(page, "stamp", Box(1, 1, 9, 9)))
    assert undo(store)


@pytest.fixture(scope="module")
def made(workers: Workers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two PDF files, one of them protected, a scan and work on them; its copy."""
    tmp_path = tmp_path_factory.mktemp("project")
    folder = tmp_path / "first.proofdesk"
    Image.effect_noise((60, 40), 80).save(tmp_path / "scan.png")
    files = [make_pdf(tmp_path / "twelve.pdf", 12), tmp_path / "scan.png"]
    secret = make_pdf(tmp_path / "secret.pdf", 1, "x")
    with Store.create(folder) as store:
        target = work.StoreTarget(store)
        work.run(work.ImportFiles(target, files, ocr="never"), workers)
        passwords = work.Passwords()
        locked = work.ImportFiles(target, [secret], passwords=passwords, password="x")
        work.run(locked, workers)
        work_on(target)
    work.export_project(folder, "pages", tmp_path / "copy")
    return tmp_path


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """The project, to be changed."""
    (tmp_path / "scan.png").write_bytes((made / "scan.png").read_bytes())
    return shutil.copytree(made / "first.proofdesk", tmp_path / "first.proofdesk")


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """Its copy, to be changed."""
    return shutil.copytree(made / "copy", tmp_path / "copy")


def restored(workers: Workers, copy: Path, folder: Path) -> work.Outcome:
    with Store.create(folder) as store:
        return work.run(work.import_dataset(work.StoreTarget(store), "pages", copy), workers)


def contents(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table; ids that nobody refers to are left out."""
    found = {}
    with Store.open(folder, read_only=True) as store, store.database.reading() as connection:
        for table in tables.metadata.sorted_tables:
            lines = [dict(row) for row in connection.execute(select(table)).mappings()]
            for line in lines:
                if table.name in ("proposals", "revision_changes"):
                    del line["id"]
                for name in ("words", "source_data", "difference"):
                    if isinstance(line.get(name), bytes):
                        line[name] = values.unpack(line[name])
                for name in ("value", "geometry", "labels", "page_class"):
                    if name in line:
                        line[name] = json.loads(line[name])
            found[table.name] = sorted(lines, key=lambda line: str(list(line.values())[:2]))
    return found


def test_a_project_made_from_a_copy_is_equal_and_can_be_undone_to_its_beginning(
    project: Path, workers: Workers, tmp_path: Path
) -> None:
    exported = work.export_project(project, "pages", tmp_path / "copy")
    assert exported.report.pages == 14
    assert exported.left.stayed.total() == 0
    outcome = restored(workers, tmp_path / "copy", tmp_path / "second.proofdesk")
    assert outcome.failed == ()
    assert (outcome.result.pages, outcome.result.documents, outcome.result.notes) == (14, 3, [])
    before, after = contents(project), contents(tmp_path / "second.proofdesk")
    assert before.keys() == after.keys()
    for name, lines in before.items():
        assert after[name] == lines, name
    assert len(before["revisions"]) > 12
    assert before["proposals"]
    for file in (project / "documents").iterdir():
        there = tmp_path / "second.proofdesk" / "documents" / file.name
        assert there.read_bytes() == file.read_bytes()
    with Store.open(tmp_path / "second.proofdesk") as store:
        assert redo(store)
        while undo(store):
            pass
        assert all(page.status is PageStatus.NEW for page in map(store.page, store.page_ids()[2:]))
        assert not any(store.page(number).entities for number in store.page_ids()[2:])
        assert store.page(store.page_ids()[1]).rotation == 0
        while redo(store):
            pass
        texts = [entity.text for entity in store.page(1).entities]
        assert texts == ["Invoice number", "0 from twelve"]


def test_the_copy_of_a_project_without_edits_is_whole(workers: Workers, tmp_path: Path) -> None:
    with Store.create(tmp_path / "first.proofdesk") as store:
        target = work.StoreTarget(store)
        work.run(work.ImportFiles(target, [make_pdf(tmp_path / "a.pdf", 1)], ocr="never"), workers)
    work.export_project(tmp_path / "first.proofdesk", "pages", tmp_path / "copy")
    outcome = restored(workers, tmp_path / "copy", tmp_path / "second.proofdesk")
    assert (outcome.failed, outcome.result.pages, outcome.result.notes) == ((), 1, [])
    assert contents(tmp_path / "first.proofdesk") == contents(tmp_path / "second.proofdesk")


def test_a_copy_of_a_copy_is_the_same_folder(copy: Path, workers: Workers, tmp_path: Path) -> None:
    restored(workers, copy, tmp_path / "second.proofdesk")
    work.export_project(tmp_path / "second.proofdesk", "pages", tmp_path / "again")
    files = {file.relative_to(copy) for file in (copy).rglob("*.*")}
    assert len(files) == 14 + 3 + 2
    for file in files:
        assert (tmp_path / "again" / file).read_bytes() == (copy / file).read_bytes()


def test_a_copy_goes_into_a_project_with_other_pages_without_its_record(
    project: Path, copy: Path, workers: Workers, tmp_path: Path
) -> None:
    with Store.create(tmp_path / "second.proofdesk") as store:
        target = work.StoreTarget(store)
        own = [make_pdf(tmp_path / "own.pdf", 2), tmp_path / "scan.png"]
        work.run(work.ImportFiles(target, own, ocr="never"), workers)
        outcome = work.run(work.import_dataset(target, "pages", copy), workers)
        assert outcome.failed == ()
        assert (outcome.result.pages, outcome.result.known) == (13, 1)
        assert ["record of edits" in text for _name, text in outcome.result.notes] == [True]
        assert store.page_count() == 16
        page = next(page for page in map(store.page, store.page_ids()) if page.entities)
        assert store.document(page.document_id).name == "twelve.pdf"
        proposed = [number for number in store.page_ids() if store.proposals(number)]
        assert [store.page(number).rotation for number in proposed] == [90]
        assert store.schema().label("stamp", "region")
        again = work.run(work.import_dataset(target, "pages", copy), workers)
        assert (again.result.pages, again.result.known) == (0, 14)


def restored_until(store: Store, copy: Path, last: int) -> int:
    """Restore without workers; stop, as a kill would, after so many steps. How many there were."""
    course = work.import_dataset(work.StoreTarget(store), "pages", copy)
    for count in range(last):
        step = course.next_step()
        if step is None:
            return count
        course.receive(step, step.function(*step.arguments))
    return last


@pytest.mark.parametrize("slice_bytes", [1, 900])
def test_an_import_that_was_stopped_anywhere_becomes_whole(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slice_bytes: int
) -> None:
    monkeypatch.setattr(copy_steps, "SLICE", slice_bytes)
    wanted = contents(made / "first.proofdesk")
    with Store.create(tmp_path / "whole.proofdesk") as store:
        steps = restored_until(store, made / "copy", 1000)
    assert steps > 16
    for last in (1, 4, *range(15, steps + 1, 7), steps):
        folder = tmp_path / f"{last}.proofdesk"
        with Store.create(folder) as store:
            restored_until(store, made / "copy", last)
        with Store.open(folder) as store:
            restored_until(store, made / "copy", 1000)
        assert contents(folder) == wanted, last


@pytest.mark.parametrize("last", [4, 15, 20])
def test_a_project_that_was_edited_after_its_import_stopped_keeps_its_own_record(
    copy: Path, workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    monkeypatch.setattr(copy_steps, "SLICE", 1)
    with Store.create(tmp_path / "second.proofdesk") as store:
        restored_until(store, copy, last)
        page = store.page(store.page_ids()[0])
        store.apply("Own", [PageChange(page, edits.set_note(page, "own"))])
        head = store.head
        outcome = work.run(work.import_dataset(work.StoreTarget(store), "pages", copy), workers)
        assert outcome.failed == ()
        assert ["record of edits" in text for _name, text in outcome.result.notes] == [True]
        assert store.page_count() == 14
        assert store.head == head
        assert store.page(page.id).note == "own"
        assert undo(store)
        assert store.page(page.id) == page


def test_the_copy_of_an_edited_project_changes_nothing_in_it(
    project: Path, copy: Path, workers: Workers
) -> None:
    with Store.open(project) as store:
        page = store.page(store.page_ids()[3])
        store.apply("Own", [PageChange(page, edits.set_note(page, "later"))])
    before = contents(project)
    with Store.open(project) as store:
        outcome = work.run(work.import_dataset(work.StoreTarget(store), "pages", copy), workers)
        assert (outcome.result.pages, outcome.result.known, outcome.failed) == (0, 14, ())
    assert contents(project) == before


def test_a_copy_leaves_for_other_formats_as_its_pages_are_shown(copy: Path, tmp_path: Path) -> None:
    report = convert("pages", copy, "pages", tmp_path / "pages")
    assert report.pages == 13  # the protected one cannot be drawn
    (item,) = (
        item
        for item in formats.read("pages", tmp_path / "pages")
        if isinstance(item, formats.ReadPage) and item.page.rotation
    )
    assert item.image
    with Image.open(item.image) as image:
        assert image.width > image.height
    assert item.record["proposals"]
    assert any("secret" in problem for problem in report.problems)


def changed(file: Path, *keys: str | int, value: object) -> None:
    data = json.loads(file.read_text())
    place: Any = data
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    file.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("record", "proposals", 0, "annotation", "box"), [1, 2]),
        (("record", "proposals", 0, "kind"), "words"),
        (("record", "proposals", 0, "annotation_id"), "one"),
        (("record", "is_read"), "yes"),
        (("record", "problem"), None),
        (("record",), []),
        (("file",), "../../etc/passwd"),
        (("file",), "a" * 64 + ".pdf"),
        (("document", "media_type"), "text/html"),
        (("document", "id"), 0),
        (("page", "id"), -1),
        (("page", "id"), 1),
    ],
)
def test_a_damaged_page_of_a_copy_costs_itself_and_the_record(
    copy: Path, workers: Workers, tmp_path: Path, keys: tuple[str | int, ...], value: object
) -> None:
    changed(copy / "pages" / "twelve_2.json", *keys, value=value)
    outcome = restored(workers, copy, tmp_path / "second.proofdesk")
    assert [name for name, _why in outcome.failed] in (["twelve_2"], ["twelve_1"])
    assert outcome.result.pages == 13
    with Store.open(tmp_path / "second.proofdesk") as store:
        assert store.head is None
        assert not undo(store)


@pytest.mark.parametrize(
    ("number", "keys", "value"),
    [
        (0, ("revision", "id"), 7),
        (0, ("revision", "undo_top"), 9),
        (0, ("revision", "kind"), "magic"),
        (0, ("revision",), 3),
        (1, ("page",), 77),
        (1, ("difference", "items", 0, 0), "pictures"),
        (1, ("difference", "items", 0, 2, "label"), 5),
        (1, ("difference", "fields"), [["width", "wide", 3]]),
    ],
)
def test_a_damaged_record_is_left_out_and_told(
    copy: Path,
    workers: Workers,
    tmp_path: Path,
    number: int,
    keys: tuple[str | int, ...],
    value: object,
) -> None:
    file = copy / "history.jsonl"
    lines = file.read_text().splitlines()
    (tmp_path / "line").write_text(lines[number])
    changed(tmp_path / "line", *keys, value=value)
    lines[number] = (tmp_path / "line").read_text()
    file.write_text("\n".join(lines))
    outcome = restored(workers, copy, tmp_path / "second.proofdesk")
    assert ["history.jsonl" in why for _name, why in outcome.failed] == [True]
    assert outcome.result.pages == 14
    with Store.open(tmp_path / "second.proofdesk") as store:
        assert store.head is None


def test_edits_during_an_export_are_in_neither_page_nor_record(
    project: Path, workers: Workers, tmp_path: Path
) -> None:
    with Store.open(project) as store:

        def edit(done: int, _total: int) -> None:
            page = store.page(store.page_ids()[-1 - done % 3])
            store.apply("Note", [PageChange(page, edits.set_note(page, f"at {done}"))])

        work.export_project(project, "pages", tmp_path / "copy", on_progress=edit)
    outcome = restored(workers, tmp_path / "copy", tmp_path / "second.proofdesk")
    assert outcome.failed == ()
    with Store.open(tmp_path / "second.proofdesk") as store:
        notes = {store.page(number).note for number in store.page_ids()}
        assert notes == {"", "unclear"}
        while undo(store):
            pass


def test_pages_of_a_copy_are_checked_with_their_pictures(copy: Path) -> None:
    found = [finding for _item, findings in check_set("pages", copy) for finding in findings]
    assert not [finding for finding in found if finding.rule == "page-without-picture"]


def test_a_document_that_is_not_what_it_was_is_named(project: Path, tmp_path: Path) -> None:
    with Store.open(project, read_only=True) as store:
        path = store.document_path(store.documents()[0])
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(Exception, match="twelve.pdf in the project's folder documents is damaged"):
        work.export_project(project, "pages", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_relation_and_region_proposals_keep_their_kind() -> None:
    from desktop.jobs.copy_steps import _proposal
    from desktop.jobs.project_copy import _proposal_json
    from desktop.store.records import Proposal

    for item in (Relation(3, 1, 2), Region(4, "a", Box(0, 0, 1, 1))):
        proposal = Proposal("m", 9, item, is_withdrawn=True, rotation=90, skew=0.5)
        assert _proposal(_proposal_json(proposal), Path("x")) == proposal
