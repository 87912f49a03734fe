"""A database of its own for each test that asks, copied from one that was migrated once."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from deploy.local.migrations import Migrations
from deploy.local.postgres import Postgres

_TEMPLATE = "dispatch_template"
_EMPTY = "template0"


class Databases:
    """Makes and drops databases on the session's server."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._lock = asyncio.Lock()  # a template can be copied by one at a time
        self._connection: Any = None
        self._is_migrated = False

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[str]:
        """The URL of a database with the newest schema and no rows but keys, dropped afterwards."""
        async with self._lock:
            await self._migrate_template()
        async with self._copy(_TEMPLATE) as url:
            yield url

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[str]:
        """The URL of a database without any schema, dropped afterwards."""
        async with self._copy(_EMPTY) as url:
            yield url

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _migrate_template(self) -> None:
        if self._is_migrated:
            return
        await self._execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE {_EMPTY}")
        try:
            await asyncio.to_thread(Migrations(self._server.url(_TEMPLATE)).upgrade)
            await _make_keys(self._server.url(_TEMPLATE))
        except BaseException:
            await self._drop(_TEMPLATE)
            raise
        self._is_migrated = True

    @asynccontextmanager
    async def _copy(self, template: str) -> AsyncIterator[str]:
        name = f"test_{secrets.token_hex(6)}"
        async with self._lock:
            await self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self._server.url(name)
        finally:
            async with self._lock:
                await self._drop(name)

    async def _drop(self, name: str) -> None:
        await self._execute(f"DROP DATABASE {name} WITH (FORCE)")  # a leaked connection may remain

    async def _execute(self, statement: str) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._server.url(driver="postgresql"))
        await self._connection.execute(statement)


async def _make_keys(url: str) -> None:
    """Once, as every test with words would have to make the same two."""
    from storage.sealing import seals
    from storage.session import Database
    from tests.sealing.rings import RING

    database = Database(url, ring=RING)
    try:
        async with database.begin() as session:
            found = await session.exec_driver_sql("SELECT to_regclass('data_keys') IS NULL")
            if found.scalar_one():
                return  # the migrations are somebody else's
            await seals.sealer(session)
            await seals.index(session)
    finally:
        await database.close()
