"""Polygons with holes: a hole hangs on its outline by a bridge that is walked to and fro.

COCO, labelme and PAGE know no holes, and several polygons are a union. A ring that goes along a
bridge to its hole, round it the other way, and back along the same bridge is one polygon whose
filling (even-odd or winding) leaves the hole open, in every format and every reader.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from model_backend.document import Box, Mask, Point, Polygon, bounding_box
from model_backend.masks.edges import contours

Part = tuple[Polygon, ...]
"""An outer ring, then its holes."""


def outline_polygons(mask: Mask) -> tuple[Polygon, ...]:
    """The exact outline of a mask as polygons whose union it is; holes hang on bridges."""
    return tuple(bridged(part) for part in parts_of_mask(mask))


def parts_of_mask(mask: Mask) -> tuple[Part, ...]:
    """The separate parts of a mask: outlines on pixel edges in page units, with their holes."""
    is_mirrored = mask.to_page[0] * mask.to_page[3] < mask.to_page[1] * mask.to_page[2]
    rings = contours(mask)
    outer = [ring for ring in rings if (signed_area(ring) > 0) != is_mirrored]
    holes = [ring for ring in rings if (signed_area(ring) > 0) == is_mirrored]
    return _grouped(outer, holes)


def parts_of_polygons(polygons: Sequence[Polygon]) -> tuple[Part, ...]:
    """Polygons taken off their bridges: each an outer ring with its holes."""
    parts: list[Part] = []
    for polygon in polygons:
        rings = rings_of(polygon)
        way = signed_area(polygon)
        outer = [ring for ring in rings if signed_area(ring) * way >= 0]
        holes = [ring for ring in rings if signed_area(ring) * way < 0]
        parts += _grouped(outer, holes)
    return tuple(parts)


def rings_of(polygon: Polygon) -> tuple[Polygon, ...]:
    """The rings of a polygon without its bridges; the polygon itself where it has none."""
    if len(set(polygon)) == len(polygon):
        return (polygon,)
    edges = list(zip(polygon, (*polygon[1:], *polygon[:1]), strict=True))
    counts = Counter(edges)
    bridges = {
        edge: min(count, counts.get((edge[1], edge[0]), 0)) for edge, count in counts.items()
    }
    following: dict[Point, list[Point]] = {}
    for start, end in edges:
        if bridges[start, end]:
            bridges[start, end] -= 1
        elif start != end:
            following.setdefault(start, []).append(end)
    return _traced(following) or (polygon,)


def bridged(part: Sequence[Polygon]) -> Polygon:
    """One polygon of an outer ring and its holes, each hung where it is nearest.

    The filling is right however the rings are wound: holes are turned against the outer ring.
    """
    ring, *holes = part
    result = list(ring)
    way = signed_area(ring)
    waiting = [hole if signed_area(hole) * way < 0 else hole[::-1] for hole in holes if hole]
    while waiting:
        near = [(_nearest(result, hole), index) for index, hole in enumerate(waiting)]
        (_distance, at, place), index = min(near)
        hole = waiting.pop(index)
        loop = (*hole[place:], *hole[:place], hole[place])
        result[at + 1 : at + 1] = [*loop, result[at]]
    return tuple(result)


def signed_area(ring: Sequence[Point]) -> float:
    """The shoelace formula; positive for rings that go clockwise on the screen."""
    pairs = zip(ring, (*ring[1:], *ring[:1]), strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2


def _grouped(outer: Sequence[Polygon], holes: Sequence[Polygon]) -> tuple[Part, ...]:
    """Each hole with the smallest outer ring around it; what lies in none is filled by itself."""
    boxes = [bounding_box(ring) for ring in outer]
    order = sorted(range(len(outer)), key=lambda index: boxes[index].area)
    inside: list[list[Polygon]] = [[] for _ring in outer]
    for hole in holes:
        home = next((i for i in order if _is_around(outer[i], boxes[i], hole)), None)
        if home is None:
            inside.append([])
            outer = [*outer, hole]
        else:
            inside[home].append(hole)
    return tuple((ring, *own) for ring, own in zip(outer, inside, strict=True))


def _is_around(ring: Polygon, box: Box, hole: Polygon) -> bool:
    """Whether the middle of the hole's first side lies in the ring: corners may be shared."""
    (x0, y0), (x1, y1) = hole[0], hole[1 % len(hole)]
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    if not box.contains((x, y)):
        return False
    sides = zip(ring, (*ring[1:], *ring[:1]), strict=True)
    crossings = sum(
        (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax)
        for (ax, ay), (bx, by) in sides
    )
    return crossings % 2 == 1


def _nearest(ring: Sequence[Point], hole: Polygon) -> tuple[float, int, int]:
    """The nearest pair of vertices: distance, index in the ring, index in the hole."""
    import numpy as np

    first, second = np.asarray(ring), np.asarray(hole)
    best = (math.inf, 0, 0)
    step = max(1, 1_000_000 // len(second))
    for start in range(0, len(first), step):
        block = first[start : start + step, None, :] - second[None, :, :]
        squares = np.einsum("ijk,ijk->ij", block, block)
        place = int(squares.argmin())
        row, column = divmod(place, len(second))
        best = min(best, (float(squares[row, column]), start + row, column))
    return best


def _traced(following: dict[Point, list[Point]]) -> tuple[Polygon, ...]:
    rings = []
    while following:
        start = next(iter(following))
        ring, point = [], start
        while point in following:
            ring.append(point)
            ends = following[point]
            after = ends.pop()
            if not ends:
                del following[point]
            point = after
            if point == start:
                break
        if len(ring) >= 3:
            rings.append(tuple(ring))
    return tuple(rings)
