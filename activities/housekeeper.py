"""Forgets what has been kept long enough; the record of events is not among it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog
from temporalio import activity
from typing_extensions import override

from activities.upkeep import Batch, HousekeeperActivities, Stale
from observability import metrics
from storage.accounts.attempts import Attempts
from storage.accounts.sessions import SignInSessions
from storage.alerts.forgetting import forget_events
from storage.alerts.raw_messages import RawMessages
from storage.blanking import Blanking
from storage.idempotency import Idempotency
from storage.outbox import Outbox
from storage.pictures.album import Album
from storage.rechecks import Rechecks
from storage.residents.links import ResidentLinks
from storage.session import Database, Session

_MOST_PICTURES = 100
"""At a time: each of them is two calls to a store that may be far away."""
_MOST_ISSUES = 100
"""In a transaction: each is blanked by a handful of statements, and locked until all are."""
Forget = Callable[[Session, datetime, Batch], Awaitable[int]]
_ROWS: Mapping[Stale, Forget] = {
    Stale.NOTICES: lambda session, before, batch: Outbox(session).forget(before, batch.limit),
    Stale.IDEMPOTENCY_KEYS: lambda session, before, batch: _keys(session, before, batch.limit),
    Stale.RECHECKS: lambda session, before, batch: Rechecks(session).forget(before, batch.limit),
    Stale.RAW_MESSAGES: lambda session, before, batch: RawMessages(session).purge(
        before, batch.limit
    ),
    Stale.ALERT_EVENTS: lambda session, before, batch: forget_events(session, before, batch.limit),
}

log = structlog.get_logger(__name__)


class Housekeeper(HousekeeperActivities):
    """Deletes in batches, so that nobody waits for it. `ages` says how long each kind is kept."""

    def __init__(self, database: Database, album: Album, ages: Mapping[Stale, timedelta]) -> None:
        self._database = database
        self._album = album
        self._ages = ages

    @activity.defn(name="forget")
    @override
    async def forget(self, batch: Batch) -> int:
        before = batch.at - self._ages[batch.of]
        if batch.of is Stale.PICTURES:
            gone = await self._pictures(batch, before)
        elif batch.of is Stale.PERSONAL_DATA:
            gone = await self._personal_data(batch, before)
        else:
            async with self._database.begin() as session:
                gone = await _ROWS[batch.of](session, before, batch)
        if gone:
            metrics.FORGOTTEN_TOTAL.labels(table=batch.of).inc(gone)
            log.info("rows_forgotten", table=batch.of, rows=gone)
        return gone

    async def _pictures(self, batch: Batch, before: datetime) -> int:
        """Those whose pixels were deleted, be it that nobody used them or that they were erased."""
        limit, gone = min(batch.limit, _MOST_PICTURES), 0
        while gone < batch.limit:
            await self._album.erase_unused(before, batch.at, limit)
            removed = await self._album.remove_erased(batch.at, limit)
            if not removed:
                break
            gone += removed
        return gone

    async def _personal_data(self, batch: Batch, before: datetime) -> int:
        """Of so many issues, a few in each transaction."""
        gone = 0
        while gone < batch.limit:
            limit = min(batch.limit - gone, _MOST_ISSUES)
            async with self._database.begin() as session:
                blanked = await Blanking(session).anonymise_some(before, batch.at, limit)
            gone += blanked
            if blanked < limit:
                break
        return gone


async def _keys(session: Session, before: datetime, limit: int) -> int:
    """What is left of signing in, and of links, goes with what is left of requests."""
    keys = await Idempotency(session).forget(before, limit)
    attempts = await Attempts(session).forget(before, limit)
    links = await ResidentLinks(session).forget(before, limit)
    return keys + attempts + links + await SignInSessions(session).forget(before, limit)
