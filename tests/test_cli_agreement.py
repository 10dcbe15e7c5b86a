"""`proofdesk agreement`: two versions of the same pages, measured and told apart."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from test_cli import answer, proofdesk

from desktop.errors import UserError
from desktop.jobs.comparing import agreement, open_version
from desktop.store.store import Store
from model_backend.document import Box, Document, Entity, Page, PageGeometry, Word
from model_backend.formats.export import export
from model_backend.formats.values import ExportPage


def page(label: str) -> Page:
    box = Box(10, 10, 40, 20)
    return Page(
        0,
        0,
        0,
        200,
        100,
        "px",
        PageGeometry("test", 200, 100),
        words=(Word(1, "Name:", box),),
        entities=(Entity(2, label, (1,), "Name:", box),),
        next_id=3,
    )


def version(folder: Path, label: str, content: bytes = b"a") -> Path:
    """A project of one page, its entity labelled so."""
    with Store.create(folder) as store:
        sha256 = hashlib.sha256(content).hexdigest()
        store.add_document(None, Document(0, "a.png", sha256, "image/png", 1), [page(label)])
    return folder


def test_versions_are_measured_and_their_differences_counted(tmp_path: Path) -> None:
    one = version(tmp_path / "one.proofdesk", "question")
    other = version(tmp_path / "other.proofdesk", "header")
    told = answer("agreement", one, other)
    assert (told["pages"], told["only_first"], told["only_second"]) == (1, 0, 0)
    assert told["changes"] == {"label": 1}
    assert told["figures"]["entities"]["f1"] == 0
    lines = proofdesk("agreement", one, one).stdout.splitlines()
    assert lines[:2] == ["pages: 1, only first: 0, only second: 0", "differences: none"]


def test_a_project_agrees_with_its_own_pages(tmp_path: Path) -> None:
    project, pages = version(tmp_path / "one.proofdesk", "question"), tmp_path / "pages"
    with Store.open(project, read_only=True) as store:
        own = store.page(1)
        leaving = ExportPage("one", own, store.document(own.document_id), None)
        export("pages", [leaving], pages)
    first, second = open_version(project), open_version(pages)
    found = agreement(first, second)
    first.close()
    assert (found.pages, found.changes, found.figures["entities"]["f1"]) == (1, {}, 1)


def test_versions_without_a_page_in_common_are_refused(tmp_path: Path) -> None:
    one = version(tmp_path / "one.proofdesk", "question")
    other = version(tmp_path / "other.proofdesk", "question", b"b")
    with pytest.raises(UserError, match="has no page of the documents of"):
        agreement(open_version(one), open_version(other))
    with pytest.raises(UserError, match="cannot be found"):
        open_version(tmp_path / "nowhere")


def test_what_is_not_defined_is_a_dash(tmp_path: Path) -> None:
    one = version(tmp_path / "one.proofdesk", "question")
    lines = proofdesk("agreement", one, one).stdout.splitlines()
    assert "  dice: –" in lines
    assert not any("None" in line for line in lines)
