"""Reads what lies in the database, from an instant of the run on."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from sqlalchemy import text

from bench.intake.counting import Found
from domain.alerts.breaker import NOISE
from storage.alerts.raw_messages import bodies_of
from storage.sealing.ring import KeyRing
from storage.session import Database

_LOOK_AGAIN_S = 0.25
_OWN_WORDS = sorted(kind.value for kind in NOISE)
_COUNTED = "SELECT coalesce(sum(alerts), 0) FROM alert_conditions WHERE kind <> ALL($1)"
_MESSAGES = text(
    "SELECT source, fingerprint, body, body_sealed, state FROM raw_messages WHERE id > :newest"
)
_OPEN_TWICE = """
SELECT count(*) FROM (
  SELECT 1 FROM alert_conditions WHERE state <> 'closed'
  GROUP BY source, community, camera, zone, kind HAVING count(*) > 1
) AS twice"""
_KEPT = "SELECT count(*) FROM raw_messages WHERE id > $1"
_WAITING = "SELECT count(*) FROM raw_messages WHERE next_at IS NOT NULL"
_REPORTED = "SELECT number, state FROM issues WHERE id > $1 AND source <> 'camera'"


@dataclass(frozen=True, slots=True)
class Page:
    """Where everything stood when it was opened."""

    message: int
    event: int
    issue: int
    counted: int


class Ledger:
    """One connection, asked by one task at a time."""

    def __init__(self, database: asyncpg.Connection, sealed: Database) -> None:
        self._database = database
        self._sealed = sealed

    @classmethod
    async def at(cls, url: str, ring: KeyRing) -> "Ledger":
        plain = url.replace("+asyncpg", "")
        return cls(await asyncpg.connect(plain), Database(url, ring=ring, command_timeout=60))

    async def close(self) -> None:
        await self._sealed.close()
        await self._database.close()

    async def page(self) -> Page:
        """From here on."""
        newest = "SELECT coalesce(max(id), 0) FROM "
        return Page(
            message=await self._number(newest + "raw_messages"),
            event=await self._number(newest + "alert_events"),
            issue=await self._number(newest + "issues"),
            counted=await self._number(_COUNTED, _OWN_WORDS),
        )

    async def found(self, page: Page) -> Found:
        accepted = "SELECT count(*) FROM alert_events WHERE id > $1 AND fate = 'accepted'"
        return Found(
            messages=await self._messages(page),
            events=await self._number(accepted, page.event),
            counted=await self._number(_COUNTED, _OWN_WORDS) - page.counted,
            conditions=await self._number("SELECT count(*) FROM alert_conditions"),
            issues=await self._number("SELECT count(*) FROM issues WHERE source = 'camera'"),
            open_twice=await self._number(_OPEN_TWICE),
        )

    async def _messages(self, page: Page) -> list[tuple[str, str]]:
        """What each was called by who sent it, and where it is."""
        async with self._sealed.read() as session:
            rows = (await session.execute(_MESSAGES, {"newest": page.message})).all()
            bodies = await bodies_of(session, rows)
        names = [str(json.loads(body)["id"]) for body in bodies]
        return [(name, row.state) for name, row in zip(names, rows, strict=True)]

    async def reported(self, page: Page) -> Counter[tuple[str, str]]:
        """Numbers and states of issues that people raised."""
        rows = await self._database.fetch(_REPORTED, page.issue)
        return Counter((row["number"], row["state"]) for row in rows)

    async def kept(self, page: Page, count: int, within_s: float) -> float:
        """Seconds until so many messages are kept, or until the time is over."""
        return await self._until(_KEPT, (page.message,), range(count), within_s)

    async def all_sorted(self, within_s: float) -> float:
        """Seconds until no message waits, or until the time is over; the count will say."""
        return await self._until(_WAITING, (), range(1, 1 << 62), within_s)

    async def _until(
        self, question: str, given: Sequence[object], while_in: range, within_s: float
    ) -> float:
        began = time.monotonic()
        while await self._number(question, *given) in while_in:
            if time.monotonic() - began > within_s:
                break
            await asyncio.sleep(_LOOK_AGAIN_S)
        return time.monotonic() - began

    async def _number(self, question: str, *given: object) -> int:
        return int(await self._database.fetchval(question, *given))
