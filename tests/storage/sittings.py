"""Meetings brought into a database: led through the law, recorded step by step."""

from collections.abc import Iterator
from dataclasses import replace

from domain.ids import GridCode, IssueNumber, MeetingNumber
from domain.meeting.convening import SummonedItem, convene
from domain.meeting.meeting import Meeting
from domain.meeting.planning import plan
from domain.meeting.words import MeetingState
from storage.meetings.repository import MeetingRepository, RecordedMeetingStep
from storage.session import Database
from tests.domain.cast import always
from tests.domain.meeting.life import POLICY, MeetingLife, a_meeting, a_summons
from tests.storage.stories import born

NUMBER = a_summons().number


def steps_of(
    life: MeetingLife, number: MeetingNumber = NUMBER, grid: GridCode | None = None
) -> Iterator[RecordedMeetingStep]:
    """Everything that happened in a meeting's life, as its workflow hands it over."""
    summons = replace(a_summons(*items_of(life.meeting)), number=number)
    meeting = convene(replace(summons, grid=grid or summons.grid), POLICY, None)
    for command, at in life.steps:
        meeting = plan(meeting.handle(command, at), always())
        yield RecordedMeetingStep(command=command, at=at, after=meeting)


def items_of(meeting: Meeting) -> tuple[SummonedItem, ...]:
    """What it was called over, with the departments the town's summons concern."""
    departments = a_summons().items[0].departments
    return tuple(
        SummonedItem(
            issue=each.issue, grid=each.grid, category=each.category, departments=departments
        )
        for each in meeting.agenda
    )


async def record(database: Database, step: RecordedMeetingStep) -> bool:
    async with database.begin() as session:
        return await MeetingRepository(session).record(step)


async def recorded_life(
    database: Database,
    life: MeetingLife,
    number: MeetingNumber = NUMBER,
    grid: GridCode | None = None,
) -> Meeting:
    """The meeting after its whole life, each step recorded; its issues are there already."""
    for step in steps_of(life, number, grid):
        assert await record(database, step)
    return step.after


async def met(database: Database, state: MeetingState = MeetingState.PROPOSED) -> Meeting:
    """A meeting over one new issue, led to this state by the shortest way."""
    await born(database)
    return await recorded_life(database, a_meeting(state))


def numbered(count: int) -> MeetingNumber:
    return MeetingNumber(f"{IssueNumber('QJ-2026-0000001')}-M{count}")
