"""A database of the test's own."""

from collections.abc import AsyncIterator

import pytest_asyncio

from storage.session import Database


@pytest_asyncio.fixture(loop_scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()
