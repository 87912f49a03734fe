"""The id of a request is found in the logs of the activity that recorded its command."""

from secrets import token_hex

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from typing_extensions import override

from activities.contracts import Planned, Step
from domain import commands as c
from domain.ids import IssueNumber
from observability.logging import bound
from observability.request_id import FromRequest, ToActivity
from tests.workflows.office import DISPATCHER, Office, key
from workflows.contracts import Answer, IssueInput
from workflows.issue import IssueWorkflow


class Clerk(Office):
    """Notes what is bound to the log while it records."""

    seen: dict[str, object]

    @activity.defn(name="record_step")
    @override
    async def record(self, step: Step) -> Planned:
        self.seen = {**getattr(self, "seen", {}), step.event: _bound()}
        return await super().record(step)


def _bound() -> object:
    return structlog.contextvars.get_contextvars().get("request_id")


async def test_request_id_reaches_the_record(temporal_full: WorkflowEnvironment) -> None:
    client = await Client.connect(
        temporal_full.client.service_client.config.target_host,
        data_converter=pydantic_data_converter,
        interceptors=[FromRequest()],
    )
    clerk, queue, number = Clerk(), f"queue-{token_hex(8)}", IssueNumber(f"R-{token_hex(4)}")
    async with Worker(
        client,
        task_queue=queue,
        workflows=[IssueWorkflow],
        activities=[clerk.open, clerk.record],
        interceptors=[ToActivity()],
    ):
        handle = await client.start_workflow(
            IssueWorkflow.run, IssueInput(number=number), id=f"issue/{number}", task_queue=queue
        )
        with bound(request_id="r-1"):
            note = c.AddNote(actor=DISPATCHER, id=key())
            await handle.execute_update("note", note, id=note.id, result_type=Answer)
        await handle.terminate()
    assert clerk.seen == {"issue_dispatched": None, "note_added": "r-1"}
