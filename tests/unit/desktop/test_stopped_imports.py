"""Imports that were stopped: by a kill they go on, by a person they do not."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, wait
from pathlib import Path

from test_work import make_pdf, read, target, workers

from desktop.jobs import work
from desktop.store.store import Store
from model_backend.service import Workers

__all__ = ["target", "workers"]


def begun(importing: work.ImportFiles, workers: Workers, settled: int) -> work.Course:
    """The import, with so many steps settled and no more."""
    course = work.Course(importing, workers, in_flight=1)
    for _step in range(settled):
        course.advance()
        for future in wait(course.waiting, return_when=FIRST_COMPLETED).done:
            course.settle(future)
    course.cancel()
    return course


def test_files_refused_before_a_kill_are_told_by_what_goes_on(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    broken = tmp_path / "a.pdf"
    broken.write_bytes(b"no PDF at all")
    files = [broken, make_pdf(tmp_path / "b.pdf")]
    first = begun(work.ImportFiles(target, files), workers, 2)  # the listing, and the broken one
    ((name, why),) = first.outcome().failed
    rest = work.ImportFiles.rest(target)
    assert rest is not None
    outcome = work.run(rest, workers)
    assert outcome.result.refused == [(name, why)]
    assert outcome.failed == ()
    assert [document.name for document in target.store.documents()] == ["b.pdf"]
    assert target.store.pending() == ()
    assert work.ImportFiles.rest(target) is None


def test_file_that_was_refused_is_tried_when_it_is_chosen_again(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"no PDF at all")
    other = make_pdf(tmp_path / "b.pdf")
    begun(work.ImportFiles(target, [file, other]), workers, 2)
    file.unlink()
    make_pdf(file, 2)
    begun(work.ImportFiles(target, [file]), workers, 1)  # listed, and killed before it is read
    rest = work.ImportFiles.rest(target)
    assert rest is not None
    assert work.run(rest, workers).result.refused == []
    assert {document.name for document in target.store.documents()} == {"a.pdf", "b.pdf"}


def test_what_a_person_stopped_is_forgotten_and_its_pages_wait_for_the_next_import(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    files = [make_pdf(tmp_path / f"{name}.pdf", 2 + number) for number, name in enumerate("abc")]
    importing = work.ImportFiles(target, files, ocr="never")
    begun(importing, workers, 2)
    assert importing.forget() == (2, 2)
    assert [document.name for document in target.store.documents()] == ["a.pdf"]
    assert work.ImportFiles.rest(target) is None
    folder = target.store.folder
    target.store.close()
    with Store.open(folder) as again:
        assert work.ImportFiles.rest(work.StoreTarget(again)) is None
        assert len(again.unread_pages()) == 2
        outcome = read(work.StoreTarget(again), workers, files[2])
        assert outcome.result.documents == 1
        assert again.unread_pages() == ()
        assert again.pending() == ()
