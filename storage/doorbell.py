"""Waking up when a transaction rang a channel; only a hint, so whoever waits also polls."""

import asyncio
from collections.abc import Sequence
from typing import Any, Self

import asyncpg
import structlog

BIRTHS = "issue_born"
"""Rings when an issue waits for its workflow."""
NOTICES = "outbox"
"""Rings when a notice was put."""
RECHECKS = "recheck"
"""Rings when issues have to reckon again."""
RAW_MESSAGES = "raw_message"
"""Rings when a message waits to be sorted."""
_CONNECT_TIMEOUT = 2.0
_log = structlog.get_logger(__name__)


class Doorbell:
    """Listens on a connection of its own, which it makes again when it is lost."""

    def __init__(self, dsn: str, channels: Sequence[str]) -> None:
        self._dsn = dsn.replace("postgresql+asyncpg://", "postgresql://", 1)
        self._channels = tuple(channels)
        self._connection: Any = None
        self._rung = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def wait(self, seconds: float) -> bool:
        """True as soon as it rings, False when `seconds` have passed; rings after a reconnect.

        Never raises for want of a database: then it waits, and the caller polls.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._listen()
                await self._rung.wait()
        except TimeoutError:
            return False
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning("doorbell_unreachable", error=str(error))
            await asyncio.sleep(seconds)
            return False
        self._rung.clear()
        return True

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            connection.remove_termination_listener(self._on_end)
            await connection.close(timeout=_CONNECT_TIMEOUT)

    async def _listen(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            return
        self._connection = None
        connection = await asyncpg.connect(self._dsn, timeout=_CONNECT_TIMEOUT)
        try:
            for channel in self._channels:
                await connection.add_listener(channel, self._on_ring)
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(self._on_end)
        self._connection = connection
        self._rung.set()  # what rang before there was anybody to listen

    def _on_ring(self, *_: object) -> None:
        self._rung.set()

    def _on_end(self, _: object) -> None:
        """A lost connection wakes the caller, who looks and then listens again."""
        self._rung.set()
