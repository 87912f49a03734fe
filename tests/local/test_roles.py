"""The owner migrates, the app works with rows, and neither is more than that."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.migrations import Migrations
from deploy.local.postgres import Postgres
from deploy.local.roles import Roles, RolesFailed
from deploy.roles import __main__ as script
from tests.databases import Databases

NOT_FOR_THE_APP = {
    "another table": "CREATE TABLE one_more (id int)",
    "another column": "ALTER TABLE issues ADD COLUMN one_more int",
    "no table any more": "DROP TABLE reporters",
    "empty tables": "TRUNCATE texts",
    "events without their trigger": "ALTER TABLE events DISABLE TRIGGER ALL",
    "triggers for nobody": "SET session_replication_role = replica",
    "another schema": "CREATE SCHEMA one_more",
    "temporary tables": "CREATE TEMPORARY TABLE one_more (id int)",
    "another role": "CREATE ROLE one_more",
    "to be the owner": "SET ROLE dispatch_owner",
    "files of the server": "SELECT pg_read_file('PG_VERSION')",
    "programs of the server": "COPY issues TO PROGRAM 'cat'",
    "changed events": "UPDATE events SET actor = 'nobody'",
    "fewer events": "DELETE FROM events",
    "changed events of meetings": "UPDATE meeting_events SET actor = 'nobody'",
    "fewer entries of the audit log": "DELETE FROM audit_entries",
    "changed entries of the audit log": "UPDATE audit_entries SET act = 'x'",
    "changed links of the audit log": "UPDATE audit_links SET seq = 0",
    "another newest schema": "UPDATE alembic_version SET version_num = '0000'",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def roles(postgres: Postgres, databases: Databases) -> AsyncIterator[Roles]:
    """As `make up` makes them, around the migrations."""
    async with databases.empty() as url:
        made = Roles(postgres, url.rpartition("/")[2])
        await asyncio.to_thread(_bring_up, made)
        yield made


def _bring_up(roles: Roles) -> None:
    roles.make()
    Migrations(roles.owner_url).upgrade()
    roles.make()


async def ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


async def test_app_works_with_rows(roles: Roles) -> None:
    put = "INSERT INTO idempotency_keys (subject, key) VALUES ('s', 'k')"
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'issues'"
    assert await ask(roles.app_url, columns)
    assert await ask(roles.app_url, "SELECT nextval('issue_number_seq')")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="not-null"):
        await ask(roles.app_url, put)  # refused by the table, not by the rights
    assert await ask(roles.app_url, "DELETE FROM texts") == []
    assert await ask(roles.app_url, "SELECT version_num FROM alembic_version")


@pytest.mark.parametrize("wish", NOT_FOR_THE_APP)
async def test_app_gets(wish: str, roles: Roles) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(roles.app_url, NOT_FOR_THE_APP[wish])


async def test_owner_is_no_administrator(roles: Roles) -> None:
    for statement in ("CREATE ROLE one_more", "SELECT pg_read_file('PG_VERSION')"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(roles.owner_url, statement)


async def test_next_migrations_tables_are_the_apps_to_fill(roles: Roles) -> None:
    await ask(roles.owner_url, "CREATE TABLE one_more (id serial)")
    try:
        await ask(roles.app_url, "INSERT INTO one_more DEFAULT VALUES")
    finally:
        await ask(roles.owner_url, "DROP TABLE one_more")


async def test_what_an_administrator_migrated_becomes_the_owners(
    postgres: Postgres, databases: Databases
) -> None:
    async with databases.fresh() as url:
        made = Roles(postgres, url.rpartition("/")[2])
        await asyncio.to_thread(made.make)
        await ask(made.owner_url, "ALTER TABLE issues ADD COLUMN one_more int")
        others = (
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relowner <> 'dispatch_owner'::regrole AND relkind IN ('r', 'S', 'v')"
        )
        assert await ask(made.owner_url, others) == []


async def test_nobody_else_gets_in(roles: Roles, postgres: Postgres) -> None:
    await ask(postgres.url(), "DROP ROLE IF EXISTS stranger")
    await ask(postgres.url(), "CREATE ROLE stranger LOGIN PASSWORD 'stranger'")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(postgres.url(roles.database, user="stranger", password="stranger"), "SELECT")
    finally:
        await ask(postgres.url(), "DROP ROLE stranger")


async def test_first_run_on_a_busy_installation_fails_and_holds_nobody_up(
    databases: Databases,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hurried = script.SCRIPT.read_text(encoding="utf-8").replace("'4s'", "'20ms'")
    (tmp_path / "roles.sql").write_text(hurried, encoding="utf-8")
    monkeypatch.setattr(script, "SCRIPT", tmp_path / "roles.sql")
    async with databases.fresh() as url:
        monkeypatch.setenv("DISPATCH_ADMIN_DATABASE_URL", url)
        busy = await asyncpg.connect(url.replace("+asyncpg", ""))
        async with busy.transaction():
            await busy.execute("LOCK TABLE texts IN ROW EXCLUSIVE MODE")
            assert await asyncio.wait_for(asyncio.to_thread(script.main), 3) == 1
        await busy.close()
    assert "lock timeout. Somebody was working" in capsys.readouterr().err


def test_failure_is_told_in_the_servers_words(postgres: Postgres) -> None:
    with pytest.raises(RolesFailed, match='database "no_such_database" does not exist'):
        Roles(postgres, "no_such_database").make()
