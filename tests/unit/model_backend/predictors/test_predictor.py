"""What predictors are given: pictures of the right size, and one call for a worker."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model_backend.document import Page, PageGeometry, transform_point
from model_backend.errors import UserError
from model_backend.predictors.predicting import predict_page
from model_backend.predictors.predictor import MOST_PIXELS, PredictorInput, native_dpi


def page(width: float, height: float, *, unit: str = "px", dpi: float | None = None) -> Page:
    geometry = PageGeometry("test", width, height, dpi=dpi)
    return Page(1, 1, 0, width=width, height=height, unit=unit, geometry=geometry)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    image = Image.new("RGB", (300, 600), "white")
    image.paste((255, 0, 0), (0, 0, 300, 300))
    image.save(tmp_path / "scan.png")
    return tmp_path / "scan.png"


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [(None, 200.0), (300.0, 300.0), (72.0, 200.0), (96.0, 200.0), (5000.0, 200.0)],
)
def test_resolution_is_believed_when_the_sheet_is_likely(
    claimed: float | None, expected: float
) -> None:
    assert native_dpi(page(1600, 2340, dpi=claimed)) == pytest.approx(expected)


def test_pictures_are_not_enlarged_and_huge_sheets_are_capped() -> None:
    small, huge = page(500, 800), page(20_000, 30_000, dpi=150.0)
    plan = page(2400, 3400, unit="pt")
    assert PredictorInput(Path("a"), small).scale(300) == 1
    for sheet in (huge, plan):
        given = PredictorInput(Path("a"), sheet)
        assert sheet.width * sheet.height * given.scale(600) ** 2 <= MOST_PIXELS * 1.001
    letter = PredictorInput(Path("a"), page(612, 792, unit="pt"))
    assert letter.scale(144) == 2
    assert letter.true_dpi(144) == 144


def test_picture_is_gray_or_colour_and_maps_to_the_page(scan: Path) -> None:
    given = PredictorInput(scan, page(300, 600))
    color, gray = given.color_picture(150), given.picture(150)
    assert color.shape == (600, 300, 3)
    assert gray.shape == (600, 300)
    assert gray.dtype == np.uint8
    assert gray[10, 10] == 76
    assert gray[500, 10] == 255
    assert given.color_picture(150) is color
    assert transform_point(given.to_page(150), (300, 600)) == (300, 600)


def test_smaller_picture_maps_to_the_whole_page(scan: Path) -> None:
    given = PredictorInput(scan, page(300, 600))
    height, width = given.picture(20).shape
    assert height < 600
    assert transform_point(given.to_page(20), (width, height)) == pytest.approx((300, 600))


def test_prediction_runs_by_name_and_travels_between_processes(scan: Path) -> None:
    found = predict_page(scan, page(300, 600), ["rules", "none", "ink"])
    assert [proposals.model for proposals in found] == ["rules", "ink"]
    assert pickle.loads(pickle.dumps(found)) == found
    assert pickle.loads(pickle.dumps(predict_page)) is predict_page


def test_unknown_predictors_are_named(scan: Path) -> None:
    with pytest.raises(UserError, match="no predictor wizard"):
        predict_page(scan, page(300, 600), ["rules", "wizard"])
