"""The worker's sandbox: leaner where nobody looks, guarded as before."""

import dataclasses
import os
from collections.abc import Sequence
from secrets import token_hex

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowFailureError
from temporalio.converter import PayloadCodec
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker
from temporalio.worker.workflow_sandbox import (
    RestrictedWorkflowAccessError,
    SandboxedWorkflowRunner,
    SandboxRestrictions,
)
from typing_extensions import override

from tests.workflows.clockwatcher import Clockwatcher
from tests.workflows.test_replay import HISTORIES, history, type_in
from worker import WORKFLOWS
from workflows.payloads import DATA_CONVERTER
from workflows.runner import LeanSandbox, sandbox

RESTRICTIONS = SandboxRestrictions.default


class Codec(PayloadCodec):
    """One that encrypts would want to know whose payload it has."""

    @override
    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads)

    @override
    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads)


def test_codec_gets_its_contexts() -> None:
    coded = dataclasses.replace(DATA_CONVERTER, payload_codec=Codec())
    assert type(sandbox(RESTRICTIONS, coded)) is SandboxedWorkflowRunner
    assert type(sandbox(RESTRICTIONS, DATA_CONVERTER)) is LeanSandbox


async def test_guard_against_clocks_is_on(temporal_full: WorkflowEnvironment) -> None:
    queue = token_hex(8)
    worker = Worker(
        temporal_full.client,
        task_queue=queue,
        workflows=[Clockwatcher],
        workflow_runner=sandbox(RESTRICTIONS, DATA_CONVERTER),
        workflow_failure_exception_types=[RestrictedWorkflowAccessError],
    )
    async with worker:
        with pytest.raises(WorkflowFailureError) as failed:
            await temporal_full.client.execute_workflow(
                Clockwatcher.run, id=queue, task_queue=queue
            )
    assert "time.time" in str(failed.value.cause)


@pytest.mark.parametrize("kind", sorted({type_in(path) for path in HISTORIES}))
async def test_histories_replay_in_it(kind: str) -> None:
    """The longest of every kind of workflow."""
    longest = max((path for path in HISTORIES if type_in(path) == kind), key=os.path.getsize)
    runner = sandbox(RESTRICTIONS, DATA_CONVERTER)
    replayer = Replayer(workflows=WORKFLOWS, workflow_runner=runner, data_converter=DATA_CONVERTER)
    await replayer.replay_workflow(history(longest))
