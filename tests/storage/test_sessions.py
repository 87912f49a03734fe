"""A database that cannot answer is told in one word, and the next request finds it again."""

import asyncio
import traceback
from time import monotonic

import pytest
from sqlalchemy import TextClause, text

from deploy.local.ports import free_port
from storage.session import Database, Faulty, Session, Unreachable, Unstorable
from tests.storage.stories import born


async def count(session: Session) -> int:
    return int((await session.execute(text("SELECT count(*) FROM issues"))).scalar_one())


async def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.begin() as session:
            await session.execute(
                text("INSERT INTO rechecks (issue_number, reason) VALUES ('x', '')")
            )

    await born(database)
    with pytest.raises(ValueError, match="fk_rechecks_issue_number"):
        await fail()
    async with database.read() as session:
        assert await count(session) == 1


async def test_a_reader_sees_one_instant(database: Database) -> None:
    async with database.read() as session:
        before = await count(session)
        await born(database)
        assert await count(session) == before


async def test_no_server_is_unreachable() -> None:
    nowhere = Database(f"postgresql+asyncpg://x:x@127.0.0.1:{free_port()}/x")
    with pytest.raises(Unreachable):
        await nowhere.ping()
    await nowhere.close()


async def test_a_silent_server_is_unreachable_in_seconds() -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(10)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    deaf = Database(f"postgresql+asyncpg://x:x@127.0.0.1:{port}/x")
    begun = monotonic()
    with pytest.raises(Unreachable):
        await deaf.ping()
    assert monotonic() - begun < 5
    await deaf.close()
    server.close()


async def test_a_killed_connection_is_unreachable_and_the_next_one_works(
    database: Database,
) -> None:
    async def die() -> None:
        async with database.begin() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Unreachable):
        await die()
    await database.ping()


async def test_a_connection_that_died_in_the_pool_is_not_handed_out(database: Database) -> None:
    async with database.begin() as one, database.begin() as other:
        victim = (await other.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        await other.rollback()
        await one.execute(text(f"SELECT pg_terminate_backend({victim})"))
        await asyncio.sleep(0.1)
    for _ in range(4):
        await database.ping()


async def test_a_statement_that_takes_too_long_is_unreachable(database_url: str) -> None:
    hasty = Database(database_url, command_timeout=0.3)

    async def sleep() -> None:
        async with hasty.read() as session:
            await session.execute(text("SELECT pg_sleep(5)"))

    with pytest.raises(Unreachable):
        await sleep()
    await hasty.ping()
    await hasty.close()


async def test_a_lock_held_too_long_is_unreachable(database: Database) -> None:
    await born(database)

    async def wait() -> None:
        async with database.begin() as session:
            await session.execute(text("UPDATE issues SET warned = true"))

    async with database.begin() as holder:
        await holder.execute(text("UPDATE issues SET warned = true"))
        with pytest.raises(Unreachable, match="lock"):
            await wait()


async def test_a_fault_of_ours_is_not_called_unreachable(database: Database) -> None:
    async def mistake() -> None:
        async with database.read() as session:
            await session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(Exception, match="nowhere") as raised:
        await mistake()
    assert not isinstance(raised.value, Unreachable)


async def test_error_never_quotes_what_people_said(database: Database) -> None:
    secret = "王女士 13800000000"
    insert = text("INSERT INTO reporters (issue_number, name) VALUES ('none', :name)")
    nonsense = text("INSERT INTO no_such_table VALUES (:name)")
    for statement in (insert, nonsense):
        with pytest.raises((Unstorable, Faulty)) as caught:
            await execute(database, statement, name=secret)
        assert secret not in "".join(traceback.format_exception(caught.value))


async def execute(database: Database, statement: TextClause, **values: str) -> None:
    async with database.begin() as session:
        await session.execute(statement, values)
