"""The record of an issue: one writer wins, a repeated step changes nothing, nothing is lost."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, inspect, select

from domain import commands as c
from domain.actor import ENGINE
from domain.issue import Issue
from domain.sla import Limit, Unit
from domain.vocabulary import IssueState
from storage.issues import IssueRepository, RecordedStep, VersionConflict
from storage.models import AssignmentRow, DeadlineRow, EventRow, IssueRow
from storage.projection import ISSUE_CHANGES, of_issue
from storage.queries import Queries
from storage.session import Database
from tests.builders import (
    DISPATCHER,
    NOON,
    OFFICER,
    PLUMBER,
    POLICE,
    RESIDENT,
    SUPERVISOR,
    WATER,
    a_new_issue,
    asked,
    planned,
)
from tests.storage.stories import a_step, born, born_in, opened, recorded

DAY = timedelta(days=1)


async def record(database: Database, step: RecordedStep) -> bool:
    async with database.begin() as session:
        return await IssueRepository(session).record(step)


async def row_counts(database: Database) -> tuple[int, ...]:
    async with database.read() as session:
        tables = (EventRow, AssignmentRow, DeadlineRow)
        counts = [
            (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for table in tables
        ]
    return tuple(counts)


async def test_a_repeated_step_writes_nothing(database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    step = a_step(issue, asked(c.ClaimIssue, OFFICER))
    assert await record(database, step)
    before = await row_counts(database)
    assert not await record(database, step)
    assert await row_counts(database) == before


async def test_of_two_racing_steps_exactly_one_wins(database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    claims = [a_step(issue, asked(c.ClaimIssue, OFFICER)) for _ in range(2)]
    outcomes = await asyncio.gather(
        *(record(database, each) for each in claims), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["VersionConflict", "bool"]


async def test_the_same_step_recorded_at_once_is_recorded_once(database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    step = a_step(issue, asked(c.ClaimIssue, OFFICER))
    outcomes = await asyncio.gather(*(record(database, step) for _ in range(4)))
    assert sorted(outcomes) == [False, False, False, True]


async def test_a_step_from_an_older_version_is_a_conflict(database: Database) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    await record(database, a_step(issue, asked(c.ClaimIssue, OFFICER)))
    with pytest.raises(VersionConflict):
        await record(database, a_step(issue, asked(c.AddNote, RESIDENT)))


async def test_a_step_of_an_unknown_issue_is_a_conflict(database: Database) -> None:
    issue = await born_in(IssueState.REPORTED, database)
    async with database.read() as session:
        issue = await opened(session, issue.number)
    await record(database, a_step(issue, asked(c.ReferToDispatcher, ENGINE)))
    with pytest.raises(VersionConflict):
        await record(database, a_step(issue, asked(c.RequireVerification, ENGINE)))


def test_a_step_is_exactly_one_version() -> None:
    issue = a_new_issue()
    with pytest.raises(ValueError, match="one version"):
        RecordedStep(command=asked(c.AddNote, RESIDENT), at=NOON, after=issue, expected_version=3)


async def test_a_rich_issue_is_read_back_as_it_was(database: Database) -> None:
    issue = await _a_rich_issue(database)
    async with database.read() as session:
        assert await IssueRepository(session).snapshot(issue.number) == issue
        detail = await Queries(session).issue(issue.number)
    assert detail is not None
    assert detail.snapshot == issue
    assert (detail.assignments, detail.deadlines) == (issue.assignments, issue.deadlines)
    assert (detail.pending, detail.suspension) == (issue.pending, issue.suspension)


async def test_recorded_commands_make_the_snapshot_again(database: Database) -> None:
    issue = await _a_rich_issue(database)
    async with database.read() as session:
        events = await Queries(session).events(issue.number)
    again = Issue(origin=issue.origin, pinned=issue.pinned)
    for event in events:
        again = planned(again.handle(event.command, event.at))
    assert again == issue


async def test_a_step_is_found_by_its_version_and_by_its_command(database: Database) -> None:
    number = await born(database)
    call = asked(c.DispatchIssue, DISPATCHER, lead=POLICE)
    await recorded(database, number, [call])
    async with database.read() as session:
        by_version = await IssueRepository(session).recorded(number, 1)
        by_command = await Queries(session).event_by_command(number, call.id)
        assert await IssueRepository(session).recorded(number, 0) is None
    assert by_version == by_command
    assert by_version is not None
    assert (by_version.command, by_version.state) == (call, IssueState.DISPATCHED)


async def test_the_command_of_another_version_cannot_come_again(database: Database) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    note = asked(c.AddNote, RESIDENT)
    issue = await recorded(database, issue.number, [note])
    with pytest.raises(VersionConflict):
        await record(database, a_step(issue, note))


async def _a_rich_issue(database: Database) -> Issue:
    """Two departments, a suspension, an extension asked for, an urge, evidence of everything."""
    number = await born(database)
    soon, later = NOON + timedelta(minutes=30), NOON + DAY
    by = Limit(Unit.WORKING_DAY, DAY)
    await recorded(
        database,
        number,
        [
            asked(c.DispatchIssue, DISPATCHER, lead=POLICE, co=(WATER,)),
            asked(c.ClaimIssue, OFFICER),
            asked(c.ReportIn, PLUMBER),
        ],
        soon,
    )
    return await recorded(
        database,
        number,
        [
            asked(c.RequestExtension, OFFICER, by=by),
            asked(c.DecideExtension, DISPATCHER, approved=True),
            asked(c.RequestSuspension, OFFICER, until=later + 5 * DAY),
            asked(c.DecideSuspension, DISPATCHER, approved=True),
            asked(c.RequestExtension, OFFICER, by=by),
            asked(c.UrgeIssue, RESIDENT),
            asked(c.SuperviseIssue, SUPERVISOR),
        ],
        later,
    )


async def test_everything_the_projection_tells_is_written(database: Database) -> None:
    issue = await _a_rich_issue(database)
    assert set(of_issue(issue, NOON)) == set(ISSUE_CHANGES)
    columns = [inspect(IssueRow).c[name] for name in ISSUE_CHANGES if name != "snapshot"]
    async with database.read() as session:
        found = select(*columns).where(IssueRow.number == issue.number)
        row = (await session.execute(found)).one()._asdict()
    told = of_issue(issue, row["updated_at"])
    assert row == {name: told[name] for name in row}
