"""The reconciler's questions to the record of meetings."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from domain.meeting import commands as m
from domain.meeting.words import MeetingState
from observability import clock
from storage.meetings.checks import MeetingChecks, MeetingOnRecord, UnreadableMeeting
from storage.meetings.repository import MeetingRepository
from storage.session import Database
from tests.domain.cast import MONDAY_NINE
from tests.domain.meeting.life import a_meeting
from tests.storage.sittings import NUMBER, met, numbered, recorded_life
from tests.storage.stories import born

LATER = timedelta(minutes=1)


async def quiet(
    database: Database, before: datetime, *, is_open: bool = True, after: int = 0, limit: int = 10
) -> tuple[MeetingOnRecord | UnreadableMeeting, ...]:
    async with database.read() as session:
        return await MeetingChecks(session).quiet(
            is_open=is_open, after=after, limit=limit, before=before
        )


async def test_what_moved_after_the_instant_is_left_out(database: Database) -> None:
    meeting = await met(database)
    (found,) = await quiet(database, clock.now() + LATER)
    assert isinstance(found, MeetingOnRecord)
    assert (found.number, found.version, found.snapshot) == (NUMBER, meeting.version, meeting)
    assert await quiet(database, clock.now() - LATER) == ()


@pytest.mark.parametrize(
    ("state", "is_open"), [(MeetingState.REVIEWING, True), (MeetingState.CLOSED, False)]
)
async def test_open_and_closed_meetings_are_asked_for_apart(
    database: Database, state: MeetingState, *, is_open: bool
) -> None:
    await met(database, state)
    now = clock.now() + LATER
    assert len(await quiet(database, now, is_open=is_open)) == 1
    assert await quiet(database, now, is_open=not is_open) == ()


async def test_pages_go_on_after_an_ordinal(database: Database) -> None:
    await born(database)
    for count in (1, 2, 3):
        await recorded_life(database, a_meeting(), numbered(count))
    now = clock.now() + LATER
    first = await quiet(database, now, limit=2)
    rest = await quiet(database, now, limit=2, after=first[-1].id)
    assert [each.number for each in (*first, *rest)] == [numbered(n) for n in (1, 2, 3)]


async def late(database: Database, before: datetime, limit: int = 10) -> list[str]:
    async with database.read() as session:
        return [each.number for each in await MeetingChecks(session).late(before, limit)]


async def test_meetings_whose_clock_has_called_come_the_latest_first(database: Database) -> None:
    """Of the real clock, long after the story: both are late, and at rest."""
    await born(database)
    for count, life in enumerate((a_meeting(MeetingState.DISCUSSING), a_meeting()), start=1):
        await recorded_life(database, life, numbered(count))
    now = clock.now() + LATER
    assert await late(database, now) == [numbered(2), numbered(1)]
    assert await late(database, now, limit=1) == [numbered(2)]
    assert await late(database, MONDAY_NINE) == []


@pytest.mark.parametrize("state", MeetingState)
async def test_a_row_says_when_the_clocks_call_next(
    database: Database, state: MeetingState
) -> None:
    meeting = await met(database, state)
    async with database.begin() as session:
        checks = MeetingChecks(session)
        found = await checks.meeting(NUMBER)
        assert found is not None
        assert (found.next_at, found.has_its_clock) == (meeting.next_instant(), True)
        assert (found.next_at is None) is (state is MeetingState.CLOSED)


async def test_a_clock_is_filled_in_for_the_version_it_was_reckoned_from(
    database: Database,
) -> None:
    meeting = await met(database)
    async with database.begin() as session:
        await session.execute(text("UPDATE meetings SET next_at = NULL"))
        checks, meetings = MeetingChecks(session), MeetingRepository(session)
        for version, fills in ((meeting.version + 1, False), (meeting.version, True)):
            await meetings.set_clock(replace(meeting, version=version))
            found = await checks.meeting(NUMBER)
            assert found is not None
            assert found.has_its_clock is fills


async def test_a_late_clock_is_looked_up_by_its_index(database: Database) -> None:
    await met(database)
    async with database.begin() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await session.execute(
            text("EXPLAIN SELECT number FROM meetings WHERE next_at < now() ORDER BY next_at")
        )
        assert "ix_meetings_clock" in "\n".join(plan.scalars())


async def test_a_version_without_an_event_is_counted(database: Database) -> None:
    meeting = await met(database, MeetingState.DISCUSSING)
    async with database.begin() as session:
        assert await MeetingChecks(session).gaps(NUMBER, meeting.version) == 0
        await session.execute(text("SET session_replication_role = replica"))
        await session.execute(text("DELETE FROM meeting_events WHERE version = 2"))
        assert await MeetingChecks(session).gaps(NUMBER, meeting.version) == 1
        assert await MeetingChecks(session).gaps(NUMBER, 1) == 0
        await session.execute(text("SET session_replication_role = DEFAULT"))


async def test_events_come_in_order_and_up_to_a_version(database: Database) -> None:
    meeting = await met(database, MeetingState.CLOSED)
    async with database.read() as session:
        checks = MeetingChecks(session)
        whole = await checks.events(NUMBER, meeting.version)
        assert [each.version for each in whole] == list(range(1, meeting.version + 1))
        assert isinstance(whole[0].command, m.InviteParties)
        assert await checks.events(NUMBER, 2) == whole[:2]
        assert await checks.last_events(NUMBER, 3) == whole[-3:]
        assert await checks.meeting(numbered(9)) is None
