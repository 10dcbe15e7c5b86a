"""The tools of the canvas: one class for each pointer gesture that starts somewhere else than at
the selection.
"""

from __future__ import annotations

from desktop.canvas.tools.brush import BrushTool, EraserTool
from desktop.canvas.tools.entity import EntityTool
from desktop.canvas.tools.relation import RelationTool
from desktop.canvas.tools.rotated import RotatedTool
from desktop.canvas.tools.select import SelectTool
from desktop.canvas.tools.shapes import BoxTool, PolygonTool, TableTool
from desktop.canvas.tools.tool import Tool
from desktop.canvas.tools.wand import WandTool

TOOLS: dict[str, type[Tool]] = {
    tool.name: tool
    for tool in (
        SelectTool,
        EntityTool,
        RelationTool,
        TableTool,
        BoxTool,
        RotatedTool,
        PolygonTool,
        BrushTool,
        EraserTool,
        WandTool,
    )
}
"""Every tool by its name."""

__all__ = ["TOOLS", "Tool"]
