"""The three Temporal test environments, each recorded so that it cannot be left behind.

Their clients have the SDK's own converter. The engine's keeps validators for the whole process, and
with the sandbox's guard on, every workflow has classes of its own, which would be kept as well.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from deploy.local import binaries
from deploy.local.processes import stop_identified
from deploy.local.temporal import NAMESPACE, dynamic_config_arguments
from tests.leases import note_identity, recording

_PATIENCE = timedelta(seconds=60)  # the SDK's own 5 s are short on a busy machine
_GRACE = 5.0
Keys: TypeAlias = Sequence[SearchAttributeKey[Any]]


@asynccontextmanager
async def full(folder: Path, keys: Keys) -> AsyncIterator[WorkflowEnvironment]:
    """The full server in real time."""

    async def start(program: Path) -> WorkflowEnvironment:
        return await WorkflowEnvironment.start_local(**_dev_server(program, keys))

    async with _recorded(folder, "temporal-full", binaries.temporal(), start) as environment:
        yield environment


@asynccontextmanager
async def skipping(folder: Path, keys: Keys) -> AsyncIterator[WorkflowEnvironment]:
    """The full server; each workflow's time stands until a test moves it."""

    async def start(program: Path) -> WorkflowEnvironment:
        still = TimeSkippingConfig(enabled=False)  # else every human is late at once
        options = _dev_server(program, keys)
        return await WorkflowEnvironment.start_time_skipping_v2(ts_config=still, **options)

    async with _recorded(folder, "temporal-skipping", binaries.temporal(), start) as environment:
        yield environment


@asynccontextmanager
async def v1(folder: Path, keys: Keys) -> AsyncIterator[WorkflowEnvironment]:
    """The old test server: one clock for all, no lists and no schedules."""

    async def start(program: Path) -> WorkflowEnvironment:
        environment = await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=str(program),
            test_server_startup_timeout=_PATIENCE,
            data_converter=pydantic_data_converter,
        )
        await _add_search_attributes(environment.client, keys)
        return environment

    program = binaries.temporal_test_server()
    async with _recorded(folder, "temporal-v1", program, start) as environment:
        yield environment


def _dev_server(program: Path, keys: Keys) -> dict[str, Any]:
    return {
        "data_converter": pydantic_data_converter,
        "search_attributes": keys,
        "dev_server_existing_path": str(program),
        "dev_server_extra_args": dynamic_config_arguments(),
        "dev_server_log_level": "error",
        "dev_server_startup_timeout": _PATIENCE,
    }


@asynccontextmanager
async def _recorded(
    folder: Path,
    name: str,
    program: Path,
    start: Callable[[Path], Awaitable[WorkflowEnvironment]],
) -> AsyncIterator[WorkflowEnvironment]:
    environment = await start(recording(folder, name, program))
    server = note_identity(folder, name)
    try:
        yield environment
    finally:
        await environment.shutdown()
        if server:
            stop_identified(server, _GRACE)


async def _add_search_attributes(client: Client, keys: Keys) -> None:
    """This server takes none at its start, and a workflow that sets an unknown one hangs."""
    kinds = {key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in keys}
    request = AddSearchAttributesRequest(namespace=NAMESPACE, search_attributes=kinds)
    await client.operator_service.add_search_attributes(request)
