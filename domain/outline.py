"""Where a grid lies: its outline as a geometry of GeoJSON, in WGS-84 as RFC 7946 says."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from domain.ids import GridCode

Ring: TypeAlias = tuple[tuple[float, float], ...]
"""Longitude before latitude, as GeoJSON has it."""
Rings: TypeAlias = tuple[Ring, ...]
"""The outer ring, then those of holes."""

MOST_PLACES = 5_000
"""Of all rings together; an estate needs some dozens, a county some thousands."""
_FEWEST_PLACES = 4
_LAT, _LON = 90.0, 180.0


class GeometryType(StrEnum):
    """The two that have an inside."""

    POLYGON = "Polygon"
    MULTI_POLYGON = "MultiPolygon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """An area whose rings are closed and lie on the Earth; whether they cross is asked elsewhere.

    Raises:
        ValueError: it is not of its type, a ring is open, or there are too many places.
    """

    type: GeometryType
    coordinates: tuple[object, ...]

    def __post_init__(self) -> None:
        self.polygons()

    def polygons(self) -> tuple[Rings, ...]:
        """The parts, each as its rings."""
        parts = (self.coordinates,) if self.type is GeometryType.POLYGON else self.coordinates
        polygons = tuple(tuple(map(_ring, _sequence(part))) for part in _sequence(parts))
        if sum(len(ring) for rings in polygons for ring in rings) > MOST_PLACES:
            raise ValueError("an outline has at most 5000 places")
        return polygons


def _sequence(value: object) -> Iterator[object]:
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("coordinates are lists of rings as GeoJSON has them")
    return iter(value)


def _ring(value: object) -> Ring:
    ring = tuple(map(_place, _sequence(value)))
    if len(ring) < _FEWEST_PLACES:
        raise ValueError("a ring has at least four places")
    if ring[0] != ring[-1]:
        raise ValueError("a ring ends where it begins")
    return ring


def _place(value: object) -> tuple[float, float]:
    """A height may stand behind, and does not matter."""
    lon, lat, *_ = (*(_number(each) for each in _sequence(value)), math.nan, math.nan)
    if not (-_LON <= lon <= _LON and -_LAT <= lat <= _LAT):
        raise ValueError("a place is a longitude and a latitude on the earth")
    return lon, lat


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("coordinates are lists of rings as GeoJSON has them")  # noqa: TRY004
    return float(value) if abs(value) <= _LON else math.nan  # whole numbers have no largest one


@dataclass(frozen=True, slots=True, kw_only=True)
class GridOutline:
    """The area of a grid; its code is the grid's."""

    code: GridCode
    geometry: Geometry
