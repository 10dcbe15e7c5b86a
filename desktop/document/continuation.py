"""Tables over several pages: which pages follow one another, and which tables are parts of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from desktop.document.edits.tables import without_lost_parts

if TYPE_CHECKING:
    from desktop.store.store import Store
    from model_backend.document import Page, Table

PageSource = Callable[[int], "Page"]


def neighbour(store: Store, page: Page, step: int) -> int | None:
    """The page before (-1) or after (1) in the same document; None where there is none."""
    ids = store.page_ids_of(page.document_id)
    place = ids.index(page.id) + step if page.id in ids else -1
    return ids[place] if 0 <= place < len(ids) else None


def part_before(store: Store, pages: PageSource, page: Page, table: Table) -> tuple[int, int]:
    """Page and id of the table that this one goes on with; (0, 0) where it begins anew."""
    before = neighbour(store, page, -1) if table.continues else None
    if before is None or not any(item.id == table.continues for item in pages(before).tables):
        return 0, 0
    return before, table.continues


def part_after(store: Store, pages: PageSource, page: Page, table: Table) -> tuple[int, int]:
    """Page and id of the table on the next page that goes on with this one; (0, 0) without one."""
    after = neighbour(store, page, 1)
    if after is None:
        return 0, 0
    found = (item.id for item in pages(after).tables if item.continues == table.id)
    number = next(found, 0)
    return (after, number) if number else (0, 0)


def whole(store: Store, pages: PageSource, changed: Iterable[Page]) -> Iterator[Page]:
    """New values of pages, and of those after them whose tables went on with one that is gone."""
    after = {page.id: page for page in changed}
    for page in tuple(after.values()):
        gone = {table.id for table in pages(page.id).tables} - {table.id for table in page.tables}
        following = neighbour(store, page, 1) if gone else None
        if following is not None:
            old = after.get(following) or pages(following)
            new = without_lost_parts(old, gone)
            if new != old:
                after[following] = new
    yield from after.values()
