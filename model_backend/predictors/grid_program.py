"""The grid network as a program of onnxruntime: a raster in, chances of rows, columns and merged
cells out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model_backend.errors import UserError
from model_backend.predictors.grid_raster import Raster
from model_backend.predictors.programs import session_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

PROGRAM = Path(__file__).resolve().parents[2] / "resources" / "models" / "tables.onnx"
INPUT, OUTPUTS = "raster", ("rows", "columns", "merges")
KIND_KEY, KIND, CHOICE_KEY = "kind", "grid", "choice"
"""Where the file says what it is, and by which weights proposals are chosen."""


@dataclass(frozen=True)
class GridSaid:
    """Chances of a raster (H, W): rows (4, H: between rows, inside the table, header, projected),
    columns (2, W: between columns, inside), merges (2, H / 2, W / 2: across columns, down rows).
    """

    rows: Numbers
    columns: Numbers
    merges: Numbers


@dataclass(frozen=True)
class GridProgram:
    """A program, and what its file says about choosing."""

    session: Any
    choice: str

    def __call__(self, raster: Raster) -> GridSaid:
        """What it says of an area."""
        parts = self.session.run(list(OUTPUTS), {INPUT: raster.channels[None]})
        return GridSaid(*(1 / (1 + np.exp(-part[0].clip(-30, 30))) for part in parts))


def grid_program(path: Path = PROGRAM) -> GridProgram:
    """The program of a file; UserError where it cannot be loaded."""
    session = session_of(path)
    told = session.get_modelmeta().custom_metadata_map
    if told.get(KIND_KEY) != KIND:
        raise UserError(
            "{file} is no model of tables. Choose one that `proofdesk train tables` made.",
            file=path,
        )
    return GridProgram(session, told.get(CHOICE_KEY, ""))
