"""A town that holds meetings: several issues on one worker, and a handle on each meeting."""

from asyncio import TaskGroup, sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.contracts import CouncilDue, MeetingStep, Step
from domain import commands as c
from domain.actor import Actor
from domain.command import Command
from domain.ids import DepartmentCode, IssueNumber, Subject
from domain.issue import Issue
from domain.meeting import commands as m
from domain.meeting.convening import Summons, convene
from domain.meeting.meeting import Meeting
from domain.meeting.planning import MeetingPlan, plan, plan_of
from domain.meeting.policy import MeetingPolicy, choose_meeting_policy
from domain.sla import Rung, RungAct
from domain.vocabulary import DeadlineKind, Level
from tests.workflows.office import DISPATCHER, POLICY, Office, key, staff, urgent
from tests.workflows.patience import patient
from tests.workflows.recording import kept
from workflows.contracts import Answer, IssueInput, MeetingAnswer
from workflows.council import CouncilWorkflow
from workflows.issue import IssueWorkflow
from workflows.meeting import JointMeetingWorkflow

PARTIES = tuple(DepartmentCode(code) for code in ("estate", "community", "street"))
CHAIR, CHAIRMAN = DepartmentCode("office"), staff("office-a", DepartmentCode("office"))
LEADER = Subject("county-leader")
_PATIENCE, _A_WHILE = 800, 0.025
A_MOMENT = timedelta(milliseconds=100)
CONVENES = Rung(after=urgent(1), acts=(RungAct.CONVENE,))
LADDER_CONVENES = replace(
    POLICY,
    promises=tuple(
        replace(each, ladder=(CONVENES,)) if each.kind is DeadlineKind.CLAIM else each
        for each in POLICY.promises
    ),
)
"""Nobody claims within ten hours: one hour later a meeting is convened."""


def party(code: str) -> Actor:
    """Somebody who speaks for a department."""
    return staff(f"{code}-a", DepartmentCode(code))


def meeting_policy(level: Level, **changes: Any) -> MeetingPolicy:  # noqa: ANN401 - any field
    """Three standing parties and the lift company; three of four are a quorum."""
    policy = MeetingPolicy(
        code=level,
        level=level,
        standing=PARTIES,
        convenor=CHAIR,
        leader=LEADER,
        report_in=urgent(24),
        sits_after=urgent(48),
        decide_within=urgent(24),
        review_within=urgent(12),
        quorum_percent=60,
    )
    return replace(policy, **changes)


@dataclass
class TownHall(Office):
    """Records meetings beside issues."""

    meeting_policies: list[MeetingPolicy] = field(
        default_factory=lambda: [meeting_policy(level) for level in Level]
    )
    meeting_steps: list[MeetingStep] = field(default_factory=list)
    summons: Summons | None = None
    """What a council finds to talk about."""

    @activity.defn(name="open_meeting")
    async def open_meeting(self, summons: Summons) -> Meeting:
        policy = choose_meeting_policy(
            self.meeting_policies, summons.level, summons.grid, summons.kind
        )
        return convene(summons, policy, None)

    @activity.defn(name="prepare_council")
    async def prepare(self, due: CouncilDue) -> Summons | None:
        return self.summons and replace(self.summons, convened_at=due.at)

    @activity.defn(name="record_meeting_step")
    async def record_meeting(self, step: MeetingStep) -> MeetingPlan:
        written = plan(step.after, self.calendar)
        self.meeting_steps.append(replace(step, after=written))
        return plan_of(step.after, written)

    def steps_of(self, number: str) -> list[Step] | list[MeetingStep]:
        """Of an issue or of a meeting."""
        of_meeting = [each for each in self.meeting_steps if each.after.number == number]
        return of_meeting or [each for each in self.steps if each.after.number == number]

    def events_of(self, number: str) -> list[str]:
        return [each.event for each in self.steps_of(number)]

    def last_of(self, number: str) -> Any:  # noqa: ANN401 - an issue or a meeting
        """As it was recorded last."""
        return self.steps_of(number)[-1].after


@dataclass
class Seat:
    """A meeting, or an issue, as somebody sees it from outside."""

    environment: WorkflowEnvironment
    handle: WorkflowHandle[Any, Any]
    names: dict[str, type[Command]]
    answer: type[Any]
    snapshot_type: type[Any]

    async def give(self, kind: type[Command], actor: Actor, **fields: Any) -> Any:  # noqa: ANN401 - an answer
        return await self.send(kind(actor=actor, id=key(), **fields))

    async def send(self, command: Command) -> Any:  # noqa: ANN401 - an answer
        name = next(name for name, known in self.names.items() if known is type(command))
        return await self.handle.execute_update(
            name, command, id=command.id, result_type=self.answer
        )

    async def now(self) -> datetime:
        return await self.environment.get_current_time(self.handle)

    async def refused(self, kind: type[Command], actor: Actor, **fields: Any) -> str:  # noqa: ANN401 - any field
        """The code of the refusal.

        Raises:
            AssertionError: it was accepted.
        """
        try:
            answer = await self.give(kind, actor, **fields)
        except WorkflowUpdateFailedError as failure:
            cause = failure.cause
            assert isinstance(cause, ApplicationError)
            return str(cause.details[0])
        raise AssertionError(f"accepted: {answer}")

    async def passes(self, span: timedelta) -> bool:
        """False when it ended before."""
        return await self.environment.fast_forward(self.handle, span)

    async def passes_to(self, instant: datetime) -> None:
        """To a moment before it, which then comes by itself.

        A child that starts while time is skipped has its time skipped too, to its very end.
        """
        now = await self.now()
        await self.environment.fast_forward(self.handle, instant - now - A_MOMENT)

    async def snapshot(self) -> Any:  # noqa: ANN401 - an issue or a meeting
        return await self.handle.query("snapshot", result_type=self.snapshot_type)


@dataclass
class Town:
    """Issues under way on one worker."""

    environment: WorkflowEnvironment
    hall: TownHall
    queue: str
    shift: TaskGroup
    running: Worker
    handles: list[WorkflowHandle[Any, Any]] = field(default_factory=list)

    async def issue(self) -> tuple[IssueNumber, Seat]:
        """A new issue on its way."""
        number = IssueNumber(f"QJ-2026-{token_hex(4)}")
        handle = await self.environment.client.start_workflow(
            IssueWorkflow.run,
            IssueInput(number=number),
            id=f"issue/{number}",
            task_queue=self.queue,
        )
        self.handles.append(handle)
        seat = Seat(self.environment, handle, c.NAMES, Answer, Issue)
        await seat.give(c.AddNote, DISPATCHER)
        return number, seat

    async def meeting(self, number: str) -> Seat:
        """The meeting, as soon as it has invited."""
        handle = self.environment.client.get_workflow_handle(f"meeting/{number}")
        self.handles.append(handle)
        seat = Seat(self.environment, handle, m.MEETING_NAMES, MeetingAnswer, Meeting)
        await self.comes_to(number, "parties_invited")
        return seat

    async def sitting(self, number: str) -> Seat:
        """The meeting, everybody there, opened."""
        meeting = await self.meeting(number)
        for each in (await meeting.snapshot()).parties:
            await meeting.give(m.ReportInToMeeting, party(each.code))
        await meeting.give(m.OpenSitting, CHAIRMAN)
        return meeting

    async def restart_worker(self) -> None:
        """The worker's memory is gone; the next task replays each history on a new one."""
        await self.running.shutdown()
        self.running = _worker(self.environment, self.queue, self.hall)
        self.shift.create_task(self.running.run())

    async def comes_to(self, number: str, event: str, times: int = 1) -> None:
        """Waits for what a workflow is about to do, told by another.

        Raises:
            AssertionError: it did not.
        """
        for _ in range(_PATIENCE):
            is_recorded = self.hall.events_of(number).count(event) >= times
            if is_recorded and await self._holds(number):
                return
            await sleep(_A_WHILE)
        raise AssertionError(f"{number}: no {event} among {self.hall.events_of(number)}")

    async def _holds(self, number: str) -> bool:
        """The record is a moment ahead of its workflow, which has yet to read that it is so."""
        last = self.hall.last_of(number)
        kind = "meeting" if isinstance(last, Meeting) else "issue"
        handle = self.environment.client.get_workflow_handle(f"{kind}/{number}")
        held = await handle.query("snapshot", result_type=type(last))
        return held is not None and bool(held.version >= last.version)


@asynccontextmanager
async def town(
    environment: WorkflowEnvironment, hall: TownHall | None = None
) -> AsyncIterator[Town]:
    hall = hall or TownHall()
    queue = f"queue-{token_hex(8)}"
    async with TaskGroup() as shift:
        told = Town(environment, hall, queue, shift, _worker(environment, queue, hall))
        shift.create_task(told.running.run())
        try:
            yield told
        finally:
            for handle in told.handles:
                await _end(environment, handle)
            await told.running.shutdown()


def _worker(environment: WorkflowEnvironment, queue: str, hall: TownHall) -> Worker:
    return patient(
        Worker(
            environment.client,
            task_queue=queue,
            workflows=[IssueWorkflow, JointMeetingWorkflow, CouncilWorkflow],
            activities=[
                hall.open,
                hall.record,
                hall.open_meeting,
                hall.record_meeting,
                hall.prepare,
            ],
        )
    )


async def _end(environment: WorkflowEnvironment, handle: WorkflowHandle[Any, Any]) -> None:
    """Nothing of a story outlives it."""
    try:
        description = await handle.describe()
    except RPCError:
        return
    await kept(environment.client, handle.id)
    if description.status is WorkflowExecutionStatus.RUNNING:
        await handle.terminate("the story is told")
