"""What an issue and its meeting have to know of each other, and a lost signal keeps from them."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.upkeep import Aggregate, FindingKind
from domain import commands as c
from domain.ids import CalendarCode, CommandId, IssueNumber, MeetingNumber
from domain.issue import Issue
from domain.meeting.convening import SummonedItem, Summons
from domain.meeting.meeting import Meeting
from domain.meeting.words import MeetingKind, MeetingOutcome, MeetingState
from domain.vocabulary import ConvenedBy, DeadlineKind, IssueState, Level
from intake.agendas import Agendas
from intake.starting_meetings import MeetingStarter
from intake.witness import Witness
from observability import clock
from storage.session import Database
from tests.builders import POLICE, RESIDENT, WATER
from tests.intake.sittings import (
    TABLES,
    Sittings,
    accept,
    complete,
    convene,
    decide,
    invite,
    open_sitting,
    postpone,
    report_in,
    take_off,
)
from tests.intake.yard import Yard, yard

K = FindingKind


@pytest_asyncio.fixture(loop_scope="session")
async def hall(
    database_url: str, database: Database, temporal_full: WorkflowEnvironment
) -> AsyncIterator[Sittings]:
    async with yard(database_url, database, temporal_full.client) as one:
        yield Sittings(one)


async def comes_to(one: Yard, number: IssueNumber, fits: Callable[[Issue], bool]) -> Issue:
    """The issue, as soon as its record says so."""
    while not fits(issue := await one.on_record(number)):
        continue
    return issue


async def told_again(hall: Sittings, meeting: str) -> None:
    (finding,) = await hall.yard.findings()
    assert (finding.kind, finding.detail, finding.repaired) == (K.NEWS_LOST, meeting, True)


async def goes_on(hall: Sittings) -> None:
    """The lost workflow of a meeting is there again, from its record, and at rest."""
    (missing,) = await hall.findings()
    assert (missing.kind, missing.repaired) == (K.WORKFLOW_MISSING, True)
    meeting = await hall.on_record(MeetingNumber(missing.number))
    witness, workflow_id = Witness(hall.yard.client), hall.handle(meeting.number).id
    while not await witness.is_sure(meeting, workflow_id):
        continue


async def only_reported(hall: Sittings, issue: IssueNumber, meeting: str) -> None:
    """The issue is still where it was."""
    before = await hall.yard.on_record(issue)
    (finding,) = await hall.yard.findings()
    assert (finding.kind, finding.detail, finding.repaired) == (K.NEWS_LOST, meeting, False)
    held = await Witness(hall.yard.client).held(hall.yard.handle(issue).id, Issue)
    assert held == before


async def test_issue_hears_that_it_was_taken_off(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.lose_workflow(number)
    await hall.recorded(number, take_off(issue))
    await told_again(hall, number)
    freed = await comes_to(hall.yard, issue, lambda each: each.meeting is None)
    assert freed.state is IssueState.DISPATCHING
    assert await hall.yard.findings() == ()


async def test_issue_told_twice_steps_once(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.lose_workflow(number)
    await hall.recorded(number, take_off(issue))
    before = await hall.yard.on_record(issue)
    await told_again(hall, number)
    agendas = Agendas(hall.yard.client, hall.yard.database)
    assert await agendas.of_issue(before, clock.now()) is not None
    freed = await comes_to(hall.yard, issue, lambda each: each.meeting is None)
    answer = await hall.yard.give(issue, convene())
    assert answer.version == freed.version + 1


async def test_issue_hears_of_its_decision(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.lose_workflow(number)
    for command in (report_in(), open_sitting(), decide(issue)):
        await hall.recorded(number, command)
    await goes_on(hall)
    await told_again(hall, number)
    decided = await comes_to(hall.yard, issue, lambda each: each.in_meeting is None)
    assert decided.meeting is not None, "the task is still under way"
    assert [each.department for each in decided.active] == [POLICE]
    assert await hall.yard.findings() == ()


async def test_issue_hears_of_decision_and_end_in_order(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.lose_workflow(number)
    for command in (report_in(), open_sitting(), decide(issue), complete(), accept()):
        await hall.recorded(number, command)
    assert (await hall.on_record(number)).outcome is MeetingOutcome.SETTLED
    await told_again(hall, number)
    freed = await comes_to(hall.yard, issue, lambda each: each.meeting is None)
    assert freed.state is IssueState.DISPATCHED
    assert await hall.yard.findings() == ()


async def test_issue_hears_of_another_day(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.lose_workflow(number)
    await hall.recorded(number, postpone(await hall.on_record(number)))
    await goes_on(hall)
    await told_again(hall, number)
    meeting = await hall.on_record(number)
    await comes_to(hall.yard, issue, lambda each: _dates_of(each) == _dates_of_meeting(meeting))
    assert await hall.yard.findings() == ()


def _dates_of(issue: Issue) -> tuple[datetime | None, datetime | None]:
    deadline = issue.deadline(DeadlineKind.MEETING)
    assert issue.meeting is not None
    return issue.meeting.sits_at, deadline.due_by if deadline else None


def _dates_of_meeting(meeting: Meeting) -> tuple[datetime | None, datetime | None]:
    assert meeting.sits_at is not None
    return meeting.sits_at, meeting.decide_by


async def test_issue_that_never_came_onto_the_agenda_goes_back(hall: Sittings) -> None:
    _, number = await hall.convened()
    other = await hall.yard.dispatched()
    await hall.goes_deaf(number)
    await hall.yard.give(other, convene(joins=number))
    await only_reported(hall, other, number)
    await hall.lose_workflow(number)
    await goes_on(hall)
    await told_again(hall, number)
    freed = await comes_to(hall.yard, other, lambda each: each.meeting is None)
    assert freed.state is IssueState.DISPATCHING


async def test_record_that_lags_behind_its_meeting_takes_nobody_off(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.yard.execute(
        f"UPDATE meetings SET snapshot = jsonb_set(snapshot, '{{agenda}}', '[]')"
        f" WHERE number = '{number}'"
    )
    await only_reported(hall, issue, number)


async def test_issue_that_waits_no_more_leaves_the_agenda(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.goes_deaf(number)
    await hall.yard.give(issue, c.WithdrawIssue(actor=RESIDENT, id=CommandId("gone")))
    await hall.lose_workflow(number)
    await goes_on(hall)
    (stale,) = await hall.findings()
    assert (stale.kind, stale.aggregate) == (K.AGENDA_STALE, Aggregate.MEETING)
    assert (stale.detail, stale.repaired) == (issue, True)
    await hall.handle(number).result()
    meeting = await hall.on_record(number)
    assert (meeting.state, meeting.outcome) == (MeetingState.CLOSED, MeetingOutcome.EMPTY)


async def before_a_council(hall: Sittings) -> tuple[IssueNumber, MeetingNumber]:
    """On its agenda, without having heard of it."""
    issue = await hall.yard.dispatched()
    origin = (await hall.yard.on_record(issue)).origin
    summons = Summons(
        number=MeetingNumber(f"{issue}-C2026-11"),
        district=origin.district,
        grid=origin.grid,
        level=Level.COMMUNITY,
        calendar=CalendarCode("cn"),
        convened_by=ConvenedBy.SCHEDULE,
        convened_at=clock.now(),
        items=(SummonedItem(issue=issue, grid=origin.grid, category=origin.category),),
        kind=MeetingKind.COUNCIL,
    )
    assert await MeetingStarter(hall.yard.client, hall.yard.database).begin(summons)
    while not await hall.knows(summons.number):
        continue
    return issue, summons.number


async def test_closed_issue_that_never_heard_of_its_council_leaves_it(hall: Sittings) -> None:
    issue, number = await before_a_council(hall)
    assert await hall.findings() == ()
    await hall.yard.give(issue, c.WithdrawIssue(actor=RESIDENT, id=CommandId("gone")))
    (stale,) = await hall.findings()
    assert (stale.kind, stale.detail, stale.repaired) == (K.AGENDA_STALE, issue, True)
    await hall.handle(number).result()
    assert (await hall.on_record(number)).outcome is MeetingOutcome.EMPTY


async def test_issue_whose_record_lags_stays_on_the_agenda(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.yard.execute(
        f"UPDATE issues SET snapshot = jsonb_set(snapshot, '{{meeting}}', 'null')"
        f" WHERE number = '{issue}'"
    )
    (stale,) = await hall.findings()
    assert (stale.kind, stale.detail, stale.repaired) == (K.AGENDA_STALE, issue, False)
    held = await Witness(hall.yard.client).held(hall.handle(number).id, Meeting)
    assert held == await hall.on_record(number)


async def forgotten(hall: Sittings) -> None:
    """The record of meetings as it was before the first of them."""
    await hall.yard.execute(*(f"DELETE FROM {each}" for each in TABLES))


async def test_meeting_that_is_not_on_record_is_written_again(hall: Sittings) -> None:
    issue, number = await hall.convened()
    await hall.give(number, report_in())
    before = await hall.on_record(number)
    await forgotten(hall)
    (finding,) = await hall.yard.findings()
    assert (finding.kind, finding.number) == (K.MEETING_UNKNOWN, issue)
    assert (finding.detail, finding.repaired) == (number, True)
    assert await hall.on_record(number) == before
    assert await hall.yard.findings() == ()
    assert await hall.findings() == ()
    assert (await hall.give(number, open_sitting())).version == before.version + 1


async def test_meeting_that_nobody_knows_is_called_again(hall: Sittings) -> None:
    proposed = clock.now() + timedelta(days=5)
    issue, number = await hall.convened(proposed)
    called = (await hall.on_record(number)).origin
    assert called.proposed == (proposed,)
    await forgotten(hall)
    await hall.lose_workflow(number)
    (finding,) = await hall.yard.findings()
    assert (finding.kind, finding.number) == (K.MEETING_UNKNOWN, issue)
    assert (finding.detail, finding.repaired) == (number, True)
    answer = await hall.give(number, report_in())
    assert answer.version == 2
    assert (await hall.on_record(number)).origin == called


async def test_meeting_that_others_called_is_reported(hall: Sittings) -> None:
    _, number = await hall.convened()
    other = await hall.yard.dispatched()
    await hall.yard.give(other, convene(joins=number))
    while len((await hall.on_record(number)).agenda) == 1:
        continue
    await hall.lose_workflow(number)
    await forgotten(hall)
    issue = await hall.yard.on_record(other)
    agendas = Agendas(hall.yard.client, hall.yard.database)
    finding = await agendas.of_issue(issue, clock.now())
    assert finding is not None
    assert (finding.kind, finding.detail, finding.repaired) == (K.MEETING_UNKNOWN, number, False)
    assert await Witness(hall.yard.client).status(hall.handle(number).id) is None


async def test_department_that_was_invited_later_is_replayed_as_such(hall: Sittings) -> None:
    _, number = await hall.convened()
    await hall.give(number, invite(WATER))
    await hall.give(number, report_in())
    parties = (await hall.on_record(number)).parties
    assert [str(each.code) for each in parties] == [POLICE, WATER]
    assert await hall.findings() == ()
