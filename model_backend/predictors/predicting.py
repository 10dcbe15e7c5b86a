"""The one call of the model process: pages and names of models in, checked proposals out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from model_backend import registry
from model_backend.document import Entity, Page, PageClass, Proposals, Region, Table
from model_backend.errors import UserError
from model_backend.predictors.hot_models import HOT
from model_backend.predictors.predictor import Predictor, PredictorInput
from model_backend.runtime import AUTO
from model_backend.translation import _

MOST_BOXES = 5000
"""Boxes of one model on one page (a table has one, and those of its rows, columns and merged
cells): more is no help to anybody.
"""

Placed = TypeVar("Placed", Entity, Table, Region)
Given = tuple[Path, Page, str]
"""A file, one of its pages, and the password that opens it."""


def predict_pages(
    pages: Sequence[Given], names: Sequence[str], device: str = AUTO
) -> list[tuple[Proposals, ...] | UserError]:
    """What the named predictors say about each page, `none` is silent; with several pages, an error
    in the place of one that cannot be looked at. Models stay in memory for the next call, on the
    device that is asked for, or the best there is.
    """
    HOT.keep_room()
    given = [PredictorInput(Path(path), page, password) for path, page, password in pages]
    chosen = [HOT.predictor(name, device) for name in names if name != registry.NONE]
    said = [_said(predictor, given) for predictor in chosen]
    found = [_joined([parts[number] for parts in said]) for number in range(len(given))]
    if len(found) == 1 and isinstance(found[0], UserError):
        raise found[0]
    return found


def predict_page(
    path: Path, page: Page, names: Sequence[str], password: str = ""
) -> tuple[Proposals, ...]:
    """What the named predictors say about one page; UserError where it cannot be looked at."""
    found = predict_pages([(path, page, password)], names)[0]
    assert not isinstance(found, UserError)
    return found


def _said(predictor: Predictor, given: Sequence[PredictorInput]) -> list[Proposals | UserError]:
    """The proposals of one predictor; where the pages cannot be done together, one by one."""
    try:
        return [checked(said) for said, page in zip(predictor(given), given, strict=True)]
    except UserError as error:
        if len(given) == 1:
            return [error]
        return [one for page in given for one in _said(predictor, [page])]


def _joined(parts: Sequence[Proposals | UserError]) -> tuple[Proposals, ...] | UserError:
    failed = next((part for part in parts if isinstance(part, UserError)), None)
    return failed or tuple(part for part in parts if isinstance(part, Proposals))


def checked(said: Proposals) -> Proposals:
    """The proposals without what is no place on a page (a network may say anything), and no more
    than a person could ever look at; both are noted.
    """
    kind = said.page_class if _has_score(said.page_class) else None
    placed = replace(_chosen(said, _placed), page_class=kind)
    found = _chosen(placed, _surest)
    notes = list(said.notes)
    if impossible := _count(said) - _count(placed):
        text = _("{count} impossible proposals of the model were left out.")
        notes.append(text.format(count=impossible))
    if surplus := _count(placed) - _count(found):
        text = _("More than {most} boxes on one page: the {count} least sure were left out.")
        notes.append(text.format(most=MOST_BOXES, count=surplus))
    return replace(found, notes=tuple(notes))


def _count(said: Proposals) -> int:
    items = len(said.entities) + len(said.tables) + len(said.regions)
    return items + (said.page_class is not None)


def _chosen(said: Proposals, choose: Callable[[Sequence[Any]], tuple[Any, ...]]) -> Proposals:
    """What is kept of each kind, and the links between the entities that stay."""
    entities = choose(said.entities)
    ids = {item.id for item in entities}
    return replace(
        said,
        entities=entities,
        relations=tuple(r for r in said.relations if {r.from_id, r.to_id} <= ids),
        tables=choose(said.tables),
        regions=choose(said.regions),
    )


def _placed(items: Sequence[Placed]) -> tuple[Placed, ...]:
    """Those with a place."""
    return tuple(filter(_has_place, items))


def _surest(items: Sequence[Placed]) -> tuple[Placed, ...]:
    """The surest whose boxes are few enough, in the order in which they came."""
    order = sorted(range(len(items)), key=lambda number: -(items[number].score or 0.0))
    totals = accumulate(_box_count(items[number]) for number in order)
    pairs = zip(order, totals, strict=True)
    kept = [number for number, total in pairs if total <= MOST_BOXES]
    return tuple(items[number] for number in sorted(kept))


def _box_count(item: Entity | Table | Region) -> int:
    if isinstance(item, Table):
        return 1 + len(item.rows) + len(item.columns) + len(item.spans)
    return 1


def _has_score(item: PageClass | None) -> bool:
    """Whether a kind of page has a score that is one, or none at all."""
    return item is not None and (item.score is None or 0.0 <= item.score <= 1.0)


def _has_place(item: Entity | Table | Region) -> bool:
    box = item.box
    numbers = [box.x0, box.y0, box.x1, box.y1, item.score or 0.0]
    if isinstance(item, Table):
        numbers += [edge for band in (*item.rows, *item.columns) for edge in (band.start, band.end)]
    return all(math.isfinite(number) for number in numbers)
