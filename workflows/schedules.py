"""The Schedules of upkeep: every worker makes sure at its start that they are as they should be."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from workflows.contracts import TASK_QUEUE
from workflows.upkeep import (
    HousekeepingInput,
    HousekeepingWorkflow,
    ReconcileInput,
    ReconcileWorkflow,
)

RECONCILE, HOUSEKEEPING = "reconcile", "housekeeping"
_HOUSEKEEPING_EVERY = timedelta(hours=6)
_LONGEST_RUN = timedelta(hours=1)
_CATCH_UP = timedelta(minutes=10)
"""After an outage of Temporal one missed round is made up for, not all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """How often and how much."""

    reconcile_every: timedelta = timedelta(minutes=10)
    reconcile: ReconcileInput = ReconcileInput()  # noqa: RUF009 - frozen


async def ensure_upkeep(client: Client, upkeep: Upkeep, task_queue: str = TASK_QUEUE) -> None:
    """Create the Schedules, or bring them up to date; what an operator paused stays paused."""
    reconcile = ScheduleActionStartWorkflow(
        ReconcileWorkflow.run,
        upkeep.reconcile,
        id=RECONCILE,
        task_queue=task_queue,
        execution_timeout=_LONGEST_RUN,
    )
    housekeeping = ScheduleActionStartWorkflow(
        HousekeepingWorkflow.run,
        HousekeepingInput(),
        id=HOUSEKEEPING,
        task_queue=task_queue,
        execution_timeout=_LONGEST_RUN,
    )
    await _ensure(client, RECONCILE, _every(upkeep.reconcile_every, reconcile))
    await _ensure(client, HOUSEKEEPING, _every(_HOUSEKEEPING_EVERY, housekeeping))


def _every(span: timedelta, action: ScheduleActionStartWorkflow) -> Schedule:
    return Schedule(
        action=action,
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=span)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_CATCH_UP),
    )


async def _ensure(client: Client, schedule_id: str, wanted: Schedule) -> None:
    def as_wanted(found: ScheduleUpdateInput) -> ScheduleUpdate:
        wanted.state = found.description.schedule.state
        return ScheduleUpdate(schedule=wanted)

    try:
        await client.create_schedule(schedule_id, wanted)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(schedule_id).update(as_wanted)
