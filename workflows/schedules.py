"""The Schedules: of upkeep, and of every community's councils; made to be as they should be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.ids import GridCode
from domain.meeting.council import Sitting
from workflows.contracts import COUNCILS, TASK_QUEUE, council_id
from workflows.council import CouncilInput, CouncilWorkflow
from workflows.upkeep import (
    HousekeepingInput,
    HousekeepingWorkflow,
    ReconcileInput,
    ReconcileWorkflow,
)

RECONCILE, HOUSEKEEPING = "reconcile", "housekeeping"
_HOUSEKEEPING_EVERY = timedelta(hours=6)
_LONGEST_RUN = timedelta(hours=1)
_COUNCIL_CATCH_UP = timedelta(days=3)
"""A council is called late rather than not this month."""
_COUNCIL_JITTER = timedelta(minutes=10)
"""So that the communities of a county are not all called in the same second."""
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


async def ensure_council(client: Client, sitting: Sitting, task_queue: str = TASK_QUEUE) -> None:
    """The Schedule of one community that holds councils."""
    await _ensure(client, council_id(sitting.community), _monthly(sitting, task_queue))


async def drop_councils(client: Client, keep: Iterable[GridCode]) -> None:
    """The Schedules of all other communities go."""
    kept = {council_id(each) for each in keep}
    known = [each.id async for each in await client.list_schedules()]
    for name in known:
        if name.startswith(COUNCILS) and name not in kept:
            await _drop(client, name)


def _monthly(sitting: Sitting, task_queue: str) -> Schedule:
    action = ScheduleActionStartWorkflow(
        CouncilWorkflow.run,
        CouncilInput(community=sitting.community),
        id=council_id(sitting.community),
        task_queue=task_queue,  # and no timeout: a call that is cut would be lost for the month
    )
    at = ScheduleCalendarSpec(
        day_of_month=(ScheduleRange(sitting.day),),
        hour=(ScheduleRange(sitting.at.hour),),
        minute=(ScheduleRange(sitting.at.minute),),
    )
    return Schedule(
        action=action,
        spec=ScheduleSpec(calendars=[at], time_zone_name=sitting.zone, jitter=_COUNCIL_JITTER),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_COUNCIL_CATCH_UP),
    )


async def _drop(client: Client, schedule_id: str) -> None:
    """Two workers may both find it to be superfluous."""
    try:
        await client.get_schedule_handle(schedule_id).delete()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


async def _ensure(client: Client, schedule_id: str, wanted: Schedule) -> None:
    async def as_wanted(found: ScheduleUpdateInput) -> ScheduleUpdate | None:
        held = found.description.schedule
        if await _plan(client, held) == await _plan(client, wanted):
            return None
        wanted.state = held.state
        return ScheduleUpdate(schedule=wanted)

    try:
        await client.create_schedule(schedule_id, wanted)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(schedule_id).update(as_wanted)


async def _plan(client: Client, schedule: Schedule) -> tuple[object, ...]:
    """What a Schedule does and when, without its state.

    The SDK's update cannot notice that somebody pauses between its look and its write, so nothing
    is written where nothing has changed.
    """
    action = schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    inputs = [
        each if isinstance(each, Payload) else (await client.data_converter.encode([each]))[0]
        for each in action.args
    ]
    does = (action.workflow, inputs, action.id, action.task_queue, action.execution_timeout)
    return (schedule.spec, schedule.policy, *does)
