"""Tables of a page by added models: a pair, one alone, tables that are turned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_detectors import small_faster_rcnn, taught_pair

from model_backend import registry, table_grid
from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.document import Box, Page, PageGeometry, Status, Table, Word
from model_backend.errors import UserError
from model_backend.installed import InstalledModel
from model_backend.models.detector import Detected
from model_backend.networks import DETECTION, DETECTION_LABELS, STRUCTURE, STRUCTURE_LABELS
from model_backend.predictors import tables_model
from model_backend.predictors.predicting import predict_page, predict_pages
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.self_test import sample_page, self_test


def added(path: Path) -> InstalledModel:
    found = recognize(path)
    return install(record_of(found, Answers()), found.files)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("taught")


@pytest.fixture(scope="module")
def made(folder: Path) -> tuple[Path, Page, Table]:
    return taught_pair(folder)


@pytest.fixture
def sample(folder: Path, made: tuple[Path, Page, Table]) -> tuple[Path, Page, Table]:
    """The sample's page and its true table, and models `finds` and `reads` taught to say it."""
    for name in ("finds", "reads"):
        added(folder / name)
    return made


def is_like(found: Table, true: Table) -> bool:
    edges = [
        (one, other)
        for function in (table_grid.row_edges, table_grid.column_edges)
        for one, other in zip(function(found), function(true), strict=True)
    ]
    return all(abs(one - other) < 1.5 for one, other in edges)


@pytest.mark.parametrize("name", ["finds,reads", "reads"])
def test_models_propose_the_table_with_its_doubts(
    sample: tuple[Path, Page, Table], name: str
) -> None:
    path, page, true = sample
    said = predict_page(path, page, [name])[0]
    (table,) = said.tables
    assert said.model == table.source == name
    assert (table.status, table.header_rows) == (Status.PROPOSED, true.header_rows)
    assert is_like(table, true)
    scores = [round(band.score or 0, 2) for band in table.rows]
    assert scores[1] == pytest.approx(0.45, abs=0.02)
    assert min(scores[:1] + scores[2:]) > 0.9
    assert table.columns[3].score == pytest.approx(0.5, abs=0.02)
    assert table.score == pytest.approx(0.45, abs=0.02)


def test_detection_alone_has_rules_propose_the_grid(sample: tuple[Path, Page, Table]) -> None:
    path, page, true = sample
    (table,) = predict_page(path, page, ["finds"])[0].tables
    assert is_like(table, true)
    assert table.score == pytest.approx(0.9, abs=0.02)


def test_structure_alone_reads_what_a_person_has_drawn(sample: tuple[Path, Page, Table]) -> None:
    path, page, true = sample
    outline = replace(table_grid.empty_table(7, true.box), status=Status.CORRECTED)
    (table,) = predict_page(path, replace(page, tables=(outline,)), ["reads"])[0].tables
    assert is_like(table, true)


def test_table_that_cannot_be_read_is_proposed_as_its_outline(tmp_path: Path) -> None:
    path, page = sample_page(STRUCTURE)
    small_faster_rcnn(tmp_path / "reads.pth", 6)
    model = replace(added(tmp_path / "reads.pth"), thresholds=(("table row", 1.0),))
    crop = tables_model.crop_of(
        0, PredictorInput(path, page), table_grid.empty_table(1, page.tables[0].box)
    )
    table = tables_model.table_of(crop, [], page, model)
    assert (len(table.rows), len(table.columns)) == (1, 1)
    assert table.box == page.tables[0].box


def test_pages_are_read_together_as_alone(sample: tuple[Path, Page, Table]) -> None:
    path, page, _true = sample
    taller = replace(page, rotation=90, width=page.height, height=page.width, words=())
    both = predict_pages([(path, one, "") for one in (page, taller, page)], ["finds,reads"])
    alone = predict_page(path, page, ["finds,reads"])
    for found in both[::2]:
        assert not isinstance(found, UserError)
        assert found[0].tables[0].box.iou(alone[0].tables[0].box) > 0.999
        assert [len(found[0].tables[0].rows), len(found[0].tables[0].columns)] == [7, 5]


def test_self_test_of_a_structure_model_shows_the_grid(sample: tuple[Path, Page, Table]) -> None:
    del sample
    shown = self_test("reads")
    assert shown.summary == "tables: 1"
    assert shown.picture[:4] == b"\x89PNG"


def test_pair_is_named_in_its_order(sample: tuple[Path, Page, Table]) -> None:
    del sample
    with pytest.raises(UserError, match="no pair"):
        registry.registered("reads,finds")
    predictor = registry.create("finds,reads")
    assert (predictor.name, predictor.task) == ("finds,reads", "tables")
    assert predictor.size > 100_000


def a_page(size: tuple[int, int], words: tuple[Word, ...] = ()) -> Page:
    geometry = PageGeometry("test", *size, dpi=150.0)
    return Page(1, 1, 0, *size, "px", geometry, words=words)


def detecting(**more: object) -> InstalledModel:
    made = InstalledModel("finds", "faster-rcnn", DETECTION, DETECTION_LABELS, (), "")
    return replace(made, **more)  # type: ignore[arg-type]


def test_areas_are_thinned_out_and_within_the_page(tmp_path: Path) -> None:
    Image.new("RGB", (1200, 1700), "white").save(tmp_path / "page.png")
    given = PredictorInput(tmp_path / "page.png", a_page((1200, 1700)))
    found = [
        Detected((100, 900, 600, 1200), 0, 0.9),
        Detected((110, 910, 590, 1190), 0, 0.8),
        Detected((100, 100, 1300, 300), 0, 0.7),
        Detected((100, 400, 600, 500), 0, 0.3),
        Detected((100, 400, 100.2, 500), 0, 0.99),
    ]
    areas = tables_model.areas_of(given, found, detecting())
    assert [area.score for area in areas] == [0.7, 0.9]
    assert areas[0].box == Box(100, 100, 1200, 300)
    strict = detecting(thresholds=(("table", 0.85),))
    assert len(tables_model.areas_of(given, found, strict)) == 1


def test_rotated_table_is_cut_out_as_it_is_read(tmp_path: Path) -> None:
    """Text that runs upwards: turned clockwise by a quarter it is level (the reference's way)."""
    generator = np.random.default_rng(1)
    coarse = generator.integers(0, 255, (34, 24, 3), np.uint8)
    picture = Image.fromarray(coarse).resize((1200, 1700), Image.Resampling.BICUBIC)
    picture.save(tmp_path / "page.png")
    given = PredictorInput(tmp_path / "page.png", a_page((1200, 1700)))
    found = [Detected((300, 200, 700, 1200), 1, 0.9)]
    (area,) = tables_model.areas_of(given, found, detecting())
    assert area.rotation == 270
    assert table_grid.box_to_page(area, area.box) == Box(300, 200, 700, 1200)
    crop = tables_model.crop_of(0, given, area)
    assert crop.picture.shape == (430, 1030, 3)
    expected = np.asarray(picture.crop((285, 185, 715, 1215)).rotate(270, expand=True))
    assert np.abs(crop.picture.astype(int) - expected).mean() < 1


def test_rotated_table_comes_back_where_it_stands(tmp_path: Path) -> None:
    words = tuple(
        Word(number, "some", Box(x, y, x + 20, y + 60))
        for number, (x, y) in enumerate(((320, 1100), (320, 500), (620, 1100), (620, 500)), 1)
    )
    Image.new("RGB", (1200, 1700), "white").save(tmp_path / "page.png")
    given = PredictorInput(tmp_path / "page.png", a_page((1200, 1700), words))
    found = [Detected((300, 200, 700, 1200), 1, 0.9)]
    (area,) = tables_model.areas_of(given, found, detecting())
    crop = tables_model.crop_of(0, given, area)
    names = {label: number for number, label in enumerate(STRUCTURE_LABELS)}
    parts = [
        Detected((15, 15, 1015, 200), names["table row"], 0.9),
        Detected((15, 200, 1015, 415), names["table row"], 0.8),
        Detected((15, 15, 500, 415), names["table column"], 0.9),
        Detected((500, 15, 1015, 415), names["table column"], 0.7),
    ]
    reads = replace(detecting(), task=STRUCTURE, labels=STRUCTURE_LABELS)
    table = tables_model.table_of(crop, parts, given.page, reads)
    assert table_grid.problems(table) == ()
    assert table.score == 0.7
    assert table.rotation in (90, 270)
    place = table_grid.box_to_page(table, table.box)
    assert all(
        abs(one - other) < 1
        for one, other in zip(
            (place.x0, place.y0, place.x1, place.y1), (300, 200, 700, 1200), strict=True
        )
    )
    inside = table_grid.words_of_cells(table, words)
    assert sorted(len(found) for found in inside.values()) == [1, 1, 1, 1]
