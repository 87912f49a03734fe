"""What of a community's issues comes before its council, and what is left to others."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from domain import commands as c
from domain.ids import CategoryCode, GridCode, IssueNumber
from domain.issue import Issue
from domain.meeting.council import Wanted
from domain.meeting.words import MeetingKind, MeetingState
from domain.vocabulary import IssueState, Satisfaction
from storage.meetings.councils import CouncilMatters
from storage.models import IssueRow, MeetingRow
from storage.session import Database
from tests.builders import NOON, RESIDENT, asked
from tests.domain.meeting.life import a_meeting
from tests.storage.sittings import recorded_life
from tests.storage.stories import born_in, recorded

COMMUNITY, ELSEWHERE = GridCode("qj.bh.hp"), GridCode("qj.bh.hpx.fc.b3")
DAY = timedelta(days=1)
PLAN = Wanted(
    community=COMMUNITY,
    raised_before=NOON - 30 * DAY,
    repeats=3,
    repeated_since=NOON - 90 * DAY,
    limit=20,
)
S = IssueState


async def agenda(database: Database, **changes: object) -> list[IssueNumber]:
    async with database.read() as session:
        items = await CouncilMatters(session).items(replace(PLAN, **changes))  # type: ignore[arg-type]  # the class checks the names
    return [each.issue for each in items]


async def an_issue(
    database: Database, days: int, state: IssueState = S.HANDLING, **changes: object
) -> Issue:
    """Raised so many days ago, of a category of its own unless told."""
    fields = {"category": CategoryCode(f"c{days}"), "raised_at": NOON - days * DAY} | changes
    return await born_in(state, database, **fields)


async def reopened(database: Database) -> Issue:
    resolved = await an_issue(database, 2, S.RESOLVED)
    fields = {"satisfaction": Satisfaction.UNSATISFIED, "solved": False}
    return await recorded(database, resolved.number, [asked(c.EvaluateIssue, RESIDENT, **fields)])


async def test_long_open_issues_come_oldest_first(database: Database) -> None:
    await an_issue(database, 29)
    exactly, old = await an_issue(database, 30), await an_issue(database, 50)
    assert await agenda(database) == [old.number, exactly.number]


async def test_unsatisfied_issues_come_before_the_old(database: Database) -> None:
    old, again = await an_issue(database, 50), await reopened(database)
    assert again.reopened == 1
    assert await agenda(database) == [again.number, old.number]


async def test_repeated_issues_come_whatever_became_of_the_others(database: Database) -> None:
    same: dict[str, Any] = {"category": CategoryCode("lift")}
    await an_issue(database, 3, S.CLOSED, **same)
    await an_issue(database, 2, S.RESOLVED, **same)
    assert await agenda(database) == []
    third = await an_issue(database, 1, S.DISPATCHED, **same)
    assert await agenda(database) == [third.number]
    assert await agenda(database, repeats=4) == []
    assert await agenda(database, repeated_since=NOON - 2 * DAY) == []


async def test_repetition_is_of_one_category_at_one_grid(database: Database) -> None:
    same: dict[str, Any] = {"category": CategoryCode("lift")}
    await an_issue(database, 3, **same)
    await an_issue(database, 2, **same)
    await an_issue(database, 1, grid=GridCode(f"{COMMUNITY}.fc.b4"), **same)
    await an_issue(database, 1)
    assert await agenda(database) == []


async def test_only_what_can_still_be_moved_and_lies_in_the_community(
    database: Database,
) -> None:
    for state in (S.VERIFYING, S.RESOLVED, S.CLOSED):
        await an_issue(database, 50, state)
    await an_issue(database, 50, grid=ELSEWHERE)
    await an_issue(database, 50, grid=GridCode("qj.bh"))
    waiting = await an_issue(database, 50, S.DISPATCHING)
    at_the_gate = await an_issue(database, 40, grid=COMMUNITY)
    assert await agenda(database) == [waiting.number, at_the_gate.number]


async def test_what_a_meeting_is_busy_with_is_left_to_it(database: Database) -> None:
    first = await an_issue(database, 50)
    await recorded_life(database, a_meeting(MeetingState.DECIDED))
    assert await agenda(database) == []
    assert first.number == "QJ-2026-0000001"


async def test_what_a_meeting_is_done_with_may_come(database: Database) -> None:
    first = await an_issue(database, 50)
    await recorded_life(database, a_meeting(MeetingState.CLOSED))
    assert await agenda(database) == [first.number]


async def test_what_was_before_a_council_comes_after_what_never_was(database: Database) -> None:
    first, second = await an_issue(database, 50), await an_issue(database, 40)
    await recorded_life(database, a_meeting(MeetingState.CLOSED))
    assert await agenda(database) == [first.number, second.number]
    async with database.begin() as session:
        await session.execute(update(MeetingRow).values(kind=MeetingKind.COUNCIL))
    assert await agenda(database) == [second.number, first.number]


async def test_what_not_even_the_county_settled_is_left_to_its_leader(database: Database) -> None:
    given_up, stays = await an_issue(database, 50), await an_issue(database, 40)
    async with database.begin() as session:
        own = IssueRow.number == given_up.number
        await session.execute(update(IssueRow).where(own).values(beyond_county=True))
    assert await agenda(database) == [stays.number]


async def test_agenda_is_bounded(database: Database) -> None:
    for days in range(40, 44):
        await an_issue(database, days)
    assert len(await agenda(database, limit=3)) == 3
