"""What of the page is under the pointer or in a box: asked of the layers, so hidden things are
never hit.
"""

from __future__ import annotations

from desktop.canvas.geometry import distance_to_line, is_in_polygon, side_at
from desktop.canvas.layers.tables import table_bounds
from desktop.canvas.lookup import Item
from desktop.canvas.scene import PageScene
from desktop.canvas.style import REACH_PX
from model_backend import table_grid
from model_backend.document import Box, Entity, Point, Region, Relation, Table, Word


def hits(scene: PageScene, point: Point) -> list[Item]:
    """Everything under the point: annotations before words, small before large, thin arrows beside
    entities.
    """
    pixel = scene.look.pixel
    boxed: list[Item] = [*_entities(scene, point), *_regions(scene, point, pixel)]
    boxed = sorted([*boxed, *_tables(scene, point, pixel)], key=_area)
    links: list[Item] = [*_links(scene, point, pixel * REACH_PX * 0.7)]
    cut = 1 if boxed and isinstance(boxed[0], Entity) else 0
    return [*boxed[:cut], *links, *boxed[cut:], *words_at(scene, point)]


def _area(item: Item) -> float:
    return 0.0 if isinstance(item, Relation) else item.box.area


def words_at(scene: PageScene, point: Point) -> list[Word]:
    """The words under the point, smallest first."""
    if "words" in scene.look.hidden_kinds:
        return []
    return sorted(scene.words.chunks.at(point), key=lambda word: word.box.area)


def entity_at(scene: PageScene, point: Point) -> Entity | None:
    """The smallest entity under the point."""
    return min(_entities(scene, point), key=lambda item: item.box.area, default=None)


def words_in(scene: PageScene, box: Box) -> list[Word]:
    """The words that touch the box."""
    return scene.words.chunks.touching(box)


def within(scene: PageScene, box: Box) -> list[Item]:
    """The annotations whose middle is in the box; where there is none, the words."""
    hidden = scene.look.hidden_kinds
    found: list[Item] = []
    if "entities" not in hidden:
        found += scene.entities.chunks.centred_in(box)
    if "regions" not in hidden:
        found += [item for item in scene.regions.regions if _is_in(item.box, box)]
    if "tables" not in hidden:
        grids = scene.tables.grids.values()
        found += [grid.table for grid in grids if _is_in(table_bounds(grid.table), box)]
    if not found and "words" not in hidden:
        found += scene.words.chunks.centred_in(box)
    return found


def _is_in(inner: Box, box: Box) -> bool:
    return box.contains(inner.center)


def _entities(scene: PageScene, point: Point) -> list[Entity]:
    return [] if "entities" in scene.look.hidden_kinds else scene.entities.chunks.at(point)


def _links(scene: PageScene, point: Point, reach: float) -> list[Relation]:
    if "relations" in scene.look.hidden_kinds:
        return []
    near = [
        (distance_to_line(point, link.points), link.relation)
        for link in scene.relations.links.values()
        if link.bounds.contains(point)
    ]
    close = sorted((item for item in near if item[0] <= reach), key=lambda item: item[0])
    return [relation for _, relation in close]


def _tables(scene: PageScene, point: Point, pixel: float) -> list[Table]:
    if "tables" in scene.look.hidden_kinds:
        return []
    return [
        grid.table
        for grid in scene.tables.grids.values()
        if grid.table.box.grown(4 * pixel).contains(table_grid.to_frame(grid.table, point))
    ]


def _regions(scene: PageScene, point: Point, pixel: float) -> list[Region]:
    if "regions" in scene.look.hidden_kinds:
        return []
    return [item for item in scene.regions.regions if _is_on(item, point, 4 * pixel)]


def _is_on(region: Region, point: Point, reach: float) -> bool:
    if not region.polygons:
        return region.box.grown(reach).contains(point)
    inside = any(is_in_polygon(point, polygon) for polygon in region.polygons)
    return inside or side_at(region.polygons, point, reach) is not None
