"""Fixtures with real servers. Each starts once per session, when a test first asks for it.

==================== =========================================================================
`postgres`           the session's PostgreSQL server; `postgres.url()` is its admin address
`databases`          makes databases: `async with databases.fresh() as url`, or `.empty()`
`database_url`       a migrated database of the test's own, as `postgresql+asyncpg://...`
`database`           the same, opened
`temporal_full`      the full Temporal server in real time
`temporal_skipping`  the full server; time is moved by `await env.fast_forward(handle, delta)`
`temporal_v1`        the old test server: one clock, skips by itself while a result is awaited
==================== =========================================================================

A test has its own workers, task queues and ids; the servers are shared.
"""

import importlib
import os
import sys
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import pytest_asyncio

from deploy.local.postgres import Postgres
from tests.databases import Databases
from tests.leases import close_lease, open_lease, session_postgres

if TYPE_CHECKING:
    from temporalio.common import SearchAttributeKey
    from temporalio.testing import WorkflowEnvironment

    from storage.session import Database

Keys: TypeAlias = "Sequence[SearchAttributeKey[Any]]"
Environment: TypeAlias = "AsyncIterator[WorkflowEnvironment]"
_SDK = "temporalio.bridge.temporal_sdk_bridge"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, Any, Any]:
    """Ends a run that used the Temporal SDK without interpreter shutdown.

    The SDK's threads crash a few runs in a hundred there, after everything has been reported, and
    the crash would replace the exit code. Parallel workers report through a channel and are left
    alone.
    """
    code = yield
    if _SDK in sys.modules and code is not None and not hasattr(config, "workerinput"):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(code))
    return code


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """Where this session's servers are recorded."""
    folder = open_lease()
    yield folder
    close_lease(folder)


@pytest.fixture(scope="session")
def postgres(server_folder: Path) -> Postgres:
    """The session's PostgreSQL server."""
    server = session_postgres(server_folder)
    server.start()
    return server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def databases(postgres: Postgres) -> AsyncIterator[Databases]:
    """Makes as many databases as a test needs."""
    maker = Databases(postgres)
    yield maker
    await maker.close()


@pytest_asyncio.fixture(loop_scope="session")
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """A database with the newest schema for this test alone."""
    async with databases.fresh() as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def database(database_url: str) -> AsyncIterator["Database"]:
    """The test's own database, opened."""
    from storage.session import Database
    from tests.sealing.rings import RING

    opened = Database(database_url, ring=RING)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def search_attributes() -> Keys:
    """What the product's workflows are found by."""
    keys: Keys = importlib.import_module("workflows.contracts").SEARCH_ATTRIBUTES
    return keys


# The SDK is imported by the fixtures, not above: tests of the domain do without it.


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal_full(server_folder: Path, search_attributes: Keys) -> Environment:
    """The full server; its timers take as long as they say."""
    from tests import environments

    async with environments.full(server_folder, search_attributes) as environment:
        yield environment


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal_skipping(server_folder: Path, search_attributes: Keys) -> Environment:
    """The full server; time is moved with `fast_forward`."""
    from tests import environments

    async with environments.skipping(server_folder, search_attributes) as environment:
        yield environment


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal_v1(server_folder: Path, search_attributes: Keys) -> Environment:
    """The old test server; use it alone, its clock is everybody's."""
    from tests import environments

    async with environments.v1(server_folder, search_attributes) as environment:
        yield environment
