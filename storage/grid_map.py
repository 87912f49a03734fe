"""Which grid holds a position: a tree over the outlines in force, kept until they change."""

import asyncio
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely

from domain.ids import GridCode
from domain.outline import Geometry, GridOutline
from domain.position import METRES_OF_A_DEGREE, Point
from domain.reference import ReferenceKind
from storage import codec
from storage.reference import ReferenceRepository
from storage.session import Session

NEAREST_WITHIN_M = 1_000
"""How far outside all grids a position may lie."""
_NARROWEST = 0.01
"""The cosine beyond which a degree of longitude is taken for no narrower: the poles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The grid of a position; `away_m` is 0 inside, else how far the nearest one is."""

    grid: GridCode
    away_m: int = 0


def is_an_area(geometry: Geometry) -> bool:
    """Whether no ring crosses itself or another, holes lie inside, and something is inside."""
    return bool(shapely.is_valid(_shape(geometry)))


class GridMap:
    """The outlines as they were when it was made."""

    def __init__(self, outlines: Iterable[GridOutline] = ()) -> None:
        known = [(each.code, _shape(each.geometry)) for each in outlines]
        known.sort(key=lambda each: (_size(each[1]), -len(each[0]), each[0]))
        self._codes = [code for code, _ in known]
        self._tree = shapely.STRtree([shape for _, shape in known])

    def find(self, wgs84: Point) -> Placed | None:
        """The smallest grid that holds the point, edges included; else the nearest one.

        None when no grid is nearer than `NEAREST_WITHIN_M`.
        """
        point = shapely.Point(wgs84.lon, wgs84.lat)
        holding = self._tree.query(point, predicate="intersects")
        if len(holding):
            return Placed(grid=self._codes[min(holding)])
        return self._nearest(wgs84)

    def _nearest(self, wgs84: Point) -> Placed | None:
        """Distances are flat around the point, which is true enough for a kilometre."""
        east = METRES_OF_A_DEGREE * _narrowing(wgs84.lat)
        lat, lon = NEAREST_WITHIN_M / METRES_OF_A_DEGREE, NEAREST_WITHIN_M / east
        around = shapely.box(wgs84.lon - lon, wgs84.lat - lat, wgs84.lon + lon, wgs84.lat + lat)

        def metres(places: Any) -> Any:  # noqa: ANN401 - arrays of a library without types
            return (places - [wgs84.lon, wgs84.lat]) * [east, METRES_OF_A_DEGREE]

        found = self._tree.query(around)
        flat = shapely.transform(self._tree.geometries[found], metres)
        away = zip(shapely.distance(flat, shapely.Point(0, 0)), found, strict=True)
        nearest, index = min(away, default=(NEAREST_WITHIN_M + 1, 0))
        if nearest > NEAREST_WITHIN_M:
            return None
        return Placed(grid=self._codes[index], away_m=max(1, round(nearest)))


class GridMaps:
    """One for each process: the map is drawn anew when an outline was written."""

    def __init__(self) -> None:
        self._version = 0
        self._map = GridMap()
        self._turn = asyncio.Lock()

    async def present(self, session: Session) -> GridMap:
        """The map of what is in force now."""
        reference = ReferenceRepository(session)
        if await reference.changes(ReferenceKind.GRID_OUTLINE) != self._version:
            async with self._turn:
                await self._draw(reference)
        return self._map

    async def _draw(self, reference: ReferenceRepository) -> None:
        """Who had to wait for another one's map may find nothing left to do."""
        version = await reference.changes(ReferenceKind.GRID_OUTLINE)
        if version == self._version:
            return
        documents = await reference.documents_in_force(ReferenceKind.GRID_OUTLINE)
        self._map = await asyncio.to_thread(_drawn, documents)
        self._version = version


def _drawn(documents: Iterable[str]) -> GridMap:
    return GridMap(codec.body(ReferenceKind.GRID_OUTLINE, each) for each in documents)


def _shape(geometry: Geometry) -> Any:  # noqa: ANN401 - of a library without types
    parts = [shapely.Polygon(outer, holes) for outer, *holes in geometry.polygons()]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _size(shape: Any) -> float:  # noqa: ANN401 - of a library without types
    """In square degrees of the equator, which compares grids of any latitude."""
    return float(shapely.area(shape)) * _narrowing(float(shapely.bounds(shape)[1]))


def _narrowing(lat: float) -> float:
    return max(_NARROWEST, math.cos(math.radians(lat)))
