"""What repairs share: values of a page edited by id, and what a changed annotation counts as."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, TypeVar

from model_backend.document import HUMAN, Entity, Page, Region, Status, Table

Ids = Collection[int]
_Changed = TypeVar("_Changed", Entity, Region, Table)


def corrected(item: _Changed) -> _Changed:
    """The annotation as changed; a proposal stays one, for a person to accept."""
    if item.status is Status.PROPOSED:
        return item
    return replace(item, status=Status.ACCEPTED if item.source == HUMAN else Status.CORRECTED)


def mapped(page: Page, kind: str, ids: Ids, edit: Callable[[Any], Any]) -> Page:
    """The page with the named values of a collection edited."""
    before = getattr(page, kind)
    after = tuple(edit(item) if item.id in ids else item for item in before)
    changes: dict[str, Any] = {kind: after}
    return page if after == before else replace(page, **changes)
