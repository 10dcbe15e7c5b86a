"""Jobs on a store without a window: import, its resumption, data sets, pre-labelling, export."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from desktop.document import edits
from desktop.jobs import work
from desktop.jobs.pages import with_read
from desktop.store.store import Store
from model_backend import sources
from model_backend.document import Box, Page
from model_backend.service import Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(batch=2)
    yield pool
    pool.close()


@pytest.fixture
def target(tmp_path: Path) -> Iterator[work.StoreTarget]:
    with Store.create(tmp_path / "test.proofdesk") as store:
        yield work.StoreTarget(store)


def make_pdf(path: Path, pages: int = 1, password: str = "") -> Path:
    with pymupdf.open() as document:
        for number in range(pages):
            document.new_page().insert_text((72, 100), f"Invoice number {number + 1}")
        options = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": password}
        document.save(path, **(options if password else {}))
    return path


def read(target: work.StoreTarget, workers: Workers, *paths: Path, **options: str) -> work.Outcome:
    return work.run(work.ImportFiles(target, paths, **options), workers)


def test_import_brings_documents_pages_and_words(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    outcome = read(target, workers, make_pdf(tmp_path / "a.pdf", 3))
    assert outcome.failed == ()
    assert (outcome.result.documents, outcome.result.pages) == (1, 3)
    (document,) = target.store.documents()
    assert (document.name, document.page_count) == ("a.pdf", 3)
    pages = [target.store.page(page_id) for page_id in target.store.page_ids()]
    assert [" ".join(word.text for word in page.words) for page in pages] == [
        f"Invoice number {number}" for number in (1, 2, 3)
    ]
    assert target.store.unread_pages() == ()
    assert target.store.pending() == ()


def test_import_copies_the_file_once_and_leaves_it_alone(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    path = make_pdf(tmp_path / "a.pdf")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    read(target, workers, path)
    again = read(target, workers, path)
    assert again.result.known == 1
    assert again.result.documents == 0
    copies = [entry.name for entry in (target.store.folder / "documents").iterdir()]
    assert copies == [target.store.documents()[0].sha256 + ".pdf"]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_broken_file_in_a_folder_is_one_line_and_the_rest_goes_on(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    folder = tmp_path / "scans"
    (folder / "deeper").mkdir(parents=True)
    make_pdf(folder / "good.pdf")
    Image.new("L", (60, 40), 255).save(folder / "deeper" / "white.png")
    (folder / "empty.pdf").touch()
    (folder / "noise.png").write_bytes(b"not a picture at all" * 50)
    (folder / "notes.txt").write_text("left out without a word")
    outcome = read(target, workers, folder, ocr="never")
    assert sorted(item.name for item in target.store.documents()) == ["good.pdf", "white.png"]
    assert sorted(label for label, _why in outcome.failed) == ["empty.pdf", "noise.png"]
    for label, why in outcome.failed:
        assert label in why
        assert "\n" not in why
    assert target.store.pending() == ()


def test_a_file_that_is_named_itself_is_never_left_out_silently(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("text")
    outcome = read(target, workers, notes, tmp_path / "absent.pdf")
    assert sorted(label for label, _why in outcome.failed) == ["absent.pdf", "notes.txt"]


def test_a_protected_file_is_named_and_opens_with_its_password(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    path = make_pdf(tmp_path / "secret.pdf", password="open sesame")
    outcome = read(target, workers, path)
    assert outcome.result.locked == [path]
    passwords = work.Passwords()
    second = work.ImportFiles(target, [path], passwords=passwords, password="open sesame")
    assert work.run(second, workers).failed == ()
    page = target.store.page(target.store.page_ids()[0])
    assert [word.text for word in page.words] == ["Invoice", "number", "1"]
    assert "open sesame" not in repr(passwords)
    stored = b"".join(
        file.read_bytes() for file in target.store.folder.rglob("*") if file.is_file()
    )
    assert b"open sesame" not in stored


def test_scans_are_read_by_tesseract(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    make_pdf(tmp_path / "a.pdf")
    picture = sources.render_image(tmp_path / "a.pdf", 0, scale=200 / 72)
    picture.save(tmp_path / "scan.png", dpi=(200, 200))
    outcome = read(target, workers, tmp_path / "scan.png", languages="eng")
    assert outcome.failed == ()
    page = target.store.page(target.store.page_ids()[0])
    assert [word.text for word in page.words] == ["Invoice", "number", "1"]
    assert page.is_scan


def test_words_follow_a_page_that_was_turned_before_it_was_read() -> None:
    geometry = sources.SourceInfo("", "", (), ()).page_sizes or ()
    assert geometry == ()
    from model_backend.document import PageGeometry, Word

    size = PageGeometry("test", 200, 100)
    page = Page(1, 1, 0, 200, 100, "px", size)
    turned = edits.rotate(page, 90)
    words = (Word(1, "a", Box(10, 20, 30, 40)),)
    found = with_read(turned, sources.PageRead(words, size, 200, 100, "px", True))
    assert found.words[0].box == Box(60, 10, 80, 30)
    assert found.next_id > found.words[0].id
    assert with_read(found, sources.PageRead((), size, 200, 100, "px", True)) == found


def test_an_import_of_many_pages_goes_on_after_its_process_was_killed(
    workers: Workers, tmp_path: Path
) -> None:
    make_pdf(tmp_path / "many.pdf", 400)
    make_pdf(tmp_path / "later.pdf", 2)
    project = tmp_path / "killed.proofdesk"
    code = f"""
        from pathlib import Path
        from desktop.jobs import work
        from desktop.store.store import Store
        from model_backend.service import Workers

        if __name__ == "__main__":
            store = Store.create(Path({str(project)!r}))
            paths = [Path({str(tmp_path)!r}) / name for name in ("many.pdf", "later.pdf")]
            importing = work.ImportFiles(work.StoreTarget(store), paths)
            tell = lambda done, total: print(done, total, flush=True)
            work.run(importing, Workers(batch=1), tell)
    """
    script = tmp_path / "importing.py"
    script.write_text(textwrap.dedent(code))
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    ) as process:
        assert process.stdout is not None
        while int(process.stdout.readline().split()[0]) < 60:
            pass
        process.send_signal(signal.SIGKILL)
    with Store.open(project) as store:
        unread = len(store.unread_pages(1000))
        assert 0 < unread < 402
        rest = work.ImportFiles.rest(work.StoreTarget(store))
        assert rest is not None
        outcome = work.run(rest, workers)
        assert outcome.failed == ()
        assert store.page_count() == 402
        assert store.unread_pages() == ()
        assert len({document.sha256 for document in store.documents()}) == 2
        texts = {
            " ".join(word.text for word in store.page(page).words) for page in store.page_ids()
        }
        assert texts >= {f"Invoice number {number}" for number in range(1, 401)}
        assert work.ImportFiles.rest(work.StoreTarget(store)) is None
