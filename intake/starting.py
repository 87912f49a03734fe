"""Starts the workflow of an issue, once: a workflow id is taken for good by its first start."""

from collections.abc import Callable
from datetime import datetime

import structlog
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.facts import Origin
from observability import metrics
from storage.checks import Checks
from storage.issues import IssueRepository
from storage.session import Database
from storage.views import RecordedEvent
from workflows import contracts

log = structlog.get_logger(__name__)

ANSWERS = 100
"""Of the record, for callers that repeat a command after their workflow was started anew."""


class StartRefused(Exception):
    """Temporal will not take this start, now or later."""


class Starter:
    """Starts a workflow where its issue stands: at birth, or at the record's snapshot."""

    def __init__(self, client: Client, database: Database, now: Callable[[], datetime]) -> None:
        self._client = client
        self._database = database
        self._now = now

    async def start(self, origin: Origin, *, going_on: bool = False) -> bool:
        """True when the workflow exists, through this call or before.

        Args:
            origin: how the issue came in.
            going_on: the issue may have a past, because its workflow was lost.

        Raises:
            StartRefused: malformed, says Temporal.
            RPCError: it cannot be reached, or fails otherwise; nobody knows whether it started.
        """
        number = origin.number
        given = await self._past(origin) if going_on else contracts.IssueInput(number=number)
        try:
            await self._start(origin, given)
        except WorkflowAlreadyStartedError:
            metrics.RELAY_STARTS_TOTAL.labels(result="already_started").inc()
            return True
        except RPCError as error:
            if error.status is not RPCStatusCode.INVALID_ARGUMENT:
                raise
            metrics.RELAY_STARTS_TOTAL.labels(result="refused").inc()
            log.exception("workflow_start_refused", issue=number)
            raise StartRefused(number) from error
        metrics.RELAY_STARTS_TOTAL.labels(result="started").inc()
        if given.issue is None:
            delay = self._now() - origin.raised_at
            metrics.RELAY_DELAY_SECONDS.observe(max(delay.total_seconds(), 0.0))
        version = given.issue.version if given.issue else 0
        log.info("workflow_started", issue=number, district=origin.district, version=version)
        return True

    async def _start(self, origin: Origin, given: contracts.IssueInput) -> None:
        await self._client.start_workflow(
            "IssueWorkflow",
            given,
            id=contracts.issue_workflow_id(origin.number),
            task_queue=contracts.TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=_attributes(origin),
            static_summary=f"{origin.number} {origin.category} {origin.grid}",
            priority=contracts.priority_of(origin),
        )

    async def _past(self, origin: Origin) -> contracts.IssueInput:
        """The snapshot, and the answers to its newest commands, from one instant."""
        async with self._database.read() as session:
            issue = await IssueRepository(session).snapshot(origin.number)
            events = await Checks(session).last_events(origin.number, ANSWERS)
        answered = tuple(_answer(event) for event in events)
        return contracts.IssueInput(number=origin.number, issue=issue, answered=answered)


def _answer(event: RecordedEvent) -> contracts.Answer:
    return contracts.Answer(
        number=event.number,
        command=event.command_id,
        event=event.name,
        version=event.version,
        state=event.state,
        at=event.at,
    )


def _attributes(origin: Origin) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(contracts.DISTRICT, origin.district),
            SearchAttributePair(contracts.GRID, origin.grid),
            SearchAttributePair(contracts.CATEGORY, origin.category),
            SearchAttributePair(contracts.WHISTLE_KIND, origin.whistle_kind),
            SearchAttributePair(contracts.SOURCE, origin.source),
            SearchAttributePair(contracts.EMERGENCY, origin.emergency),
            SearchAttributePair(contracts.RAISED_AT, origin.raised_at),
        ]
    )
