"""Every accepted issue gets its workflow, once, whatever breaks in between."""

import asyncio
from secrets import token_hex
from typing import cast

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from domain.ids import IssueNumber
from intake.relay import Relay
from storage.births import Births
from storage.rechecks import Rechecks
from storage.session import Database
from tests.activities.desk import dispatched_by_rule, furnished, issues, taken
from tests.builders import NOON, POLICE
from tests.storage.stories import born
from workflows import contracts


def a_relay(database: Database, client: Client) -> Relay:
    return Relay(database, client, lambda: NOON)


def a_prefix() -> str:
    """The server outlives the test, so numbers must not meet."""
    return f"T{token_hex(4)}"


async def waiting(database: Database) -> int:
    async with database.read() as session:
        return await Births(session).waiting()


async def test_new_issue_gets_its_workflow(
    database: Database, temporal_full: WorkflowEnvironment
) -> None:
    number = await born(database, prefix=a_prefix())
    await a_relay(database, temporal_full.client).drain()
    handle = temporal_full.client.get_workflow_handle(contracts.issue_workflow_id(number))
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    assert await waiting(database) == 0
    await handle.terminate()


async def test_search_attributes_and_priority_are_set(
    database: Database, temporal_full: WorkflowEnvironment
) -> None:
    number = await born(database, prefix=a_prefix(), emergency=True)
    await a_relay(database, temporal_full.client).drain()
    handle = temporal_full.client.get_workflow_handle(contracts.issue_workflow_id(number))
    described = await handle.describe()
    attributes = described.typed_search_attributes
    assert attributes[contracts.DISTRICT] == "qj"
    assert attributes[contracts.EMERGENCY] is True
    assert attributes[contracts.RAISED_AT] == NOON
    assert number in (await described.static_summary() or "")
    priority = described.raw_description.workflow_execution_info.priority
    assert (priority.priority_key, priority.fairness_key) == (1, "qj")
    await handle.terminate()


async def test_start_that_was_not_marked_is_harmless(
    database: Database, temporal_full: WorkflowEnvironment
) -> None:
    number = await born(database, prefix=a_prefix())
    await temporal_full.client.start_workflow(
        "IssueWorkflow",
        contracts.IssueInput(number=number),
        id=contracts.issue_workflow_id(number),
        task_queue=contracts.TASK_QUEUE,
    )
    await a_relay(database, temporal_full.client).drain()
    assert await waiting(database) == 0


async def test_two_relays_start_each_issue_once(
    database: Database, temporal_full: WorkflowEnvironment
) -> None:
    prefix = a_prefix()
    for _ in range(20):
        await born(database, prefix=prefix)
    seen = 0
    relays = [a_relay(database, temporal_full.client) for _ in range(2)]
    while await waiting(database):
        seen += sum(await asyncio.gather(*(relay.drain() for relay in relays)))
    assert seen == 20


async def test_issues_wait_while_temporal_is_away(database: Database) -> None:
    await born(database)
    client = await Client.connect("127.0.0.1:1", lazy=True)
    with pytest.raises(RuntimeError):
        await a_relay(database, client).drain()
    assert await waiting(database) == 1


async def unclaimed(database: Database) -> IssueNumber:
    """Dispatched to the police and asked to reckon again."""
    await furnished(database)
    number = await born(database, prefix=a_prefix())
    opened = await issues(database).open(number)
    await taken(database, opened, dispatched_by_rule())
    async with database.begin() as session:
        assert await Rechecks(session).ask_for_department(POLICE, "absence") == 1
    return number


async def test_recheck_reaches_the_workflow(
    database: Database, temporal_full: WorkflowEnvironment
) -> None:
    number = await unclaimed(database)
    await a_relay(database, temporal_full.client).drain()
    handle = temporal_full.client.get_workflow_handle(contracts.issue_workflow_id(number))
    history = await handle.fetch_history()
    kinds = [event.event_type for event in history.events]
    assert EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED in kinds
    assert await asked_for(database) == 0
    await handle.terminate()


async def test_recheck_of_what_is_over_is_done(
    database: Database, temporal_full: WorkflowEnvironment
) -> None:
    number = await unclaimed(database)
    async with database.begin() as session:
        await Births(session).mark_started([number], NOON)
    await a_relay(database, temporal_full.client).drain()
    assert await asked_for(database) == 0


async def asked_for(database: Database) -> int:
    async with database.begin() as session:
        return len(await Rechecks(session).pending(10))


class Choosy:
    """Temporal, but it refuses one workflow id as it refuses what is malformed."""

    def __init__(self, client: Client, refused: str) -> None:
        self._client = client
        self._refused = refused

    async def start_workflow(self, *args: object, **options: object) -> object:
        if options["id"] == self._refused:
            raise RPCError("malformed", RPCStatusCode.INVALID_ARGUMENT, b"")
        return await self._client.start_workflow(*args, **options)  # type: ignore[call-overload]  # handed on as it came


async def test_refused_start_holds_up_nobody(
    database: Database, temporal_full: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.relay.BATCH", 1)
    prefix = a_prefix()
    first, _ = [await born(database, prefix=prefix) for _ in range(2)]
    choosy = Choosy(temporal_full.client, contracts.issue_workflow_id(first))
    relay = a_relay(database, cast("Client", choosy))
    await relay.drain()
    await relay.drain()
    assert await waiting(database) == 1
