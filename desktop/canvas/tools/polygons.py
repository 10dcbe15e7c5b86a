"""Gestures on the corners of a polygon region: move one, add one on a side, take one away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt

from desktop.canvas.geometry import (
    Corner,
    side_at,
    vertex_at,
    vertex_moved,
    with_vertex,
    without_vertex,
)
from desktop.canvas.tools.tool import Gesture, Pointer
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from desktop.document.lookup import Item
from model_backend.document import Point, Polygon, Region
from model_backend.translation import _, mark


class Shape(Gesture):
    """A vertex of a polygon region follows the pointer; a pressed side gets a new one first."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, work: Workspace, start: Pointer, region: Region, *, corner: Corner, is_side: bool
    ) -> None:
        super().__init__(work, start)
        self._region, self._corner, self._is_side = region, corner, is_side

    def depends_on(self) -> tuple[Item, ...]:
        """The region."""
        return (self._region,)

    def lifted(self) -> tuple[int, ...]:
        """The region is shown by the gesture."""
        return () if self.is_click else (self._region.id,)

    def shaped(self) -> Region:
        """The region with the vertex where the pointer is."""
        return self._region if self.is_click else self._shaped(self.last.point)

    def _shaped(self, point: Point) -> Region:
        change = with_vertex if self._is_side else vertex_moved
        return edits.with_polygons(self._region, change(self._region.polygons, self._corner, point))

    def release(self, pointer: Pointer) -> bool:
        """One edit gives the region its new outline; a mere click chooses the vertex."""
        self.move(pointer)
        region = self.shaped()
        if self.is_click and not self._is_side:
            self.work.scene.live.corner = self._corner
        elif region != self._region:
            self.work.scene.live.corner = None
            self.work.apply(mark("Change outline"), lambda page: edits.replace(page, region))
        return True

    def previews(self) -> Mapping[int, Item]:
        """The region with its new outline."""
        return {} if self.is_click else {self._region.id: self.shaped()}


class DropVertex(Gesture):
    """Alt and a click on a vertex takes it away; a polygon keeps at least three."""

    def __init__(self, work: Workspace, start: Pointer, region: Region, corner: Corner) -> None:
        super().__init__(work, start)
        self._region, self._corner = region, corner

    def depends_on(self) -> tuple[Item, ...]:
        """The region."""
        return (self._region,)

    def lifted(self) -> tuple[int, ...]:
        """Dragged, the vertex moves by itself, also that of a rotated box."""
        return () if self.is_click else (self._region.id,)

    def previews(self) -> Mapping[int, Item]:
        """The region with the vertex moved."""
        return {} if self.is_click else {self._region.id: self._shaped()}

    def release(self, pointer: Pointer) -> bool:
        """One edit without the vertex, or with it elsewhere."""
        self.move(pointer)
        if self.is_click:
            drop(self.work, self._region, self._corner)
        else:
            region = self._shaped()
            self.work.apply(mark("Change outline"), lambda page: edits.replace(page, region))
        return True

    def _shaped(self) -> Region:
        return edits.with_polygons(
            self._region, vertex_moved(self._region.polygons, self._corner, self.last.point)
        )


def drop(work: Workspace, region: Region, corner: Corner) -> None:
    """One edit without this vertex, where enough are left."""
    polygons = without_vertex(region.polygons, corner)
    work.scene.live.corner = None
    if not polygons or polygons == region.polygons:
        work.say(_("A polygon needs three corners."))
        return
    changed = edits.with_polygons(region, polygons)
    work.apply(mark("Delete corner"), lambda page: edits.replace(page, changed))


def polygon_region(work: Workspace) -> Region | None:
    """The one selected region, where it is made of polygons."""
    items = work.selected() if len(work.ids) == 1 else []
    item = items[0] if items else None
    is_polygon = isinstance(item, Region) and bool(item.polygons) and item.mask is None
    return item if is_polygon and isinstance(item, Region) else None


def chosen_corner(work: Workspace) -> tuple[Region, Corner] | None:
    """The vertex under the pointer, else the one clicked last."""
    region, corner = polygon_region(work), work.scene.live.corner
    if region is None or corner is None or not _has(region.polygons, corner):
        return None
    return region, corner


def drop_chosen(work: Workspace) -> bool:
    """Take the chosen vertex away; False where none is."""
    chosen = chosen_corner(work)
    if chosen is not None:
        drop(work, *chosen)
    return chosen is not None


def light_up(work: Workspace, pointer: Pointer) -> None:
    """Show the vertex under the pointer as the one that Backspace would take."""
    region, live = polygon_region(work), work.scene.live
    corner = vertex_at(region.polygons, pointer.point, pointer.reach * 1.2) if region else None
    if corner != live.corner:
        live.corner = corner
        work.scene.refresh()


def shape_gesture(work: Workspace, pointer: Pointer, region: Region) -> Gesture | None:
    """The gesture for a vertex or a side of a polygon."""
    corner = vertex_at(region.polygons, pointer.point, pointer.reach * 1.2)
    if corner is not None and pointer.alt:
        return DropVertex(work, pointer, region, corner)
    if corner is not None:
        return Shape(work, pointer, region, corner=corner, is_side=False)
    side = side_at(region.polygons, pointer.point, pointer.reach)
    if side is not None:
        return Shape(work, pointer, region, corner=side, is_side=True)
    return None


def _has(polygons: Sequence[Polygon], corner: Corner) -> bool:
    return corner.polygon < len(polygons) and corner.vertex < len(polygons[corner.polygon])
