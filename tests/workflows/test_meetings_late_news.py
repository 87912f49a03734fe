"""What reaches a meeting or an issue while a step is written, or while the engine was away."""

import asyncio
from dataclasses import dataclass, field

from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from typing_extensions import override

from activities.contracts import MeetingStep
from domain import commands as c
from domain.meeting.planning import MeetingPlan
from domain.meeting.words import MeetingOutcome
from domain.vocabulary import IssueState, Level
from tests.workflows.office import DAY, SUPERVISOR
from tests.workflows.town import TownHall, meeting_policy, town


@dataclass
class SlowHall(TownHall):
    """Has written a step of a meeting down, and does not say so until it is let go."""

    holds: str = ""
    written: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    @override
    @activity.defn(name="record_meeting_step")
    async def record_meeting(self, step: MeetingStep) -> MeetingPlan:
        planned = await super().record_meeting(step)
        if step.event == self.holds:
            self.written.set()
            await self.let_go.wait()
        return planned


async def test_who_joins_while_the_meeting_closes_by_its_clock_is_turned_away(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    hall = SlowHall(holds="sitting_missed")
    hall.meeting_policies = [meeting_policy(level, max_postponements=0) for level in Level]
    async with town(temporal_skipping, hall) as told:
        number, issue = await told.issue()
        late, second = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.meeting(f"{number}-M1")
        passing = asyncio.create_task(meeting.passes(3 * DAY))
        await hall.written.wait()
        await second.give(c.ConveneMeeting, SUPERVISOR, joins=f"{number}-M1")
        hall.let_go.set()
        await passing
        await told.comes_to(late, "meeting_ended")
        assert hall.last_of(f"{number}-M1").outcome is MeetingOutcome.NO_QUORUM
        known = await second.snapshot()
        assert (known.meeting, known.state) == (None, IssueState.DISPATCHING)
