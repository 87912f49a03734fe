"""Outlines for the town of the API tests."""

from tests.api.town import ADMINISTRATOR, Json, Town
from tests.builders import GRID
from tests.places import a_rectangle

COUNTY_M, ESTATE_M, BUILDING_M = 5_000, 100, 20


async def outlined(town: Town) -> None:
    """The county, the street and building 3, each around the same point."""
    for code, half in (("qj", COUNTY_M), ("qj.bh", ESTATE_M), (GRID, BUILDING_M)):
        answer = await wrote_outline(town, code, a_rectangle(-half, -half, half, half))
        assert answer.get("version") == 1, answer


async def wrote_outline(town: Town, code: str, geometry: Json, version: int = 0) -> Json:
    body = {"expected_version": version, "entry": {"geometry": geometry}}
    answer = await town.post(ADMINISTRATOR, f"/reference/grid_outline/{code}", body)
    found: Json = answer.json()
    return found
