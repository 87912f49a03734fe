"""An office in memory: the activities' names, the law's real arithmetic, no database."""

from asyncio import TaskGroup
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from secrets import token_hex
from typing import Any

from temporalio import activity
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateHandle,
    WorkflowUpdateStage,
)
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.contracts import Planned, Step
from domain import commands as c
from domain.actor import Actor
from domain.calendar import BusinessCalendar, CalendarDefinition, CalendarException, Shift
from domain.facts import Origin, Pinned
from domain.ids import (
    CalendarCode,
    CategoryCode,
    CommandId,
    DepartmentCode,
    DistrictCode,
    GridCode,
    IssueNumber,
    PolicyCode,
    Subject,
    WhistleKindCode,
)
from domain.issue import Issue
from domain.parts import Posts, Proposal
from domain.reckoning import reckon
from domain.sla import Limit, Promise, Rung, RungAct, SLAPolicy, Terms, Unit
from domain.vocabulary import DeadlineKind, IssueState, Level, Role
from tests.workflows.asking import answer_to
from tests.workflows.patience import patient
from tests.workflows.recording import kept
from workflows.contracts import Answer, IssueInput
from workflows.issue import IssueWorkflow

LIFT, POLICE = DepartmentCode("lift"), DepartmentCode("police")
GRID = GridCode("qj.bh.hp.fc.b3")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def urgent(hours: float) -> Limit:
    return Limit(Unit.URGENT_HOUR, hours * HOUR)


RAISE_STREET = Rung(after=urgent(4), acts=(RungAct.RAISE_LEVEL,), level=Level.STREET)
RAISE_COUNTY = Rung(after=urgent(8), acts=(RungAct.RAISE_LEVEL,), level=Level.COUNTY)
WARN = Rung(percent=75, acts=(RungAct.WARN,))
TO_B = Rung(percent=90, acts=(RungAct.HAND_TO_B,))

POLICY = SLAPolicy(
    code=PolicyCode("lift"),
    calendar=CalendarCode("always"),
    terms=Terms(max_notes=10_000),
    promises=(
        Promise(kind=DeadlineKind.VERIFY, limit=urgent(0.5)),
        Promise(kind=DeadlineKind.DISPATCH, limit=urgent(0.25)),
        Promise(
            kind=DeadlineKind.CLAIM,
            limit=urgent(10),
            ladder=(WARN, TO_B, RAISE_STREET, RAISE_COUNTY),
        ),
        Promise(kind=DeadlineKind.RESOLVE, limit=urgent(72)),
        Promise(kind=DeadlineKind.OVERALL, limit=urgent(72), ladder=()),
        Promise(kind=DeadlineKind.DECIDE, limit=urgent(8)),
        Promise(kind=DeadlineKind.EVALUATE, limit=urgent(72)),
        Promise(kind=DeadlineKind.APPEAL, limit=urgent(120)),
    ),
)


def with_claim(limit: Limit) -> SLAPolicy:
    """The policy with another limit to claim."""
    promises = tuple(
        replace(each, limit=limit) if each.kind is DeadlineKind.CLAIM else each
        for each in POLICY.promises
    )
    return replace(POLICY, promises=promises)


def with_resolve(limit: Limit) -> SLAPolicy:
    """The policy with another limit for the lead; the overall clock has none."""
    kept = tuple(
        each
        for each in POLICY.promises
        if each.kind not in (DeadlineKind.RESOLVE, DeadlineKind.OVERALL)
    )
    resolve = Promise(kind=DeadlineKind.RESOLVE, limit=limit)
    return replace(POLICY, promises=(*kept, resolve))


_ALL_DAY = (Shift(time(0), time(0)),)


def calendar(*holidays: date) -> BusinessCalendar:
    """Open around the clock, but for these dates."""
    definition = CalendarDefinition(
        code=CalendarCode("always"),
        zone="UTC",
        week=(_ALL_DAY,) * 7,
        exceptions=tuple(CalendarException(on) for on in holidays),
        covered_until=date(2030, 12, 31),
    )
    return BusinessCalendar(definition, UTC, 1)


def staff(subject: str, department: DepartmentCode = LIFT) -> Actor:
    return Actor(subject=Subject(subject), roles=(Role.STAFF,), department=department)


RESIDENT = Actor(subject=Subject("resident"), roles=(Role.RESIDENT,))
DISPATCHER = Actor(subject=Subject("dispatcher"), roles=(Role.DISPATCHER,), grids=(GRID,))
SUPERVISOR = Actor(subject=Subject("supervisor"), roles=(Role.SUPERVISOR,), grids=(GRID,))
GRID_WORKER = Actor(subject=Subject("grid"), roles=(Role.GRID_WORKER,), grids=(GRID,))
A_POST, B_POST, COLLEAGUE = staff("lift-a"), staff("lift-b"), staff("lift-c")


@dataclass
class Office:
    """Opens and records issues as the real activities do, and keeps what was recorded."""

    policy: SLAPolicy = POLICY
    calendar: BusinessCalendar = field(default_factory=calendar)
    proposal: Proposal | None = field(default_factory=lambda: Proposal(rule="lift", lead=LIFT))
    verified: bool = False
    a_away_from: datetime | None = None
    steps: list[Step] = field(default_factory=list)
    failing: bool = False

    @activity.defn(name="open_issue")
    async def open(self, number: IssueNumber) -> Issue:
        at = activity.info().scheduled_time
        origin = Origin(
            number=number,
            district=DistrictCode("qj"),
            grid=GRID,
            category=CategoryCode("lift"),
            whistle_kind=WhistleKindCode("ordinary"),
            source=Role.RESIDENT,
            raised_by=RESIDENT.subject,
            raised_at=at,
        )
        pinned = Pinned(
            policy=self.policy.code,
            policy_version=1,
            calendar=self.policy.calendar,
            kinds=self.policy.kinds,
            terms=self.policy.terms,
            needs_verification=self.verified,
        )
        born = Issue(origin=origin, pinned=pinned, proposal=self.proposal)
        return born.start(DeadlineKind.OVERALL, at)

    @activity.defn(name="record_step")
    async def record(self, step: Step) -> Planned:
        if self.failing:
            raise ApplicationError("the database is away")
        known = [each for each in self.steps if each.after.number == step.after.number]
        if any(each.command["id"] == step.command["id"] for each in known):
            raise ApplicationError("known", type="CommandRepeated", non_retryable=True)
        issue = step.after
        for deadline in issue.deadlines:
            promise = self.policy.promise(deadline.kind)
            if deadline.needs_reckoning and promise is not None:
                issue = issue.with_deadline(reckon(deadline, promise, self.calendar))
        posts = Posts(a=(A_POST.subject,), b=(B_POST.subject,), a_away_from=self.a_away_from)
        self.steps.append(replace(step, after=issue))
        reckoned = tuple(each for each in issue.deadlines if each not in step.after.deadlines)
        return Planned(deadlines=reckoned, posts=posts)

    @property
    def events(self) -> list[str]:
        return [step.event for step in self.steps]

    def at_of(self, event: str) -> datetime:
        return next(step.at for step in self.steps if step.event == event)


@dataclass
class Story:
    """One issue under way, told from the outside: commands, time, and what is known."""

    environment: WorkflowEnvironment
    handle: WorkflowHandle[Any, Any]
    office: Office
    running: Worker
    shift: TaskGroup

    async def passes(self, span: timedelta) -> None:
        await self.environment.fast_forward(self.handle, span)

    async def give(self, command: c.Command) -> Answer:
        return await answer_to(self.handle, command)

    async def start(self, command: c.Command) -> WorkflowUpdateHandle[Answer]:
        """Accepted, and perhaps not carried out yet."""
        name = next(name for name, kind in c.NAMES.items() if kind is type(command))
        return await self.handle.start_update(
            name,
            command,
            id=command.id,
            result_type=Answer,
            wait_for_stage=WorkflowUpdateStage.ACCEPTED,
        )

    async def restart_worker(self) -> None:
        """The worker's memory is gone; the next task replays the history on a new one."""
        await self.running.shutdown()
        self.running = worker(self.environment.client, self.running.task_queue, self.office)
        self.shift.create_task(self.running.run())

    async def refused(self, command: c.Command) -> tuple[str, dict[str, str]]:
        """The code and the parameters of the refusal.

        Raises:
            AssertionError: it was accepted.
        """
        try:
            answer = await self.give(command)
        except WorkflowUpdateFailedError as failure:
            cause = failure.cause
            assert isinstance(cause, ApplicationError)
            assert cause.type == "Refusal"
            return cause.details[0], cause.details[1]
        raise AssertionError(f"accepted: {answer}")

    async def now(self) -> datetime:
        return await self.environment.get_current_time(self.handle)

    async def issue(self) -> Issue:
        issue: Issue = await self.handle.query("snapshot", result_type=Issue)
        return issue

    async def is_in(self, state: IssueState) -> bool:
        return (await self.issue()).state is state


def key() -> CommandId:
    return CommandId(token_hex(8))


@asynccontextmanager
async def story(
    environment: WorkflowEnvironment,
    office: Office | None = None,
    release: type[IssueWorkflow] = IssueWorkflow,
) -> AsyncIterator[Story]:
    """A new issue on a worker of its own, on its way when the block begins."""
    office = office or Office()
    queue = f"queue-{token_hex(8)}"
    number = IssueNumber(f"QJ-2026-{token_hex(4)}")
    running = worker(environment.client, queue, office, release)
    async with TaskGroup() as shift:
        shift.create_task(running.run())
        handle = await environment.client.start_workflow(
            IssueWorkflow.run, IssueInput(number=number), id=f"issue/{number}", task_queue=queue
        )
        told = Story(environment, handle, office, running, shift)
        await told.give(c.AddNote(actor=DISPATCHER, id=key()))
        try:
            yield told
        finally:
            await _end(environment.client, handle)
            await told.running.shutdown()


async def _end(client: Client, handle: WorkflowHandle[Any, Any]) -> None:
    """Nothing of a story outlives it but its history, if that is asked for."""
    await kept(client, handle.id)
    if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
        await handle.terminate("the story is told")


def worker(
    client: Client, queue: str, office: Office, release: type[IssueWorkflow] = IssueWorkflow
) -> Worker:
    return patient(
        Worker(
            client,
            task_queue=queue,
            workflows=[release],
            activities=[office.open, office.record],
        )
    )
