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
_REFUSED = timedelta(minutes=5)
"""What Temporal will not take is tried again after this pause, and shown by a gauge."""


class Relay:
    """Starts workflows for new rows and signals rechecks; any number may run at once."""

    def __init__(self, database: Database, client: Client, now: Callable[[], datetime]) -> None:
        self._database = database
        self._client = client
        self._now = now
        self._starter = Starter(client, database, now)

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
        return max(await self._start_born(), await self._tell_asked())

    async def _start_born(self) -> int:
        now = self._now()
        async with self._database.begin() as session:
            born = await Births(session).take_unstarted(BATCH, now)
        if not born:
            return 0
        left = {origin.number for origin in born}
        started: list[IssueNumber] = []
        refused: list[IssueNumber] = []
        try:
            for origin in born:
                (started if await self._start(origin) else refused).append(origin.number)
                left.remove(origin.number)
        finally:
            async with self._database.begin() as session:
                births = Births(session)
                await births.mark_started(started, self._now())
                await births.put_back(refused, now + _REFUSED)
                await births.put_back(sorted(left), None)
        return len(born)

    async def _start(self, origin: Origin) -> bool:
        """True when the workflow exists; one poisoned row never holds up the others."""
        try:
            return await self._starter.start(origin)
        except StartRefused:
            return False

    async def _tell_asked(self) -> int:
        told: list[int] = []
        async with self._database.begin() as session:
            rechecks = Rechecks(session)
            asked = await rechecks.pending(BATCH)
            try:
                for recheck in asked:
                    await self._tell(recheck)
                    told.append(recheck.id)
            except RPCError as trouble:
                # What was told is marked all the same; the issue knows a repeat by its name.
                log.warning("relay_troubled", error=trouble.status.name)
            await rechecks.done(told, self._now())
        return len(told)

    async def _tell(self, recheck: Recheck) -> None:
        workflow_id = contracts.issue_workflow_id(recheck.number)
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            await handle.signal("reckon_again", str(recheck.id))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            log.info("recheck_pointless", issue=recheck.number)
