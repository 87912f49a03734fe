"""Connections and transactions: the edge opens one, repositories write in it, the edge commits.

What goes wrong with the server is told without the driver's types:

Unreachable   the database cannot answer now: down, cut off, too busy, shutting down; come back
Faulty        it does not understand us: a fault of ours
Unstorable    the database refuses a value: too long, no text at all, or a reference into nothing
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Row, event, select
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from observability import clock
from storage.sealing.cabinet import Cabinet
from storage.sealing.cipher import Unopenable
from storage.sealing.ring import KeyRing
from storage.sealing.seals import OPTION, NoKeys

Session: TypeAlias = AsyncConnection
"""An open transaction. Everything in `storage` takes one and none of it ever commits."""

AnyRow: TypeAlias = Row[*tuple[Any, ...]]

_CONNECT_TIMEOUT = 2.0
_LOCK_TIMEOUT = 2.0
_POOL_TIMEOUT = 5.0
_SERVER_SHARE = 0.9
"""The server gives up a little before the client, so that the connection stays usable."""
_PASSING_CLASSES = ("08", "53", "57", "58")
_PASSING = frozenset({"25006", "40001", "40P01", "55P03"})
_VALUE_CLASSES = ("22", "23")


class Unreachable(Exception):
    """The database cannot answer now; the same request may succeed later."""


class Unstorable(ValueError):
    """The database refuses a value, and will again."""


class Faulty(Exception):
    """The database does not understand a statement: a fault of ours, or a migration is missing."""


class WrongRing(RuntimeError):
    """The ring of keys is another database's, or lacks a key."""


class Database:
    """One database and its connections; without a `ring` nothing personal can be written."""

    def __init__(
        self,
        url: str,
        *,
        ring: KeyRing | None = None,
        pool_size: int = 8,
        command_timeout: float = 5.0,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._url, self._command_timeout = url, command_timeout
        self._cabinet = Cabinet(ring, self._alone, now) if ring is not None else None
        self._engine = _engine(url, pool_size, command_timeout).execution_options(
            **{OPTION: self._cabinet}
        )
        self._single = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reading = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Session]:
        """A transaction, committed at the end of the block unless the block raises.

        Raises:
            Unreachable: there is no database, or not in time; nothing was committed, or - if the
                connection broke during the commit - nobody knows.
            Unstorable: it refuses a value.
        """
        async with _translated(), self._engine.begin() as session:
            yield session

    @asynccontextmanager
    async def single(self) -> AsyncIterator[Session]:
        """For one statement, which commits by itself: a round trip to the database, not three.

        Raises:
            Unreachable: as `begin`.
            Unstorable: as `begin`.
        """
        async with _translated(), self._single.connect() as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        """A transaction that cannot write; all its queries see the same instant.

        Raises:
            Unreachable: as `begin`.
        """
        async with _translated(), self._reading.begin() as session:
            yield session

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[Session]:
        """A transaction on a connection of its own: what needs it waits for no other's."""
        engine = _engine(self._url, 1, self._command_timeout)
        try:
            async with engine.begin() as session:
                yield session
        finally:
            await engine.dispose()

    async def ping(self) -> None:
        """Returns when the database answers.

        Raises:
            Unreachable: it does not.
        """
        async with self.read() as session:
            await session.execute(select(1))

    async def check_ring(self) -> None:
        """Returns when the ring opens what is sealed here; asks until it was so once.

        Raises:
            NoKeys: there is no ring.
            WrongRing: it does not.
            Unreachable: as `begin`.
        """
        if self._cabinet is None:
            raise NoKeys("the database was opened without a ring of keys")
        if self._cabinet.fits:
            return
        try:
            async with self.read() as session:
                await self._cabinet.check(session)
        except Unopenable:
            raise WrongRing(
                "DISPATCH_SEAL_KEYS does not open the data keys of this database: give it the keys"
                " that `python -m deploy.seal status` names"
            ) from None

    async def close(self) -> None:
        await self._engine.dispose()


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except DBAPIError as error:
        # Not chained: the driver's own text may quote what people said.
        raise _meaning(error) from None
    except (PoolTimeout, OSError, TimeoutError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error


def _meaning(error: DBAPIError) -> Exception:
    """What a driver's error means to a caller."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    said = _said(error)
    if isinstance(error.orig and error.orig.__cause__, ValueError):
        return Unstorable(said)  # refused by the driver, before it was sent
    if error.connection_invalidated or not state:
        return Unreachable(said)
    if state.startswith(_PASSING_CLASSES) or state in _PASSING:
        return Unreachable(said)
    if state.startswith(_VALUE_CLASSES):
        return Unstorable(said)
    return Faulty(f"{state}: {said}")


def _said(error: DBAPIError) -> str:
    """The server's sentence without its details, which may quote a whole row."""
    sentence = str(error.orig).partition("\n")[0]
    return sentence.partition("DETAIL:")[0].strip()


def _engine(url: str, pool_size: int, command_timeout: float) -> AsyncEngine:
    milliseconds = int(command_timeout * _SERVER_SHARE * 1000)
    settings = {
        "application_name": "dispatch",
        "timezone": "UTC",
        "jit": "off",  # plans here are small; compiling them costs more than running them
        "lock_timeout": str(int(_LOCK_TIMEOUT * 1000)),
        "statement_timeout": str(milliseconds),
        "idle_in_transaction_session_timeout": "60000",
    }
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT,
        pool_use_lifo=True,
        hide_parameters=True,  # they are what people said; an error must not carry them to a log
        json_serializer=str,  # `storage.codec` owns JSON both ways; here it travels as text
        json_deserializer=str,
        connect_args={
            "timeout": _CONNECT_TIMEOUT,
            "command_timeout": command_timeout,
            "server_settings": settings,
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_dead)
    return engine


def _refuse_dead(dbapi_connection: Any, _: object, __: object) -> None:  # noqa: ANN401 - untyped
    """A connection the server closed is replaced before use; costs no round trip as a ping does."""
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError
