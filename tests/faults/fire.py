"""A town under fire, as the tests see it: traffic, faults, and the counts at the end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from deploy.demo.client import Api
from deploy.local.ports import LOOPBACK
from deploy.local.product import DATABASE
from storage.sealing.ring import KeyRing
from storage.session import Database
from tests.faults import invariants
from tests.faults.rig import Rig
from tests.faults.traffic import PATIENCE, Crowd, Ledger
from workflows.connection import connect

Waiting = Callable[[int], Awaitable[None]]
TABLE: list[tuple[str, dict[str, int]]] = []
"""One row for each test; printed when the run is over."""
REFUSALS: Counter[str] = Counter()
"""What the people of the run were refused, by its reason; likewise."""
_LOGGED_IN = timedelta(minutes=10)
"""Ago: no clock that a test turns back takes their tokens for those of the future."""


@dataclass(frozen=True, slots=True)
class Town:
    """One product for all tests, with one ledger: every test checks all issues there are."""

    rig: Rig
    crowd: Crowd
    ledger: Ledger

    @asynccontextmanager
    async def busy(self, issues: int) -> AsyncIterator[Waiting]:
        """People work while the block does its worst; it ends when all were answered.

        What it gives waits until so many of the new whistles were accepted.
        """
        before = len(self.ledger.raised)
        work = asyncio.create_task(self.crowd.live(issues))

        async def accepted(count: int) -> None:
            async with asyncio.timeout(PATIENCE):
                while len(self.ledger.raised) < before + count:
                    assert not work.done(), f"too few were accepted: {self.ledger.refused}"
                    await asyncio.sleep(0.02)

        try:
            yield accepted
            await work
        finally:
            work.cancel()

    async def check(self, name: str) -> None:
        """Waits until nothing is due, counts, and keeps the row for the table."""
        dsn = self.rig.dsn
        await invariants.settled(dsn)
        counts, broken = await invariants.counted(dsn, self.ledger)
        product = self.rig.product
        client = await connect(product.temporal.address, "default")
        broken |= await invariants.workflows(client, dsn)
        broken |= await invariants.heard(dsn, self.rig.sink)
        database = Database(
            product.postgres.url(DATABASE),
            ring=KeyRing.parse(product.home.seal_keys),
            pool_size=8,
            command_timeout=30,
        )
        try:
            found = await invariants.findings(database, client)
        finally:
            await database.close()
        broken["findings"] = len(found)
        counts["again"] = self.rig.sink.again
        REFUSALS.update(self.ledger.refused - REFUSALS)
        TABLE.append((name, {**counts, "broken": sum(broken.values())}))
        kinds = Counter(f"{each.kind} {each.detail}" for each in found)
        wrong, self.ledger.wrong = self.ledger.wrong, []  # the next test answers for its own
        assert not any(broken.values()), (broken, kinds, wrong[:5])


@asynccontextmanager
async def under_fire(rig: Rig) -> AsyncIterator[Town]:
    """The town with its people, who come in by the front wire."""
    url = f"http://{LOOPBACK}:{rig.front.port}"
    secret = rig.product.home.jwt_secret
    api, ledger = Api(url, secret, PATIENCE, logged_in=_LOGGED_IN), Ledger()
    try:
        yield Town(rig, Crowd(api, ledger), ledger)
    finally:
        await api.close()
