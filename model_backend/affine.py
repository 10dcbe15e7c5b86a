"""Transforms of the plane that keep lines straight; standard library only."""

from __future__ import annotations

import math

Point = tuple[float, float]
Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x' = a x + c y + e, y' = b x + d y + f."""

IDENTITY: Affine = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def transform_point(affine: Affine, point: Point) -> Point:
    """The point after the transform."""
    a, b, c, d, e, f = affine
    return (a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f)


def compose(first: Affine, then: Affine) -> Affine:
    """The transform that applies `first`, then `then`."""
    a, b, c, d, e, f = first
    ta, tb, tc, td, te, tf = then
    return (
        ta * a + tc * b,
        tb * a + td * b,
        ta * c + tc * d,
        tb * c + td * d,
        ta * e + tc * f + te,
        tb * e + td * f + tf,
    )


def inverse(affine: Affine) -> Affine:
    """The transform that undoes `affine`; ZeroDivisionError when it has none."""
    a, b, c, d, e, f = affine
    determinant = a * d - b * c
    ia, ib, ic, id_ = d / determinant, -b / determinant, -c / determinant, a / determinant
    return (ia, ib, ic, id_, -(ia * e + ic * f), -(ib * e + id_ * f))


def rotation_about(center: Point, degrees: float) -> Affine:
    """Turn by `degrees` (clockwise on the screen, y down) about `center`."""
    exact = {0: (1.0, 0.0), 90: (0.0, 1.0), 180: (-1.0, 0.0), 270: (0.0, -1.0)}
    turn = degrees % 360
    cosine, sine = (
        exact.get(int(turn), (0.0, 0.0))
        if turn in exact
        else (
            math.cos(math.radians(turn)),
            math.sin(math.radians(turn)),
        )
    )
    cx, cy = center
    return (cosine, sine, -sine, cosine, cx - cosine * cx + sine * cy, cy - sine * cx - cosine * cy)
