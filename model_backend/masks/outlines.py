"""Polygons with holes: a hole hangs on its outline by a bridge that is walked to and fro.

COCO, labelme and PAGE know no holes, and several polygons are a union. A ring that goes along a
bridge to its hole, round it the other way, and back along the same bridge is one polygon whose
filling (even-odd or winding) leaves the hole open, in every format and every reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from model_backend.document import Box, Mask, Point, Polygon, bounding_box
from model_backend.masks.edges import contours

Part = tuple[Polygon, ...]
"""An outer ring, then its holes."""
Place = tuple[int, int]
"""A ring of a part and a vertex of it."""


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
    way = signed_area(ring)
    turned = [hole if signed_area(hole) * way < 0 else hole[::-1] for hole in holes if hole]
    rings = [ring, *turned]
    return tuple(_walked(rings, _hung(rings))) if turned else tuple(ring)


def _hung(rings: Sequence[Polygon]) -> dict[Place, list[Place]]:
    """Where each hole hangs: the nearest hole first, on the outer ring or one that hangs already
    (Prim's tree); at a vertex the last one comes first.
    """
    import numpy as np
    from scipy.spatial import KDTree

    points = np.concatenate([np.asarray(hole) for hole in rings[1:]])
    home = np.repeat(np.arange(1, len(rings)), [len(hole) for hole in rings[1:]])
    vertex = np.concatenate([np.arange(len(hole)) for hole in rings[1:]])
    distance = np.full(len(points), np.inf)
    to_ring, to_vertex = np.zeros(len(points), int), np.zeros(len(points), int)
    hung: dict[Place, list[Place]] = {}
    last = 0
    while len(points):
        found, nearest = map(np.asarray, KDTree(np.asarray(rings[last])).query(points))
        is_nearer = found < distance
        distance[is_nearer], to_ring[is_nearer] = found[is_nearer], last
        to_vertex[is_nearer] = nearest[is_nearer]
        best = int(distance.argmin())
        last = int(home[best])
        target = int(to_ring[best]), int(to_vertex[best])
        hung.setdefault(target, []).insert(0, (last, int(vertex[best])))
        waiting = home != last
        points, home, vertex = points[waiting], home[waiting], vertex[waiting]
        distance, to_ring, to_vertex = distance[waiting], to_ring[waiting], to_vertex[waiting]
    return hung


def _walked(rings: Sequence[Polygon], hung: dict[Place, list[Place]]) -> Iterator[Point]:
    """The outer ring's vertices, with a way along each hole and back where it hangs."""
    ways = [iter([(0, index) for index in range(len(rings[0]))])]
    while ways:
        place = next(ways[-1], None)
        if place is None:
            ways.pop()
            continue
        ring, index = place
        yield rings[ring][index]
        aside = [step for hole in hung.pop(place, ()) for step in (*_along(rings, hole), place)]
        ways.append(iter(aside))


def _along(rings: Sequence[Polygon], start: Place) -> list[Place]:
    """Once along a hole, back to where it began."""
    hole, first = start
    size = len(rings[hole])
    return [(hole, (first + step) % size) for step in range(size + 1)]


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
