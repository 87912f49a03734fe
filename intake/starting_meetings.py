"""Starts the workflow of a meeting again, where its record stands or its issue calls for it."""

import structlog
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.ids import MeetingNumber
from domain.meeting.convening import Summons, summons_again
from domain.reference import grid_at
from intake.starting import ANSWERS, StartRefused
from storage.meetings.checks import MeetingChecks
from storage.meetings.views import RecordedMeetingEvent
from storage.session import Database
from workflows import contracts

log = structlog.get_logger(__name__)


class MeetingStarter:
    """A new meeting is started by its issue; this makes up for what was lost on the way."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database

    async def go_on(self, number: MeetingNumber) -> bool:
        """True when the workflow exists, through this call or before.

        Raises:
            StartRefused: malformed, says Temporal.
            RPCError: it cannot be reached, or fails otherwise.
        """
        given = await self._past(number)
        return given is not None and await self._started(given)

    async def begin(self, summons: Summons) -> bool:
        """A meeting that its issue called and nobody has heard of since; else as `go_on`."""
        return await self._started(contracts.MeetingInput(summons=summons))

    async def _started(self, given: contracts.MeetingInput) -> bool:
        number = given.summons.number
        try:
            await self._start(given)
        except WorkflowAlreadyStartedError:
            return True
        except RPCError as error:
            if error.status is not RPCStatusCode.INVALID_ARGUMENT:
                raise
            log.exception("workflow_start_refused", meeting=number)
            raise StartRefused(number) from error
        log.info(
            "workflow_started",
            meeting=number,
            version=given.meeting.version if given.meeting else 0,
        )
        return True

    async def _start(self, given: contracts.MeetingInput) -> None:
        summons = given.summons
        grid = given.meeting.origin.grid if given.meeting else grid_at(summons.level, summons.grid)
        attributes = TypedSearchAttributes(
            [
                SearchAttributePair(contracts.DISTRICT, summons.district),
                SearchAttributePair(contracts.GRID, grid),
                SearchAttributePair(contracts.LEVEL, summons.level),
            ]
        )
        await self._client.start_workflow(
            "JointMeetingWorkflow",
            given,
            id=contracts.meeting_workflow_id(summons.number),
            task_queue=contracts.TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=attributes,
            static_summary=f"{summons.number} {summons.level}",
        )

    async def _past(self, number: MeetingNumber) -> contracts.MeetingInput | None:
        """The snapshot, and the answers to its newest commands, from one instant."""
        async with self._database.read() as session:
            checks = MeetingChecks(session)
            found = await checks.meeting(number)
            events = await checks.last_events(number, ANSWERS)
        if found is None:
            return None
        return contracts.MeetingInput(
            summons=summons_again(found.snapshot),
            meeting=found.snapshot,
            answered=tuple(_answer(event) for event in events),
        )


def _answer(event: RecordedMeetingEvent) -> contracts.MeetingAnswer:
    return contracts.MeetingAnswer(
        number=event.number,
        command=event.command_id,
        event=event.name,
        version=event.version,
        state=event.state,
        at=event.at,
    )
