"""Outlines of grids as reference data: areas only, of grids that exist, changed at once."""

import pytest

from domain.vocabulary import Role
from tests.api.areas import outlined, wrote_outline
from tests.api.town import Json, Town, a_whistle
from tests.builders import GRID, RESIDENT, an_actor
from tests.places import a_rectangle, said


def ring(*places: tuple[float, float]) -> Json:
    return {"type": "Polygon", "coordinates": [[list(each) for each in places]]}


@pytest.mark.parametrize(
    ("geometry", "field", "rule"),
    [
        (ring((0, 0), (2, 2), (2, 0), (0, 2), (0, 0)), "entry.geometry", "no_area"),
        (ring((0, 0), (1, 0), (1, 1)), "entry.geometry", "value_error"),
        (ring((0, 0), (1, 0), (1, 1), (0, 1)), "entry.geometry", "value_error"),
        (ring((0, 0), (1, 0), (1, 95), (0, 0)), "entry.geometry", "value_error"),
        ({"type": "Point", "coordinates": [0, 0]}, "entry.geometry.type", "enum"),
        ({"type": "Polygon"}, "entry.geometry.coordinates", "missing"),
        ({"type": "Polygon", "coordinates": "x"}, "entry.geometry.coordinates", "tuple_type"),
        ("POLYGON((0 0))", "entry.geometry", "dataclass_type"),
    ],
)
async def test_an_outline_that_is_no_area_is_refused(
    town: Town, geometry: Json, field: str, rule: str
) -> None:
    answer = await wrote_outline(town, "qj", geometry)
    assert {each["field"]: each["rule"] for each in answer["errors"]} == {field: rule}


async def test_the_rule_that_an_outline_breaks_is_said(town: Town) -> None:
    answer = await wrote_outline(town, "qj", ring((0, 0), (1, 0), (1, 1), (0, 1)))
    assert answer["errors"][0]["message"] == "环须首尾相同"


async def test_an_outline_belongs_to_a_grid_that_exists_and_is_covered(town: Town) -> None:
    square = a_rectangle(0, 0, 9, 9)
    answer = await wrote_outline(town, "qj.nowhere", square)
    assert answer["errors"][0]["rule"] == "unknown_code"
    assert (await wrote_outline(town, "yj", square))["code"] == "out_of_scope"
    somebody = an_actor(Role.RESIDENT, subject="r.7")
    body = {"expected_version": 0, "entry": {"geometry": square}}
    answer = (await town.post(somebody, "/reference/grid_outline/qj", body)).json()
    assert answer["code"] == "forbidden"


async def test_the_next_version_of_an_outline_holds_at_once(town: Town) -> None:
    await outlined(town)
    moved = a_rectangle(200, 200, 260, 260)
    assert (await wrote_outline(town, GRID, moved, version=1))["version"] == 2
    grids = []
    for east, north in ((0, 0), (230, 230)):
        body = a_whistle(grid=None, position=said(east, north))
        grids.append((await town.post(RESIDENT, "/issues", body)).json()["grid"])
    assert grids == ["qj.bh", GRID]
    shown = (await town.get(RESIDENT, f"/reference/grid_outline/{GRID}")).json()
    assert shown["entry"]["geometry"] == moved
