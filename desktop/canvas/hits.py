"""What of the page is under the pointer or in a box: asked of the layers, so hidden things are
never hit; locked ones neither, but words that are locked can still be swept over.
"""

from __future__ import annotations

from desktop.canvas.geometry import distance_to_line, is_in_polygon, side_at
from desktop.canvas.layers.tables import table_bounds
from desktop.canvas.scene import PageScene
from desktop.canvas.style import REACH_PX
from desktop.document.lookup import Item
from model_backend import table_grid
from model_backend.document import Box, Entity, Point, Region, Relation, Table, Word
from model_backend.lookup import AnyItem


def hits(scene: PageScene, point: Point) -> list[Item]:
    """Everything under the point: annotations before words, small before large, thin arrows beside
    entities.
    """
    pixel = scene.look.pixel
    boxed: list[Item] = [*_entities(scene, point), *_regions(scene, point, pixel)]
    boxed = sorted([*boxed, *_tables(scene, point, pixel)], key=_area)
    links: list[Item] = [*_links(scene, point, pixel * REACH_PX * 0.7)]
    cut = 1 if boxed and isinstance(boxed[0], Entity) else 0
    words: list[Item] = [*words_at(scene, point)] if _is_free(scene, "words") else []
    return [*boxed[:cut], *links, *boxed[cut:], *_free(scene, words)]


def _is_free(scene: PageScene, layer: str) -> bool:
    """Whether a layer is shown and not locked."""
    visibility = scene.look.visibility
    return layer not in visibility.hidden and layer not in visibility.locked


def _free(scene: PageScene, items: list[AnyItem]) -> list[AnyItem]:
    """Those of the things that are not locked one by one."""
    locked = scene.look.visibility.locked_ids
    return [item for item in items if item.id not in locked] if locked else items


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
    found: list[Item] = []
    if _is_free(scene, "entities"):
        found += scene.entities.chunks.centred_in(box)
    if _is_free(scene, "regions"):
        found += [item for item in scene.regions.regions if _is_in(item.box, box)]
    if _is_free(scene, "tables"):
        grids = scene.tables.grids.values()
        found += [grid.table for grid in grids if _is_in(table_bounds(grid.table), box)]
    found = _free(scene, found)
    if not found and _is_free(scene, "words"):
        words: list[Item] = [*scene.words.chunks.centred_in(box)]
        found += _free(scene, words)
    return found


def _is_in(inner: Box, box: Box) -> bool:
    return box.contains(inner.center)


def _entities(scene: PageScene, point: Point) -> list[Entity]:
    if not _is_free(scene, "entities"):
        return []
    return _free(scene, scene.entities.chunks.at(point))


def _links(scene: PageScene, point: Point, reach: float) -> list[Relation]:
    if not _is_free(scene, "relations"):
        return []
    near = [
        (distance_to_line(point, link.points), link.relation)
        for link in scene.relations.within(Box(*point, *point))
    ]
    close = sorted((item for item in near if item[0] <= reach), key=lambda item: item[0])
    return _free(scene, [relation for _, relation in close])


def _tables(scene: PageScene, point: Point, pixel: float) -> list[Table]:
    if not _is_free(scene, "tables"):
        return []
    under = [
        grid.table
        for grid in scene.tables.grids.values()
        if grid.table.box.grown(4 * pixel).contains(table_grid.to_frame(grid.table, point))
    ]
    return _free(scene, under)


def _regions(scene: PageScene, point: Point, pixel: float) -> list[Region]:
    if not _is_free(scene, "regions"):
        return []
    under = [item for item in scene.regions.regions if _is_on(item, point, 4 * pixel)]
    return _free(scene, under)


def _is_on(region: Region, point: Point, reach: float) -> bool:
    if not region.polygons:
        return region.box.grown(reach).contains(point)
    inside = any(is_in_polygon(point, polygon) for polygon in region.polygons)
    return inside or side_at(region.polygons, point, reach) is not None
