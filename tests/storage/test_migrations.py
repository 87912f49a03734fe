"""The schema is what the migrations make of nothing, and it can be taken back."""

import asyncio
import re
from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.migrations import ROOT, Migrations
from storage.models import Base
from tests.databases import Databases

VERSIONS = ROOT / "storage" / "migrations" / "versions"


@pytest_asyncio.fixture(loop_scope="session")
async def empty_url(databases: Databases) -> AsyncIterator[str]:
    async with databases.empty() as url:
        yield url


async def alembic(url: str, *words: str) -> str:
    answer = await asyncio.to_thread(Migrations(url).run, *words)
    assert answer.returncode == 0, answer.stdout
    return answer.stdout


async def left_in(url: str) -> list[str]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    rows = await connection.fetch(
        "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    await connection.close()
    return sorted(row["name"] for row in rows if not row["name"].startswith("alembic_version"))


async def described(url: str) -> list[str]:
    """Every column, constraint and index, which is more than Alembic compares."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    rows = await connection.fetch(
        """
        SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) AS line
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT format('%s.%s %s %s %s %s', table_name, column_name, data_type,
            is_nullable, column_default, collation_name)
        FROM information_schema.columns WHERE table_schema = 'public'
        """
    )
    await connection.close()
    return sorted(row["line"] for row in rows if "alembic_version" not in row["line"])


async def test_the_rows_are_what_the_migrations_make(database_url: str) -> None:
    assert "No new upgrade operations" in await alembic(database_url, "check")


async def test_checks_indexes_and_collations_are_those_of_the_rows(
    database_url: str, empty_url: str
) -> None:
    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()
    assert await described(database_url) == await described(empty_url)


async def test_up_down_and_up_again(empty_url: str) -> None:
    await alembic(empty_url, "upgrade", "head")
    before = await left_in(empty_url)
    await alembic(empty_url, "downgrade", "base")
    assert await left_in(empty_url) == []
    await alembic(empty_url, "upgrade", "head")
    assert await left_in(empty_url) == before


async def test_the_statements_can_be_read_beforehand(empty_url: str) -> None:
    script = await alembic(empty_url, "upgrade", "head", "--sql")
    assert "CREATE TABLE issues" in script
    assert await left_in(empty_url) == []


async def test_a_migration_does_not_wait_long_for_a_lock(database_url: str) -> None:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    async with connection.transaction():
        await connection.execute("LOCK TABLE rechecks")
        answer = await asyncio.to_thread(Migrations(database_url).run, "downgrade", "base")
    await connection.close()
    assert answer.returncode != 0
    assert "lock timeout" in answer.stdout
    assert "rechecks" in await left_in(database_url)


async def test_without_an_address_alembic_says_so(empty_url: str) -> None:
    answer = await asyncio.to_thread(Migrations("").run, "current")
    assert answer.returncode != 0
    assert "DISPATCH_DATABASE_URL is not set" in answer.stdout
    assert await left_in(empty_url) == []


def test_revisions_count_up() -> None:
    names = sorted(each.stem for each in VERSIONS.glob("*.py"))
    assert [re.match(r"\d{4}_", name) is not None for name in names] == [True] * len(names)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
