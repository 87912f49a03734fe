"""The record of a meeting: one writer wins, a repeated step changes nothing, nothing is lost."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from domain.events import EventName
from domain.meeting import commands as m
from domain.meeting.words import MeetingEvent, MeetingState
from storage.meetings.queries import MeetingQueries
from storage.meetings.repository import (
    MeetingRepository,
    MeetingVersionConflict,
    RecordedMeetingStep,
)
from storage.models import (
    MeetingEventRow,
    MeetingItemRow,
    MeetingPartyRow,
    MeetingRow,
    MeetingTaskRow,
)
from storage.session import Database, Unstorable
from tests.domain.meeting.life import CONVENOR, POLICEMAN, a_meeting
from tests.storage.sittings import NUMBER, met, record, recorded_life, steps_of
from tests.storage.stories import born

STATES = pytest.mark.parametrize("state", MeetingState)
TABLES = (MeetingRow, MeetingEventRow, MeetingPartyRow, MeetingItemRow, MeetingTaskRow)


async def row_counts(database: Database) -> tuple[int, ...]:
    async with database.read() as session:
        counts = [
            (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for table in TABLES
        ]
    return tuple(counts)


async def execute(database: Database, statement: str) -> None:
    async with database.begin() as session:
        await session.execute(text(statement))


def test_no_event_of_a_meeting_is_an_event_of_an_issue() -> None:
    assert set(map(str, MeetingEvent)) & set(map(str, EventName)) == set()


@STATES
async def test_the_snapshot_read_is_the_snapshot_written(
    database: Database, state: MeetingState
) -> None:
    meeting = await met(database, state)
    async with database.read() as session:
        assert await MeetingRepository(session).snapshot(NUMBER) == meeting


async def test_there_is_no_snapshot_before_the_first_step(database: Database) -> None:
    async with database.read() as session:
        assert await MeetingRepository(session).snapshot(NUMBER) is None


@STATES
async def test_a_whole_life_recorded_again_writes_nothing(
    database: Database, state: MeetingState
) -> None:
    await met(database, state)
    before = await row_counts(database)
    assert [await record(database, step) for step in steps_of(a_meeting(state))][-1] is False
    assert await row_counts(database) == before


async def test_commands_come_back_as_they_were_given(database: Database) -> None:
    await born(database)
    life = a_meeting(MeetingState.CLOSED)
    await recorded_life(database, life)
    async with database.read() as session:
        repository = MeetingRepository(session)
        found = [
            await repository.recorded(NUMBER, version + 1) for version in range(len(life.steps))
        ]
    assert [(each.command, each.at) for each in found if each] == life.steps


async def test_of_two_racing_first_steps_exactly_one_wins(database: Database) -> None:
    await born(database)
    first = next(steps_of(a_meeting()))
    rival = m.InviteParties.by_engine("rival")
    steps = (first, RecordedMeetingStep(command=rival, at=first.at, after=first.after))
    outcomes = await asyncio.gather(
        *(record(database, each) for each in steps), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["MeetingVersionConflict", "bool"]


async def test_the_same_first_step_at_once_is_recorded_once(database: Database) -> None:
    await born(database)
    first = next(steps_of(a_meeting()))
    outcomes = await asyncio.gather(record(database, first), record(database, first))
    assert sorted(outcomes) == [False, True]


async def test_a_step_from_another_version_is_refused_and_writes_nothing(
    database: Database,
) -> None:
    await born(database)
    first, second, third, *_ = steps_of(a_meeting(MeetingState.DISCUSSING))
    await record(database, first)
    before = await row_counts(database)
    with pytest.raises(MeetingVersionConflict):
        await record(database, third)
    assert await row_counts(database) == before
    assert await record(database, second)


async def test_a_command_makes_one_version(database: Database) -> None:
    await born(database)
    first, second, *_ = steps_of(a_meeting(MeetingState.DISCUSSING))
    await record(database, first)
    again = RecordedMeetingStep(command=first.command, at=second.at, after=second.after)
    with pytest.raises(MeetingVersionConflict):
        await record(database, again)


async def test_parts_follow_the_snapshot(database: Database) -> None:
    await met(database, MeetingState.REVIEWING)
    async with database.read() as session:
        task = (await session.execute(select(MeetingTaskRow.__table__))).one()
        parties = (await session.execute(select(MeetingPartyRow.__table__))).all()
        item = (await session.execute(select(MeetingItemRow.__table__))).one()
    assert (task.is_owed, task.awaits_review, task.reviewer) == (False, True, CONVENOR.department)
    assert task.department == POLICEMAN.department
    assert [each.owes_report for each in parties] == [False] * 7
    assert (item.decided_at is not None, item.outcome) == (True, None)


async def test_an_absence_stays_with_the_party(database: Database) -> None:
    await born(database)
    life = a_meeting()
    life.wait(timedelta(hours=25))
    await recorded_life(database, life)
    async with database.read() as session:
        parties = (await session.execute(select(MeetingPartyRow.__table__))).all()
    assert {(each.absences, each.absent_at == each.report_in_by) for each in parties} == {(1, True)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meeting_events SET actor = 'somebody else'",
        "DELETE FROM meeting_events",
        "TRUNCATE meeting_events CASCADE",
    ],
)
async def test_events_of_meetings_cannot_be_changed(database: Database, statement: str) -> None:
    meeting = await met(database)
    with pytest.raises(Unstorable, match="append-only"):
        await execute(database, statement)
    async with database.read() as session:
        assert len(await MeetingQueries(session).timeline(meeting.number)) == 1


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("version = 0", "ck_meetings_version"),
        ("state = 'closed'", "ck_meetings_closed_at"),
        ("outcome = 'settled'", "ck_meetings_outcome"),
        ("number = ''", "ck_meetings_number_size"),
    ],
)
async def test_a_meeting_cannot_contradict_itself(
    database: Database, change: str, constraint: str
) -> None:
    await met(database)
    with pytest.raises(Unstorable, match=constraint):
        await execute(database, f"UPDATE meetings SET {change}")
