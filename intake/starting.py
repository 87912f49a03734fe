"""Starts the workflow of an issue, once: a workflow id is taken for good by its first start."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.facts import Origin
from intake.answering import answer_to
from observability import metrics
from storage.checks import Checks
from storage.issues import IssueRepository
from storage.session import Database
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
            is_new = await self._start(origin, given)
        except StartRefused:
            metrics.RELAY_STARTS_TOTAL.labels(result="refused").inc()
            raise
        if not is_new:
            metrics.RELAY_STARTS_TOTAL.labels(result="already_started").inc()
            return True
        metrics.RELAY_STARTS_TOTAL.labels(result="started").inc()
        if given.issue is None:
            delay = self._now() - origin.raised_at
            metrics.RELAY_DELAY_SECONDS.observe(max(delay.total_seconds(), 0.0))
        version = given.issue.version if given.issue else 0
        log.info("workflow_started", issue=number, district=origin.district, version=version)
        return True

    async def _start(self, origin: Origin, given: contracts.IssueInput) -> bool:
        return await start_once(
            self._client,
            "IssueWorkflow",
            given,
            workflow_id=contracts.issue_workflow_id(origin.number),
            search_attributes=_attributes(origin),
            static_summary=f"{origin.number} {origin.category} {origin.grid}",
            priority=contracts.priority_of(origin),
        )

    async def _past(self, origin: Origin) -> contracts.IssueInput:
        """The snapshot, and the answers to its newest commands, from one instant."""
        async with self._database.read() as session:
            issue = await IssueRepository(session).snapshot(origin.number)
            events = await Checks(session).last_events(origin.number, ANSWERS)
        answered = tuple(answer_to(event, contracts.Answer) for event in events)
        return contracts.IssueInput(number=origin.number, issue=issue, answered=answered)


async def start_once(
    client: Client,
    workflow: str,
    given: object,
    *,
    workflow_id: str,
    **options: Any,  # noqa: ANN401 - of `start_workflow`
) -> bool:
    """True when this call started it; False when its id was taken before.

    Raises:
        StartRefused: malformed, says Temporal.
        RPCError: it cannot be reached, or fails otherwise; nobody knows whether it started.
    """
    try:
        _ = await client.start_workflow(
            workflow,
            given,
            id=workflow_id,
            task_queue=contracts.TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            **options,
        )
    except WorkflowAlreadyStartedError:
        return False
    except RPCError as error:
        if error.status is not RPCStatusCode.INVALID_ARGUMENT:
            raise
        log.exception("workflow_start_refused", workflow_id=workflow_id)
        raise StartRefused(workflow_id) from error
    return True


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
