"""A town that holds meetings: several issues on one worker, and a handle on each meeting."""

from asyncio import TaskGroup, sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from secrets import token_hex
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.contracts import MeetingStep
from domain import commands as c
from domain.actor import Actor
from domain.command import Command
from domain.ids import DepartmentCode, IssueNumber, Subject
from domain.issue import Issue
from domain.meeting.commands import MEETING_NAMES
from domain.meeting.convening import Summons, convene
from domain.meeting.meeting import Meeting
from domain.meeting.planning import MeetingPlan, plan, plan_of
from domain.meeting.policy import MeetingPolicy, choose_meeting_policy
from domain.sla import Rung, RungAct
from domain.vocabulary import DeadlineKind, Level, Role
from tests.workflows.office import DISPATCHER, GRID, POLICY, Office, key, staff, urgent
from tests.workflows.recording import kept
from workflows.contracts import Answer, IssueInput, MeetingAnswer
from workflows.issue import IssueWorkflow
from workflows.meeting import JointMeetingWorkflow

PARTIES = tuple(DepartmentCode(code) for code in ("estate", "community", "street"))
CHAIR, CHAIRMAN = DepartmentCode("office"), staff("office-a", DepartmentCode("office"))
LEADER = Subject("county-leader")
DECISIVE = Actor(subject=Subject("overseer"), roles=(Role.SUPERVISOR,), grids=(GRID,))
CONVENES = Rung(after=urgent(1), acts=(RungAct.CONVENE,))
LADDER_CONVENES = replace(
    POLICY,
    promises=tuple(
        replace(each, ladder=(CONVENES,)) if each.kind is DeadlineKind.CLAIM else each
        for each in POLICY.promises
    ),
)
"""Nobody claims within ten hours: one hour later a meeting is convened."""


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

    @activity.defn(name="open_meeting")
    async def open_meeting(self, summons: Summons) -> Meeting:
        policy = choose_meeting_policy(self.meeting_policies, summons.level, summons.grid)
        return convene(summons, policy, None)

    @activity.defn(name="record_meeting_step")
    async def record_meeting(self, step: MeetingStep) -> MeetingPlan:
        written = plan(step.after, self.calendar)
        self.meeting_steps.append(replace(step, after=written))
        return plan_of(step.after, written)

    def events_of(self, number: str) -> list[str]:
        """Of an issue or of a meeting."""
        found = [step.event for step in self.steps if step.after.number == number]
        return found + [s.event for s in self.meeting_steps if s.after.number == number]


@dataclass
class Seat:
    """A meeting, or an issue, as somebody sees it from outside."""

    environment: WorkflowEnvironment
    handle: WorkflowHandle[Any, Any]
    names: dict[str, type[Command]]
    answer: type[Any]
    snapshot_type: type[Any]

    async def give(self, kind: type[Command], actor: Actor, **fields: Any) -> Any:  # noqa: ANN401 - an answer
        name = next(name for name, known in self.names.items() if known is kind)
        command = kind(actor=actor, id=key(), **fields)
        return await self.handle.execute_update(
            name, command, id=command.id, result_type=self.answer
        )

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

    async def snapshot(self) -> Any:  # noqa: ANN401 - an issue or a meeting
        return await self.handle.query("snapshot", result_type=self.snapshot_type)


@dataclass
class Town:
    """Issues under way on one worker."""

    environment: WorkflowEnvironment
    hall: TownHall
    queue: str
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
        seat = Seat(self.environment, handle, MEETING_NAMES, MeetingAnswer, Meeting)
        await until(lambda: "parties_invited" in self.hall.events_of(number))
        return seat


async def until(holds: Any, patience: int = 400) -> None:  # noqa: ANN401 - any question
    """Waits for what another workflow is about to do.

    Raises:
        AssertionError: it did not.
    """
    for _ in range(patience):
        if holds():
            return
        await sleep(0.025)
    raise AssertionError("it did not come to that")


@asynccontextmanager
async def town(
    environment: WorkflowEnvironment, hall: TownHall | None = None
) -> AsyncIterator[Town]:
    hall = hall or TownHall()
    queue = f"queue-{token_hex(8)}"
    worker = Worker(
        environment.client,
        task_queue=queue,
        workflows=[IssueWorkflow, JointMeetingWorkflow],
        activities=[hall.open, hall.record, hall.open_meeting, hall.record_meeting],
    )
    async with TaskGroup() as shift:
        shift.create_task(worker.run())
        told = Town(environment, hall, queue)
        try:
            yield told
        finally:
            for handle in told.handles:
                await _end(environment, handle)
            await worker.shutdown()


async def _end(environment: WorkflowEnvironment, handle: WorkflowHandle[Any, Any]) -> None:
    """Nothing of a story outlives it."""
    try:
        description = await handle.describe()
    except RPCError:
        return
    await kept(environment.client, handle.id)
    if description.status is WorkflowExecutionStatus.RUNNING:
        await handle.terminate("the story is told")
