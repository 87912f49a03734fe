import dataclasses
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from deploy.local.ports import free_port, is_open
from deploy.local.processes import StartFailed, gone_within
from deploy.local.temporal import NAMESPACE, Temporal

FIRST = {"District": "Keyword"}
SECOND = {"District": "Keyword", "DueAt": "Datetime"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Temporal]:
    one = Temporal(
        folder=tmp_path,
        port=free_port(),
        ui_port=free_port(),
        search_attributes=lambda: FIRST,
    )
    yield one
    one.stop()


async def test_workflows_outlive_the_server(server: Temporal) -> None:
    assert server.start()
    client = await Client.connect(server.address, namespace=NAMESPACE)
    await client.start_workflow("IssueWorkflow", id="issue/1", task_queue="issues")
    running = server.identity()
    assert running
    os.kill(running.pid, signal.SIGKILL)
    assert gone_within(running, 10)
    assert server.start()
    client = await Client.connect(server.address, namespace=NAMESPACE)
    found = await client.get_workflow_handle("issue/1").describe()
    assert found.workflow_type == "IssueWorkflow"


def test_found_again_then_stopped(server: Temporal) -> None:
    server.start()
    running = server.identity()
    assert not server.start()
    assert server.identity() == running
    assert is_open(server.ui_port)
    server.stop()
    assert not server.is_running
    assert not is_open(server.port)


def test_search_attributes_are_added_to_a_kept_history(server: Temporal) -> None:
    server.start()
    server.stop()
    grown = dataclasses.replace(server, search_attributes=lambda: SECOND)
    grown.start()
    known = grown._ask("search-attribute", "list").stdout.split()
    assert set(SECOND) <= set(known)


def test_taken_port_fails_and_leaves_nothing(server: Temporal) -> None:
    server.start()
    second = dataclasses.replace(server, folder=server.folder / "second", ui_port=free_port())
    with pytest.raises(StartFailed, match=f"temporal found port {server.port} taken"):
        second.start()
    assert not second.is_running
    assert server.is_running


def test_unknown_kind_of_search_attribute_stops_the_server(server: Temporal) -> None:
    wrong = dataclasses.replace(server, search_attributes=lambda: {"District": "Colour"})
    with pytest.raises(StartFailed, match="refused search attributes"):
        wrong.start()
    assert not wrong.is_running
