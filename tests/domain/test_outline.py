"""Outlines as GeoJSON: what an area has to be before anybody asks whether its rings cross."""

import math
from typing import Any

import pytest

from domain.outline import MOST_PLACES, Geometry, GeometryType

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [2, 1], [2, 2], [1, 1]]


def a_geometry(type_: GeometryType, *coordinates: object) -> Geometry:
    return Geometry(type=type_, coordinates=coordinates)


def test_a_polygon_is_one_part_with_its_holes() -> None:
    (rings,) = a_geometry(GeometryType.POLYGON, SQUARE, HOLE).polygons()
    assert [len(ring) for ring in rings] == [5, 4]
    assert rings[0][1] == (4.0, 0.0)


def test_parts_may_lie_apart() -> None:
    far = [[[lon + 10, lat] for lon, lat in SQUARE]]
    assert len(a_geometry(GeometryType.MULTI_POLYGON, [SQUARE], far).polygons()) == 2


def test_heights_do_not_matter() -> None:
    high = [[lon, lat, 1200.5] for lon, lat in SQUARE]
    assert a_geometry(GeometryType.POLYGON, high).polygons() == (
        a_geometry(GeometryType.POLYGON, SQUARE).polygons()
    )


def a_circle(places: int) -> list[list[float]]:
    turns = [2 * math.pi * each / (places - 1) for each in range(places - 1)]
    ring = [[math.cos(turn), math.sin(turn)] for turn in turns]
    return [*ring, ring[0]]


@pytest.mark.parametrize(
    ("coordinates", "reason"),
    [
        ([], "lists of rings"),
        ([[]], "lists of rings"),
        ([7], "lists of rings"),
        (["ring"], "lists of rings"),
        ([SQUARE[0]], "lists of rings"),
        ([[*SQUARE[:4], [0, True]]], "lists of rings"),
        ([[*SQUARE[:4], [0, "0"]]], "lists of rings"),
        ([[*SQUARE[:4], {"lon": 0}]], "lists of rings"),
        ([SQUARE[:3]], "four places"),
        ([SQUARE[:4]], "ends where it begins"),
        ([SQUARE, [*HOLE[:3], [9, 9]]], "ends where it begins"),
        ([[*SQUARE[:4], [0]]], "longitude and a latitude"),
        ([[*SQUARE[:4], [0, 91]]], "longitude and a latitude"),
        ([[*SQUARE[:4], [181, 0]]], "longitude and a latitude"),
        ([[*SQUARE[:4], [math.nan, 0]]], "longitude and a latitude"),
        ([[*SQUARE[:4], [10**400, 0]]], "longitude and a latitude"),
        ([a_circle(MOST_PLACES), HOLE], "5000 places"),
    ],
)
def test_what_is_no_area_says_why(coordinates: list[Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        a_geometry(GeometryType.POLYGON, *coordinates)


def test_the_longest_outline_is_taken() -> None:
    (rings,) = a_geometry(GeometryType.POLYGON, a_circle(MOST_PLACES)).polygons()
    assert len(rings[0]) == MOST_PLACES
