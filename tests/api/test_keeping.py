"""Messages are kept together, each is answered after its commit, and none spoils the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import text

from api.intake import keeping
from api.intake.keeping import Keeper
from storage.alerts.raw_messages import RawMessages
from storage.alerts.views import Arrival
from storage.session import Database, Session, Unreachable, Unstorable
from tests.builders import NOON
from tests.intake.camera_desk import arrival

REPEATED = timedelta(minutes=2)


@dataclass
class Slow:
    """The database, whose statements wait until they may go on."""

    database: Database
    statements: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: Exception | None = None

    @asynccontextmanager
    async def single(self) -> AsyncIterator[Session]:
        self.statements += 1
        await self.open.wait()
        if self.trouble is not None:
            raise self.trouble
        async with self.database.single() as session:
            yield session

    def keeper(self) -> Keeper:
        return Keeper(cast("Database", self))


@pytest.fixture
def slow(database: Database) -> Slow:
    return Slow(database)


def messages(count: int) -> list[Arrival]:
    return [replace(arrival(number, {}, NOON), fact=f"body:{number}") for number in range(count)]


async def brought(keeper: Keeper, arrivals: list[Arrival]) -> list[asyncio.Task[bool]]:
    """All of them at the keeper, and its first statement under way."""
    tasks = [asyncio.create_task(keeper.keep(each)) for each in arrivals]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def rows(database: Database) -> int:
    async with database.read() as session:
        return int((await session.execute(text("SELECT count(*) FROM raw_messages"))).scalar_one())


async def test_what_comes_together_is_one_statement(slow: Slow) -> None:
    slow.open.set()
    kept = await asyncio.gather(*await brought(slow.keeper(), messages(keeping.MOST)))
    assert kept == [True] * keeping.MOST
    assert (slow.statements, await rows(slow.database)) == (1, keeping.MOST)


async def test_what_comes_meanwhile_waits_for_the_next_statement(slow: Slow) -> None:
    keeper, (first, *others) = slow.keeper(), messages(5)
    tasks = await brought(keeper, [first])
    tasks += await brought(keeper, others)
    assert slow.statements == 1
    assert not any(task.done() for task in tasks)
    slow.open.set()
    assert await asyncio.gather(*tasks) == [True] * 5
    assert slow.statements == 2


async def test_one_fact_said_twice_at_once_is_new_once(slow: Slow) -> None:
    (message,) = messages(1)
    next_bucket = replace(message, bucket=message.bucket + 1)
    slow.open.set()
    tasks = await brought(slow.keeper(), [message, message, next_bucket])
    assert await asyncio.gather(*tasks) == [True, False, False]
    assert await rows(slow.database) == 1


async def test_a_fact_said_again_later_is_news(slow: Slow) -> None:
    (message,) = messages(1)
    at = message.received_at + REPEATED * 2
    later = replace(message, bucket=1, received_at=at, repeats_since=at - REPEATED)
    slow.open.set()
    keeper = slow.keeper()
    assert [await keeper.keep(each) for each in (message, later)] == [True, True]


async def test_one_that_cannot_be_stored_spoils_no_other(slow: Slow) -> None:
    good, bad, also_good = messages(3)
    spoilt = replace(bad, headers={"x": "y" * 30_000})
    slow.open.set()
    tasks = await brought(slow.keeper(), [good, spoilt, also_good])
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [results[0], type(results[1]), results[2]] == [True, Unstorable, True]
    assert await rows(slow.database) == 2


async def test_all_are_told_when_the_database_is_away_and_the_next_is_kept(slow: Slow) -> None:
    keeper = slow.keeper()
    slow.trouble = Unreachable("away")
    slow.open.set()
    tasks = await brought(keeper, messages(3))
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in results] == [Unreachable] * 3
    assert slow.statements == 1
    slow.trouble = None
    assert await asyncio.gather(*await brought(keeper, messages(3))) == [True] * 3


async def test_long_ones_do_not_go_together(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_BYTES", 100)
    slow.open.set()
    long = [replace(each, body=b"x" * 80) for each in messages(3)]
    assert await asyncio.gather(*await brought(slow.keeper(), long)) == [True] * 3
    assert slow.statements == 3


async def test_a_sender_that_is_gone_takes_nobody_along(slow: Slow) -> None:
    gone, *others = await brought(slow.keeper(), messages(3))
    gone.cancel()
    slow.open.set()
    assert await asyncio.gather(*others) == [True, True]
    assert await rows(slow.database) == 3


async def test_keeping_many_says_of_each_whether_it_was_new(database: Database) -> None:
    zeroth, first, second = messages(3)
    async with database.begin() as session:
        await RawMessages(session).keep(first)
        ids = await RawMessages(session).keep_all([second, first, zeroth])
    assert [id_ is not None for id_ in ids] == [True, False, True]
    assert ids[0] < ids[2]  # type: ignore[operator]  # in the order in which they came
