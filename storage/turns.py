"""Something that only one process may do at a time: whoever holds the database's lock.

The lock belongs to a connection, so it falls to the next as soon as its holder is gone.
"""

import asyncio
from typing import Any, Self

import asyncpg

from storage.session import Unreachable

MQTT = 7_305_002
"""Key of the lock of who listens to the broker."""
_TIMEOUT = 2.0
_KEEPALIVE = {
    "application_name": "dispatch turn",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
"""A machine that vanished without a word holds the lock for some ten seconds at most."""


class Turn:
    """One process's claim. `lost` is set when the connection is gone, and with it the lock."""

    def __init__(self, dsn: str, key: int) -> None:
        self._dsn = dsn.replace("postgresql+asyncpg://", "postgresql://", 1)
        self._key = key
        self._connection: Any = None
        self.lost = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Connects; the lock is not taken yet.

        Raises:
            Unreachable: there is no database.
        """
        self.lost.clear()
        try:
            self._connection = await asyncpg.connect(
                self._dsn,
                timeout=_TIMEOUT,
                command_timeout=_TIMEOUT,
                server_settings=_KEEPALIVE,
            )
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise Unreachable(type(error).__name__) from error
        self._connection.add_termination_listener(self._on_end)
        return self

    async def __aexit__(self, *_: object) -> None:
        connection, self._connection = self._connection, None
        connection.remove_termination_listener(self._on_end)
        if not connection.is_closed():
            connection.terminate()

    async def take(self) -> bool:
        """Whether it is ours now.

        Raises:
            Unreachable: the connection is gone.
        """
        return bool(await self._ask("SELECT pg_try_advisory_lock($1)", self._key))

    async def check(self) -> None:
        """Returns while the connection, and so the lock, is still there.

        Raises:
            Unreachable: it is gone.
        """
        _ = await self._ask("SELECT 1")

    async def _ask(self, question: str, *given: object) -> object:
        try:
            return await self._connection.fetchval(question, *given)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            self.lost.set()
            raise Unreachable(type(error).__name__) from error

    def _on_end(self, _: object) -> None:
        self.lost.set()
