"""Where a whistle is: a position in either system, a grid, or a building's name."""

import pytest
import structlog
from sqlalchemy import text
from structlog.testing import capture_logs

from domain.position import Point, System, distance_m
from storage.nearby import in_cell
from storage.session import Database
from tests.api.areas import outlined
from tests.api.town import ADMINISTRATOR, STRANGER, Json, Town, a_whistle, fields_of
from tests.builders import GRID, RESIDENT
from tests.places import a_position, at_m, said

SYSTEMS = pytest.mark.parametrize("system", list(System))


def without_grid(**fields: object) -> Json:
    whistle = a_whistle()
    del whistle["grid"]
    return whistle | fields


@SYSTEMS
@pytest.mark.parametrize(
    ("where", "grid", "away"),
    [
        ((0, 0), GRID, None),
        ((0, 60), "qj.bh", None),
        ((900, 0), "qj", None),
        ((0, 5_400), "qj", 400),
    ],
)
async def test_a_position_is_put_into_the_smallest_grid_around_it(
    town: Town, system: System, where: tuple[float, float], grid: str, away: int | None
) -> None:
    await outlined(town)
    body = without_grid(position=said(*where, system))
    raised = (await town.post(RESIDENT, "/issues", body)).json()
    assert raised["grid"] == grid
    assert (raised["place_note"] is None) is (away is None)
    if away is not None:
        assert f"{away} 米" in raised["place_note"]
    shown = (await town.get(RESIDENT, f"/issues/{raised['number']}")).json()
    assert (shown["grid"], shown["place_note"]) == (grid, raised["place_note"])


@SYSTEMS
async def test_both_systems_are_kept_and_shown(town: Town, system: System) -> None:
    await outlined(town)
    body = without_grid(position=said(3, 4, system))
    number = (await town.post(RESIDENT, "/issues", body)).json()["number"]
    shown = (await town.get(RESIDENT, f"/issues/{number}")).json()["position"]
    true = a_position(3, 4)
    assert shown["said_in"] == system
    assert distance_m(Point(**shown["wgs84"]), true.wgs84) < 0.01
    assert distance_m(Point(**shown["gcj02"]), true.gcj02) < 0.01
    assert distance_m(true.wgs84, true.gcj02) > 100


@pytest.mark.parametrize(
    ("where", "field", "rule"),
    [
        ({}, "grid", "place_missing"),
        ({"position": said(0, 7_000)}, "position", "outside_all_grids"),
        ({"position": {"lat": 26.9, "lon": 102.9}}, "position.system", "missing"),
        ({"position": said() | {"system": "bd09"}}, "position.system", "enum"),
        ({"position": said() | {"lat": 91}}, "position.lat", "less_than_equal"),
        ({"position": said() | {"lon": -181}}, "position.lon", "greater_than_equal"),
        ({"position": said() | {"lat": "26.9"}}, "position.lat", "float_type"),
        ({"position": said() | {"lat": None}}, "position.lat", "float_type"),
        ({"position": said() | {"height": 1}}, "position.height", "extra_forbidden"),
        ({"building": "9号楼"}, "building", "unknown_name"),
        ({"building": "3号楼", "grid": "yj"}, "building", "unknown_name"),
    ],
)
async def test_a_place_that_cannot_be_names_its_field_and_rule(
    town: Town, where: Json, field: str, rule: str
) -> None:
    await outlined(town)
    answer = await town.post(RESIDENT, "/issues", without_grid(**where))
    assert (answer.status_code, fields_of(answer)) == (422, {field: rule})


async def test_a_building_is_found_by_its_name_in_either_language(town: Town) -> None:
    for name in ("3号楼", "No. 3"):
        answer = await town.post(RESIDENT, "/issues", without_grid(building=name))
        assert answer.json()["grid"] == GRID
    answer = await town.post(RESIDENT, "/issues", a_whistle(grid="qj.bh", building="3号楼"))
    assert answer.json()["grid"] == GRID


async def test_of_two_buildings_of_a_name_one_is_found_below_a_grid(town: Town) -> None:
    twin = {"name": "3号楼", "name_en": "No. 3", "level": 2}
    body = {"expected_version": None, "entry": twin}
    assert (await town.post(ADMINISTRATOR, "/reference/grid/qj.yl", body)).is_success
    answer = await town.post(RESIDENT, "/issues", without_grid(building="3号楼"))
    assert fields_of(answer) == {"building": "ambiguous_name"}
    answer = await town.post(RESIDENT, "/issues", a_whistle(grid="qj.yl", building="3号楼"))
    assert answer.json()["grid"] == "qj.yl"


async def test_a_named_grid_is_kept_beside_a_position(town: Town) -> None:
    await outlined(town)
    number = await town.raised(RESIDENT, grid="qj", position=said())
    shown = (await town.get(RESIDENT, f"/issues/{number}")).json()
    assert (shown["grid"], shown["position"]["said_in"]) == ("qj", "wgs84")


async def test_who_may_not_see_the_issue_does_not_see_where_it_is(town: Town) -> None:
    number = await town.raised(RESIDENT, position=said())
    assert (await town.get(STRANGER, f"/issues/{number}")).status_code == 404


async def test_a_position_is_erased_with_who_reported(town: Town) -> None:
    number = await town.raised(RESIDENT, position=said())
    path = f"/issues/{number}/erase-personal-data"
    assert (await town.post(ADMINISTRATOR, path)).json()["position"] is True
    assert (await town.get(RESIDENT, f"/issues/{number}")).json()["position"] is None
    assert (await town.post(ADMINISTRATOR, path)).json()["position"] is False


async def test_no_coordinate_is_logged_or_leaves_with_the_birth(
    town: Town, database: Database
) -> None:
    await outlined(town)
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        body = without_grid(position=said(1, 2))
        await town.post(RESIDENT, "/issues", body)
        near = {"category": "standing_water", "position": said(1, 2)}
        await town.post(STRANGER, "/issues/near", near)
        await town.post(STRANGER, "/issues", without_grid(position=said(0, 7_000)))
    here = at_m(1, 2)
    told = str(logs)
    assert "request_answered" in told
    for digits in (f"{here.lat:.4f}", f"{here.lon:.4f}"):
        assert digits not in told


async def test_a_position_lies_in_one_table_and_nowhere_else(
    town: Town, database: Database
) -> None:
    await outlined(town)
    number = (await town.post(RESIDENT, "/issues", without_grid(position=said(1, 2)))).json()
    await town.post(STRANGER, f"/issues/{number['number']}/me-too", {"position": said(2, 3)})
    assert await tables_with(database, str(at_m(1, 2).lat)[:9]) == []
    assert await tables_with(database, str(in_cell(at_m(1, 2).lat))) == ["positions"]
    assert await tables_with(database, str(at_m(2, 3).lat)[:9]) == []


async def tables_with(database: Database, digits: str) -> list[str]:
    """Every table that has a row with these digits anywhere."""
    found = []
    async with database.read() as session:
        names = (await session.execute(text(_TABLES))).scalars().all()
        for name in names:
            rows = await session.execute(text(f"SELECT row_to_json(t)::text FROM {name} t"))
            if any(digits in row for row in rows.scalars()):
                found.append(name)
    return found


_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
