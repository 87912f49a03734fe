"""Keeps the gauges of what waits and of how far the calendars reach."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time

import structlog

from domain.reference import ReferenceKind
from observability import metrics
from storage.alerts.raw_messages import RawMessages
from storage.births import Births
from storage.outbox import Outbox
from storage.reference import ReferenceRepository
from storage.session import Database, Unreachable

log = structlog.get_logger(__name__)

_EVERY_S = 15.0
_MOST_CALENDARS = 100


class Watch:
    """Reads a few counts now and then; changes nothing."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def run(self, stopping: asyncio.Event) -> None:
        """Look every quarter of a minute until `stopping` is set."""
        while not stopping.is_set():
            try:
                await self.look()
            except Unreachable as trouble:
                log.warning("watch_troubled", error=str(trouble))
            try:
                await asyncio.wait_for(stopping.wait(), _EVERY_S)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Set every gauge once."""
        async with self._database.read() as session:
            waiting = await Births(session).waiting()
            unsorted = await RawMessages(session).waiting()
            backlog = await Outbox(session).backlog(self._now())
            references = ReferenceRepository(session)
            calendars = await references.list(
                ReferenceKind.CALENDAR, after=None, limit=_MOST_CALENDARS
            )
        metrics.WAITING_BIRTHS.set(waiting)
        metrics.WAITING_RAW.set(unsorted.due)
        lag = (self._now() - unsorted.oldest).total_seconds() if unsorted.oldest else 0.0
        metrics.SORTER_LAG.set(max(lag, 0.0))
        metrics.WAITING_NOTICES.set(backlog.due)
        for entry in calendars.items:
            end = datetime.combine(entry.body.covered_until, time.max, tzinfo=UTC)
            metrics.CALENDAR_COVERED_UNTIL.labels(calendar=entry.code).set(end.timestamp())
