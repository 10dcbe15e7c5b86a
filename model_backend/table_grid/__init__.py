"""The grid algebra: bands, spans and header -> cells -> PubTables-1M's six classes, and back.

Pure functions on `Table`; standard library only. Each returns a valid table (`problems` is empty)
and raises ValueError for arguments that make no sense.
"""

from model_backend.table_grid.bands import (
    delete_columns,
    delete_rows,
    join_columns,
    join_rows,
    split_columns,
    split_rows,
)
from model_backend.table_grid.cells import (
    Cell,
    cell_at,
    cell_text,
    cells,
    grown_to_cells,
    merged_cells,
    words_of_cells,
)
from model_backend.table_grid.edits import (
    add_column_edge,
    add_row_edge,
    delete_column,
    delete_column_edge,
    delete_row,
    delete_row_edge,
    empty_table,
    extend_columns,
    extend_rows,
    merge_cells,
    move_column_edge,
    move_row_edge,
    moved,
    resize,
    set_header_rows,
    split_cell,
    toggle_projected,
)
from model_backend.table_grid.frame import (
    box_to_frame,
    box_to_page,
    column_edges,
    frame_to_page,
    problems,
    row_edges,
    to_frame,
    to_page,
)
from model_backend.table_grid.objects import from_objects, objects
from model_backend.table_grid.placement import Misplaced, Placement, core_of, misplaced
from model_backend.table_grid.proposal import propose_grid
from model_backend.table_grid.transforms import transformed

__all__ = [
    "Cell",
    "Misplaced",
    "Placement",
    "add_column_edge",
    "add_row_edge",
    "box_to_frame",
    "box_to_page",
    "cell_at",
    "cell_text",
    "cells",
    "column_edges",
    "core_of",
    "delete_column",
    "delete_column_edge",
    "delete_columns",
    "delete_row",
    "delete_row_edge",
    "delete_rows",
    "empty_table",
    "extend_columns",
    "extend_rows",
    "frame_to_page",
    "from_objects",
    "grown_to_cells",
    "join_columns",
    "join_rows",
    "merge_cells",
    "merged_cells",
    "misplaced",
    "move_column_edge",
    "move_row_edge",
    "moved",
    "objects",
    "problems",
    "propose_grid",
    "resize",
    "row_edges",
    "set_header_rows",
    "split_cell",
    "split_columns",
    "split_rows",
    "to_frame",
    "to_page",
    "toggle_projected",
    "transformed",
    "words_of_cells",
]
