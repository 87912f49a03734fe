"""Opening a meeting and recording its steps, each done twice."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.channels import Message
from activities.contracts import MeetingStep
from activities.meetings import Meetings
from domain.actor import Actor
from domain.commands import Command
from domain.ids import CommandId, DepartmentCode, PartyCode
from domain.meeting import commands as m
from domain.meeting.meeting import MEETING_LAW, Meeting
from domain.meeting.planning import with_plan
from domain.meeting.words import MeetingState
from domain.reference import Grid, GridLevel, ReferenceKind
from domain.vocabulary import ItemOutcome
from storage.codec import command_text
from storage.meetings.queries import MeetingQueries
from storage.meetings.repository import MeetingRepository
from storage.outbox import Outbox
from storage.session import Database
from tests.activities.desk import furnished, written
from tests.builders import NOON
from tests.domain.calendars import china_definition
from tests.domain.cast import LIFT, POLICE, PROPERTY, staff
from tests.domain.meeting.life import (
    FIVE,
    ISSUE,
    OFFICE,
    POLICY,
    STREET,
    MeetingLife,
    a_summons,
)

CALENDAR = china_definition().code
SUMMONS = replace(a_summons(), calendar=CALENDAR)
NUMBER = SUMMONS.number


def staff_of(code: DepartmentCode) -> Actor:
    return staff(f"{code}-a", code)


def meetings(database: Database) -> Meetings:
    return Meetings(database, lambda: NOON)


async def called(database: Database) -> MeetingLife:
    """A meeting opened by the activity, its invitations recorded; one issue is on its agenda."""
    await furnished(database)
    await written(database, ReferenceKind.MEETING_POLICY, POLICY)
    life = MeetingLife(await meetings(database).open(SUMMONS))
    await taken(database, life, m.InviteParties.by_engine("invite"))
    return life


def a_step(before: Meeting, command: Command, life: MeetingLife) -> MeetingStep:
    after = before.handle(command, life.now)
    event = MEETING_LAW[type(command)].event
    return MeetingStep(event=event, command=command, at=life.now, after=after)


async def taken(database: Database, life: MeetingLife, command: Command) -> MeetingStep:
    """One step, recorded twice; the meeting as the workflow would hold it now."""
    step = a_step(life.meeting, command, life)
    planned = await meetings(database).record(step)
    assert await meetings(database).record(step) == planned
    life.meeting = with_plan(step.after, planned)
    return step


async def told(database: Database) -> list[tuple[str, str]]:
    async with database.read() as session:
        notices = await Outbox(session).for_issue(ISSUE)
    return [(each.template, each.recipient) for each in notices if each.dropped_at is None]


async def test_a_notice_of_a_meeting_says_which_meeting(database: Database) -> None:
    await called(database)
    async with database.begin() as session:
        notice = (await Outbox(session).due(NOON, 1))[0]
    message = Message(
        id="1", recipient=notice.recipient, webhook_url=None, notices=[notice], at=NOON
    )
    said: Any = message.body()["notices"]
    assert said[0]["issue"] == ISSUE
    assert NUMBER in said[0]["text"]["zh"]


async def test_an_invitation_that_still_says_the_old_day_goes_out_no_more(
    database: Database,
) -> None:
    life = await called(database)
    meeting = life.meeting
    assert meeting.sits_at is not None
    office = staff_of(OFFICE)
    later = m.PostponeMeeting(
        actor=office, id=CommandId("later"), to=meeting.sits_at + timedelta(hours=3)
    )
    await taken(database, life, later)
    templates = {template for template, _ in await told(database)}
    assert "meeting_postponed" in templates
    assert "meeting_invitation" not in templates


async def everything(database: Database) -> tuple[object, ...]:
    async with database.read() as session:
        return (
            await MeetingRepository(session).snapshot(NUMBER),
            await MeetingQueries(session).timeline(NUMBER),
            await Outbox(session).for_issue(ISSUE),
        )


async def test_opening_twice_answers_the_same_and_writes_nothing(database: Database) -> None:
    await written(database, ReferenceKind.MEETING_POLICY, POLICY)
    first = await ActivityEnvironment().run(meetings(database).open, SUMMONS)
    assert await meetings(database).open(SUMMONS) == first
    assert (first.terms.policy, first.origin.convenor) == (POLICY.code, OFFICE)
    assert [str(each.code) for each in first.parties] == [*FIVE, LIFT, PROPERTY]
    async with database.read() as session:
        assert await MeetingRepository(session).snapshot(NUMBER) is None


async def test_without_a_policy_the_unit_of_the_grid_convenes(database: Database) -> None:
    street = Grid(code=STREET, name="街道", name_en="Street", level=GridLevel.TOWNSHIP, unit=OFFICE)
    await written(database, ReferenceKind.GRID, street)
    opened = await meetings(database).open(SUMMONS)
    assert (opened.origin.convenor, opened.terms.policy) == (OFFICE, "default")


async def test_the_policy_of_the_most_exact_grid_holds(database: Database) -> None:
    await written(database, ReferenceKind.MEETING_POLICY, POLICY)
    own = replace(POLICY, code="own", grid=STREET, quorum_percent=100)
    await written(database, ReferenceKind.MEETING_POLICY, own)
    assert (await meetings(database).open(SUMMONS)).terms.policy == "own"


async def test_a_retired_policy_convenes_nothing_new(database: Database) -> None:
    await written(database, ReferenceKind.MEETING_POLICY, POLICY)
    await written(database, ReferenceKind.MEETING_POLICY, POLICY, version=1, retired=True)
    assert (await meetings(database).open(SUMMONS)).terms.policy == "default"


async def test_the_calendar_tells_every_instant_of_the_call(database: Database) -> None:
    meeting = (await called(database)).meeting
    assert None not in {each.report_in_by for each in meeting.parties}
    assert meeting.sits_at is not None
    assert meeting.decide_by is not None
    assert meeting.sits_at < meeting.decide_by
    async with database.read() as session:
        assert await MeetingRepository(session).snapshot(NUMBER) == meeting


async def test_recording_twice_leaves_the_same_rows(database: Database) -> None:
    life = await called(database)
    reports = life.command(staff_of(LIFT), m.ReportInToMeeting)
    step = await taken(database, life, reports)
    rows = await everything(database)
    await meetings(database).record(step)
    assert await everything(database) == rows


async def test_an_old_step_asked_again_gets_its_own_answer(database: Database) -> None:
    life = await called(database)
    first = a_step(life.meeting, life.command(staff_of(LIFT), m.ReportInToMeeting), life)
    planned = await meetings(database).record(first)
    life.meeting = with_plan(first.after, planned)
    await taken(database, life, life.command(staff_of(PROPERTY), m.ReportInToMeeting))
    assert await meetings(database).record(first) == planned


async def test_step_that_came_by_wire_is_understood(database: Database) -> None:
    life = await called(database)
    command = life.command(staff_of(LIFT), m.ReportInToMeeting, proposes=NOON)
    step = a_step(life.meeting, command, life)
    await meetings(database).record(replace(step, command=json.loads(command_text(command))))
    async with database.read() as session:
        recorded = await MeetingRepository(session).recorded(NUMBER, 2)
    assert recorded is not None
    assert recorded.command == command


async def test_a_rival_of_a_recorded_version_waits_for_an_operator(database: Database) -> None:
    life = await called(database)
    step = a_step(life.meeting, life.command(staff_of(LIFT), m.ReportInToMeeting), life)
    await meetings(database).record(step)
    rival = replace(step, command=replace(step.command, id=CommandId("another")))
    with pytest.raises(ApplicationError) as refused:
        await meetings(database).record(rival)
    assert (refused.value.type, refused.value.non_retryable) == ("VersionConflict", False)


async def test_a_command_recorded_under_another_version_is_final(database: Database) -> None:
    life = await called(database)
    step = await taken(database, life, life.command(staff_of(LIFT), m.ReportInToMeeting))
    twin = replace(step, after=replace(step.after, version=step.after.version + 1))
    with pytest.raises(ApplicationError) as refused:
        await meetings(database).record(twin)
    assert (refused.value.type, refused.value.non_retryable) == ("CommandRepeated", True)


async def test_every_party_is_invited_once(database: Database) -> None:
    await called(database)
    assert await told(database) == [
        ("meeting_invitation", f"department:{code}") for code in (*FIVE, LIFT, PROPERTY)
    ]


async def test_who_reported_in_hears_of_it_no_more(database: Database) -> None:
    life = await called(database)
    await taken(database, life, life.command(staff_of(LIFT), m.ReportInToMeeting))
    assert ("meeting_invitation", f"department:{LIFT}") not in await told(database)
    assert ("meeting_invitation", f"department:{PROPERTY}") in await told(database)


async def test_an_absence_is_told_to_the_party_and_the_convenor(database: Database) -> None:
    life = await called(database)
    life.now = NOON + timedelta(days=30)
    await taken(database, life, m.RecordAbsences.by_engine("absent", parties=(PartyCode(LIFT),)))
    assert (await told(database))[-2:] == [
        ("meeting_absence", f"department:{LIFT}"),
        ("meeting_absence_seen", f"department:{OFFICE}"),
    ]


async def test_tasks_their_reviews_and_the_end_are_told(database: Database) -> None:
    life = await called(database)
    for code in (*FIVE, LIFT, PROPERTY):
        await taken(database, life, life.command(staff_of(code), m.ReportInToMeeting))
    convenor = staff_of(OFFICE)
    await taken(database, life, life.command(convenor, m.OpenSitting))
    decision = life.command(
        convenor,
        m.DecideItem,
        issue=ISSUE,
        outcome=ItemOutcome.DISPATCHED,
        lead=POLICE,
        tasks=(life.order(POLICE), replace(life.order(LIFT), reviewer=PartyCode(PROPERTY))),
    )
    await taken(database, life, decision)
    assert (await told(database))[-2:] == [
        ("meeting_task", f"department:{POLICE}"),
        ("meeting_task", f"department:{LIFT}"),
    ]
    await taken(database, life, life.command(staff_of(LIFT), m.CompleteTask, task="T2"))
    assert (await told(database))[-1] == ("meeting_review_please", f"department:{PROPERTY}")
    await taken(database, life, life.command(staff_of(POLICE), m.CompleteTask, task="T1"))
    assert (await told(database))[-1] == ("meeting_review_please", f"department:{OFFICE}")
    refused = life.command(convenor, m.ReviewTask, task="T1", accepted=False)
    await taken(database, life, refused)
    assert (await told(database))[-1] == ("meeting_task_again", f"department:{POLICE}")
    life.now += timedelta(days=9)
    await taken(database, life, m.MissTask.by_engine("missed", task="T1"))
    assert life.meeting.state is MeetingState.CLOSED
    missed = [who for template, who in await told(database) if template == "meeting_task_missed"]
    assert missed == [f"department:{POLICE}", f"department:{OFFICE}", "supervisor:qj"]
    pending = {template for template, _ in await told(database)}
    assert pending & {"meeting_invitation", "meeting_task", "meeting_task_again"} == set()
