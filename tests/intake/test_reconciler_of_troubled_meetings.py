"""A meeting that cannot be checked is a finding, and keeps nobody from the next one."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.replaying_meetings import meeting_difference
from activities.upkeep import Aggregate, FindingKind
from domain.meeting.meeting import Meeting
from storage.session import Database, Session
from tests.intake.sittings import Sittings
from tests.intake.yard import yard

K = FindingKind


@pytest_asyncio.fixture(loop_scope="session")
async def hall(
    database_url: str, database: Database, temporal_full: WorkflowEnvironment
) -> AsyncIterator[Sittings]:
    async with yard(database_url, database, temporal_full.client) as one:
        yield Sittings(one)


async def test_unreadable_meeting_keeps_nobody_from_the_next(hall: Sittings) -> None:
    _, broken = await hall.convened()
    _, sound = await hall.convened()
    await hall.handle(sound).terminate()
    await hall.yard.execute(
        f"UPDATE meetings SET snapshot = '{{\"version\": 1}}' WHERE number = '{broken}'"
    )
    unreadable, ended = await hall.findings()
    assert (unreadable.kind, unreadable.number) == (K.CHECK_FAILED, broken)
    assert (unreadable.detail, unreadable.repaired) == ("snapshot", False)
    assert (ended.kind, ended.number) == (K.WORKFLOW_ENDED, sound)


async def test_error_in_one_meeting_is_a_finding(
    hall: Sittings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, broken = await hall.convened()
    _, sound = await hall.convened()
    await hall.handle(sound).terminate()

    async def fails(session: Session, snapshot: Meeting) -> str | None:
        assert snapshot.number != broken
        return await meeting_difference(session, snapshot)

    monkeypatch.setattr("intake.reconciler_of_meetings.meeting_difference", fails)
    failed, ended = await hall.findings()
    assert (failed.kind, failed.number) == (K.CHECK_FAILED, broken)
    assert (failed.detail, failed.aggregate) == ("AssertionError", Aggregate.MEETING)
    assert (ended.kind, ended.number) == (K.WORKFLOW_ENDED, sound)


async def test_meeting_with_too_many_events_is_reported_and_not_read(
    hall: Sittings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hall.convened()
    monkeypatch.setattr("activities.replaying_meetings.EVENTS_AT_MOST", 0)
    (finding,) = await hall.findings()
    assert (finding.kind, finding.detail) == (K.CHECK_FAILED, "too_many_events")
