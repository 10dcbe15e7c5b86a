"""Jobs on a store without a window: import, its resumption, data sets, pre-labelling, export."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from desktop.document import edits
from desktop.jobs import waiting, work
from desktop.jobs.importing import DATASET
from desktop.jobs.pages import with_read
from desktop.store.records import PageChange
from desktop.store.store import Store
from model_backend import sources
from model_backend.document import Box, Page, PageGeometry, PageStatus, Status, Word
from model_backend.errors import Cancelled
from model_backend.formats import WriteOptions
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


def test_files_stay_in_their_order_whichever_is_read_first(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    names = [f"{number:02}.pdf" for number in range(8)]
    for number, name in enumerate(names):
        make_pdf(tmp_path / name, 300 if number % 3 == 0 else 1)
    (tmp_path / "04.pdf").write_bytes(b"broken")
    importing = work.ImportFiles(target, [tmp_path], ocr="never")
    course = work.Course(importing, workers)
    course.advance()
    while len(target.store.documents()) < 7:
        for future in wait(course.waiting, return_when=FIRST_COMPLETED).done:
            course.settle(future)
        course.advance()
    course.cancel()
    assert [item.name for item in target.store.documents()] == [
        name for name in names if name != "04.pdf"
    ]


def test_words_follow_a_page_that_was_turned_before_it_was_read() -> None:
    size = PageGeometry("test", 200, 100)
    turned = edits.rotate(Page(1, 1, 0, 200, 100, "px", size), 90)
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


def test_files_that_waited_are_imported_with_their_options(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    Image.new("L", (60, 40), 255).save(tmp_path / "white.png")
    options = {"ocr": "never", "languages": ""}
    waiting.remember(target.store, [tmp_path / "white.png"], options)
    rest = work.ImportFiles.rest(target)
    assert rest is not None
    assert work.run(rest, workers).result.documents == 1
    assert target.store.pending() == ()


@pytest.mark.parametrize("kind", ["page_xml", "pages"])
def test_a_data_set_that_is_not_there_waits_until_it_is(
    target: work.StoreTarget, workers: Workers, tmp_path: Path, kind: str
) -> None:
    """On a stick that is not plugged in, say, when the project is opened, or pulled out then."""
    stick, away = tmp_path / "stick", tmp_path / "away"
    read(target, workers, make_pdf(tmp_path / "a.pdf", 8))
    for page_id in target.store.page_ids():
        page = target.store.page(page_id)
        done = edits.set_page_status(page, PageStatus.DONE)
        target.store.apply("Done", [PageChange(page, done)])
    work.export_project(target.store.folder, kind, stick, workers=workers)
    with Store.create(tmp_path / "new.proofdesk") as store:
        new = work.StoreTarget(store)
        begun = work.Course(work.import_dataset(new, kind, stick), workers, in_flight=1)
        while store.page_count() < 2:
            (future,) = begun.advance()
            wait([future])
            begun.settle(future)
        stick.rename(away)
        for future in begun.advance():
            wait([future])
            begun.settle(future)
        assert begun.advance() == ()
        outcome = begun.outcome()
        assert [why for _what, why in outcome.failed] == [
            "stick cannot be found. Check that it is still there."
        ]
        assert [name for name, _note in outcome.result.notes] == ["stick"]
        (again,) = work.unfinished_datasets(new)
        assert len(work.run(again, workers).failed) == 1
        assert [path for path, _options in store.pending()] == [stick]
        away.rename(stick)
        (again,) = work.unfinished_datasets(new)
        assert work.run(again, workers).failed == ()
        assert store.page_count() == 8
        assert store.pending() == ()


def test_what_waits_can_be_forgotten(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    waiting.remember(target.store, [tmp_path / "gone"], {DATASET: "coco"})
    (rest,) = work.unfinished_datasets(target)
    assert len(work.run(rest, workers).failed) == 1
    assert work.forget_all(target.store) == [tmp_path / "gone"]
    assert work.unfinished_datasets(target) == ()


@pytest.mark.parametrize("seal", [{}, {waiting.SEAL: 1}, "of another path", "of other options"])
def test_what_somebody_else_lets_wait_is_read_only_where_it_is_chosen_again(
    target: work.StoreTarget, workers: Workers, tmp_path: Path, seal: dict[str, int] | str
) -> None:
    path, store = make_pdf(tmp_path / "mine.pdf"), target.store
    kept = {"ocr": "never", "languages": ""}
    if isinstance(seal, str):
        meant = path if seal == "of other options" else tmp_path / "b.pdf"
        waiting.remember(store, [meant], {**kept, "ocr": "auto"} if meant == path else kept)
        ((_path, sealed),) = store.pending()
        store.drop_pending(meant)
        seal = {waiting.SEAL: sealed[waiting.SEAL]}
    store.add_pending([(path, {**kept, **seal}), (tmp_path, {DATASET: "funsd", **seal})])
    assert work.ImportFiles.rest(target) is None
    assert work.unfinished_datasets(target) == ()
    assert work.foreign(store) == [path, tmp_path]
    assert read(target, workers, path).result.documents == 1
    assert [waits for waits, _options in store.pending()] == [tmp_path]


def test_what_somebody_else_let_wait_goes_on_once_it_was_chosen(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    path, kept = make_pdf(tmp_path / "mine.pdf"), {"ocr": "never", "languages": ""}
    target.store.add_pending([(path, kept)])
    waiting.remember(target.store, [path], kept)
    assert waiting.own(target.store) == [(path, kept)]
    rest = work.ImportFiles.rest(target)
    assert rest is not None
    assert work.run(rest, workers).result.documents == 1


def test_a_copy_that_is_gone_fails_its_page_and_no_other(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    read(target, workers, make_pdf(tmp_path / "a.pdf"), make_pdf(tmp_path / "b.pdf", 2))
    first, second = target.store.documents()
    target.store.document_path(first).unlink()
    outcome = work.run(work.Prelabel(target, ["rules"]), workers)
    assert len(outcome.failed) == 1
    assert first.name in outcome.failed[0][1]
    assert outcome.done == second.page_count


def test_prelabelling_proposes_and_again_doubles_nothing(
    target: work.StoreTarget, workers: Workers, samples: Path
) -> None:
    read(target, workers, samples / "form.png", languages="eng")
    (page_id,) = target.store.page_ids()
    first = work.run(work.Prelabel(target, ["rules", "none"]), workers)
    page = target.store.page(page_id)
    assert first.failed == ()
    assert page.status is PageStatus.PROPOSED
    assert first.result.entities == len(page.entities) > 3
    assert all(item.status is Status.PROPOSED for item in page.annotations)
    accepted = edits.delete(edits.accept(page, [page.entities[0].id]), [page.entities[1].id])
    target.store.apply("Review", [PageChange(page, accepted)])
    assert work.Prelabel(target, ["rules"]).total == 0
    work.run(work.Prelabel(target, ["rules"], again=True), workers)
    assert target.store.page(page_id) == accepted


def test_a_page_turned_while_predictors_look_is_looked_at_again(
    target: work.StoreTarget, workers: Workers, samples: Path
) -> None:
    read(target, workers, samples / "form.png", languages="eng")
    (page_id,) = target.store.page_ids()
    work_to_do = work.Prelabel(target, ["rules"])
    step = work_to_do.next_step()
    assert step is not None
    page = target.store.page(page_id)
    target.store.apply("Turn", [PageChange(page, edits.rotate(page, 180))])
    work_to_do.receive(step, step.function(*step.arguments))
    assert target.store.page(page_id).annotations == ()
    work.run(work_to_do, workers)
    turned = target.store.page(page_id)
    assert turned.entities
    for entity in turned.entities:
        words = [turned.word(word_id) for word_id in entity.word_ids]
        assert all(word is not None and entity.box.contains(word.box.center) for word in words)


def test_a_region_is_read_again(target: work.StoreTarget, workers: Workers, tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf")
    sources.render_image(tmp_path / "a.pdf", 0, scale=200 / 72).save(tmp_path / "a.png")
    read(target, workers, tmp_path / "a.png", ocr="never")
    (page_id,) = target.store.page_ids()
    box = Box(150, 200, 800, 320)
    outcome = work.run(work.RecognizeRegion(target, page_id, box, languages="eng"), workers)
    assert [word.text for word in outcome.result] == ["Invoice", "number", "1"]
    assert target.store.page(page_id).words == ()
    other = work.RecognizeRegion(target, page_id, box, languages="eng", psm=7, enlarge=2.0)
    assert [word.text for word in work.run(other, workers).result][:2] == ["Invoice", "number"]


def test_a_data_set_comes_with_its_annotations_and_a_broken_member_costs_itself(
    target: work.StoreTarget, workers: Workers, tmp_path: Path, shared_data: Path
) -> None:
    source = shared_data / "funsd" / "training_data"
    for part, ending in (("annotations", ".json"), ("images", ".png")):
        (tmp_path / "set" / part).mkdir(parents=True)
        for file in sorted((source / part).iterdir())[:5]:
            (tmp_path / "set" / part / file.name).write_bytes(file.read_bytes())
            assert file.suffix == ending
    broken = sorted((tmp_path / "set" / "annotations").iterdir())[0]
    broken.write_text(broken.read_text()[:100])
    outcome = work.run(work.ImportDataset(target, "funsd", tmp_path / "set"), workers)
    assert [label for label, _why in outcome.failed] == [broken.stem]
    assert outcome.result.pages == 4
    again = work.run(work.ImportDataset(target, "funsd", tmp_path / "set"), workers)
    assert again.result.known == 4
    page = target.store.page(target.store.page_ids()[0])
    assert page.status is PageStatus.DONE
    assert page.entities
    assert page.relations


def test_a_data_set_without_pictures_gets_white_pages_that_never_leave(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    images = [{"id": n, "file_name": f"{n}.png", "width": 60, "height": 40} for n in (1, 2)]
    boxes = [
        {
            "id": n,
            "image_id": n,
            "category_id": 1,
            "bbox": [5, 5, 20, 10],
            "area": 200,
            "iscrowd": 0,
        }
        for n in (1, 2)
    ]
    categories = [{"id": 1, "name": "stamp"}]
    data = {"images": images, "annotations": boxes, "categories": categories}
    (tmp_path / "set.json").write_text(json.dumps(data))
    outcome = work.run(work.ImportDataset(target, "coco", tmp_path / "set.json"), workers)
    assert outcome.failed == ()
    assert target.store.page_count() == 2
    first = target.store.page(target.store.page_ids()[0])
    assert [region.box for region in first.regions] == [Box(5, 5, 25, 15)]
    path = target.store.document_path(target.store.document(first.document_id))
    assert sources.render_image(path, 0, scale=1.0).getextrema() in ((255, 255), ((255, 255),) * 3)
    out = tmp_path / "out"
    exported = work.export_project(target.store.folder, "coco", out)
    assert exported.report.pages == 2
    assert [file for file in out.rglob("*") if file.suffix in (".png", ".jpg")] == []


def test_only_what_people_settled_leaves_and_the_rest_is_counted(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    read(target, workers, make_pdf(tmp_path / "a.pdf", 3))
    first, second, _third = (target.store.page(page_id) for page_id in target.store.page_ids())
    drawn = edits.add_entity(first, "question", [word.id for word in first.words[:2]])
    done = edits.set_page_status(drawn, PageStatus.DONE)
    begun = edits.add_entity(second, "answer", [second.words[0].id])
    target.store.apply("Draw", [PageChange(first, done), PageChange(second, begun)])
    exported = work.export_project(target.store.folder, "coco", tmp_path / "out", workers=workers)
    assert exported.report.pages == 1
    assert exported.left.left["entities"] == 1
    assert exported.left.stayed["entities"] == 1
    assert exported.left.stayed["pages"] == 2
    everything = work.export_project(
        target.store.folder, "coco", tmp_path / "all", include_proposed=True, workers=workers
    )
    assert everything.report.pages == 3


def test_category_ids_follow_the_schema_however_the_export_is_asked_for(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    read(target, workers, make_pdf(tmp_path / "a.pdf"))
    page = target.store.page(target.store.page_ids()[0])
    drawn = edits.add_region(page, "signature", Box(10, 10, 50, 30))
    target.store.apply("Draw", [PageChange(page, edits.set_page_status(drawn, PageStatus.DONE))])
    out, options = tmp_path / "coco", WriteOptions(dpi=72)
    work.export_project(target.store.folder, "coco", out, options, workers=workers)
    written = json.loads((out / "annotations" / "instances.json").read_text())
    names = [category["name"] for category in written["categories"]]
    assert names[:4] == ["question", "answer", "header", "other"]


def test_a_cancelled_export_leaves_nothing_behind(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    read(target, workers, make_pdf(tmp_path / "a.pdf", 3))
    seen: list[int] = []
    with pytest.raises(Cancelled):
        work.export_project(
            target.store.folder,
            "pages",
            tmp_path / "out",
            include_proposed=True,
            on_progress=lambda done, total: seen.append(done),
            is_cancelled=lambda: len(seen) > 1,
        )
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.pdf", "test.proofdesk"]


def test_scans_leave_as_they_came_and_turned_ones_as_they_are_shown(
    target: work.StoreTarget, workers: Workers, tmp_path: Path
) -> None:
    picture = Image.new("L", (60, 40), 255)
    picture.putpixel((0, 0), 0)
    picture.save(tmp_path / "a.png")
    read(target, workers, tmp_path / "a.png", ocr="never")
    page = target.store.page(target.store.page_ids()[0])
    (document,) = target.store.documents()
    path = target.store.document_path(document)
    stored = work.StoredPicture(path, page, document, workers=workers)
    assert stored.original == path
    assert stored.render(1.0).getpixel((0, 0)) in (0, (0, 0, 0))
    turned = work.StoredPicture(path, edits.rotate(page, 90), document, workers=workers)
    assert turned.original is None
    assert turned.render(1.0).size == (40, 60)
    assert turned.render(1.0).getpixel((39, 0)) in (0, (0, 0, 0))
