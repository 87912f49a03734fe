"""The loop that chains the audit log and looks at its newest part; a part of every worker."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from observability import metrics
from storage.audit.canonical import Keyring
from storage.audit.sealing import BATCH, MARGIN, Sealer
from storage.audit.verdicts import Verdict
from storage.audit.verifying import Verifier
from storage.session import Database, Faulty, Unreachable, Unstorable

log = structlog.get_logger(__name__)
_T = TypeVar("_T")

_EVERY_S = 2.0
CHECK_EVERY = timedelta(hours=1)
CHECKED = 5_000
"""Links of the newest part that are verified each time."""


class Sealing:
    """Any number of workers may run it: the database lets one seal at a time."""

    def __init__(
        self,
        database: Database,
        keys: Keyring,
        now: Callable[[], datetime],
        margin: timedelta = MARGIN,
    ) -> None:
        self._database = database
        self._keys = keys
        self._now = now
        self._margin = margin
        self._checked_at: datetime | None = None

    async def run(self, stopping: asyncio.Event, every_s: float = _EVERY_S) -> None:
        """Until `stopping` is set; troubles are logged, counted and tried again."""
        while not stopping.is_set():
            more = await self.once()
            try:
                await asyncio.wait_for(stopping.wait(), 0 if more else every_s)
            except TimeoutError:
                continue

    async def once(self) -> bool:
        """One round; whether there is more to seal at once. No step is in another's way."""
        at = self._now()
        sealed = await _tried("seal", self._seal(at)) or 0
        is_due = self._checked_at is None or at - self._checked_at >= CHECK_EVERY
        if is_due and sealed < BATCH:
            self._checked_at = at  # first: should this fail, sealing goes on
            await _tried("sweep", self._sweep(at))
            await _tried("check", self.check())
        return sealed >= BATCH

    async def _seal(self, at: datetime) -> int:
        async with self._database.begin() as session:
            sealed = await Sealer(session, self._keys, self._margin).seal(at)
        async with self._database.read() as session:
            waiting = await Sealer(session, self._keys).count_unsealed()
        metrics.AUDIT_UNSEALED.set(waiting)
        return sealed

    async def _sweep(self, at: datetime) -> int:
        async with self._database.begin() as session:
            return await Sealer(session, self._keys).sweep(at)

    async def check(self) -> Verdict:
        """Verifies the newest part; what is wrong with it is logged and counted."""
        async with self._database.read() as session:
            verdict = await Verifier(session, self._keys).newest(CHECKED)
        found = verdict.found
        if found is not None:
            metrics.AUDIT_FAULTS_TOTAL.labels(fault=found.fault).inc()
            log.error("audit_log_faulty", fault=found.fault, link=found.seq, source=found.source)
        return verdict


async def _tried(step: str, done: Awaitable[_T]) -> _T | None:
    """What came of a step. A worker does more than this: none of its troubles ends the worker."""
    try:
        return await done
    except (Unreachable, Faulty, Unstorable) as trouble:
        passes = isinstance(trouble, Unreachable)
        say = log.warning if passes else log.error
        say("audit_not_sealed", step=step, error=str(trouble))
    metrics.AUDIT_SEALING_FAILED_TOTAL.labels(step=step).inc()
    return None
