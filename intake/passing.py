"""The loop in which time passes for conditions; a part of every worker."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from intake.conditions import Conditions
from storage.session import Database, Unreachable

log = structlog.get_logger(__name__)

_EVERY_S = 2.0


class Passing:
    """Debounces end, cooldowns end, verdicts are heard; any number may run at once."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._conditions = Conditions(database, now)
        self._now = now

    async def run(self, stopping: asyncio.Event, every_s: float = _EVERY_S) -> None:
        """Until `stopping` is set; troubles are logged and tried again."""
        while not stopping.is_set():
            try:
                await self._conditions.pass_time(self._now())
            except Unreachable as trouble:
                log.warning("conditions_troubled", error=str(trouble))
            try:
                await asyncio.wait_for(stopping.wait(), every_s)
            except TimeoutError:
                continue
