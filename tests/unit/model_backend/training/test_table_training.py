"""From generated tables to a model of tables: lessons, the task, the choice, the command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from desktop.cli import app
from model_backend.document import Box, Span, Table, Word
from model_backend.errors import UserError
from model_backend.models.grid_network import GridConfig, GridNetwork
from model_backend.predictors.grid_decoding import table_of
from model_backend.predictors.grid_program import GridSaid, grid_program
from model_backend.predictors.grid_raster import raster_of
from model_backend.predictors.ruling_lines import Rulings
from model_backend.predictors.table_scoring import FEATURES, logistic
from model_backend.predictors.tables_grids import TablesGrids, grid_of_outline
from model_backend.table_grid import problems
from model_backend.table_grid.frame import bands_of
from model_backend.training import grid_choice
from model_backend.training.grid_choice import Example
from model_backend.training.grid_export import export
from model_backend.training.grid_lessons import generated_lessons, truth_of
from model_backend.training.grid_task import GridTask, packed

TINY = GridConfig(plane=4, profile=8, blocks=1, dilations=(1,))


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Small tensors on several threads wait for each other where processors are busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_lessons_of_a_seed_are_always_the_same() -> None:
    one, other = generated_lessons(4, 7), generated_lessons(4, 7)
    assert one
    assert all(
        np.array_equal(a.raster.channels, b.raster.channels) and np.array_equal(a.rows, b.rows)
        for a, b in zip(one, other, strict=True)
    )
    assert not np.array_equal(one[0].raster.channels, generated_lessons(4, 8)[0].raster.channels)


def test_the_truth_of_lessons_makes_valid_tables() -> None:
    for number in range(4):
        for lesson in generated_lessons(1, number):
            words = [Word(1, "x", lesson.raster.area)]
            said = GridSaid(lesson.rows, lesson.columns, lesson.merges)
            table = table_of(said, lesson.raster, words)
            assert table is not None
            assert problems(table) == ()


def test_the_white_between_rows_is_from_text_to_text() -> None:
    words = [
        Word(1, "above", Box(10, 10, 40, 20)),
        Word(2, "right", Box(70, 10, 100, 20)),
        Word(3, "below", Box(10, 40, 40, 50)),
    ]
    table = Table(1, Box(0, 0, 110, 60), bands_of((0, 30, 60)), bands_of((0, 50, 110)))
    raster = raster_of(table.box, words, Rulings(), margin=(0, 0))
    rows, columns, merges = truth_of(table, words, raster)
    places = np.flatnonzero(rows[0]) * raster.step
    assert 16 <= places.min() <= 20
    assert 38 <= places.max() + raster.step <= 44
    places = np.flatnonzero(columns[0]) * raster.step
    assert 38 <= places.min() <= 44
    assert 66 <= places.max() + raster.step <= 72
    assert merges.sum() == 0


def test_neighbouring_merged_cells_stay_apart() -> None:
    columns = tuple(float(20 * number) for number in range(5))
    spans = (Span(0, 1, 0, 2), Span(0, 1, 2, 4))
    table = Table(1, Box(0, 0, 80, 40), bands_of((0, 20, 40)), bands_of(columns), spans, 1)
    raster = raster_of(table.box, [Word(1, "text", Box(2, 2, 18, 10))], Rulings(), margin=(0, 0))
    merged = truth_of(table, [], raster)[2][0]
    cell = 2 * raster.step
    at = {edge: merged[: int(20 / cell), round(edge / cell)].mean() for edge in (20, 40, 60)}
    assert at == {20: 1.0, 40: 0.0, 60: 1.0}


def test_a_batch_depends_on_its_step_alone() -> None:
    one, other = (GridTask(GridNetwork(TINY), 3, count=2) for _ in range(2))
    for step in range(8):
        expected = one.batch(step)
    found = other.batch(7)
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert not torch.equal(GridTask(GridNetwork(TINY), 4, count=2).batch(7)["rows"], found["rows"])


def test_what_is_beyond_a_raster_counts_for_nothing() -> None:
    torch.manual_seed(0)
    network = GridNetwork(TINY)
    task = GridTask(network, 3)
    lessons = sorted(generated_lessons(1, 0) + generated_lessons(1, 1), key=lambda x: x.rows.size)
    alone, beside = packed(lessons[:1]), packed([lessons[0], lessons[-1]])
    height, width = alone["raster"].shape[2:]
    with torch.no_grad():
        rows, columns, merges = network(alone["raster"])
        others = network(beside["raster"])
        assert float(task.loss(alone)) > 0
    assert torch.allclose(rows[0], others[0][0, :, :height], atol=1e-4)
    assert torch.allclose(columns[0], others[1][0, :, :width], atol=1e-4)
    assert torch.allclose(merges[0], others[2][0, :, : height // 2, : width // 2], atol=1e-4)


def test_the_loss_falls() -> None:
    torch.manual_seed(1)
    task = GridTask(GridNetwork(TINY), 5, count=2)
    optimizer = torch.optim.AdamW(task.network.parameters(), lr=1e-2)
    batch = task.batch(0)
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        loss = task.loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.6 * losses[0]


def test_weights_follow_what_makes_grids_right() -> None:
    random = np.random.default_rng(0)
    examples = []
    for _ in range(300):
        told = dict.fromkeys(FEATURES, 0.0) | {"one": 1.0, "rows": float(random.random())}
        examples.append(Example(told, logistic(4 * told["rows"] - 2)))
    found = grid_choice.weights(examples)
    assert found["rows"] > 2
    assert found["one"] < 0
    assert found["cut"] == 0


def test_generated_pdfs_have_the_words_of_their_tables() -> None:
    for given, truth in grid_choice.pages_of(3, range(2)):
        assert given.path.read_bytes().startswith(b"%PDF")
        assert given.page.words == truth.words
        assert not given.page.is_scan
        for table in truth.tables:
            inside = [word for word in truth.words if table.box.contains(word.box.center)]
            assert len(inside) >= len(table.rows)


def test_another_program_is_refused(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    node = onnx.helper.make_node("Identity", ["a"], ["b"])
    ends = [onnx.helper.make_tensor_value_info(n, 1, [1]) for n in "ab"]
    graph = onnx.helper.make_graph([node], "other", ends[:1], ends[1:])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, tmp_path / "other.onnx")
    with pytest.raises(UserError, match="no model of tables"):
        grid_program(tmp_path / "other.onnx")


def test_a_program_says_what_the_network_says(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = GridNetwork(TINY)
    written = export(network, tmp_path / "tables.onnx", '{"one": 1.0}')
    program = grid_program(tmp_path / "tables.onnx")
    assert program.choice == '{"one": 1.0}'
    assert written.difference <= 1e-4
    lesson = generated_lessons(1, 0)[0]
    said = program(lesson.raster)
    with torch.no_grad():
        rows, _, merges = network(packed([lesson])["raster"])
    assert np.allclose(said.rows, torch.sigmoid(rows[0]).numpy(), atol=1e-4)
    assert np.allclose(said.merges, torch.sigmoid(merges[0]).numpy(), atol=1e-4)


def test_the_predictor_proposes_valid_tables_of_pages_and_outlines(tmp_path: Path) -> None:
    torch.manual_seed(2)
    export(GridNetwork(TINY), tmp_path / "tables.onnx", '{"one": 2.0, "network": -9.0}')
    predictor = TablesGrids(tmp_path / "tables.onnx")
    found = 0
    for given, truth in grid_choice.pages_of(3, range(3)):
        said = predictor([given])[0]
        assert said.model == "grids"
        for table in said.tables:
            assert problems(table) == ()
            assert table.source == "grids"
        found += len(said.tables)
        outline = truth.tables[0].box
        grid = grid_of_outline(given, outline, tmp_path / "tables.onnx")
        assert problems(grid) == ()
        assert grid.box.iou(outline) > 0.5
    assert found


def test_the_command_trains_goes_on_and_notes_its_figures(tmp_path: Path) -> None:
    def run(name: str, *more: str) -> str:
        place = [str(tmp_path / name), "--work", str(tmp_path / f"{name}-work")]
        few = ["--steps", "2", "--seed", "3", "--chosen", "2", "--measured", "2", "--device", "cpu"]
        done = CliRunner().invoke(app, ["train", "tables", "--out", *place, *few, *more])
        assert done.exit_code == 0, done.output
        return done.output

    run("whole")
    assert "--resume goes on" in run("halved", "--minutes", "0")
    assert not (tmp_path / "halved" / "tables.onnx").exists()
    assert "adjacency F1" in run("halved", "--resume")
    one, other = (tmp_path / name / "tables.onnx" for name in ("whole", "halved"))
    assert one.read_bytes() == other.read_bytes()
    card = (tmp_path / "halved" / "tables.md").read_text(encoding="utf-8")
    assert "proofdesk train tables --seed 3 --steps 2" in card
    assert "| network |" in card
    assert "| rules |" in card
