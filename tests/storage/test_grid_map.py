"""Which grid a point is put into: the smallest around it, else the nearest, else none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import GridCode, Subject
from domain.outline import Geometry, GeometryType
from domain.reference import ReferenceKind
from storage.grid_map import NEAREST_WITHIN_M, GridMap, GridMaps, Placed, is_an_area
from storage.reference import ReferenceRepository
from storage.session import Database
from tests.builders import NOON
from tests.places import a_rectangle, an_outline, at_m

TOWN = (
    an_outline("qj", -5_000, -5_000, 5_000, 5_000),
    an_outline("qj.fc", -150, -100, 150, 100),
    an_outline("qj.fc.b3", -30, -10, 30, 10),
    an_outline("qj.fc.b4", 30, -10, 90, 10),
)


def placed(code: str, away_m: int = 0) -> Placed:
    return Placed(grid=GridCode(code), away_m=away_m)


@pytest.mark.parametrize(
    ("east", "north", "found"),
    [
        (0, 0, placed("qj.fc.b3")),
        (60, 5, placed("qj.fc.b4")),
        (0, 50, placed("qj.fc")),
        (4_999, -4_999, placed("qj")),
        (0, 5_300, placed("qj", 300)),
        (0, 5_999, placed("qj", 999)),
        (5_003, 5_004, placed("qj", 5)),
        (0, 6_010, None),
        (80_000, 0, None),
    ],
)
def test_the_smallest_grid_around_wins(east: float, north: float, found: Placed | None) -> None:
    placed_at = GridMap(TOWN).find(at_m(east, north))
    if found is None or placed_at is None:
        assert placed_at == found
        return
    assert placed_at.grid == found.grid
    assert placed_at.away_m == pytest.approx(found.away_m, abs=4)  # a flat metre is no metre


def test_an_edge_belongs_to_both_and_the_same_one_wins_every_time() -> None:
    edge = at_m(30, 0)
    found = {GridMap(order).find(edge) for order in (TOWN, TOWN[::-1])}
    assert found in ({placed("qj.fc.b3")}, {placed("qj.fc.b4")})


def test_a_hole_is_outside() -> None:
    ring = a_rectangle(-50, -50, 50, 50)["coordinates"][0]
    hole = a_rectangle(-20, -20, 20, 20)["coordinates"][0]
    around = an_outline("qj", 0, 0, 1, 1)
    geometry = Geometry(type=GeometryType.POLYGON, coordinates=(ring, hole))
    holed = type(around)(code=around.code, geometry=geometry)
    assert GridMap([holed]).find(at_m(0, 0)) == placed("qj", 20)
    assert GridMap([holed]).find(at_m(30, 0)) == placed("qj")


def test_without_outlines_nothing_is_found() -> None:
    assert GridMap().find(at_m()) is None


@given(east=st.floats(-7_000, 7_000), north=st.floats(-7_000, 7_000))
def test_what_is_found_agrees_with_looking_at_every_rectangle(east: float, north: float) -> None:
    boxes = {"qj": (5_000, 5_000), "qj.fc": (150, 100), "qj.fc.b3": (30, 10)}
    slack = 0.001 * max(abs(east), abs(north), 1)  # rectangles in degrees are drawn flat
    holding = [code for code, (x, y) in boxes.items() if abs(east) < x and abs(north) < y]
    near_an_edge = any(
        abs(abs(east) - x) < slack or abs(abs(north) - y) < slack for x, y in boxes.values()
    )
    found = GridMap(TOWN[:3]).find(at_m(east, north))
    away = max(abs(east) - 5_000, 0), max(abs(north) - 5_000, 0)
    distance = (away[0] ** 2 + away[1] ** 2) ** 0.5
    if near_an_edge or abs(distance - NEAREST_WITHIN_M) < 10:
        return
    if holding:
        assert found == placed(min(holding, key=lambda code: boxes[code]))
    elif distance > NEAREST_WITHIN_M:
        assert found is None
    else:
        assert found is not None
        assert found.grid == "qj"
        assert found.away_m == pytest.approx(distance, abs=10)


BOW_TIE = [[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]
LINE = [[0, 0], [1, 1], [2, 2], [0, 0]]
SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
FAR_HOLE = [[9, 9], [10, 9], [10, 10], [9, 9]]


@pytest.mark.parametrize(
    ("rings", "is_one"), [([SQUARE], True), ([BOW_TIE], False), ([LINE], False)]
)
def test_rings_do_not_cross_and_hold_something(rings: list[object], is_one: bool) -> None:
    geometry = Geometry(type=GeometryType.POLYGON, coordinates=tuple(rings))
    assert is_an_area(geometry) is is_one


def test_a_hole_lies_inside() -> None:
    geometry = Geometry(type=GeometryType.POLYGON, coordinates=(SQUARE, FAR_HOLE))
    assert not is_an_area(geometry)


async def test_the_map_is_drawn_anew_when_an_outline_was_written_or_retired(
    database: Database,
) -> None:
    maps, found = GridMaps(), []
    for version, (outline, retired) in enumerate(
        ((TOWN[0], False), (TOWN[0], False), (TOWN[0], True))
    ):
        async with database.begin() as session:
            before = await maps.present(session)
            assert await maps.present(session) is before
            await ReferenceRepository(session).write(
                ReferenceKind.GRID_OUTLINE,
                outline.code,
                outline,
                expected_version=version,
                actor=Subject("test"),
                at=NOON,
                retired=retired,
            )
            found.append((await maps.present(session)).find(at_m()))
    assert found == [placed("qj"), placed("qj"), None]
