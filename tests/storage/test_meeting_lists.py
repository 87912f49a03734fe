"""Lists of meetings, who sees them, what they say, and what is owed in them."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from domain.actor import Actor
from domain.ids import CommandId, DepartmentCode, GridCode, IssueNumber, PartyCode
from domain.meeting import commands as m
from domain.meeting.authority import may_see
from domain.meeting.membership import meeting_scope_of, supervised_by
from domain.meeting.words import MeetingEvent, MeetingKind, MeetingState
from domain.vocabulary import Level, Role
from storage.cursors import BadCursor, cursor_behind
from storage.meetings.queries import MeetingFilter, MeetingQueries
from storage.meetings.views import Duty, Owed
from storage.models import MeetingRow, MeetingTaskRow
from storage.session import Database
from tests.builders import an_actor
from tests.domain.cast import LIFT, POLICE, PROPERTY
from tests.domain.meeting.life import (
    CONVENOR,
    EVERYBODY,
    ISSUE,
    OFFICE,
    POLICEMAN,
    STREET,
    SUPERVISOR,
    a_meeting,
)
from tests.storage.sittings import NUMBER, met, numbered, recorded_life
from tests.storage.stories import born

OUTSIDER = an_actor(Role.SUPERVISOR, subject="s.9", grids=(GridCode("yj"),))
DISPATCHER = an_actor(Role.DISPATCHER, subject="d.1", grids=(STREET,))


async def listed(database: Database, **wanted: object) -> list[str]:
    async with database.read() as session:
        page = await MeetingQueries(session).meetings(MeetingFilter(**wanted))  # type: ignore[arg-type]  # the class checks the names
    return [each.number for each in page.items]


async def owed(database: Database, who: Actor) -> list[tuple[Duty, str | None]]:
    async with database.read() as session:
        found = await MeetingQueries(session).owed(who.subject, who.department, supervised_by(who))
    return [(each.duty, each.task) for each in found.items]


@pytest.mark.parametrize("who", [*EVERYBODY[1:], OUTSIDER, DISPATCHER], ids=lambda who: who.subject)
@pytest.mark.parametrize("state", [MeetingState.PROPOSED, MeetingState.DECIDED])
async def test_the_scope_of_a_list_is_what_the_law_lets_see(
    database: Database, who: Actor, state: MeetingState
) -> None:
    meeting = await met(database, state)
    """Of all people; the engine reads no lists."""
    seen = await listed(database, scope=meeting_scope_of(who))
    assert (seen == [NUMBER]) is may_see(who, meeting)


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        ({}, True),
        ({"states": (MeetingState.PROPOSED,)}, True),
        ({"states": (MeetingState.CLOSED,)}, False),
        ({"kind": MeetingKind.COUNCIL}, False),
        ({"level": Level.STREET}, True),
        ({"level": Level.COUNTY}, False),
        ({"convenor": OFFICE}, True),
        ({"convenor": DepartmentCode("fire")}, False),
        ({"grid": STREET}, True),
        ({"grid": GridCode(STREET[:-1])}, False),
        ({"issue": ISSUE}, True),
        ({"issue": IssueNumber("QJ-2026-0000009")}, False),
    ],
    ids=str,
)
async def test_a_list_is_narrowed(
    database: Database, wanted: dict[str, object], *, is_found: bool
) -> None:
    await met(database)
    assert (await listed(database, **wanted) == [NUMBER]) is is_found


async def test_pages_follow_each_other_newest_first(database: Database) -> None:
    await born(database)
    for count in (1, 2, 3):
        await recorded_life(database, a_meeting(), numbered(count))
    async with database.read() as session:
        queries = MeetingQueries(session)
        first = await queries.meetings(MeetingFilter(), limit=2)
        rest = await queries.meetings(MeetingFilter(), cursor=first.next, limit=2)
    assert [each.number for each in first.items] == [numbered(3), numbered(2)]
    assert ([each.number for each in rest.items], rest.next) == ([numbered(1)], None)


async def test_a_cursor_of_somebody_else_is_refused(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(BadCursor):
            await MeetingQueries(session).meetings(MeetingFilter(), cursor="x")


async def test_a_meeting_outside_the_scope_is_not_there(database: Database) -> None:
    await met(database)
    async with database.read() as session:
        queries = MeetingQueries(session)
        assert await queries.meeting(NUMBER, meeting_scope_of(OUTSIDER)) is None
        assert await queries.meeting(NUMBER, meeting_scope_of(CONVENOR)) is not None


async def test_a_command_is_found_by_its_id(database: Database) -> None:
    await met(database)
    async with database.read() as session:
        queries = MeetingQueries(session)
        found = await queries.event_by_command(NUMBER, CommandId("engine:invite"))
        missing = await queries.event_by_command(NUMBER, CommandId("engine:other"))
    assert found is not None
    assert (found.name, found.version) == (MeetingEvent.PARTIES_INVITED, 1)
    assert missing is None


async def test_a_timeline_tells_what_happened_in_order(database: Database) -> None:
    await born(database)
    life = a_meeting(MeetingState.CLOSED)
    await recorded_life(database, life)
    async with database.read() as session:
        entries = await MeetingQueries(session).timeline(NUMBER, after_version=8)
    assert [(each.version, each.name) for each in entries] == [
        (9, MeetingEvent.SITTING_OPENED),
        (10, MeetingEvent.ITEM_DECIDED),
        (11, MeetingEvent.TASK_COMPLETED),
        (12, MeetingEvent.TASK_REVIEWED),
    ]
    assert entries[1].details["lead"] == POLICE
    assert (entries[3].actor, entries[3].state) == (CONVENOR.subject, MeetingState.CLOSED)


async def test_parties_owe_their_report_and_the_convenor_a_sitting(database: Database) -> None:
    await met(database)
    assert await owed(database, an_actor(Role.STAFF, department=LIFT)) == [(Duty.REPORT_IN, None)]
    assert await owed(database, CONVENOR) == [(Duty.OPEN, None)]
    assert await owed(database, POLICEMAN) == []


async def test_who_reported_in_owes_nothing(database: Database) -> None:
    await born(database)
    life = a_meeting()
    life.report_in(LIFT)
    await recorded_life(database, life)
    assert await owed(database, an_actor(Role.STAFF, department=LIFT)) == []
    assert await owed(database, an_actor(Role.STAFF, department=PROPERTY)) != []


async def test_at_the_sitting_the_convenor_owes_a_decision(database: Database) -> None:
    await met(database, MeetingState.DISCUSSING)
    assert await owed(database, CONVENOR) == [(Duty.DECIDE, None)]


async def test_a_task_is_owed_and_then_its_review(database: Database) -> None:
    await met(database, MeetingState.DECIDED)
    async with database.read() as session:
        found = (await MeetingQueries(session).owed(POLICEMAN.subject, POLICE)).items
    assert [(each.duty, each.task, each.issue) for each in found] == [(Duty.TASK, "T1", ISSUE)]
    assert found[0].due_by is not None


async def test_a_done_task_is_owed_a_review_by_the_convenor(database: Database) -> None:
    await met(database, MeetingState.REVIEWING)
    assert await owed(database, CONVENOR) == [(Duty.REVIEW, "T1")]
    assert await owed(database, POLICEMAN) == []


async def test_a_person_named_as_reviewer_owes_the_review(database: Database) -> None:
    await born(database)
    life = a_meeting(MeetingState.DISCUSSING)
    reviewer = an_actor(Role.RESIDENT, subject="r.7")
    named = replace(life.order(), reviewer=PartyCode("r.7"), reviewer_is_person=True)
    life.dispatch(named)
    life.give(POLICEMAN, m.CompleteTask, task="T1")
    await recorded_life(database, life)
    namesake = an_actor(Role.STAFF, subject="x", department=DepartmentCode("r.7"))
    assert await owed(database, reviewer) == [(Duty.REVIEW, "T1")]
    assert await owed(database, namesake) == await owed(database, CONVENOR) == []
    assert await listed(database, scope=meeting_scope_of(reviewer)) == [NUMBER]
    assert await listed(database, scope=meeting_scope_of(namesake)) == []


@pytest.mark.parametrize(
    ("state", "duty"),
    [
        (MeetingState.PROPOSED, Duty.OPEN),
        (MeetingState.DISCUSSING, Duty.DECIDE),
        (MeetingState.REVIEWING, Duty.REVIEW),
    ],
)
async def test_supervisors_owe_what_the_convenor_would_where_there_is_none(
    database: Database, state: MeetingState, duty: Duty
) -> None:
    await met(database, state)
    async with database.begin() as session:
        await session.execute(update(MeetingRow).values(convenor=None))
        await session.execute(update(MeetingTaskRow).values(reviewer=None))
    assert [each[0] for each in await owed(database, SUPERVISOR)] == [duty]
    nobody = an_actor(Role.RESIDENT, subject="r.9")
    for who in (CONVENOR, OUTSIDER, DISPATCHER, nobody):
        assert await owed(database, who) == []


async def test_duties_of_several_meetings_come_in_order_of_their_instants(
    database: Database,
) -> None:
    """Over every page size: in one order, none left out and none twice."""
    await born(database)
    lives = (
        a_meeting(MeetingState.REVIEWING),
        a_meeting(MeetingState.DISCUSSING),
        a_meeting(),
        a_meeting(),
    )
    for count, life in enumerate(lives, start=1):
        await recorded_life(database, life, numbered(count))
    whole = [each for (each, *_) in await owed_pages(database, CONVENOR, size=1)]
    assert sorted(each.duty for each in whole) == ["decide", "open", "open", "review"]
    assert [each.due_by for each in whole] == sorted(each.due_by for each in whole if each.due_by)
    for size in (2, 3, 4):
        pages = await owed_pages(database, CONVENOR, size)
        assert [each for page in pages for each in page] == whole
        assert len(pages) == -(-len(whole) // size)


async def test_what_is_not_reckoned_yet_comes_last(database: Database) -> None:
    await born(database)
    for count in (1, 2, 3):
        await recorded_life(database, a_meeting(), numbered(count))
    async with database.begin() as session:
        late = MeetingRow.number.in_([numbered(1), numbered(2)])
        await session.execute(update(MeetingRow).where(late).values(sits_at=None))
    pages = await owed_pages(database, CONVENOR, size=1)
    assert [each.meeting for page in pages for each in page] == [numbered(n) for n in (3, 1, 2)]


async def owed_pages(database: Database, who: Actor, size: int) -> list[tuple[Owed, ...]]:
    pages: list[tuple[Owed, ...]] = []
    cursor = None
    async with database.read() as session:
        while not pages or cursor is not None:
            page = await MeetingQueries(session).owed(
                who.subject, who.department, supervised_by(who), cursor=cursor, limit=size
            )
            pages.append(page.items)
            cursor = page.next
    return pages


@pytest.mark.parametrize(
    "keys",
    [
        ("yesterday", "a", "b", "c"),
        ("2026-11-02T09:00:00", "a", "b", "c"),
        ("0001-01-01T00:00:00+14:00", "a", "b", "c"),
        ("", "a", "b"),
        ("", "a\x00", "b", "c"),
    ],
)
async def test_a_cursor_of_duties_that_nobody_gave_is_refused(
    database: Database, keys: tuple[str, ...]
) -> None:
    async with database.read() as session:
        with pytest.raises(BadCursor):
            await MeetingQueries(session).owed(
                CONVENOR.subject, OFFICE, cursor=cursor_behind(*keys)
            )


async def test_a_closed_meeting_is_owed_nothing(database: Database) -> None:
    await met(database, MeetingState.CLOSED)
    assert [await owed(database, each) for each in (CONVENOR, POLICEMAN, SUPERVISOR)] == [
        [],
        [],
        [],
    ]
