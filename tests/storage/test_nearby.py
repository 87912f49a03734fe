"""What is near, by SQL: as far and as long ago as the category says, and no nearer than a cell."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.ids import CategoryCode, Subject
from domain.position import distance_m
from domain.reference import Category
from domain.vocabulary import IssueState
from storage.nearby import MOST_OFFERED, Nearby, NearIssue
from storage.people import People
from storage.session import Database
from tests.builders import NOON, RESIDENT
from tests.places import a_position, at_m
from tests.storage.stories import born, born_in

WATER = Category(code=CategoryCode("standing_water"), name="积水", name_en="Standing water")
STRANGER = Subject("r.9")


async def near(
    database: Database,
    category: Category = WATER,
    asker: Subject = STRANGER,
    at: datetime = NOON,
    east: float = 0,
) -> tuple[NearIssue, ...]:
    async with database.read() as session:
        return await Nearby(session).issues(at_m(east), category, asker, at)


async def test_what_is_near_is_found_nearest_first_and_told_in_tens_of_metres(
    database: Database,
) -> None:
    far = await born(database, position=a_position(41, 0))
    close = await born(database, position=a_position(0, -18))
    await born(database, position=a_position(0, 75))
    await born(database)
    found = await near(database)
    assert [(each.number, each.distance_m) for each in found] == [(close, 20), (far, 40)]
    assert {(each.category, each.state, each.is_mine) for each in found} == {
        ("standing_water", IssueState.REPORTED, False)
    }


@pytest.mark.parametrize("metres", [0, 7, 33, 120, 480, 950, 1_100])
async def test_the_radius_is_that_of_the_category(database: Database, metres: float) -> None:
    await born(database, position=a_position(metres * 0.6, metres * 0.8))
    for near_m in (0, 10, 50, 500, 1_000):
        found = await near(database, replace(WATER, near_m=near_m))
        distance = distance_m(at_m(), at_m(metres * 0.6, metres * 0.8))
        if abs(distance - near_m) > 8:  # within a cell either answer is right
            assert bool(found) is (distance < near_m)


async def test_nobody_learns_a_place_better_than_its_cell(database: Database) -> None:
    """Two issues of one cell look the same from wherever one asks, also at the edge."""
    here = a_position()
    cell = replace(here, wgs84=replace(here.wgs84, lat=26.91172, lon=102.92938))
    twin = replace(here, wgs84=replace(here.wgs84, lat=26.91168, lon=102.92942))
    await born(database, position=cell)
    await born(database, position=twin)
    counts = [len(await near(database, east=each / 4)) for each in range(180, 220)]
    assert set(counts) == {0, 2}


@pytest.mark.parametrize(
    ("hours", "age", "is_found"),
    [(24, 23.9, True), (24, 24.1, False), (720, 719, True), (0, 0.1, False)],
)
async def test_what_is_older_is_another_matter(
    database: Database, hours: int, age: float, is_found: bool
) -> None:
    await born(database, position=a_position())
    later = NOON + timedelta(hours=age)
    assert bool(await near(database, replace(WATER, near_hours=hours), at=later)) is is_found


async def test_another_category_is_another_matter(database: Database) -> None:
    await born(database, position=a_position(), category=CategoryCode("noise"))
    assert await near(database) == ()


@pytest.mark.parametrize("state", list(IssueState))
async def test_only_what_is_worked_on_is_offered(database: Database, state: IssueState) -> None:
    await born_in(state, database, position=a_position())
    is_over = state in {IssueState.RESOLVED, IssueState.CLOSED}
    assert bool(await near(database)) is not is_over


async def test_ones_own_issue_is_marked(database: Database) -> None:
    await born(database, position=a_position())
    await born(database, position=a_position(), raised_by=Subject("g.1"), resident=STRANGER)
    found = {each.number: each.is_mine for each in await near(database)}
    assert list(found.values()) == [False, True]
    assert (await near(database, asker=RESIDENT.subject))[0].is_mine


async def test_a_few_are_enough(database: Database) -> None:
    for _ in range(MOST_OFFERED + 2):
        await born(database, position=a_position())
    assert len(await near(database)) == MOST_OFFERED


async def test_an_erased_position_is_near_nothing(database: Database) -> None:
    number = await born(database, position=a_position())
    async with database.begin() as session:
        assert await People(session).erase_position(number, NOON)
        assert not await People(session).erase_position(number, NOON)
    assert await near(database) == ()
