"""What Temporal knows of an issue or a meeting: whether its workflow runs, and what it holds."""

from datetime import timedelta
from typing import TypeVar

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from domain.issue import Issue
from domain.meeting.meeting import Meeting

T = TypeVar("T", Issue, Meeting)
_PATIENCE = timedelta(seconds=10)
_UNHEARD = (RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED)  # nobody answered in time


class Silent(Exception):
    """The workflow runs and does not answer."""


class Witness:
    """Asks; changes nothing."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def status(self, workflow_id: str) -> WorkflowExecutionStatus | None:
        """Of the newest run; None when Temporal has none, any more or ever."""
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            return (await handle.describe()).status
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def is_sure(self, one: T, workflow_id: str) -> bool:
        """Whether this is what its workflow holds, with nothing on the way to it.

        What is over and forgotten by Temporal stands on its record alone: it changes no more.
        False where the workflow does not answer, or is in the middle of something.
        """
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            found = await handle.describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return one.is_finished
            raise
        raw = found.raw_description
        if raw.pending_activities or raw.HasField("pending_workflow_task"):
            return False
        try:
            return await self.held(workflow_id, type(one)) == one
        except Silent:
            return False

    async def held(self, workflow_id: str, kind: type[T]) -> T | None:
        """The issue or meeting as its workflow holds it; None before its first activity.

        Raises:
            Silent: no answer within seconds, asked twice, or an error instead of one.
        """
        for is_last in (False, True):
            try:
                return await self._ask(workflow_id, kind)
            except WorkflowQueryFailedError as failure:
                raise Silent("query_failed") from failure
            except RPCError as error:
                # A question to a worker that was killed is lost with it; the next goes to another.
                if is_last or error.status not in _UNHEARD:
                    raise Silent(error.status.name.lower()) from error
        raise AssertionError("the last question answers or raises")

    async def _ask(self, workflow_id: str, kind: type[T]) -> T | None:
        handle = self._client.get_workflow_handle(workflow_id)
        held: T | None = await handle.query("snapshot", result_type=kind, rpc_timeout=_PATIENCE)
        return held
