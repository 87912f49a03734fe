"""Areas for tests: rectangles in metres around one point of Qiaojia."""

import math
from typing import Any

from domain.ids import GridCode
from domain.outline import Geometry, GeometryType, GridOutline
from domain.position import METRES_OF_A_DEGREE, Point, Position, System

LAT, LON = 26.9117, 102.9294
_EAST = METRES_OF_A_DEGREE * math.cos(math.radians(LAT))


def at_m(east: float = 0.0, north: float = 0.0) -> Point:
    """So many metres from the point, in WGS-84."""
    return Point(lat=LAT + north / METRES_OF_A_DEGREE, lon=LON + east / _EAST)


def a_position(east: float = 0.0, north: float = 0.0) -> Position:
    return Position.said(at_m(east, north), System.WGS84)


def said(east: float = 0.0, north: float = 0.0, system: System = System.WGS84) -> dict[str, Any]:
    """The body that says it."""
    position = a_position(east, north)
    point = position.wgs84 if system is System.WGS84 else position.gcj02
    return {"lat": point.lat, "lon": point.lon, "system": str(system)}


def a_rectangle(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A polygon of GeoJSON between these metres."""
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    ring = [[at_m(x, y).lon, at_m(x, y).lat] for x, y in corners]
    return {"type": "Polygon", "coordinates": [ring]}


def an_outline(code: str, west: float, south: float, east: float, north: float) -> GridOutline:
    coordinates = tuple(a_rectangle(west, south, east, north)["coordinates"])
    geometry = Geometry(type=GeometryType.POLYGON, coordinates=coordinates)
    return GridOutline(code=GridCode(code), geometry=geometry)
