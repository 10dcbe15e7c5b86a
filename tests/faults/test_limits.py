"""What one hostile file may cost: its time, its memory, one message; never the session."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import hostile_pdfs
import pytest
from hostile_import import import_files
from PIL import Image
from pytestqt.qtbot import QtBot

from desktop.document.open_document import OpenDocument
from desktop.jobs import importing, page_images, steps, work
from desktop.jobs.page_images import STRIKES, PageImages
from desktop.jobs.runner import Runner
from desktop.store.store import Store
from model_backend import formats, sources, worker_process
from model_backend.errors import UserError
from model_backend.service import VIEW_SECONDS, TookTooLong, Workers
from model_backend.sources.values import INCOMPLETE


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(batch=1)
    yield pool
    pool.close()


def allocate(path: Path, size: int) -> int:
    """A parser that wants much memory for a file."""
    return len(bytearray(size)) + len(path.name)


def limits() -> tuple[int, int]:
    """Address space and core size that this process may use."""
    import resource

    return resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CORE)[0]


def test_the_limits_are_those_that_were_promised() -> None:
    assert VIEW_SECONDS == page_images.TIME_LIMIT == 15.0
    assert importing.READING_LIMIT <= 75.0
    assert importing.INSPECTING_LIMIT <= 60.0
    assert STRIKES == 2


@pytest.mark.parametrize("kind", ["view", "batch"])
def test_memory_of_a_worker_is_limited(workers: Workers, kind: str) -> None:
    found, core = workers.submit(kind, limits).result(60)  # type: ignore[arg-type]
    assert 0 < found <= worker_process.MOST_MEMORY
    assert core == 0
    greedy = workers.submit(kind, allocate, Path("greedy.pdf"), 2 * worker_process.MOST_MEMORY)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"greedy\.pdf: it needs more memory"):
        greedy.result(60)
    assert workers.submit(kind, abs, -3).result(60) == 3  # type: ignore[arg-type]


def test_a_page_that_never_ends_is_tried_twice_and_the_others_are_shown(
    workers: Workers, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_images, "TIME_LIMIT", 1.0)
    (tmp_path / "bomb.pdf").write_bytes(hostile_pdfs.forms(12, 10))
    (tmp_path / "good.pdf").write_bytes(hostile_pdfs.document())
    with Store.create(tmp_path / "p.proofdesk") as store:
        monkeypatch.setattr(importing, "READING_LIMIT", 1.0)
        outcome = import_files(store, workers, [tmp_path / "bomb.pdf", tmp_path / "good.pdf"])
    assert [name for name, _text in outcome.failed] == ["bomb.pdf"]
    document = OpenDocument(Store.open(tmp_path / "p.proofdesk"))
    runner = Runner(workers)
    images = PageImages(document, runner)
    asked: list[object] = []
    submit = workers.submit_picture
    monkeypatch.setattr(
        workers, "submit_picture", lambda *a, **k: asked.append(a[1]) or submit(*a, **k)
    )
    bomb, good = (document.page(page_id) for page_id in document.store.page_ids())

    def is_settled(tries: int) -> bool:
        images.picture(bomb, 1.0)
        return images.is_calm and len(asked) >= tries

    qtbot.waitUntil(lambda: is_settled(STRIKES), timeout=30_000)
    for _again in range(20):
        images.picture(bomb, 1.0)
        qtbot.wait(10)
    assert len(asked) == STRIKES
    assert "bomb" in images.problem(bomb.id) or "stopped after 1 seconds" in images.problem(bomb.id)
    qtbot.waitUntil(lambda: images.picture(good, 1.0) is not None, timeout=20_000)
    asked.clear()
    images.forget(bomb.id)  # what Refresh does
    qtbot.waitUntil(lambda: is_settled(1), timeout=30_000)
    images.close()
    runner.close()
    document.close()


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", sorted(hostile_pdfs.slow_files()))
def test_endless_pages_cost_their_limit_and_the_next_page_comes(
    workers: Workers, tmp_path: Path, samples: Path, name: str
) -> None:
    path = tmp_path / name
    hostile_pdfs.slow_files()[name](path)
    start = time.monotonic()
    with Store.create(tmp_path / "p.proofdesk") as store:
        outcome = import_files(store, workers, [path])
        assert len(outcome.failed) <= 1
    assert time.monotonic() - start < importing.READING_LIMIT + 45
    start = time.monotonic()
    with suppress(TookTooLong):  # or drawn, by a fast machine
        workers.submit_picture("view", path, 0, scale=1.0).result().discard()
    assert time.monotonic() - start < VIEW_SECONDS + 5
    workers.submit_picture("view", samples / "report.pdf", 0, scale=1.0).result(30).discard()


@pytest.mark.long
@pytest.mark.timeout(300)
def test_noise_is_given_up_by_tesseract(workers: Workers, tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    Image.frombytes("L", (5000, 5000), os.urandom(25_000_000)).save(path, compress_level=1)
    with Store.create(tmp_path / "p.proofdesk") as store:
        import_files(store, workers, [path], ocr="auto")
        (page_id,) = store.page_ids()
        assert store.summary(page_id).problem


def test_a_file_that_is_still_written_is_waited_for(tmp_path: Path, samples: Path) -> None:
    data = (samples / "letter.jpg").read_bytes()
    path = tmp_path / "growing.jpg"
    path.write_bytes(data[:2000])

    def write_the_rest() -> None:
        with path.open("ab") as file:
            for start in range(2000, len(data), 40_000):
                file.write(data[start : start + 40_000])
                file.flush()
                time.sleep(0.02)

    writer = threading.Thread(target=write_the_rest)
    writer.start()
    (tmp_path / "copies").mkdir()
    inspected = steps.inspect_file(path, tmp_path / "copies")
    writer.join()
    copied = inspected.copy.read_bytes()
    assert data.startswith(copied)
    assert sources.sha256(inspected.copy) == inspected.info.sha256
    if copied != data:  # it was read between two writes: then it says that it is incomplete
        assert sources.read_page(inspected.copy, 0, ocr="never").problems == (INCOMPLETE,)


def test_a_file_that_never_stops_changing_is_refused(
    tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "restless.jpg"
    path.write_bytes((samples / "letter.jpg").read_bytes())
    (tmp_path / "copies").mkdir()
    tries: list[Path] = []
    inspect = sources.inspect

    def inspect_and_change(path: Path, *, password: str = "") -> sources.SourceInfo:
        info = inspect(path, password=password)
        tries.append(path)
        with path.open("ab") as file:
            file.write(b"more")
        return info

    monkeypatch.setattr(sources, "inspect", inspect_and_change)
    monkeypatch.setattr(steps, "PAUSE", 0.01)
    with pytest.raises(UserError, match=r"restless\.jpg changed while it was read"):
        steps.inspect_file(path, tmp_path / "copies")
    assert len(tries) == steps.TRIES
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_file_that_vanishes_while_it_is_read_is_refused(
    tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gone.pdf"
    path.write_bytes((samples / "report.pdf").read_bytes())
    inspect = sources.inspect

    def inspect_and_remove(path: Path, *, password: str = "") -> sources.SourceInfo:
        info = inspect(path, password=password)
        path.unlink()
        return info

    monkeypatch.setattr(sources, "inspect", inspect_and_remove)
    monkeypatch.setattr(steps, "PAUSE", 0.01)
    with pytest.raises(UserError, match=r"gone\.pdf"):
        steps.inspect_file(path, tmp_path)


PIPES = ("x.json", "x.xml", "x.txt", "x.jsonl", "x.hocr", "x.html", "x.png", "x.pdf", "label.txt",
         "page-str.xml", "project.json", "instances.json", "x_words.json")  # fmt: skip


@pytest.mark.parametrize("name", sorted(formats.readable()))
def test_pipes_in_a_data_set_are_never_waited_for(
    workers: Workers, tmp_path: Path, name: str
) -> None:
    for folder in ("", "images", "annotations", "pages", "train"):
        (tmp_path / folder).mkdir(exist_ok=True)
        for pipe in PIPES:
            os.mkfifo(tmp_path / folder / pipe)
    for path in (tmp_path, tmp_path / "x.json", tmp_path / "x.xml", Path("/dev/zero")):
        with Store.create(tmp_path / f"{path.name}.proofdesk") as store:
            done = work.run(work.import_dataset(work.StoreTarget(store), name, path), workers)
            assert store.page_count() == 0
        assert done.failed
        assert not any(
            "stopped after" in text or "Something" in text for _name, text in done.failed
        )


@pytest.mark.parametrize("lacking", ["tesseract", "language", "data"])
def test_what_tesseract_lacks_is_told_once(
    tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    scans = [tmp_path / f"{number}.png" for number in range(3)]
    with Image.open(samples / "form.png") as form:
        for number, path in enumerate(scans):
            form.crop((0, 0, 300, 60 + number)).save(path)
    if lacking == "tesseract":
        tools = tmp_path / "empty"
        tools.mkdir()
        monkeypatch.setenv("PATH", str(tools))
    if lacking == "data":
        data = tmp_path / "tessdata"
        data.mkdir()
        (data / "eng.traineddata").write_bytes(b"nothing of the kind" * 100)
        monkeypatch.setenv("TESSDATA_PREFIX", str(data))
    pool = Workers(batch=1)
    try:
        with Store.create(tmp_path / "p.proofdesk") as store:
            languages = "xyz" if lacking == "language" else "eng"
            target = work.StoreTarget(store)
            done = work.run(work.ImportFiles(target, scans, languages=languages), pool)
            problems = [store.summary(page_id).problem for page_id in store.page_ids()]
    finally:
        pool.close()
    notes = [note for _name, note in done.result.notes]
    assert done.failed == ()
    assert len(notes) == 1
    assert "esseract" in notes[0]
    assert "nstall" in notes[0]
    assert problems == notes * 3
