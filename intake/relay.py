"""The relay: every accepted issue gets its workflow, every recheck reaches its issue.

Rows are the truth; a start that was answered and not marked is simply tried again, because a
workflow id can be started once only.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.facts import Origin
from domain.ids import IssueNumber
from intake.starting import Starter, StartRefused
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
        self._starter = Starter(client, database, now)
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
            return await self._starter.start(origin)
        except StartRefused:
            self._refused.add(origin.number)
            return False

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
