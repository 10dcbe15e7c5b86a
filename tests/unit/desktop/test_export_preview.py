"""What an export would leave out is counted before it is begun, for every format at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.jobs.export_preview import Preview, preview_export
from desktop.jobs.exporting import Exported
from desktop.store.store import Store
from desktop.window.file_actions import locked_texts
from model_backend.document import (
    Band,
    Box,
    Document,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Status,
    Table,
    Word,
)
from model_backend.errors import Cancelled
from model_backend.formats import ExportReport, writable

PAGE = Page(
    0, 0, 0, 600.0, 800.0, "px", PageGeometry("test", 600, 800), status=PageStatus.DONE,
    words=(Word(1, "a", Box(1, 1, 9, 9)), Word(2, "b", Box(1, 20, 9, 29))),
    entities=(Entity(3, "question", (1,), "a", Box(1, 1, 9, 9), 0.5, Status.PROPOSED),),
    tables=(Table(4, Box(10, 10, 50, 50), (Band(10, 50),), (Band(10, 30), Band(30, 50))),),
    next_id=5,
)  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "x.proofdesk"
    with Store.create(folder) as store:
        pages = [
            replace(PAGE, status=status, number=number)
            for number, status in enumerate([PageStatus.DONE, PageStatus.NEW, PageStatus.DONE])
        ]
        store.add_document(None, Document(0, "a.pdf", "", "application/pdf", 3), pages, read=True)
    return folder


def test_settled_and_everything_are_counted_for_all_formats(project: Path) -> None:
    preview = preview_export(project)
    assert preview.is_complete
    assert preview.total == 3
    assert set(preview.everything) == set(writable())
    settled = preview.lost("funsd", include_proposed=False)
    assert settled == {"tables": 2, "words_outside_entities": 4}
    everything = preview.lost("funsd", include_proposed=True)
    assert everything == {
        "tables": 3, "words_outside_entities": 3, "scores": 3, "proposal_marks": 3,
    }  # fmt: skip
    assert preview.lost("pages", include_proposed=True) == {}


def test_counting_reports_on_the_way_and_can_be_stopped(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.jobs.export_preview.EVERY", -1.0)
    heard: list[Preview] = []
    preview_export(project, on_preview=heard.append)
    assert [preview.done for preview in heard] == [1, 2, 3, 3]
    assert heard[0].lost("funsd", include_proposed=True)["tables"] == 1
    with pytest.raises(Cancelled):
        preview_export(project, is_cancelled=lambda: True)


def test_documents_that_stay_because_they_are_locked_are_named() -> None:
    report = ExportReport("coco", Path("x"), 0, {}, {})
    (line,) = locked_texts(Exported(report, locked=("secret.pdf",)))
    assert line.startswith("secret.pdf is protected: its pages stayed in the project.")
