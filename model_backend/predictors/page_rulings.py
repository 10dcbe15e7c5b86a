"""The ruling lines of one page, for tables that a person draws; runs in a worker process."""

from __future__ import annotations

from pathlib import Path

from model_backend.document import Page
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.ruling_lines import Rulings, pictured_rulings

DPI = 150.0


def rulings_of_page(path: Path, page: Page, password: str = "") -> Rulings:
    """The rulings in the page's picture, as it is turned and deskewed, in page units."""
    given = PredictorInput(Path(path), page, password)
    words = [word.box for word in page.words]
    return pictured_rulings(given.picture(DPI), given.to_page(DPI), words)
