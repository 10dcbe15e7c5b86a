"""Tables of any page: the layout analysis on digital pages, rulings and white gaps on scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model_backend.document import Page, Proposals
from model_backend.predictors import tables_layout, tables_rulings
from model_backend.predictors.predictor import PredictorInput


@dataclass(frozen=True)
class TablesAuto:
    """Chooses by the page; the proposals carry the chosen predictor's name."""

    name: str = "auto"
    task: str = "tables"

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page, in the order of the pages."""
        return [self._read(given) for given in pages]

    def _read(self, given: PredictorInput) -> Proposals:
        chosen = tables_layout.create() if is_digital(given.page) else tables_rulings.create()
        return chosen([given])[0]


def create() -> TablesAuto:
    """The predictor."""
    return TablesAuto()


def is_digital(page: Page) -> bool:
    """Whether a page is a PDF's with a text layer of its own."""
    return page.unit == "pt" and not page.is_scan and bool(page.words)
