"""One world for all questions of rights."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.api.rights.world import World, a_world
from tests.databases import Databases


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with a_world(databases) as made:
        yield made
