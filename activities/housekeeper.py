"""Forgets what has been kept long enough; the record of events is not among it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from temporalio import activity
from typing_extensions import override

from activities.upkeep import Batch, HousekeeperActivities, Stale
from observability import metrics
from storage.alerts.raw_messages import RawMessages
from storage.idempotency import Idempotency
from storage.outbox import Outbox
from storage.rechecks import Rechecks
from storage.session import Database, Session

log = structlog.get_logger(__name__)


class Housekeeper(HousekeeperActivities):
    """Deletes in batches, so that nobody waits for it. `ages` says how long each kind is kept."""

    def __init__(self, database: Database, ages: Mapping[Stale, timedelta]) -> None:
        self._database = database
        self._ages = ages

    @activity.defn(name="forget")
    @override
    async def forget(self, batch: Batch) -> int:
        before = batch.at - self._ages[batch.of]
        async with self._database.begin() as session:
            gone = await _forget(session, batch.of, before, batch.limit)
        if gone:
            metrics.FORGOTTEN_TOTAL.labels(table=batch.of).inc(gone)
            log.info("rows_forgotten", table=batch.of, rows=gone)
        return gone


async def _forget(session: Session, kind: Stale, before: datetime, limit: int) -> int:
    match kind:
        case Stale.NOTICES:
            return await Outbox(session).forget(before, limit)
        case Stale.IDEMPOTENCY_KEYS:
            return await Idempotency(session).forget(before, limit)
        case Stale.RECHECKS:
            return await Rechecks(session).forget(before, limit)
        case Stale.RAW_MESSAGES:
            return await RawMessages(session).purge(before, limit)
