"""The relay: every accepted issue gets its workflow, every recheck reaches its issue.

Rows are the truth; a start that was answered and not marked is simply tried again, because a
workflow id can be started once only.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.facts import Origin
from domain.ids import IssueNumber
from observability import metrics
from storage.births import Births
from storage.rechecks import Rechecks
from storage.session import Database, Unreachable
from storage.views import Recheck
from workflows import contracts

log = structlog.get_logger(__name__)

BATCH = 50
_CALM = timedelta(seconds=5)
"""Polling is only a net under the bell."""
_TROUBLED = timedelta(seconds=1)


class Relay:
    """Starts workflows for new rows and signals rechecks; any number may run at once."""

    def __init__(self, database: Database, client: Client, now: Callable[[], datetime]) -> None:
        self._database = database
        self._client = client
        self._now = now
        self._refused: set[IssueNumber] = set()
        """What Temporal will not take; tried again by the next process, shown by a gauge."""

    async def run(
        self, wait: Callable[[float], Awaitable[object]], stopping: asyncio.Event
    ) -> None:
        """Drain, then wait for the bell, until `stopping` is set; troubles are logged and retried.

        Args:
            wait: returns when the bell rang or after the given seconds.
            stopping: set to end the run.
        """
        while not stopping.is_set():
            pause = _CALM
            try:
                while await self.drain() >= BATCH:
                    if stopping.is_set():
                        return
            except (Unreachable, RPCError) as trouble:
                log.warning("relay_troubled", error=type(trouble).__name__)
                pause = _TROUBLED
            await wait(pause.total_seconds())

    async def drain(self) -> int:
        """One batch of births and one of rechecks; how many rows were seen."""
        async with self._database.begin() as session:
            births = Births(session)
            born = await births.unstarted(BATCH, self._refused)
            started = [origin.number for origin in born if await self._start(origin)]
            await births.mark_started(started, self._now())
        async with self._database.begin() as session:
            rechecks = Rechecks(session)
            asked = await rechecks.pending(BATCH)
            told = [recheck.id for recheck in asked if await self._tell(recheck)]
            await rechecks.done(told, self._now())
        return max(len(born), len(asked))

    async def _start(self, origin: Origin) -> bool:
        """True when the workflow exists; one poisoned row never holds up the others."""
        try:
            await self._client.start_workflow(
                "IssueWorkflow",
                contracts.IssueInput(number=origin.number),
                id=contracts.issue_workflow_id(origin.number),
                task_queue=contracts.TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=_attributes(origin),
                static_summary=f"{origin.number} {origin.category} {origin.grid}",
                priority=contracts.priority_of(origin),
            )
        except WorkflowAlreadyStartedError:
            metrics.RELAY_STARTS_TOTAL.labels(result="already_started").inc()
            return True
        except RPCError as error:
            if error.status is not RPCStatusCode.INVALID_ARGUMENT:
                raise
            metrics.RELAY_STARTS_TOTAL.labels(result="refused").inc()
            log.exception("workflow_start_refused", issue=origin.number)
            self._refused.add(origin.number)
            return False
        delay = self._now() - origin.raised_at
        metrics.RELAY_STARTS_TOTAL.labels(result="started").inc()
        metrics.RELAY_DELAY_SECONDS.observe(max(delay.total_seconds(), 0.0))
        log.info("workflow_started", issue=origin.number, district=origin.district)
        return True

    async def _tell(self, recheck: Recheck) -> bool:
        workflow_id = contracts.issue_workflow_id(recheck.number)
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            await handle.signal("reckon_again", str(recheck.id))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            log.info("recheck_pointless", issue=recheck.number)
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
