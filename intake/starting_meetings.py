"""Starts the workflow of a meeting again, where its record stands or its issue calls for it."""

import structlog
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from domain.ids import MeetingNumber
from domain.meeting.convening import Summons, summons_again
from domain.reference import grid_at
from intake.answering import answer_to
from intake.starting import ANSWERS, start_once
from storage.meetings.checks import MeetingChecks
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
        if await self._start(given):
            log.info(
                "workflow_started",
                meeting=given.summons.number,
                version=given.meeting.version if given.meeting else 0,
            )
        return True

    async def _start(self, given: contracts.MeetingInput) -> bool:
        summons = given.summons
        grid = given.meeting.origin.grid if given.meeting else grid_at(summons.level, summons.grid)
        attributes = TypedSearchAttributes(
            [
                SearchAttributePair(contracts.DISTRICT, summons.district),
                SearchAttributePair(contracts.GRID, grid),
                SearchAttributePair(contracts.LEVEL, summons.level),
            ]
        )
        return await start_once(
            self._client,
            "JointMeetingWorkflow",
            given,
            workflow_id=contracts.meeting_workflow_id(summons.number),
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
            answered=tuple(answer_to(event, contracts.MeetingAnswer) for event in events),
        )
