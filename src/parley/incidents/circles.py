"""The smallest circle around circles on a plane.

It touches three of them at most (Welzl, "Smallest enclosing disks", 1991; for circles of several sizes Fischer and
Gärtner, "The smallest enclosing ball of balls", 2003). From any circle outside the one found so far and those that this
one touches the next is found, which is larger, until none is outside.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import hypot, sqrt

import numpy as np

from parley.incidents.geodesy import Floats

Circle = tuple[float, float, float]
"""x, y and radius, in metres."""

_MOST_STEPS = 1000
_SPARE = 1e-3  # metres; sides of hundreds of kilometres are known no better


def smallest_around(x: Floats, y: Floats, radius: Floats) -> Circle:
    """Return the smallest circle around the circles with these centres and radii, in metres, to a millimetre."""
    touched = [int(radius.argmax())]
    found: Circle = float(x[touched[0]]), float(y[touched[0]]), float(radius[touched[0]])
    for _ in range(_MOST_STEPS):
        reach = np.hypot(x - found[0], y - found[1]) + radius
        outside = int(reach.argmax())
        if reach[outside] <= found[2] + _SPARE:
            break
        circles = {n: (float(x[n]), float(y[n]), float(radius[n])) for n in (*touched, outside)}
        tried = [
            (around, [*others, outside])
            for count in range(3)
            for others in combinations(touched, count)
            for around in _around([circles[n] for n in (*others, outside)])
            if all(_beyond(around, one) <= _SPARE for one in circles.values())
        ]
        if not tried:
            break
        found, touched = min(tried, key=lambda one: one[0][2])
    return found


def _beyond(around: Circle, one: Circle) -> float:
    """Return how far *one* sticks out of *around*."""
    return hypot(one[0] - around[0], one[1] - around[1]) + one[2] - around[2]


def _around(circles: Sequence[Circle]) -> Iterator[Circle]:
    """Yield the circles that one, two or three *circles* touch from inside."""
    (x1, y1, r1), *others = circles
    if not others:
        yield circles[0]
    elif len(others) == 1:
        ((x2, y2, r2),) = others
        apart = hypot(x2 - x1, y2 - y1)
        if apart > abs(r2 - r1):
            reach = (apart + r1 + r2) / 2
            part = (reach - r1) / apart
            yield x1 + part * (x2 - x1), y1 + part * (y2 - y1), reach
    else:
        # With the first centre at 0: x² + y² = (R - r1)², and for both others (x - a)² + (y - b)² = (R - r)². The
        # differences are linear in x, y and R (Apollonius): x = p + q R, y = s + t R.
        (a2, b2, r2), (a3, b3, r3) = ((x - x1, y - y1, r) for x, y, r in others)
        d2, d3 = ((a * a + b * b + r1 * r1 - r * r) / 2 for a, b, r in ((a2, b2, r2), (a3, b3, r3)))
        area = a2 * b3 - a3 * b2
        if not area:
            return
        p, q = (d2 * b3 - d3 * b2) / area, ((r2 - r1) * b3 - (r3 - r1) * b2) / area
        s, t = (a2 * d3 - a3 * d2) / area, (a2 * (r3 - r1) - a3 * (r2 - r1)) / area
        for reach in _roots(q * q + t * t - 1, 2 * (p * q + s * t + r1), p * p + s * s - r1 * r1):
            if reach >= max(r1, r2, r3):
                yield x1 + p + q * reach, y1 + s + t * reach, reach


def _roots(a: float, b: float, c: float) -> tuple[float, ...]:
    """Return the real roots of a z² + b z + c."""
    if not a:
        return (-c / b,) if b else ()
    square = b * b - 4 * a * c
    if square < 0:
        return ()
    # The sum in which nothing cancels, and the other root by the product of both.
    most = -(b + (sqrt(square) if b >= 0 else -sqrt(square))) / 2
    return (most / a, c / most) if most else (0.0,)
