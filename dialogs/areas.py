"""From a point on the map to the division it lies in. Boundaries: programmes/boundaries.csv, see SOURCES.md there."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dialogs.programmes import shipped

_KM_PER_DEGREE = 111.2
_GAP_KM = 0.5
"""How far outside every boundary a point may lie and still count: lines are simplified, WeChat's points shifted."""


@dataclass(frozen=True, slots=True)
class _Ring:
    """One closed line of a boundary: longitudes and latitudes, and the box around it."""

    code: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    box: tuple[float, float, float, float]


@lru_cache(maxsize=1)
def _rings() -> tuple[_Ring, ...]:
    rings = []
    for line in shipped("boundaries.csv").splitlines()[1:]:
        code, points = line.split(";")
        numbers = [float(number) for number in points.replace(" ", ",").split(",")]
        xs, ys = tuple(numbers[::2]), tuple(numbers[1::2])
        rings.append(_Ring(code, xs, ys, (min(xs), min(ys), max(xs), max(ys))))
    return tuple(rings)


def _crosses(ring: _Ring, x: float, y: float) -> bool:
    """Whether a ray from the point meets the ring an odd number of times: holes are rings like others."""
    inside = False
    xs, ys = ring.xs, ring.ys
    for i in range(len(xs) - 1):
        if (ys[i] > y) != (ys[i + 1] > y) and x < (xs[i + 1] - xs[i]) * (y - ys[i]) / (ys[i + 1] - ys[i]) + xs[i]:
            inside = not inside
    return inside


def _km(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """Distance over a few tens of kilometres, where the earth is flat enough."""
    across = (lng - other_lng) * math.cos(math.radians((lat + other_lat) / 2))
    return _KM_PER_DEGREE * math.hypot(lat - other_lat, across)


def division_at(lat: float, lng: float) -> str:
    """The adcode of the county or district at a point in degrees; "" outside every division we know."""
    inside: dict[str, bool] = {}
    for ring in _rings():
        left, bottom, right, top = ring.box
        if left <= lng <= right and bottom <= lat <= top and _crosses(ring, lng, lat):
            inside[ring.code] = not inside.get(ring.code, False)
    for code, odd in inside.items():
        if odd:
            return code
    return _beside(lat, lng)


def _beside(lat: float, lng: float) -> str:
    """The division whose line passes within the gap: simplified neighbours do not always meet."""
    slack = _GAP_KM / _KM_PER_DEGREE * 2
    best, nearest = "", _GAP_KM
    for ring in _rings():
        left, bottom, right, top = ring.box
        if not (left - slack <= lng <= right + slack and bottom - slack <= lat <= top + slack):
            continue
        for i in range(len(ring.xs) - 1):
            distance = _to_line(lat, lng, ring, i)
            if distance < nearest:
                best, nearest = ring.code, distance
    return best


def _to_line(lat: float, lng: float, ring: _Ring, i: int) -> float:
    """Kilometres from a point to the i-th side of a ring."""
    shrink = math.cos(math.radians(lat))
    ax, ay = (ring.xs[i] - lng) * shrink, ring.ys[i] - lat
    dx, dy = (ring.xs[i + 1] - ring.xs[i]) * shrink, ring.ys[i + 1] - ring.ys[i]
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, -(ax * dx + ay * dy) / length)) if length else 0.0
    return _KM_PER_DEGREE * math.hypot(ax + along * dx, ay + along * dy)


def special_at(lat: float, lng: float, division: str, specials: Sequence[Mapping[str, Any]]) -> str:
    """The name of the special area (阳宗海, 经开区, 长白山) at a point, looked at before the division; "" for none."""
    for special in specials:
        if special["within"] and division not in special["within"]:
            continue
        if any(_km(lat, lng, circle[0], circle[1]) <= circle[2] for circle in special["circles"]):
            return str(special["place"])
    return ""
