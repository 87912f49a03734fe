"""The rounds of upkeep: started by their Schedules, going on where the last one ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex

import pytest_asyncio
from temporalio import activity
from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleOverlapPolicy,
    WorkflowHandle,
)
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.upkeep import (
    Batch,
    Checked,
    Finding,
    FindingKind,
    PageOfIssues,
    PageOfMeetings,
    Part,
    Stale,
)
from domain.ids import IssueNumber
from tests.workflows.recording import kept
from workflows import upkeep
from workflows.schedules import HOUSEKEEPING, RECONCILE, Upkeep, ensure_upkeep
from workflows.upkeep import (
    HousekeepingInput,
    HousekeepingWorkflow,
    ReconcileInput,
    ReconcileWorkflow,
    Report,
)

OPEN, CLOSED = 5, 2
SMALL = ReconcileInput(page=1, open_pages=2, closed_pages=1)


def a_finding() -> Finding:
    return Finding(kind=FindingKind.EVENTS_GAP, number=IssueNumber("QJ-1"))


@dataclass
class Rounds:
    """Five open and two closed issues with ordinals from 1, as many meetings; rows of tables."""

    pages: list[tuple[Part, int]] = field(default_factory=list)
    meeting_pages: list[tuple[Part, int]] = field(default_factory=list)
    pages_before_queues: int | None = None
    rows: dict[Stale, int] = field(default_factory=lambda: {Stale.NOTICES: 25})
    findings: int = 1

    @activity.defn(name="check_issues")
    async def check_issues(self, page: PageOfIssues) -> Checked:
        self.pages.append((page.part, page.after))
        last = OPEN if page.part is Part.OPEN else CLOSED
        after = page.after + page.limit
        found = (a_finding(),) * self.findings
        return Checked(issues=1, after=after if after < last else 0, findings=found)

    @activity.defn(name="check_meetings")
    async def check_meetings(self, page: PageOfMeetings) -> Checked:
        self.meeting_pages.append((page.part, page.after))
        last = OPEN if page.part is Part.OPEN else CLOSED
        after = page.after + page.limit
        return Checked(meetings=1, after=after if after < last else 0)

    @activity.defn(name="check_queues")
    async def check_queues(self, limit: int) -> Checked:
        self.pages_before_queues = len(self.meeting_pages)
        return Checked()

    @activity.defn(name="forget")
    async def forget(self, batch: Batch) -> int:
        left = self.rows.get(batch.of, 0)
        gone = min(left, batch.limit)
        self.rows[batch.of] = left - gone
        return gone


@dataclass
class Desk:
    client: Client
    queue: str
    rounds: Rounds


@asynccontextmanager
async def at_work(client: Client) -> AsyncIterator[Desk]:
    rounds, queue = Rounds(), f"queue-{token_hex(8)}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[ReconcileWorkflow, HousekeepingWorkflow],
        activities=[rounds.check_issues, rounds.check_meetings, rounds.check_queues, rounds.forget],
    ):
        yield Desk(client, queue, rounds)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(temporal_full: WorkflowEnvironment) -> AsyncIterator[Desk]:
    async with at_work(temporal_full.client) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def scheduled(desk: Desk) -> AsyncIterator[Desk]:
    """With Schedules, which a test triggers instead of waiting."""
    hourly = Upkeep(reconcile_every=timedelta(hours=1), reconcile=SMALL)
    await ensure_upkeep(desk.client, hourly, desk.queue)
    yield desk
    for name in (RECONCILE, HOUSEKEEPING):
        await desk.client.get_schedule_handle(name).delete()


async def next_round(desk: Desk) -> Report:
    schedule = desk.client.get_schedule_handle(RECONCILE)
    before = len((await schedule.describe()).info.recent_actions)
    await schedule.trigger()
    while len(actions := (await schedule.describe()).info.recent_actions) == before:
        continue
    run = actions[-1].action
    assert isinstance(run, ScheduleActionExecutionStartWorkflow)
    handle: WorkflowHandle[ReconcileWorkflow, Report] = desk.client.get_workflow_handle(
        run.workflow_id, run_id=run.first_execution_run_id, result_type=Report
    )
    report = await handle.result()
    await kept(desk.client, run.workflow_id)
    return report


async def test_round_goes_on_where_the_last_one_ended(scheduled: Desk) -> None:
    first = await next_round(scheduled)
    assert (first.issues, first.after_open, first.after_closed) == (3, 2, 1)
    await next_round(scheduled)
    third = await next_round(scheduled)
    assert third.after_open == 0
    looked_at = [after for part, after in scheduled.rounds.pages if part is Part.OPEN]
    assert looked_at == [0, 1, 2, 3, 4]


async def test_round_goes_on_with_meetings_as_with_issues(scheduled: Desk) -> None:
    first = await next_round(scheduled)
    assert (first.meetings, first.after_open_meetings, first.after_closed_meetings) == (3, 2, 1)
    await next_round(scheduled)
    third = await next_round(scheduled)
    assert (third.after_open_meetings, third.after_closed_meetings) == (0, 1)
    looked_at = [after for part, after in scheduled.rounds.meeting_pages if part is Part.OPEN]
    assert looked_at == [0, 1, 2, 3, 4]


async def test_what_waits_is_looked_at_before_meetings(desk: Desk) -> None:
    await desk.client.execute_workflow(
        ReconcileWorkflow.run, SMALL, id=f"r-{token_hex(8)}", task_queue=desk.queue
    )
    assert (desk.rounds.pages_before_queues, len(desk.rounds.meeting_pages)) == (0, 3)


async def test_two_workers_ensure_the_same_schedules(scheduled: Desk) -> None:
    often = Upkeep(reconcile_every=timedelta(minutes=30), reconcile=SMALL)
    await scheduled.client.get_schedule_handle(RECONCILE).pause()
    await ensure_upkeep(scheduled.client, often, scheduled.queue)
    found = (await scheduled.client.get_schedule_handle(RECONCILE).describe()).schedule
    assert found.spec.intervals[0].every == timedelta(minutes=30)
    assert found.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert found.state.paused, "what an operator paused stays paused"


async def test_report_can_be_asked_for_afterwards(desk: Desk) -> None:
    handle = await desk.client.start_workflow(
        ReconcileWorkflow.run, SMALL, id=f"r-{token_hex(8)}", task_queue=desk.queue
    )
    assert await handle.result() == await handle.query(ReconcileWorkflow.report)
    assert (await handle.result()).findings == (a_finding(),) * 3


async def test_report_stays_small_when_everything_is_broken(desk: Desk) -> None:
    desk.rounds.findings = 150
    report = await desk.client.execute_workflow(
        ReconcileWorkflow.run, SMALL, id=f"r-{token_hex(8)}", task_queue=desk.queue
    )
    assert (len(report.findings), report.not_shown) == (upkeep.FINDINGS_KEPT, 250)


async def test_housekeeping_ends_when_nothing_is_left(desk: Desk) -> None:
    """Before its gates: `housekeeping_forgot_no_pictures`, `_no_alert_events`, `_nothing_...`."""
    given = HousekeepingInput(batch=10, batches=100)
    handle = await desk.client.start_workflow(
        HousekeepingWorkflow.run, given, id=f"h-{token_hex(8)}", task_queue=desk.queue
    )
    gone = await handle.result()
    await kept(desk.client, handle.id)
    assert gone == {**dict.fromkeys(Stale, 0), Stale.NOTICES: 25}


async def test_housekeeping_leaves_the_rest_for_the_next_round(desk: Desk) -> None:
    given = HousekeepingInput(batch=10, batches=2)
    await desk.client.execute_workflow(
        HousekeepingWorkflow.run, given, id=f"h-{token_hex(8)}", task_queue=desk.queue
    )
    assert desk.rounds.rows[Stale.NOTICES] == 5
