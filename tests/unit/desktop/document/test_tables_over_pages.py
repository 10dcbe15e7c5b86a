"""Tables over several pages: links, what becomes of them, and the gate to done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.document import edits
from desktop.document.continuation import neighbour, part_after, part_before
from desktop.document.open_document import OpenDocument
from desktop.errors import UserError
from desktop.store.store import Store
from model_backend import table_grid
from model_backend.document import (
    Box,
    Document,
    Page,
    PageGeometry,
    PageStatus,
    Relation,
    Status,
    Table,
)
from model_backend.quality.live import look

BOX = Box(100, 100, 300, 200)


def page_of(number: int, *tables: Table) -> Page:
    return Page(
        0, 0, number, 600, 800, "px", PageGeometry("test", 600, 800), tables=tables, next_id=20
    )


def table_of(table_id: int, box: Box = BOX, **fields: object) -> Table:
    return replace(table_grid.empty_table(table_id, box), **fields)  # type: ignore[arg-type]


@pytest.fixture
def document(tmp_path: Path) -> Iterator[OpenDocument]:
    with Store.create(tmp_path / "p.proofdesk") as store:
        pages = [page_of(0, table_of(3)), page_of(1, table_of(5)), page_of(2)]
        store.add_document(None, Document(0, "a.pdf", "", "", 3), pages, read=True)
        yield OpenDocument(store)


def linked(document: OpenDocument) -> None:
    document.apply("Link", edits.continue_table(document.page(2), 5, 3))


def test_parts_know_one_another(document: OpenDocument) -> None:
    linked(document)
    first, second, store = document.page(1), document.page(2), document.store
    assert part_before(store, document.page, second, second.tables[0]) == (1, 3)
    assert part_after(store, document.page, first, first.tables[0]) == (2, 5)
    assert part_before(store, document.page, first, first.tables[0]) == (0, 0)
    assert [neighbour(store, second, step) for step in (-1, 1)] == [1, 3]
    assert neighbour(store, first, -1) is None


def test_deleted_part_takes_the_link_along_and_undo_brings_both_back(
    document: OpenDocument,
) -> None:
    linked(document)
    before = document.page(1), document.page(2)
    document.apply("Delete", edits.delete(document.page(1), [3]))
    assert document.page(2).tables[0].continues == 0
    document.undo()
    assert (document.page(1), document.page(2)) == before
    document.redo()
    assert (document.page(1).tables, document.page(2).tables[0].continues) == ((), 0)


def test_a_part_is_continued_by_one_table_only() -> None:
    page = page_of(1, table_of(5, continues=3), table_of(6, Box(100, 300, 300, 400)))
    after = edits.continue_table(page, 6, 3)
    assert [table.continues for table in after.tables] == [0, 3]
    assert [table.continues for table in edits.continue_table(after, 6, 0).tables] == [0, 0]


def test_links_survive_the_store(document: OpenDocument) -> None:
    linked(document)
    assert document.store.page(2).tables[0].continues == 3


def test_put_table_replaces_proposals_and_nothing_that_a_person_made() -> None:
    proposed = table_of(5, BOX.moved(5, 5), status=Status.PROPOSED, source="layout")
    after = edits.put_table(page_of(1, proposed), table_of(1))
    assert [(table.id, table.status) for table in after.tables] == [(20, Status.ACCEPTED)]
    with pytest.raises(UserError, match="has a table there already"):
        edits.put_table(page_of(1, table_of(5)), table_of(1))
    beside = edits.put_table(page_of(1, table_of(5)), table_of(1, BOX.moved(0, 300)))
    assert len(beside.tables) == 2


@pytest.mark.parametrize("status", [PageStatus.DONE, PageStatus.ACCEPTED])
def test_page_with_an_error_is_never_finished(status: PageStatus) -> None:
    page = replace(page_of(0), relations=(Relation(7, 1, 2),))
    with pytest.raises(UserError, match="cannot be marked done: a link leads from 1 to 2"):
        edits.set_page_status(page, status)
    assert edits.set_page_status(page, PageStatus.RETURNED).status is PageStatus.RETURNED
    repaired = edits.delete(page, [7])
    assert edits.set_page_status(repaired, status).status is status


def test_warning_is_let_stand_and_asked_about_again(document: OpenDocument) -> None:
    page = replace(
        document.page(3), words=(), entities=(), tables=(table_of(9, projected_rows=()),)
    )
    page = edits.add_entity_box(page, "answer", Box(10, 10, 60, 30), "x")
    document.apply("Draw", page)
    (first, *rest) = look(page).warnings
    document.apply("Let stand", edits.let_stand(document.page(3), first))
    now = document.page(3)
    assert look(now).accepted == (first,)
    assert look(now).warnings == tuple(rest)
    assert document.store.page(3).accepted_warnings == now.accepted_warnings
    assert look(edits.ask_again(now, first)).warnings == (first, *rest)
    document.undo()
    assert look(document.page(3)).warnings == (first, *rest)
