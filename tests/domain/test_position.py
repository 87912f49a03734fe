"""Both systems of coordinates: fixed points, the way there and back, and the rest of the world."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.position import Point, Position, System, distance_m, to_gcj02, to_wgs84

ANYWHERE = st.builds(Point, lat=st.floats(-90, 90), lon=st.floats(-180, 180))
CHINA = st.builds(Point, lat=st.floats(0.83, 55.82), lon=st.floats(72.01, 137.83))
WELL_INSIDE = st.builds(Point, lat=st.floats(0.9, 55.75), lon=st.floats(72.08, 137.76))
"""At the edge of what is shifted, some points are drawn nowhere."""
SYSTEMS = st.sampled_from(System)


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [  # as the published implementations have them
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_known_points_of_shanghai_shenzhen_and_peking(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    true = Point(lat=wgs84[0], lon=wgs84[1])
    drawn = Point(lat=gcj02[0], lon=gcj02[1])
    assert distance_m(to_gcj02(true), drawn) < 0.01
    assert distance_m(to_wgs84(drawn), true) < 0.01


@given(CHINA)
def test_there_and_back_is_less_than_a_millimetre_off(point: Point) -> None:
    assert distance_m(to_wgs84(to_gcj02(point)), point) < 0.001


@given(WELL_INSIDE)
def test_back_and_there_is_less_than_a_millimetre_off(drawn: Point) -> None:
    true = to_wgs84(drawn)
    assert distance_m(to_gcj02(true), drawn) < 0.001


@given(CHINA)
def test_maps_shift_by_less_than_three_kilometres(point: Point) -> None:
    assert distance_m(to_gcj02(point), point) < 3_000


@given(ANYWHERE)
def test_outside_china_both_are_the_same(point: Point) -> None:
    if 0.5 < point.lat < 56.2 and 71.5 < point.lon < 138.5:
        point = Point(lat=-point.lat, lon=point.lon)
    assert to_gcj02(point) == point
    assert to_wgs84(point) == point


@given(ANYWHERE, SYSTEMS)
def test_a_position_keeps_what_was_said_and_both_agree(point: Point, system: System) -> None:
    position = Position.said(point, system)
    kept = position.wgs84 if system is System.WGS84 else position.gcj02
    assert kept == point
    assert position.said_in is system
    assert distance_m(position.wgs84, position.gcj02) < 3_000


@given(ANYWHERE, ANYWHERE)
def test_a_distance_is_the_same_both_ways_and_never_round_the_world(
    one: Point, other: Point
) -> None:
    assert distance_m(one, other) == pytest.approx(distance_m(other, one), abs=1e-6)
    assert 0 <= distance_m(one, other) <= math.pi * 6_371_009


def test_a_thousandth_of_a_degree_north_is_a_hundred_and_eleven_metres() -> None:
    here, there = Point(lat=26.9, lon=102.9), Point(lat=26.901, lon=102.9)
    assert distance_m(here, there) == pytest.approx(111.2, abs=0.1)


@pytest.mark.parametrize(
    ("lat", "lon"), [(90.1, 0), (-91, 0), (0, 180.5), (0, -181), (math.nan, 0), (0, math.inf)]
)
def test_what_is_not_on_the_earth_is_no_point(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="from 90 south"):
        Point(lat=lat, lon=lon)
