"""Unwrapped data keys of one database, in memory only and as long as the process lives."""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TypeAlias

import structlog
from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import DataKeyRow
from storage.sealing.cipher import KEY_BYTES, DataKey, Unopenable, Why
from storage.sealing.index import BlindIndex
from storage.sealing.ring import KeyRing, Wrapped

_log = structlog.get_logger(__name__)

Alone: TypeAlias = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
AnyKey: TypeAlias = Row[int, str, str, str, bytes | None]
SEAL, INDEX = "seal", "index"
_ALL = select(
    DataKeyRow.id,
    DataKeyRow.purpose,
    DataKeyRow.period,
    DataKeyRow.wrapped_by,
    DataKeyRow.wrapped,
)
_ONE_MAKER = select(func.pg_advisory_xact_lock(func.hashtextextended("data_keys", 0)))
_NEW = insert(DataKeyRow).on_conflict_do_nothing(index_elements=["purpose", "period"])


def purpose_of(purpose: str, period: str) -> str:
    """What a data key is wrapped for; it opens as nothing else."""
    return f"{purpose}/{period}"


class Cabinet:
    """Data keys by number, and the one that seals now: each month has its own.

    A new key is written in a transaction of its own `alone`, on a connection of its own: nothing
    is sealed with a key whose row could still be rolled back, and nobody waits for the pool while
    holding a part of it. None is made by a ring that does not open those there are: what it would
    seal for a month, nobody else could read, and nobody else could seal anything then.
    """

    def __init__(self, ring: KeyRing, alone: Alone, now: Callable[[], datetime]) -> None:
        self._ring, self._alone, self._now = ring, alone, now
        self._keys: dict[int, DataKey] = {}
        self._shut: set[int] = set()
        self._current: dict[str, DataKey] = {}
        self._index: BlindIndex | None = None
        self._one_at_a_time = asyncio.Lock()
        self._fits = False

    @property
    def fits(self) -> bool:
        """Whether the ring was found to be the database's."""
        return self._fits

    async def check(self, session: AsyncConnection) -> None:
        """Returns when the ring opens the index key and the newest seal key, or none is there yet.

        Raises:
            Unopenable: it does not.
        """
        rows = await self._load(session)
        self._require_open(rows)
        self._fits = bool(rows)

    async def current(self, session: AsyncConnection) -> DataKey:
        """What is sealed with now; a round trip only when a month is new to the process.

        Raises:
            Unopenable: the ring lacks the key that wraps it, or one that wraps those before it.
        """
        period = f"{self._now():%Y-%m}"
        if period not in self._current:
            await self._find(session, SEAL, period)
        if period not in self._current:
            raise Unopenable(Why.UNKNOWN_KEY)
        return self._current[period]

    async def index(self, session: AsyncConnection) -> BlindIndex:
        """What is searched with, and stays.

        Raises:
            Unopenable: as `current`.
        """
        if self._index is None:
            await self._find(session, INDEX, "")
        if self._index is None:
            raise Unopenable(Why.UNKNOWN_KEY)
        return self._index

    async def have(self, session: AsyncConnection, ids: Iterable[int]) -> None:
        """Looks for what is not known yet; what cannot be had stays unknown."""
        if not self._shut.issuperset(each for each in ids if each not in self._keys):
            await self._load(session)

    def get(self, id_: int) -> DataKey:
        """The key of this number.

        Raises:
            Unopenable: it is not to be had.
        """
        key = self._keys.get(id_)
        if key is None:
            raise Unopenable(Why.UNKNOWN_KEY)
        return key

    async def _find(self, session: AsyncConnection, purpose: str, period: str) -> None:
        async with self._one_at_a_time:
            if _has(await self._load(session), purpose, period):
                return
            wrapped = self._ring.wrap(secrets.token_bytes(KEY_BYTES), purpose_of(purpose, period))
            values = {"purpose": purpose, "period": period}
            async with self._alone() as connection:
                await connection.execute(_ONE_MAKER)
                self._require_open(await self._load(connection))
                by, material = wrapped
                await connection.execute(_NEW, {**values, "wrapped": material, "wrapped_by": by})
                await self._load(connection)
            _log.info("data_key_made", purpose=purpose, period=period, wrapped_by=wrapped.by)

    async def _load(self, session: AsyncConnection) -> Sequence[AnyKey]:
        """Everything there is: a row for each month. What there is, opened or not."""
        rows = (await session.execute(_ALL)).all()
        for row in rows:
            if row.id in self._keys or row.wrapped is None:
                self._shut.add(row.id) if row.wrapped is None else None
                continue
            self._take(row.id, row.purpose, row.period, Wrapped(row.wrapped_by, row.wrapped))
        return rows

    def _require_open(self, rows: Sequence[AnyKey]) -> None:
        kept = [row for row in rows if row.wrapped is not None]
        seals = sorted((row for row in kept if row.purpose == SEAL), key=lambda row: row.period)
        needed = seals[-1:] + [row for row in kept if row.purpose == INDEX]
        if not self._shut.isdisjoint(row.id for row in needed):
            raise Unopenable(Why.UNKNOWN_KEY)

    def _take(self, id_: int, purpose: str, period: str, wrapped: Wrapped) -> None:
        try:
            material = self._ring.unwrap(wrapped, purpose_of(purpose, period))
        except Unopenable as error:
            if id_ not in self._shut:  # told once, however often somebody asks
                self._shut.add(id_)
                _log.error(
                    "data_key_unopenable", data_key=id_, wrapped_by=wrapped.by, why=error.why
                )
            return
        self._shut.discard(id_)
        if purpose == INDEX:
            self._index = BlindIndex(material)
            return
        self._keys[id_] = self._current[period] = DataKey(id_, material)


def _has(rows: Sequence[AnyKey], purpose: str, period: str) -> bool:
    return any((row.purpose, row.period) == (purpose, period) for row in rows)
