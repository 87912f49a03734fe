"""One Schedule for each community that holds councils: made, changed and dropped by itself."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import time, timedelta
from secrets import token_hex

import pytest
import pytest_asyncio
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleOverlapPolicy,
)
from temporalio.testing import WorkflowEnvironment

from domain.ids import CalendarCode, DistrictCode, GridCode
from domain.meeting.council import Council, Sitting, sitting
from domain.meeting.policy import CouncilPlan, MeetingPolicy
from domain.meeting.words import MeetingKind
from domain.reference import District, Grid, GridLevel, ReferenceKind
from domain.vocabulary import Level
from intake.councils import CouncilSchedules
from storage.session import Database
from tests.activities.desk import furnished, written
from workflows.contracts import COUNCILS, council_id

K = ReferenceKind
MANY = 100
PLAN = CouncilPlan(day=5, at=time(19, 30))
POLICY = MeetingPolicy(
    code="council", level=Level.COMMUNITY, kind=MeetingKind.COUNCIL, council=PLAN
)


@dataclass
class Place:
    """Two communities of the test's own, and whoever keeps their Schedules."""

    database: Database
    client: Client
    one: GridCode
    other: GridCode

    def keeper(self) -> CouncilSchedules:
        """As a worker that has just started."""
        return CouncilSchedules(self.database, self.client)

    async def schedule(self, community: GridCode) -> Schedule:
        handle = self.client.get_schedule_handle(council_id(community))
        return (await handle.describe()).schedule

    async def is_paused(self, community: GridCode) -> bool:
        """Whether it comes to be so; Temporal's answers are a moment behind."""
        for _ in range(MANY):
            if (await self.schedule(community)).state.paused:
                return True
            await asyncio.sleep(0.1)
        return False

    async def are_listed(self, *communities: GridCode) -> bool:
        """Whether the Schedules come to be these; lists are a moment behind."""
        wanted = {council_id(each) for each in communities}
        for _ in range(MANY):
            listed = {each.id async for each in await self.client.list_schedules()}
            if {each for each in listed if each.startswith(COUNCILS)} == wanted:
                return True
            await asyncio.sleep(0.1)
        return False


@pytest_asyncio.fixture(loop_scope="session")
async def place(temporal_full: WorkflowEnvironment, database: Database) -> AsyncIterator[Place]:
    await furnished(database)
    one, other = (GridCode(f"qj.bh.{name}{token_hex(4)}") for name in "ab")
    for code in (one, other):
        grid = Grid(code=code, name="社区", name_en="C", level=GridLevel.COMMUNITY)
        await written(database, K.GRID, grid)
    made = Place(database, temporal_full.client, one, other)
    assert await made.are_listed()
    yield made
    async for each in await made.client.list_schedules():
        if each.id.startswith(COUNCILS):
            await made.client.get_schedule_handle(each.id).delete()
    assert await made.are_listed()


async def test_every_community_gets_its_schedule_by_the_clock_of_its_place(place: Place) -> None:
    await written(place.database, K.MEETING_POLICY, POLICY)
    assert await place.keeper().arrange()
    assert await place.are_listed(place.one, place.other)
    made = await place.schedule(place.one)
    assert made.spec.time_zone_name == "Asia/Shanghai"
    calendar = made.spec.calendars[0]
    at = (calendar.day_of_month[0].start, calendar.hour[0].start, calendar.minute[0].start)
    assert at == (5, 19, 30)
    assert made.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert isinstance(made.action, ScheduleActionStartWorkflow)
    assert made.action.id == council_id(place.one)


async def test_next_call_is_at_that_hour_of_that_day(place: Place) -> None:
    await written(place.database, K.MEETING_POLICY, POLICY)
    await place.keeper().arrange()
    handle = place.client.get_schedule_handle(council_id(place.one))
    due = (await handle.describe()).info.next_action_times[0]
    planned = due.replace(hour=11, minute=30, second=0, microsecond=0)
    assert due.day == 5
    assert timedelta() <= due - planned <= timedelta(minutes=10), "in UTC, not all at once"


async def test_schedules_follow_the_reference_data_without_a_restart(place: Place) -> None:
    keeper = place.keeper()
    assert await keeper.arrange(), "the first look tells Temporal whatever it finds"
    assert await place.are_listed()
    await written(place.database, K.MEETING_POLICY, POLICY)
    assert await keeper.arrange()
    assert not await keeper.arrange(), "nothing has changed"
    moved = replace(POLICY, council=replace(PLAN, day=9), grid=place.one)
    assert await place.are_listed(place.one, place.other)
    await written(place.database, K.MEETING_POLICY, moved, version=1)
    assert await keeper.arrange()
    assert await place.are_listed(place.one)
    assert (await place.schedule(place.one)).spec.calendars[0].day_of_month[0].start == 9
    await written(place.database, K.MEETING_POLICY, moved, version=2, retired=True)
    assert await keeper.arrange()
    assert await place.are_listed()


async def test_deleted_schedule_is_made_again_though_nothing_changed(place: Place) -> None:
    await written(place.database, K.MEETING_POLICY, POLICY)
    keeper = CouncilSchedules(place.database, place.client, again_s=0.0)
    await keeper.arrange()
    await place.client.get_schedule_handle(council_id(place.one)).delete()
    assert await keeper.arrange()
    assert await place.are_listed(place.one, place.other)


async def test_broken_district_keeps_nobody_else_from_its_councils(place: Place) -> None:
    await written(place.database, K.MEETING_POLICY, POLICY)
    keeper = place.keeper()
    await keeper.arrange()
    assert await place.are_listed(place.one, place.other)
    lost = District(
        code=DistrictCode("lost"),
        name="区",
        name_en="D",
        grid=place.one,
        calendar=CalendarCode("nowhere"),
        prefix="LO",
    )
    await written(place.database, K.DISTRICT, lost)
    moved = replace(POLICY, council=replace(PLAN, day=9))
    await written(place.database, K.MEETING_POLICY, moved, version=1)
    assert await keeper.arrange()
    assert (await place.schedule(place.other)).spec.calendars[0].day_of_month[0].start == 9
    kept = await place.schedule(place.one)
    assert kept.spec.calendars[0].day_of_month[0].start == 5, "it stays as it was"


async def test_two_workers_keep_the_same_and_a_pause_stays(place: Place) -> None:
    await written(place.database, K.MEETING_POLICY, POLICY)
    await asyncio.gather(place.keeper().arrange(), place.keeper().arrange())
    await place.client.get_schedule_handle(council_id(place.one)).pause()
    await place.keeper().arrange()
    assert await place.is_paused(place.one)


async def test_nothing_is_written_where_nothing_has_changed(place: Place) -> None:
    """A pause in the same moment would be overwritten."""
    await written(place.database, K.MEETING_POLICY, POLICY)
    await place.keeper().arrange()
    handle = place.client.get_schedule_handle(council_id(place.one))
    await place.keeper().arrange()
    assert (await handle.describe()).info.last_updated_at is None
    moved = replace(POLICY, council=replace(PLAN, day=9))
    await written(place.database, K.MEETING_POLICY, moved, version=1)
    await place.keeper().arrange()
    assert (await handle.describe()).info.last_updated_at


async def test_change_of_the_plan_keeps_the_pause(place: Place) -> None:
    await written(place.database, K.MEETING_POLICY, POLICY)
    await place.keeper().arrange()
    await place.client.get_schedule_handle(council_id(place.one)).pause()
    assert await place.is_paused(place.one)
    moved = replace(POLICY, council=replace(PLAN, day=9))
    await written(place.database, K.MEETING_POLICY, moved, version=1)
    await place.keeper().arrange()
    assert await place.is_paused(place.one)
    assert (await place.schedule(place.one)).spec.calendars[0].day_of_month[0].start == 9


async def test_a_worker_keeps_them_until_it_is_told_to_stop(place: Place) -> None:
    await written(place.database, K.MEETING_POLICY, POLICY)
    stopping = asyncio.Event()
    keeping = asyncio.create_task(place.keeper().run(stopping))
    assert await place.are_listed(place.one, place.other)
    stopping.set()
    await asyncio.wait_for(keeping, 10)


async def test_whatever_breaks_ends_the_round_and_not_the_worker(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, stopping = asyncio.Event(), asyncio.Event()

    async def broken() -> bool:
        looked.set()
        raise ValueError("a row that cannot be read")

    keeper = place.keeper()
    monkeypatch.setattr(keeper, "arrange", broken)
    keeping = asyncio.create_task(keeper.run(stopping))
    await asyncio.wait_for(looked.wait(), 10)
    stopping.set()
    await asyncio.wait_for(keeping, 10)


async def test_what_temporal_will_not_take_of_one_holds_up_no_other(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(place.database, K.MEETING_POLICY, POLICY)
    first, second = sorted((place.one, place.other))

    def sat(council: Council, zone: str) -> Sitting:
        return sitting(council, "No/Where" if council.community == first else zone)

    monkeypatch.setattr("intake.councils.sitting", sat)
    keeper = place.keeper()
    assert await keeper.arrange()
    assert await place.are_listed(second)
    assert await keeper.arrange(), "what failed is tried again in the next round"
