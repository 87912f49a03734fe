"""What reaches a meeting or an issue while a step is written, or while the engine was away."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from typing_extensions import override

from activities.contracts import MeetingStep, Planned, Step
from domain import commands as c
from domain.ids import CategoryCode, IssueNumber, MeetingNumber
from domain.meeting import commands as m
from domain.meeting.convening import SummonedItem
from domain.meeting.council import CouncilCall
from domain.meeting.planning import MeetingPlan
from domain.meeting.words import MeetingOutcome
from domain.vocabulary import DeadlineKind, IssueState, ItemOutcome, Level
from observability import clock
from tests.workflows.office import (
    A_POST,
    DAY,
    GRID,
    SUPERVISOR,
    Office,
    key,
    story,
    urgent,
    with_claim,
)
from tests.workflows.town import CHAIRMAN, TownHall, meeting_policy, town
from workflows.contracts import CALLED_TO_COUNCIL, JOIN_AGENDA, LEAVE_AGENDA


@dataclass
class SlowHall(TownHall):
    """Has written one kind of step down, and does not say so until it is let go."""

    holds: str = ""
    written: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    @override
    @activity.defn(name="record_step")
    async def record(self, step: Step) -> Planned:
        planned = await super().record(step)
        await self._hold(step.event)
        return planned

    @override
    @activity.defn(name="record_meeting_step")
    async def record_meeting(self, step: MeetingStep) -> MeetingPlan:
        planned = await super().record_meeting(step)
        await self._hold(step.event)
        return planned

    async def _hold(self, event: str) -> None:
        if event == self.holds:
            self.written.set()
            await self.let_go.wait()


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


async def test_council_that_calls_an_issue_in_its_last_moment_is_left(
    temporal_skipping: WorkflowEnvironment,
) -> None:
    hall = SlowHall(holds="issue_left_unanswered")
    async with town(temporal_skipping, hall) as told:
        number, issue = await told.issue()
        council = MeetingNumber(f"{number}-C2026-11")
        await issue.give(c.ClaimIssue, A_POST)
        await issue.give(c.ResolveIssue, A_POST)
        passing = asyncio.create_task(issue.passes(4 * DAY))
        await hall.written.wait()
        call = CouncilCall(meeting=council, level=Level.COMMUNITY, at=await issue.now())
        await issue.handle.signal(CALLED_TO_COUNCIL, call)
        hall.let_go.set()
        await passing
        await issue.handle.result()
        history = await issue.handle.fetch_history()
        left = [
            each.signal_external_workflow_execution_initiated_event_attributes
            for each in history.events
        ]
        assert [each.signal_name for each in left if each.signal_name] == [LEAVE_AGENDA]


async def until(instant: datetime) -> None:
    """What was due then is past."""
    await asyncio.sleep((instant - clock.now()).total_seconds() + 0.1)


async def test_who_joins_makes_nobody_late_who_decided_in_time(
    temporal_full: WorkflowEnvironment,
) -> None:
    """The engine was away; meanwhile an issue joined and the other one was decided."""
    soon = {"sits_after": urgent(1 / 3600), "decide_within": urgent(5 / 3600)}
    hall = TownHall(meeting_policies=[meeting_policy(level, **soon) for level in Level])
    async with town(temporal_full, hall) as told:
        number, issue = await told.issue()
        await issue.give(c.ConveneMeeting, SUPERVISOR)
        meeting = await told.sitting(f"{number}-M1")
        decide_by = (await meeting.snapshot()).decide_by
        await told.running.shutdown()
        asked_at = clock.now()
        late = IssueNumber(f"{number}-late")
        joins = SummonedItem(issue=late, grid=GRID, category=CategoryCode("lift"))
        await meeting.handle.signal(JOIN_AGENDA, joins)
        decided = {"issue": number, "outcome": ItemOutcome.PASSED_UP, "asked_at": asked_at}
        deciding = asyncio.create_task(meeting.give(m.DecideItem, CHAIRMAN, **decided))
        await until(decide_by)
        await told.restart_worker()
        assert (await deciding).event == "agenda_item_decided"
        agenda = hall.last_of(f"{number}-M1").agenda
        assert agenda[0].outcome is ItemOutcome.PASSED_UP
        assert [each.issue for each in agenda] == [number, late]


async def test_news_make_nobody_late_who_acted_in_time(
    temporal_full: WorkflowEnvironment,
) -> None:
    """The engine was away; meanwhile the issue was claimed and a calendar changed."""
    async with story(temporal_full, Office(policy=with_claim(urgent(2 / 3600)))) as told:
        claim_by = (await told.issue()).deadline(DeadlineKind.CLAIM)
        assert claim_by is not None
        due_by = claim_by.due_by
        assert due_by is not None
        await told.running.shutdown()
        await told.handle.signal("reckon_again", "holiday")
        claim = c.ClaimIssue(actor=A_POST, id=key(), asked_at=clock.now())
        claiming = asyncio.create_task(told.give(claim))
        await until(due_by)
        await told.restart_worker()
        assert (await claiming).at < due_by
        assert (await told.issue()).first_breach_at is None
