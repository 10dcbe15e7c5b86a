"""Hit testing, snapping, handles, outlines: pure functions over page units, no Qt."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from model_backend.document import Box, Point, Polygon
from model_backend.masks.outlines import bridged, parts_of_polygons, rings_of

Gap = tuple[float, float]

HANDLES = ("nw", "n", "ne", "e", "se", "s", "sw", "w")
"""The eight grips of a box, clockwise from the top left, named by compass."""


def box_between(first: Point, second: Point) -> Box:
    """The box with these two corners, whichever way it was drawn."""
    return Box(first[0], first[1], second[0], second[1]).normalized()


def handle_points(box: Box) -> dict[str, Point]:
    """Where each grip of the box is."""
    cx, cy = box.center
    xs = {"w": box.x0, "e": box.x1}
    ys = {"n": box.y0, "s": box.y1}
    return {name: (xs.get(name[-1], cx), ys.get(name[0], cy)) for name in HANDLES}


SMALL_REACHES = 24.0 / 7.0
"""A box with a side shorter than so many reaches is small: its inside is for moving only."""


def is_small(box: Box, reach: float) -> bool:
    """Whether grips would hide the box: then they lie outside of it."""
    return min(box.width, box.height) < SMALL_REACHES * reach


def corner_marks(box: Box, arm: float) -> tuple[tuple[Point, Point, Point], ...]:
    """An angle outside each corner of a box, as three points."""
    outer = box.grown(arm / 2)
    return tuple(
        ((x, y - math.copysign(arm, dy)), (x, y), (x - math.copysign(arm, dx), y))
        for x, y in outer.corners
        for dx, dy in [(x - box.center[0], y - box.center[1])]
    )


def handle_at(box: Box, point: Point, reach: float) -> str:
    """The grip under the point, or nothing; corners win, sides can be gripped along their whole
    length. A small box is gripped at its border and from outside.
    """
    rim = min(0.4 * reach, min(box.width, box.height) / 4)
    if is_small(box, reach) and box.grown(-rim).contains(point):
        return ""
    corners = [item for item in handle_points(box).items() if len(item[0]) == 2]
    name, distance = min(
        ((name, math.dist(point, corner)) for name, corner in corners), key=lambda item: item[1]
    )
    if distance <= reach * 1.4:
        return name
    if not box.grown(reach).contains(point):
        return ""
    sides = {
        "n": abs(point[1] - box.y0),
        "s": abs(point[1] - box.y1),
        "w": abs(point[0] - box.x0),
        "e": abs(point[0] - box.x1),
    }
    side = min(sides, key=lambda key: sides[key])
    return side if sides[side] <= min(reach, max(box.width, box.height) / 4) else ""


def resized(box: Box, handle: str, dx: float, dy: float) -> Box:
    """The box after dragging a grip; dragging it past the other side turns the box over."""
    return Box(
        box.x0 + (dx if "w" in handle else 0.0),
        box.y0 + (dy if "n" in handle else 0.0),
        box.x1 + (dx if "e" in handle else 0.0),
        box.y1 + (dy if "s" in handle else 0.0),
    ).normalized()


def is_left_of_turn(a: Point, b: Point, point: Point) -> bool:
    """Whether a ray to the right from the point crosses the edge from a to b."""
    if (a[1] > point[1]) == (b[1] > point[1]):
        return False
    return point[0] < a[0] + (point[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])


def edges_of(polygon: Polygon) -> Iterable[tuple[Point, Point]]:
    """The sides of a polygon, the closing one last."""
    return zip(polygon, (*polygon[1:], *polygon[:1]), strict=True)


def is_in_polygon(point: Point, polygon: Polygon) -> bool:
    """Whether the point lies inside (even-odd rule)."""
    return sum(is_left_of_turn(a, b, point) for a, b in edges_of(polygon)) % 2 == 1


def distance_to_segment(point: Point, a: Point, b: Point) -> float:
    """Distance from the point to the nearest point between a and b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length
    along = max(0.0, min(1.0, along))
    return math.dist(point, (a[0] + along * dx, a[1] + along * dy))


def distance_to_line(point: Point, line: Sequence[Point]) -> float:
    """Distance from the point to an open run of segments."""
    if len(line) == 1:
        return math.dist(point, line[0])
    return min(distance_to_segment(point, a, b) for a, b in zip(line, line[1:], strict=False))


@dataclass(frozen=True)
class Corner:
    """A vertex of one of several polygons; for a side, the vertex it begins at."""

    polygon: int
    vertex: int


def vertex_at(polygons: Sequence[Polygon], point: Point, reach: float) -> Corner | None:
    """The nearest vertex within reach."""
    found = [
        (math.dist(vertex, point), Corner(i, j))
        for i, polygon in enumerate(polygons)
        for j, vertex in enumerate(polygon)
    ]
    near = [item for item in found if item[0] <= reach]
    return min(near, key=lambda item: item[0])[1] if near else None


def side_at(polygons: Sequence[Polygon], point: Point, reach: float) -> Corner | None:
    """The nearest side within reach."""
    found = [
        (distance_to_segment(point, a, b), Corner(i, j))
        for i, polygon in enumerate(polygons)
        for j, (a, b) in enumerate(edges_of(polygon))
    ]
    near = [item for item in found if item[0] <= reach]
    return min(near, key=lambda item: item[0])[1] if near else None


def with_vertex(polygons: Sequence[Polygon], side: Corner, point: Point) -> tuple[Polygon, ...]:
    """The polygons with a new vertex on that side; the bridge to a hole gets none."""
    polygon = polygons[side.polygon]
    start, end = polygon[side.vertex], polygon[(side.vertex + 1) % len(polygon)]

    def change(ring: Polygon) -> Polygon:
        for index, edge in enumerate(edges_of(ring)):
            if edge in ((start, end), (end, start)):
                return (*ring[: index + 1], point, *ring[index + 1 :])
        return ring

    return _changed(polygons, side.polygon, change)


def vertex_moved(polygons: Sequence[Polygon], corner: Corner, point: Point) -> tuple[Polygon, ...]:
    """The polygons with that vertex put elsewhere; a bridge to a hole goes along."""
    old = polygons[corner.polygon][corner.vertex]
    moved = tuple(point if other == old else other for other in polygons[corner.polygon])
    return (*polygons[: corner.polygon], moved, *polygons[corner.polygon + 1 :])


def without_vertex(polygons: Sequence[Polygon], corner: Corner) -> tuple[Polygon, ...]:
    """The polygons without that vertex; one with fewer than three left goes altogether, but a hole
    stays as it is: nothing is filled unasked.
    """
    polygon = polygons[corner.polygon]
    old = polygon[corner.vertex]
    if len(rings_of(polygon)) == 1 and len(polygon) <= 3:
        return (*polygons[: corner.polygon], *polygons[corner.polygon + 1 :])

    def change(ring: Polygon) -> Polygon:
        rest = tuple(other for other in ring if other != old)
        return rest if len(rest) >= 3 else ring

    return _changed(polygons, corner.polygon, change)


def _changed(
    polygons: Sequence[Polygon], index: int, change: Callable[[Polygon], Polygon]
) -> tuple[Polygon, ...]:
    """The polygons with the rings of one of them changed, its holes on bridges again."""
    polygon = polygons[index]
    if len(rings_of(polygon)) == 1:
        new: tuple[Polygon, ...] = (change(polygon),)
    else:
        parts = parts_of_polygons([polygon])
        new = tuple(bridged(tuple(map(change, part))) for part in parts)
    return (*polygons[:index], *new, *polygons[index + 1 :])


def white_gaps(intervals: Iterable[Gap], start: float, end: float) -> tuple[Gap, ...]:
    """The parts of start..end that no interval covers, in order."""
    gaps, at = [], start
    for low, high in sorted(intervals):
        if low > at:
            gaps.append((at, min(low, end)))
        at = max(at, high)
        if at >= end:
            break
    if at < end:
        gaps.append((at, end))
    return tuple(gap for gap in gaps if gap[1] > gap[0])


@dataclass(frozen=True)
class Snap:
    """Where an edge comes to lie, and the white gap it was pulled to; None where it is free."""

    value: float
    gap: Gap | None = None


def snap(value: float, gaps: Sequence[Gap], reach: float) -> Snap:
    """The value pulled to the middle of a near white gap, or just out of the words; else as is."""
    near = [gap for gap in gaps if abs(_middle(gap) - value) <= reach]
    if near:
        gap = min(near, key=lambda gap: abs(_middle(gap) - value))
        return Snap(_middle(gap), gap)
    if any(low <= value <= high for low, high in gaps):
        return Snap(value)
    borders = [
        (abs(border - value), border, gap)
        for gap in gaps
        for border in gap
        if abs(border - value) <= reach
    ]
    return Snap(*min(borders)[1:]) if borders else Snap(value)


def snapped(value: float, gaps: Sequence[Gap], reach: float) -> float:
    """The value alone that `snap` gives."""
    return snap(value, gaps, reach).value


def _middle(gap: Gap) -> float:
    return (gap[0] + gap[1]) / 2


def near_index(values: Sequence[float], value: float, reach: float) -> int | None:
    """The index of the nearest value within reach."""
    if not values:
        return None
    index = min(range(len(values)), key=lambda i: abs(values[i] - value))
    return index if abs(values[index] - value) <= reach else None


def band_at(edges: Sequence[float], value: float) -> int:
    """The band between two edges that holds the value; the first or last one for values outside."""
    inside = sum(1 for edge in edges[1:-1] if value >= edge)
    return min(inside, max(0, len(edges) - 2))


def link_curve(start: Box, end: Box) -> tuple[Point, Point, Point, Point]:
    """The cubic curve of an arrow between two boxes: it leaves and arrives at right angles to their
    sides.
    """
    (sx, sy), (ex, ey) = start.center, end.center
    if start == end:
        reach = max(12.0, start.height)
        top = (start.x1 - min(start.height * 0.3, start.width / 2), start.y0)
        return top, (top[0], top[1] - reach), (start.x1 + reach, sy), (start.x1, sy)
    gap_x = max(end.x0 - start.x1, start.x0 - end.x1)
    gap_y = max(end.y0 - start.y1, start.y0 - end.y1)
    if gap_x >= gap_y:
        forward = ex >= sx
        a = (start.x1 if forward else start.x0, sy)
        b = (end.x0 if forward else end.x1, ey)
        pull = max(abs(b[0] - a[0]) * 0.5, 6.0) * (1 if forward else -1)
        return a, (a[0] + pull, sy), (b[0] - pull, ey), b
    down = ey >= sy
    a = (_facing(start, end), start.y1 if down else start.y0)
    b = (_facing(end, start), end.y0 if down else end.y1)
    pull = max(abs(b[1] - a[1]) * 0.5, 6.0) * (1 if down else -1)
    return a, (a[0], a[1] + pull), (b[0], b[1] - pull), b


def _facing(box: Box, other: Box) -> float:
    """Where on its upper or lower side a link leaves a box: above the other where they overlap."""
    low, high = max(box.x0, other.x0), min(box.x1, other.x1)
    if low <= high:
        return min((low + high) / 2, low + 2 * box.height)
    return box.x0 + box.width * (0.25 if other.center[0] < box.center[0] else 0.75)


def curve_points(curve: Sequence[Point], count: int = 16) -> tuple[Point, ...]:
    """Points along a cubic curve, both ends included."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve
    points = []
    for step in range(count + 1):
        t = step / count
        u = 1 - t
        wa, wb, wc, wd = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        points.append(
            (wa * ax + wb * bx + wc * cx + wd * dx, wa * ay + wb * by + wc * cy + wd * dy)
        )
    return tuple(points)


def simplified(line: Sequence[Point], spacing: float) -> tuple[Point, ...]:
    """A stroke without points nearer to the one before than `spacing`; its ends are kept."""
    kept = list(line[:1])
    for point in line[1:-1]:
        if math.dist(point, kept[-1]) >= spacing:
            kept.append(point)
    if len(line) > 1:
        kept.append(line[-1])
    return tuple(kept)
