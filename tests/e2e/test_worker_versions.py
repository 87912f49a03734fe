"""Two builds of the worker side by side: what runs moves over when an operator says so."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from domain.ids import IssueNumber
from domain.vocabulary import IssueState
from storage.session import Database
from tests import environments
from tests.intake.yard import Yard, claim, furnished_long_ago, note, settings
from tests.servers import Keys
from worker import activities_of, workflow_worker
from workflows.contracts import TASK_QUEUE

OLD, NEW = "2026.11.1", "2026.12.0"
_PATIENCE = 100


@pytest_asyncio.fixture(loop_scope="session")
async def server(tmp_path: Path, search_attributes: Keys) -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own: once a queue has versions, it serves nobody without one."""
    async with environments.full(tmp_path, search_attributes) as environment:
        yield environment


def build(build_id: str, one: Yard) -> Worker:
    activities = activities_of(one.database, one.client, settings(one.url))
    return workflow_worker(one.client, activities, build_id)


async def make_current(client: Client, build_id: str) -> None:
    """What `temporal worker deployment set-current-version` does, once the build has shown up."""
    while True:
        try:
            await client.workflow_service.set_worker_deployment_current_version(
                SetWorkerDeploymentCurrentVersionRequest(
                    namespace=client.namespace, deployment_name=TASK_QUEUE, build_id=build_id
                )
            )
        except RPCError as error:
            if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
                raise
        else:
            return


async def builds_of(one: Yard, number: IssueNumber) -> list[str]:
    """The build that carried out each workflow task, repeats left out."""
    events = (await one.handle(number).fetch_history()).events
    builds = [
        event.workflow_task_completed_event_attributes.deployment_version.build_id
        for event in events
        if event.HasField("workflow_task_completed_event_attributes")
    ]
    return list(dict.fromkeys(builds))


async def moved(one: Yard, number: IssueNumber) -> list[str]:
    """As `builds_of`, once the queues have heard of the change; commands are given all the time."""
    before = await builds_of(one, number)
    for _ in range(_PATIENCE):
        await one.give(number, note())
        if (builds := await builds_of(one, number)) != before:
            return builds
        await asyncio.sleep(0.1)
    return before


async def test_issue_moves_to_the_new_build_while_both_work(
    database_url: str, database: Database, server: WorkflowEnvironment
) -> None:
    await furnished_long_ago(database)
    one = Yard(database_url, database, server.client)
    async with build(OLD, one):
        await make_current(server.client, OLD)
        number = await one.dispatched()
        async with build(NEW, one):
            await one.give(number, note())
            assert await builds_of(one, number) == [OLD], "nothing moves by itself"
            await make_current(server.client, NEW)
            assert await moved(one, number) == [OLD, NEW]
            await one.give(number, claim())
            assert await builds_of(one, await one.dispatched()) == [NEW]
    assert (await one.on_record(number)).state is IssueState.HANDLING


async def test_issue_moves_back_when_the_new_build_was_a_mistake(
    database_url: str, database: Database, server: WorkflowEnvironment
) -> None:
    await furnished_long_ago(database)
    one = Yard(database_url, database, server.client)
    async with build(OLD, one), build(NEW, one):
        await make_current(server.client, NEW)
        number = await one.dispatched()
        await make_current(server.client, OLD)
        assert await moved(one, number) == [NEW, OLD]
