"""Which source a token belongs to, kept for a moment: cameras ask a thousand times a minute."""

import asyncio
import hmac
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime

from domain.alert_source import AlertSource
from domain.reference import ReferenceKind
from storage.alerts.credentials import Credentials
from storage.reference import ReferenceRepository
from storage.session import Database
from storage.token_hash import hash_of

KEPT_S = 2.0
"""A revoked token and a changed source are noticed by every process after so many seconds."""
_MOST_KEPT = 1_000
_AT_ONCE = 2
"""Tokens looked up at once by one process: whoever guesses takes no more connections than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A source that showed a valid token; `credentials` are all that it may sign with."""

    source: AlertSource
    credentials: tuple[str, ...]


class Admission:
    """Reads tokens; whatever is wrong with one looks the same to its bearer."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], tick: Callable[[], float]
    ) -> None:
        self._database = database
        self._now = now
        self._tick = tick
        self._kept: dict[bytes, tuple[float, Admitted]] = {}
        self._reading: dict[bytes, asyncio.Task[Admitted | None]] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def of(self, token: str) -> Admitted | None:
        """None for a token that is unknown, over, revoked, or of a source out of use."""
        digest = hash_of(token)
        until, admitted = self._kept.get(digest, (0.0, None))
        if admitted is not None and self._tick() < until:
            return admitted
        return await self._read_once(digest)

    async def _read_once(self, digest: bytes) -> Admitted | None:
        """Those who ask while it is being read share what is found; a storm asks all at once."""
        reading = self._reading.get(digest)
        if reading is None:
            reading = asyncio.create_task(self._renew(digest), context=Context())
            self._reading[digest] = reading
            reading.add_done_callback(lambda _: self._reading.pop(digest))
        return await asyncio.shield(reading)  # one sender who is gone takes no other along

    async def _renew(self, digest: bytes) -> Admitted | None:
        async with self._room:
            found = await self._read(digest)
        self._kept.pop(digest, None)
        if found is not None:
            while len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[digest] = self._tick() + KEPT_S, found
        return found

    async def _read(self, digest: bytes) -> Admitted | None:
        at = self._now()
        async with self._database.read() as session:
            credentials = Credentials(session)
            found = await credentials.by_hash(digest, at)
            if found is None or not hmac.compare_digest(found[1], digest):
                return None
            code = found[0].source
            entry = await ReferenceRepository(session).current(ReferenceKind.ALERT_SOURCE, code)
            if entry is None or entry.retired:
                return None
            in_force = await credentials.in_force(code, at)
        return Admitted(source=entry.body, credentials=tuple(each.id for each in in_force))
