"""A council from its Schedule to what comes of its word: over HTTP, real workflows, real record."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

import pytest_asyncio
from temporalio.client import Client, ScheduleActionResult, ScheduleHandle

from domain.ids import GridCode, IssueNumber
from domain.meeting.policy import CouncilPlan, MeetingPolicy
from domain.meeting.words import MeetingKind
from domain.reference import Grid, GridLevel, ReferenceKind, Staff
from domain.vocabulary import Level, Role
from intake.councils import CouncilSchedules
from intake.relay import Relay
from observability import clock
from storage.outbox import Outbox
from tests.activities.desk import written
from tests.api.town import Town
from tests.builders import COUNTY, WATER, an_actor
from tests.e2e.test_meeting import CONVENOR, OFFICE, give, seen
from tests.e2e.test_meeting import one as one
from tests.e2e.test_meeting import town as town
from tests.intake.yard import Yard
from tests.storage.stories import born
from workflows.contracts import council_id

K, CHINA = ReferenceKind, ZoneInfo("Asia/Shanghai")
HEAD = an_actor(Role.BUILDING_HEAD, subject="b1.head")
SUPERVISOR = an_actor(Role.SUPERVISOR, subject="s.1", grids=(COUNTY,))


@dataclass(frozen=True)
class Community:
    """A community of the test's own, whose lift has failed three times."""

    grid: GridCode
    issues: tuple[IssueNumber, ...]
    number: str


@pytest_asyncio.fixture(loop_scope="session")
async def community(one: Yard) -> AsyncIterator[Community]:
    grid = GridCode(f"qj.bh.c{token_hex(4)}")
    policy = MeetingPolicy(
        code="council",
        level=Level.COMMUNITY,
        kind=MeetingKind.COUNCIL,
        council=CouncilPlan(day=5),
    )
    place = Grid(code=grid, name="社区", name_en="C", level=GridLevel.COMMUNITY, unit=OFFICE)
    regular = Staff(code=HEAD.subject, department=OFFICE, stands_for=GridCode(f"{grid}.e.b1"))
    for kind, body in ((K.GRID, place), (K.MEETING_POLICY, policy), (K.STAFF, regular)):
        await written(one.database, kind, body)
    fields: dict[str, Any] = {"grid": GridCode(f"{grid}.e.b1"), "prefix": one.prefix}
    issues = [await born(one.database, raised_at=clock.now(), **fields) for _ in range(3)]
    await Relay(one.database, one.client, clock.now).drain()
    local = clock.now().astimezone(CHINA)
    yield Community(grid, tuple(issues), f"{grid}-C{local:%Y-%m}")
    await forgotten(one.client, grid)


async def forgotten(client: Client, grid: GridCode) -> None:
    await client.get_schedule_handle(council_id(grid)).delete()


async def called(one: Yard, town: Town, community: Community) -> str:
    """Its Schedule made from the reference data and triggered; the path of the council."""
    for number in community.issues:
        await seen(town, SUPERVISOR, f"/issues/{number}", lambda it: it["state"] == "dispatched")
    assert await CouncilSchedules(one.database, one.client).arrange()
    await one.client.get_schedule_handle(council_id(community.grid)).trigger()
    path = f"/meetings/{community.number}"
    await seen(town, CONVENOR, path, lambda shown: len(shown["agenda"]) == 3)
    for number in community.issues:
        events = f"/issues/{number}/timeline"
        await seen(town, SUPERVISOR, events, lambda it: "issue_called_to_council" in names(it))
    return path


def names(timeline: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [each["name"] for each in timeline["items"]]


async def test_a_schedule_calls_a_council_and_each_issue_hears_its_word(
    town: Town, one: Yard, community: Community
) -> None:
    settled, sent, passed = community.issues
    council = await called(one, town, community)
    owed = (await town.get(HEAD, "/meetings/owed")).json()["items"]
    assert [(each["meeting"], each["duty"]) for each in owed] == [(community.number, "report_in")]
    await give(town, HEAD, f"{council}/report-in", text="到了")
    assert await give(town, CONVENOR, f"{council}/open") == "discussing"
    decide = f"{council}/decide"
    await give(town, CONVENOR, decide, issue=settled, outcome="settled", text="已当场解决")
    await give(town, CONVENOR, decide, issue=sent, outcome="dispatched", lead=WATER)
    passing = {"issue": passed, "outcome": "passed_up", "text": "请街道协调"}
    assert await give(town, CONVENOR, decide, **passing) == "closed"
    await seen(town, SUPERVISOR, f"/issues/{settled}", is_solved)
    await seen(town, SUPERVISOR, f"/issues/{sent}", lambda it: it["lead_department"] == WATER)
    street = f"/meetings/{passed}-M1"
    await seen(town, SUPERVISOR, street, lambda it: it["level"] == "street")
    record = (await town.get(SUPERVISOR, f"/issues/{settled}/timeline")).json()["items"]
    assert [each["text"] for each in record if each["name"] == "issue_settled"] == ["已当场解决"]


def is_solved(shown: Any) -> bool:  # noqa: ANN401 - JSON
    return bool((shown["state"], shown["outcome"]) == ("closed", "solved"))


async def test_council_is_listed_by_its_kind_and_its_regulars_are_invited(
    town: Town, one: Yard, community: Community
) -> None:
    await called(one, town, community)
    listed = (await town.get(HEAD, "/meetings", kind="council")).json()["items"]
    assert [(each["number"], each["kind"]) for each in listed] == [(community.number, "council")]
    assert (await town.get(HEAD, "/meetings", kind="joint")).json()["items"] == []
    async with one.database.read() as session:
        notices = await Outbox(session).for_issue(community.issues[0])
    invited = [each.recipient for each in notices if each.template == "council_invitation"]
    assert invited == [f"subject:{HEAD.subject}"]


async def test_council_called_twice_in_a_month_is_one(
    town: Town, one: Yard, community: Community
) -> None:
    council = await called(one, town, community)
    schedule = one.client.get_schedule_handle(council_id(community.grid))
    await schedule.trigger()
    run: Any = (await actions(schedule, 2))[-1].action
    second = one.client.get_workflow_handle(
        run.workflow_id, run_id=run.first_execution_run_id, result_type=str
    )
    assert await second.result() == community.number
    assert (await asked_for(second))["planned_for"] is not None
    timeline = (await town.get(CONVENOR, f"{council}/timeline")).json()
    assert names(timeline) == ["parties_invited"]
    for number in community.issues:
        heard = names((await town.get(SUPERVISOR, f"/issues/{number}/timeline")).json())
        assert heard.count("issue_called_to_council") == 1


async def asked_for(run: Any) -> Any:  # noqa: ANN401 - JSON
    """What a run that a Schedule has started asks its activity."""
    history = await run.fetch_history()
    asked = [each.activity_task_scheduled_event_attributes for each in history.events]
    return next(json.loads(each.input.payloads[0].data) for each in asked if each.input.payloads)


async def actions(schedule: ScheduleHandle, count: int) -> Sequence[ScheduleActionResult]:
    """What the Schedule has started, once it is that many.

    Raises:
        AssertionError: it is not.
    """
    for _ in range(100):
        done = (await schedule.describe()).info.recent_actions
        if len(done) >= count:
            return done
        await asyncio.sleep(0.1)
    raise AssertionError(schedule.id)
