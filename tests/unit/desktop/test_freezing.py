"""Versions of a project's data set: what is in them, that they never change, gold ones apart."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.jobs import work
from desktop.jobs.freezing import Freezing, freeze
from desktop.store.copying import copy_project
from desktop.store.promoted import in_use, promote
from desktop.store.records import PageChange
from desktop.store.store import Store
from desktop.store.versions import (
    FOLDER,
    MANIFEST,
    changed_files,
    data_set,
    gold_pages,
    version,
    versions,
)
from model_backend import formats
from model_backend.document import Box, Entity, Page, PageStatus, Proposals, Status
from model_backend.errors import Cancelled, PasswordNeeded, UserError
from model_backend.formats.splits import Split
from model_backend.service import Workers

DOCUMENTS = 8


def make_pdf(path: Path, password: str = "") -> Path:
    with pymupdf.open() as document:
        for number in range(2):
            page = document.new_page(width=300, height=400)
            page.insert_text((40, 60), f"Invoice {path.stem} page {number}")
        protected = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": password}
        document.save(path, **(protected if password else {}))
    return path


def change(store: Store, page_id: int, made: Callable[[Page], Page]) -> None:
    page = store.page(page_id)
    store.apply("Change", [PageChange(page, made(page))])


def labelled(page: Page) -> Page:
    words = [word.id for word in page.words]
    return edits.add_entity(edits.add_entity(page, "question", words[:2]), "answer", words[2:])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of eight documents of two pages: the first pages accepted, the second ones done."""
    folder = tmp_path_factory.mktemp("project")
    files = [make_pdf(folder / f"file{number}.pdf") for number in range(DOCUMENTS)]
    pool = Workers(batch=1)
    with Store.create(folder / "first.proofdesk") as store:
        target = work.StoreTarget(store)
        work.run(work.ImportFiles(target, files, ocr="never"), pool)
        first = store.page_ids()[0]
        proposal = Entity(1, "header", (1,), "", Box(1, 2, 30, 40), 0.5, Status.PROPOSED)
        target.bring_proposals(first, [Proposals("model", (proposal,))])
        for page_id in store.page_ids():
            change(store, page_id, labelled)
            is_first = store.page(page_id).number == 0
            status = PageStatus.ACCEPTED if is_first else PageStatus.DONE
            change(store, page_id, lambda page, to=status: edits.set_page_status(page, to))
    pool.close()
    return folder / "first.proofdesk"


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "first.proofdesk"))


def names_in(folder: Path) -> list[str]:
    return sorted(formats.members("funsd", folder))


def test_a_version_has_accepted_pages_as_they_are_and_never_changes(project: Path) -> None:
    found = freeze(project, Freezing("week-1", Split(0.5, 0.25, 0.25)))
    assert len(found.pages) == DOCUMENTS
    assert {page.number for page in found.pages} == {0}
    assert set(found.parts) <= {"train", "val", "test"}
    assert found.counts == {"entities": 2 * DOCUMENTS}
    read = list(formats.read("funsd", project / FOLDER / "week-1" / "entities"))
    assert len(read) == DOCUMENTS
    labels = {e.label for one in read if not isinstance(one, UserError) for e in one.page.entities}
    assert labels == {"question", "answer"}  # no proposal
    before = {path: path.read_bytes() for path in (project / FOLDER).rglob("*") if path.is_file()}
    with Store.open(project) as store:
        page_id = found.pages[0].id
        change(store, page_id, lambda page: edits.delete(page, [page.entities[0].id]))
    assert {path: path.read_bytes() for path in before} == before
    assert version(project, "week-1") == found
    assert changed_files(project, found) == []
    with pytest.raises(PermissionError):
        _written_to_by_somebody(next(iter(before)))


def _written_to_by_somebody(path: Path) -> None:
    """As root the mode does not count: then the mode itself is looked at."""
    if not path.stat().st_mode & 0o222:
        raise PermissionError
    path.open("ab").close()


def test_parts_are_by_document_and_stay_when_pages_come(project: Path) -> None:
    split = Split(0.5, 0.25, 0.25, seed=3)
    few = freeze(project, Freezing("few", split))
    all_done = freeze(project, Freezing("many", split, has_done=True))
    assert len(all_done.pages) == 2 * DOCUMENTS
    parts = {page.document: page.part for page in all_done.pages}
    assert all(parts[page.document] == page.part for page in (*few.pages, *all_done.pages))
    train = data_set(project, "many", "entities", "training_data")
    assert len(names_in(train)) == sum(part == "train" for part in parts.values()) * 2


def test_gold_documents_are_in_no_later_version(project: Path) -> None:
    with Store.open(project) as store:
        for page_id in store.page_ids()[4:]:  # only two documents are accepted
            change(store, page_id, lambda page: edits.set_page_status(page, PageStatus.IN_PROGRESS))
    gold = freeze(project, Freezing("gold", is_gold=True))
    assert gold.parts == {"test": 2}
    assert gold_pages(project) == {page.id for page in gold.pages}
    with pytest.raises(UserError, match="gold"):
        freeze(project, Freezing("week-1", has_done=True))  # also not their pages that are done
    with Store.open(project) as store:
        for page_id in store.page_ids()[4:8]:
            change(store, page_id, lambda page: edits.set_page_status(page, PageStatus.ACCEPTED))
    later = freeze(project, Freezing("week-1"))
    assert not {p.document for p in later.pages} & {p.document for p in gold.pages}
    assert [one.name for one in versions(project)] == ["week-1", "gold"]


def test_a_changed_file_is_told_and_not_trained_on(project: Path) -> None:
    found = freeze(project, Freezing("week-1", Split(1, 0, 0)))
    data_set(project, "week-1", "entities", "training_data")
    file = next((project / FOLDER / "week-1").rglob("*.json"))
    file.chmod(0o644)
    if file.name == MANIFEST:
        file = next(path for path in file.parent.rglob("*.json") if path.name != MANIFEST)
        file.chmod(0o644)
    file.write_text(file.read_text().replace("question", "answer"))
    (project / FOLDER / "week-1" / "more.txt").write_text("added")
    assert len(changed_files(project, found)) == 2
    with pytest.raises(UserError, match="week-1"):
        data_set(project, "week-1", "entities")


@pytest.mark.parametrize("name", ["", "../out", "a/b", ".hidden", "x" * 65, "a b"])
def test_names_that_are_no_folder_of_their_own_are_refused(project: Path, name: str) -> None:
    with pytest.raises(UserError, match="name for a version"):
        freeze(project, Freezing(name))
    assert not (project / FOLDER).exists()


def test_a_name_is_given_once(project: Path) -> None:
    freeze(project, Freezing("첫째-주"))
    freeze(project, Freezing("Week"))
    with pytest.raises(UserError, match="already"):
        freeze(project, Freezing("week"))


def test_nothing_accepted_or_no_annotation_is_said(project: Path) -> None:
    with Store.open(project) as store:
        for page_id in store.page_ids():
            ids = [item.id for item in store.page(page_id).annotations]
            change(store, page_id, lambda page, ids=ids: edits.delete(page, ids))
    with pytest.raises(UserError, match="no annotations"):
        freeze(project, Freezing("week-1", has_done=True))
    with Store.open(project) as store:
        for page_id in store.page_ids():
            change(store, page_id, lambda page: edits.set_page_status(page, PageStatus.IN_PROGRESS))
    with pytest.raises(UserError, match="No page is accepted"):
        freeze(project, Freezing("week-1", has_done=True))
    assert versions(project) == []
    assert list((project / FOLDER).iterdir()) == []


def test_cancelled_in_the_middle_nothing_is_left(project: Path) -> None:
    seen: list[int] = []
    with pytest.raises(Cancelled):
        freeze(
            project,
            Freezing("week-1"),
            on_progress=lambda done, _total: seen.append(done),
            is_cancelled=lambda: len(seen) > 2,
        )
    assert seen[-1] < DOCUMENTS
    assert list((project / FOLDER).iterdir()) == []


def test_damaged_manifest_is_told(project: Path) -> None:
    freeze(project, Freezing("week-1"))
    path = project / FOLDER / "week-1" / MANIFEST
    told = json.loads(path.read_text(encoding="utf-8"))
    path.chmod(0o644)
    elsewhere = json.dumps({**told, "name": "../../backups"})
    for text in ("{", "[]", json.dumps({**told, "pages": [1]}), elsewhere):
        path.write_text(text)
        with pytest.raises(UserError, match=MANIFEST):
            version(project, "week-1")
    with pytest.raises(UserError, match="no version"):
        version(project, "week-2")


def test_a_gold_page_changes_only_when_somebody_says_so_twice(project: Path) -> None:
    gold = freeze(project, Freezing("gold", is_gold=True))
    page_id = gold.pages[0].id
    document = OpenDocument(Store.open(project))
    before = document.page(page_id)
    assert document.is_gold(page_id)
    with pytest.raises(UserError, match="gold"):
        document.apply("Note", edits.set_note(before, "changed"))
    assert document.page(page_id) == before
    other = next(one for one in document.store.page_ids() if not document.is_gold(one))
    document.apply("Note", edits.set_note(document.page(other), "changed"))
    document.open_gold(page_id)
    document.apply("Note", edits.set_note(before, "changed"))
    assert document.page(page_id).note == "changed"
    document.close()
    again = OpenDocument(Store.open(project))
    with pytest.raises(UserError, match="gold"):
        again.undo()
    assert again.page(page_id).note == "changed"
    again.close()


def test_a_damaged_manifest_does_not_keep_a_project_shut(project: Path) -> None:
    freeze(project, Freezing("gold", is_gold=True))
    path = project / FOLDER / "gold" / MANIFEST
    path.chmod(0o644)
    path.write_text("{")
    document = OpenDocument(Store.open(project))
    assert not document.is_gold(1)
    document.close()


def test_a_copy_of_the_project_has_its_versions_and_its_predictors(
    project: Path, tmp_path: Path
) -> None:
    found = freeze(project, Freezing("gold", is_gold=True))
    promote(project, "entities", "rules")
    copy_project(project, tmp_path / "copy.proofdesk")
    assert versions(tmp_path / "copy.proofdesk") == [found]
    assert changed_files(tmp_path / "copy.proofdesk", found) == []
    assert in_use(tmp_path / "copy.proofdesk") == {"entities": "rules"}


def test_protected_documents_need_their_password(project: Path, tmp_path: Path) -> None:
    secret = make_pdf(tmp_path / "secret.pdf", "x")
    pool, passwords = Workers(batch=1), work.Passwords()
    with Store.open(project) as store:
        target = work.StoreTarget(store)
        importing = work.ImportFiles(target, [secret], passwords=passwords, password="x")
        work.run(importing, pool)
        page_id = store.page_ids()[-1]
        change(store, page_id, labelled)
        change(store, page_id, lambda page: edits.set_page_status(page, PageStatus.ACCEPTED))
    with pytest.raises(PasswordNeeded, match="secret"):
        freeze(project, Freezing("week-1"), pool)
    assert len(freeze(project, Freezing("week-1"), pool, passwords).pages) == DOCUMENTS + 1
    pool.close()
