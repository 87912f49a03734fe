"""What Temporal knows of an issue: whether its workflow runs, and what it holds."""

from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from domain.ids import IssueNumber
from domain.issue import Issue
from workflows import contracts

_PATIENCE = timedelta(seconds=10)


class Silent(Exception):
    """The workflow runs and does not answer."""


class Witness:
    """Asks; changes nothing."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def status(self, number: IssueNumber) -> WorkflowExecutionStatus | None:
        """Of the newest run; None when Temporal has none, any more or ever."""
        handle = self._client.get_workflow_handle(contracts.issue_workflow_id(number))
        try:
            return (await handle.describe()).status
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def held(self, number: IssueNumber) -> Issue | None:
        """The issue as its workflow holds it; None before its first activity.

        Raises:
            Silent: no answer within seconds, or an error instead of one.
        """
        handle = self._client.get_workflow_handle(contracts.issue_workflow_id(number))
        try:
            held: Issue | None = await handle.query(
                "snapshot", result_type=Issue, rpc_timeout=_PATIENCE
            )
        except WorkflowQueryFailedError as failure:
            raise Silent("query_failed") from failure
        except RPCError as error:
            raise Silent(error.status.name.lower()) from error
        return held
