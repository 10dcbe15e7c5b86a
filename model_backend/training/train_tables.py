"""The whole way to a model of tables: generated tables, training, the choice among proposals, an
ONNX program, figures on its card.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from model_backend import runtime
from model_backend.models.grid_network import GridNetwork
from model_backend.predictors.grid_program import grid_program
from model_backend.predictors.tables_auto import TablesAuto
from model_backend.predictors.tables_grids import TablesGrids
from model_backend.training import card, grid_choice
from model_backend.training.grid_export import export
from model_backend.training.grid_figures import table_figures
from model_backend.training.grid_task import TABLES, GridTask
from model_backend.training.trainer import Note, Plan, Trainer

CHECKPOINT = "training.pt"
PROGRAM, CARD = "tables.onnx", "tables.md"
THREADS = 1
"""More are not faster where processors are shared; the result would depend on their number."""
ABOUT = """
A network that reads the grid of a table from a coarse raster of its words and rulings, on digital
pages and scans alike, and a function that chooses among the grids that it, ruling lines, white gaps
and PyMuPDF's finder propose. It is `model_backend/models/grid_network.py` as an ONNX program:
`raster` (B, 9, H, W; `model_backend/predictors/grid_raster.py` says what is drawn) to logits of
`rows` (B, 4, H: between rows, inside the table, header, projected row), `columns` (B, 2, W: between
columns, inside) and `merges` (B, 2, H / 2, W / 2: cells that go on to the right, and down). The
weights of the choice are in the file's metadata.

- Data: tables that `model_backend/synthesis` draws, and nothing else: no document, scan or weight
  of anybody was used.
- Licence: that of Proofdesk (AGPL-3.0-or-later).
- Limits: tables are found by the layout analysis or by rulings and gaps, not by the network; words
  are in Latin letters.
- To make it again: the command below, on any machine; `--resume` goes on after a stop. Each
  training adds its figures here.
"""


@dataclass(frozen=True)
class Wish:
    """What is asked for: the model comes into `out`, what is needed to go on into `work`; the
    choice is learnt on `chosen` generated pages, `measured` others are measured with.
    """

    out: Path
    work: Path
    seed: int = 1
    steps: int = 1500
    rate: float = 3e-3
    device: str = runtime.AUTO
    chosen: int = 150
    measured: int = 40

    @property
    def command(self) -> str:
        """How to make the model again."""
        return (
            f"proofdesk train tables --seed {self.seed} --steps {self.steps} --rate {self.rate:g}"
            f" --chosen {self.chosen} --out {self.out.name}"
        )


def train_tables(
    wish: Wish,
    *,
    resume: bool = False,
    on_note: Callable[[Note], None] = lambda note: None,
    on_page: Callable[[int, int], None] = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> card.Trained:
    """Train, learn to choose, write the program, measure it and note the figures on its card.

    Raises Cancelled when it was stopped (it can go on with `resume`), UserError.
    """
    trainer = trainer_of(wish)
    if resume:
        trainer.resume()
    started, first = time.monotonic(), trainer.step
    trainer.run(on_note=on_note, is_cancelled=is_cancelled)
    seconds = time.monotonic() - started
    program = wish.out / PROGRAM
    written = finished(wish, trainer.task.network, on_page)
    figures = table_figures({"network": TablesGrids(program), "rules": TablesAuto()}, wish.measured)
    lines = [
        f"`{wish.command}`",
        "",
        f"{trainer.step} steps of {TABLES} tables ({seconds / 60:.0f} minutes for the last"
        f" {trainer.step - first} on {trainer.device.type}), then the choice on {wish.chosen}"
        f" pages. On {wish.measured} generated pages of faces that training never saw:",
    ]
    card.append(wish.out / CARD, f"Trained with seed {wish.seed}", lines, figures, about=ABOUT)
    return card.Trained(program, written, figures)


def finished(wish: Wish, network: GridNetwork, on_page: Callable[[int, int], None]) -> int:
    """The program written with what it takes to choose; its bytes."""
    path = wish.out / PROGRAM
    export(network, path)
    found = grid_choice.examples(
        grid_program(path),
        wish.seed,
        wish.chosen,
        on_page=lambda done: on_page(done, wish.chosen),
    )
    export(network, path, grid_choice.as_text(grid_choice.weights(found)))
    return path.stat().st_size


def trainer_of(wish: Wish) -> Trainer[GridTask]:
    """The trainer of a new network."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(wish.seed)
    task = GridTask(GridNetwork(), wish.seed)
    plan = Plan(wish.steps, wish.rate, seed=wish.seed)
    device = runtime.torch_device(wish.device)
    return Trainer(task, plan, wish.work / CHECKPOINT, device=device.name)
