"""A bell wakes who waits, and a lost connection is no end of it."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

import asyncpg
import pytest_asyncio

from deploy.local.ports import free_port
from storage.doorbell import BIRTHS, NOTICES, Doorbell
from storage.session import Database
from tests.storage.stories import born, undone


@pytest_asyncio.fixture(loop_scope="session")
async def bell(database_url: str) -> AsyncIterator[Doorbell]:
    """Already listening, and silent."""
    async with Doorbell(database_url, [BIRTHS]) as hung:
        assert await hung.wait(5)
        yield hung


async def notify(url: str, channel: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("SELECT pg_notify($1, '')", channel)
    await connection.close()


async def test_silence_ends_after_the_given_time(bell: Doorbell) -> None:
    begun = monotonic()
    assert not await bell.wait(0.2)
    assert 0.15 < monotonic() - begun < 2


async def test_a_birth_rings_at_its_commit(bell: Doorbell, database: Database) -> None:
    waiting = asyncio.create_task(bell.wait(20))
    begun = monotonic()
    await born(database)
    assert await waiting
    assert monotonic() - begun < 5


async def test_a_ring_before_the_wait_is_not_lost(bell: Doorbell, database: Database) -> None:
    await born(database)
    await born(database)
    await asyncio.sleep(0.2)
    assert [await bell.wait(0.2), await bell.wait(0.2)] == [True, False]


async def test_what_is_rolled_back_does_not_ring(bell: Doorbell, database: Database) -> None:
    async with undone(database) as session:
        await session.exec_driver_sql("SELECT pg_notify('issue_born', '')")
    assert not await bell.wait(0.2)


async def test_another_channel_does_not_ring(bell: Doorbell, database_url: str) -> None:
    await notify(database_url, NOTICES)
    assert not await bell.wait(0.2)


async def test_a_lost_connection_wakes_and_is_made_again(bell: Doorbell, database_url: str) -> None:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    await connection.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
    )
    await connection.close()
    assert await bell.wait(5)
    await notify(database_url, BIRTHS)
    assert await bell.wait(5)


async def test_without_a_server_it_only_waits() -> None:
    begun = monotonic()
    async with Doorbell(f"postgresql://x:x@127.0.0.1:{free_port()}/x", [BIRTHS]) as nowhere:
        assert not await nowhere.wait(0.3)
    assert 0.25 < monotonic() - begun < 3
