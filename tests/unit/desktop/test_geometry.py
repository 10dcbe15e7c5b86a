"""Hit testing, snapping and handles without a window."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.canvas.chunks import CHUNK_IDS, Chunks
from desktop.canvas.geometry import (
    Corner,
    band_at,
    box_between,
    curve_points,
    distance_to_line,
    distance_to_segment,
    handle_at,
    handle_points,
    is_in_polygon,
    link_curve,
    near_index,
    resized,
    side_at,
    simplified,
    snapped,
    vertex_at,
    vertex_moved,
    white_gaps,
    with_vertex,
    without_vertex,
)
from model_backend.document import Box, Word

SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
numbers = st.floats(-1000, 1000)
points = st.tuples(numbers, numbers)
boxes = st.builds(box_between, points, points)


def test_every_handle_is_found_where_it_is() -> None:
    box = Box(10, 20, 110, 80)
    for name, point in handle_points(box).items():
        assert handle_at(box, point, 4) == name
    assert handle_at(box, box.center, 4) == ""
    assert handle_at(box, (200, 50), 4) == ""
    assert handle_at(box, (30, 18), 4) == "n"  # a side can be gripped anywhere


@given(boxes, st.sampled_from(["n", "ne", "e", "se", "s", "sw", "w", "nw"]), numbers, numbers)
def test_resizing_keeps_the_sides_that_were_not_gripped(
    box: Box, handle: str, dx: float, dy: float
) -> None:
    new = resized(box, handle, dx, dy)
    assert new.x0 <= new.x1
    assert new.y0 <= new.y1
    if "e" in handle:
        assert box.x0 in (new.x0, new.x1)
    if handle in ("n", "s"):
        assert (new.x0, new.x1) == (box.x0, box.x1)


def test_inside_follows_the_even_odd_rule() -> None:
    concave = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (5.0, 2.0), (0.0, 10.0))
    assert is_in_polygon((2, 3), concave)
    assert not is_in_polygon((5, 8), concave)
    assert not is_in_polygon((11, 5), concave)


@given(points, points, points)
def test_a_segment_is_never_nearer_than_its_line_nor_farther_than_its_ends(
    point: tuple[float, float], a: tuple[float, float], b: tuple[float, float]
) -> None:
    distance = distance_to_segment(point, a, b)
    assert distance <= min(math.dist(point, a), math.dist(point, b)) + 1e-6
    assert distance_to_line(point, (a, b)) == distance


def test_vertices_and_sides_are_found_and_changed() -> None:
    assert vertex_at((SQUARE,), (9, 1), 2) == Corner(0, 1)
    assert vertex_at((SQUARE,), (5, 5), 2) is None
    assert side_at((SQUARE,), (0.5, 5), 1) == Corner(0, 3)
    assert with_vertex((SQUARE,), Corner(0, 3), (-1, 5))[0] == (*SQUARE, (-1, 5))
    assert vertex_moved((SQUARE,), Corner(0, 0), (1, 1))[0] == ((1, 1), *SQUARE[1:])
    assert without_vertex((SQUARE,), Corner(0, 2))[0] == (SQUARE[0], SQUARE[1], SQUARE[3])
    assert without_vertex((SQUARE[:3],), Corner(0, 0)) == ()


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 30)), max_size=12))
def test_white_gaps_are_what_no_interval_covers(parts: list[tuple[float, float]]) -> None:
    intervals = [(start, start + size) for start, size in parts]
    gaps = white_gaps(intervals, 0, 100)
    for low, high in gaps:
        middle = (low + high) / 2
        assert 0 <= low < high <= 100
        assert not any(start < middle < end for start, end in intervals)
    covered = [middle for middle in range(101) if any(a <= middle <= b for a, b in intervals)]
    assert not any(low < middle < high for middle in covered for low, high in gaps)


def test_an_edge_snaps_to_a_near_gap_and_stays_free_elsewhere() -> None:
    gaps = ((20.0, 30.0), (60.0, 90.0))
    assert snapped(23, gaps, 5) == 25  # the middle is near
    assert snapped(64, gaps, 5) == 64  # in a wide gap, far from its middle: as it is
    assert snapped(57, gaps, 5) == 60  # on words: out of them
    assert snapped(45, gaps, 5) == 45
    assert snapped(45, (), 5) == 45


def test_bands_and_near_values() -> None:
    edges = (0.0, 10.0, 20.0, 30.0)
    assert [band_at(edges, value) for value in (-5, 5, 10, 29, 50)] == [0, 0, 1, 2, 2]
    assert near_index(edges, 11, 2) == 1
    assert near_index(edges, 15, 2) is None
    assert near_index((), 15, 2) is None


@given(boxes, boxes)
def test_a_link_begins_and_ends_at_its_boxes(start: Box, end: Box) -> None:
    curve = link_curve(start, end)
    line = curve_points(curve)
    assert line[0] == pytest.approx(curve[0])
    assert line[-1] == pytest.approx(curve[3])
    assert all(math.isfinite(value) for point in line for value in point)
    assert start.grown(1e-6).contains(curve[0])
    assert end.grown(1e-6).contains(curve[3])


def test_a_link_to_the_right_leaves_at_the_right_side() -> None:
    start, end = Box(0, 0, 10, 10), Box(100, 0, 120, 10)
    curve = link_curve(start, end)
    assert curve[0] == (10, 5)
    assert curve[3] == (100, 5)
    below = link_curve(start, Box(0, 50, 10, 60))
    assert below[0][1] == 10
    assert below[3][1] == 50


def test_a_stroke_keeps_its_ends() -> None:
    line = [(float(x), 0.0) for x in range(11)]
    short = simplified(line, 4)
    assert short == ((0, 0), (4, 0), (8, 0), (10, 0))
    assert simplified(line[:1], 4) == ((0, 0),)
    assert simplified([], 4) == ()


def row_of(count: int) -> tuple[Word, ...]:
    return tuple(Word(i, "w", Box(i * 10, 0, i * 10 + 8, 10)) for i in range(1, count + 1))


def test_chunks_find_what_a_plain_search_finds() -> None:
    words = row_of(3 * CHUNK_IDS)
    chunks: Chunks[Word] = Chunks()
    chunks.update(words)
    box = Box(2500, 2, 2620, 4)
    assert chunks.touching(box) == [word for word in words if word.box.intersects(box)]
    assert [word.id for word in chunks.at((105, 5))] == [10]
    assert chunks.at((105, 50)) == []


def test_chunks_rebuild_only_what_changed() -> None:
    words = row_of(3 * CHUNK_IDS)
    chunks: Chunks[Word] = Chunks()
    chunks.update(words)
    kept = list(chunks)
    moved = Word(300, "w", Box(0, 90, 8, 99))
    dirty = chunks.update((*words[:299], moved, *words[300:]))
    assert sorted(dirty, key=lambda box: box.y0) == [words[299].box, moved.box]
    assert sum(old is new for old, new in zip(kept, chunks, strict=True)) == len(kept) - 1
    assert chunks.update(()) != []
    assert len(chunks) == 0
