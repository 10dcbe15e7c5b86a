"""Exports: whole or not at all, whatever goes wrong; and what leaves by default."""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from model_backend import formats
from model_backend.document import (
    Box,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Relation,
    Status,
)
from model_backend.errors import Cancelled, UserError
from model_backend.formats import ExportPage, ReadPage, WriteOptions, read
from model_backend.formats.export import convert, export, export_page, leaving


def first_forms(shared_data: Path, count: int) -> Iterator[ExportPage]:
    folder = shared_data / "funsd" / "training_data"
    for name in formats.members("funsd", folder)[:count]:
        yield export_page(formats.read_member("funsd", folder, name))


def test_report_counts_what_was_written(shared_data: Path, tmp_path: Path) -> None:
    seen: list[str] = []
    out = tmp_path / "new" / "set"
    report = export("funsd", first_forms(shared_data, 3), out, on_page=seen.append)
    assert report.pages == len(seen) == 3
    assert report.counts["entities"] > 30
    assert report.lost == {}
    assert sorted(path.name for path in out.iterdir()) == ["annotations", "images"]
    assert [path.name for path in out.parent.iterdir()] == ["set"]


def test_folder_that_is_not_empty_is_refused(shared_data: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(UserError, match="not empty"):
        export("funsd", first_forms(shared_data, 1), tmp_path)
    with pytest.raises(UserError, match="not a folder"):
        export("funsd", first_forms(shared_data, 1), tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_empty_folder_is_filled(shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    export("funsd", first_forms(shared_data, 1), out)
    assert (out / "images").is_dir()


def test_cancelled_export_leaves_nothing(shared_data: Path, tmp_path: Path) -> None:
    seen: list[str] = []
    with pytest.raises(Cancelled):
        export(
            "funsd",
            first_forms(shared_data, 3),
            tmp_path / "a" / "b",
            on_page=seen.append,
            is_cancelled=lambda: len(seen) == 2,
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "is full"), (errno.EACCES, "not be")])
def test_disk_that_refuses_is_named_and_left_clean(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    plain, count = Path.write_bytes, 0

    def failing(self: Path, data: bytes) -> int:
        nonlocal count
        count += 1
        if count == 3:
            raise OSError(code, "no")
        return plain(self, data)

    monkeypatch.setattr(Path, "write_bytes", failing)
    with pytest.raises(UserError, match=words):
        export("funsd", first_forms(shared_data, 4), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["funsd", "coco", "pages"])
def test_full_disk_while_copying_a_picture_leaves_nothing(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def failing(_source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", failing)
    with pytest.raises(UserError, match="is full"):
        export(name, first_forms(shared_data, 2), tmp_path / "deep" / "out")
    assert list(tmp_path.iterdir()) == []


def test_folder_that_may_not_be_written_to_is_named(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_arguments: object, **_named: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", failing)
    with pytest.raises(UserError, match="may not be written to"):
        export("funsd", first_forms(shared_data, 1), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_file_that_changes_on_the_disk_stops_the_export(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Path.write_bytes
    monkeypatch.setattr(
        Path, "write_bytes", lambda self, data: plain(self, data.replace(b"question", b"answer"))
    )
    with pytest.raises(UserError, match="does not read back"):
        export("funsd", first_forms(shared_data, 1), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_export_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to export"):
        export("funsd", [], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_parents_that_others_use_meanwhile_stay(tmp_path: Path) -> None:
    def pages() -> Iterator[ExportPage]:
        (tmp_path / "new" / "note.txt").write_text("somebody else's")
        yield from ()

    with pytest.raises(UserError, match="nothing to export"):
        export("funsd", pages(), tmp_path / "new" / "out")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["note.txt"]


def test_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="yolo.*funsd.*pubtables.*pages"):
        export("yolo", [], tmp_path / "out")


def page(status: PageStatus = PageStatus.DONE) -> Page:
    box = Box(0, 0, 9, 9)
    return Page(
        1, 1, 0, 100.0, 100.0, "px", PageGeometry("test", 100, 100), status=status, next_id=9,
        entities=(
            Entity(1, "question", (), "a", box),
            Entity(2, "answer", (), "b", box, status=Status.CORRECTED, source="rules"),
            Entity(3, "answer", (), "c", box, status=Status.PROPOSED, source="rules"),
        ),
        relations=(
            Relation(4, 1, 2),
            Relation(5, 1, 3),
            Relation(6, 2, 1, status=Status.PROPOSED, source="rules"),
        ),
    )  # fmt: skip


def test_only_settled_annotations_of_done_pages_leave() -> None:
    kept, counts = leaving(page(), include_proposed=False)
    assert kept is not None
    assert [item.id for item in kept.entities] == [1, 2]
    assert [item.id for item in kept.relations] == [4]
    assert counts.left["entities"] == 2
    assert counts.stayed == {"entities": 1, "relations": 2}


def test_page_in_progress_stays_unless_all_is_wanted() -> None:
    kept, counts = leaving(page(PageStatus.IN_PROGRESS), include_proposed=False)
    assert kept is None
    assert counts.stayed["pages"] == 1
    whole = page(PageStatus.NEW)
    assert leaving(whole, include_proposed=True)[0] is whole


def test_page_files_hold_everything(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "funsd" / "training_data"
    (folder := tmp_path / "set").mkdir()
    for part in ("annotations", "images"):
        (folder / part).mkdir()
        for name in ("00040534", "0011906503"):
            file = next((source / part).glob(f"{name}.*"))
            (folder / part / file.name).write_bytes(file.read_bytes())
    convert("funsd", folder, "pages", tmp_path / "pages")
    convert("pages", tmp_path / "pages", "funsd", tmp_path / "back")
    for file in sorted(folder.rglob("*.*")):
        assert (tmp_path / "back" / file.relative_to(folder)).read_bytes() == file.read_bytes()
    pages = {
        item.name: item.page
        for item in read("pages", tmp_path / "pages")
        if isinstance(item, ReadPage)
    }
    assert pages == {
        item.name: item.page for item in read("funsd", folder) if isinstance(item, ReadPage)
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("page", "words", 0, "text"), 7),
        (("page", "words", 0, "id"), 2),
        (("page", "next_id"), 1),
        (("page", "entities", 0, "word_ids"), [99999]),
        (("page", "relations", 0, "to_id"), 3),
        (("page", "status"), "finished"),
        (("page", "geometry"), None),
        (("page", "colour"), "red"),
        (("page", "width"), -5),
        (("page", "words"), {"a": 1}),
        (("image",), "../../secret.png"),
        (("version",), 2),
        (("format",), "other"),
    ],
)
def test_damaged_page_file_is_refused(
    shared_data: Path, tmp_path: Path, path: tuple[str | int, ...], value: object
) -> None:
    export("pages", first_forms(shared_data, 1), tmp_path / "out")
    (file,) = (tmp_path / "out/pages").iterdir()
    data = json.loads(file.read_text())
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    file.write_text(json.dumps(data))
    (error,) = read("pages", tmp_path / "out")
    assert isinstance(error, UserError)


def test_proposed_page_size_is_limited(shared_data: Path) -> None:
    item = next(first_forms(shared_data, 1))
    assert item.picture
    huge = replace(item, page=replace(item.page, width=1e6, height=1e6))
    from model_backend.formats.pictures import export_scale

    assert export_scale(huge, item.picture, WriteOptions()) < 0.02


@pytest.mark.parametrize(
    "options", [WriteOptions(dpi=0), WriteOptions(dpi=float("nan")), WriteOptions(boxes="round")]
)
def test_impossible_options_are_refused(tmp_path: Path, options: WriteOptions) -> None:
    with pytest.raises(UserError, match="Choose"):
        export("funsd", [], tmp_path / "out", options)
