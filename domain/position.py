"""Where something is: WGS-84, as satellites and GeoJSON say it, and GCJ-02, as Chinese maps do.

Chinese maps draw every point some hundred metres away from where it is. Phones say the one or the
other, so the system is always said, and a position keeps both.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

EARTH_M = 6_371_008.8
"""Mean radius, for distances."""
_AXIS_M, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943
"""The ellipsoid that GCJ-02 is drawn with."""
_POLE, _DATE_LINE = 90.0, 180.0
_CENTRE_LAT, _CENTRE_LON = 35.0, 105.0
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347
"""Where Chinese maps shift; outside, both systems say the same."""
_ROUNDS = 8
"""The shift changes by less than a hundredth of the way, so each round gains two digits."""
METRES_OF_A_DEGREE = math.radians(1) * EARTH_M


class System(StrEnum):
    """In which system a point was said."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Degrees north and east; which system is known from where it stands.

    Raises:
        ValueError: it is not on the Earth.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (abs(self.lat) <= _POLE and abs(self.lon) <= _DATE_LINE):
            raise ValueError("a point lies from 90 south to 90 north and from 180 west to 180 east")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One place in both systems, and in which it was said."""

    wgs84: Point
    gcj02: Point
    said_in: System

    @classmethod
    def said(cls, point: Point, system: System) -> Self:
        """What was said stays as it was, the other is worked out."""
        if system is System.WGS84:
            return cls(wgs84=point, gcj02=to_gcj02(point), said_in=system)
        return cls(wgs84=to_wgs84(point), gcj02=point, said_in=system)


def to_gcj02(wgs84: Point) -> Point:
    """Where a Chinese map draws a point."""
    if not _is_shifted(wgs84):
        return wgs84
    north, east = _shift(wgs84)
    return Point(lat=wgs84.lat + north, lon=wgs84.lon + east)


def to_wgs84(gcj02: Point) -> Point:
    """Which point a Chinese map draws here: the formula has no inverse, so it is searched."""
    found = gcj02
    for _ in range(_ROUNDS):
        north, east = _shift(found)
        found = _on_earth(gcj02.lat - north, gcj02.lon - east)
    return found if _is_shifted(found) else gcj02


def distance_m(one: Point, other: Point) -> float:
    """Metres along the surface, between points of one system."""
    north = math.radians(other.lat - one.lat)
    east = math.radians(other.lon - one.lon)
    across = math.cos(math.radians(one.lat)) * math.cos(math.radians(other.lat))
    half = math.sin(north / 2) ** 2 + across * math.sin(east / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, half)))


def _is_shifted(point: Point) -> bool:
    return _SOUTH <= point.lat <= _NORTH and _WEST <= point.lon <= _EAST


def _on_earth(lat: float, lon: float) -> Point:
    return Point(lat=max(-_POLE, min(_POLE, lat)), lon=max(-_DATE_LINE, min(_DATE_LINE, lon)))


def _shift(point: Point) -> tuple[float, float]:
    """The published formula, in degrees; good for any point, meant for China."""
    x, y = point.lon - _CENTRE_LON, point.lat - _CENTRE_LAT
    radians = math.radians(point.lat)
    bulge = 1 - _ECCENTRICITY * math.sin(radians) ** 2
    radius = _AXIS_M * (1 - _ECCENTRICITY) / (bulge * math.sqrt(bulge))
    along = _AXIS_M / math.sqrt(bulge) * math.cos(radians)
    north = math.degrees(_north_m(x, y) / radius)
    east = math.degrees(_east_m(x, y) / max(along, 1.0))
    return north, east


def _north_m(x: float, y: float) -> float:
    plain = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    return plain + _ripple(x) + _wave(y, ((20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30)))


def _east_m(x: float, y: float) -> float:
    plain = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    return plain + _ripple(x) + _wave(x, ((20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30)))


def _ripple(x: float) -> float:
    return (20 * math.sin(6 * math.pi * x) + 20 * math.sin(2 * math.pi * x)) * 2 / 3


def _wave(of: float, parts: tuple[tuple[float, float], ...]) -> float:
    """Heights and frequencies; the published formula has these numbers."""
    return sum(height * math.sin(of * math.pi * often) for height, often in parts) * 2 / 3
