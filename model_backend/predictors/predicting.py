"""The one call of the model process: pages and names of models in, checked proposals out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from model_backend import registry
from model_backend.document import Entity, Page, Proposals, Region, Table
from model_backend.errors import UserError
from model_backend.predictors.hot_models import HOT
from model_backend.predictors.predictor import Predictor, PredictorInput
from model_backend.runtime import AUTO
from model_backend.translation import _

MOST_ANNOTATIONS = 5000
"""Of one model on one page: more is no help to anybody."""

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
    entities, tables, regions = _placed(said.entities), _placed(said.tables), _placed(said.regions)
    left = len(entities) + len(tables) + len(regions) + len(said.relations)
    if dropped := len(said.annotations) - left:
        note = _("{count} impossible proposals of the model were left out.").format(count=dropped)
        ids = {item.id for item in entities}
        return replace(
            said,
            entities=entities,
            relations=tuple(r for r in said.relations if {r.from_id, r.to_id} <= ids),
            tables=tables,
            regions=regions,
            notes=(*said.notes, note),
        )
    return said


def _placed(items: Sequence[Placed]) -> tuple[Placed, ...]:
    """Those with a place, the surest where there are too many, by id."""
    good = sorted(filter(_has_place, items), key=lambda item: -(item.score or 0.0))
    return tuple(sorted(good[:MOST_ANNOTATIONS], key=lambda item: item.id))


def _has_place(item: Entity | Table | Region) -> bool:
    box = item.box
    numbers = [box.x0, box.y0, box.x1, box.y1, item.score or 0.0]
    if isinstance(item, Table):
        numbers += [edge for band in (*item.rows, *item.columns) for edge in (band.start, band.end)]
    return all(math.isfinite(number) for number in numbers)
