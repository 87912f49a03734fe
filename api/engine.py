"""The way to the workflows: asks an issue's workflow by Update and translates what comes back."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from api.problems import ApiCode, Problem
from domain.commands import NAMES, Command
from domain.ids import IssueNumber, MeetingNumber
from domain.meeting.commands import MEETING_NAMES
from domain.refusals import Refusal, RefusalCode
from workflows.contracts import (
    NEW_RUN,
    TASK_QUEUE,
    Answer,
    MeetingAnswer,
    issue_workflow_id,
    meeting_workflow_id,
)

log = structlog.get_logger(__name__)

A = TypeVar("A", Answer, MeetingAnswer)
_NAME_OF: Mapping[type[Command], str] = {
    command: name for names in (NAMES, MEETING_NAMES) for name, command in names.items()
}
_BY_STATUS: Mapping[RPCStatusCode, ApiCode] = {
    RPCStatusCode.UNAVAILABLE: ApiCode.ENGINE_UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED: ApiCode.OUTCOME_UNKNOWN,
    RPCStatusCode.CANCELLED: ApiCode.OUTCOME_UNKNOWN,
}
_CODES = frozenset(map(str, RefusalCode))
_QUICK = timedelta(seconds=2)
_A_MOMENT_S = 0.05
_POLLS_WITHIN = timedelta(seconds=90)
"""A worker's poll lasts a minute at most, so a silent one is gone."""


class NoWorkflow(Exception):
    """No such workflow runs: it has not started yet, or it is over."""


class Engine:
    """Asks workflows. `patience` bounds every call, whatever the network does."""

    def __init__(self, client: Client, patience: float = 10.0) -> None:
        self._client = client
        self._patience = patience

    async def ask(self, number: IssueNumber, command: Command) -> Answer:
        """What became of a command; asked again with the same id, the same answer.

        Raises:
            Refusal: the law says no.
            NoWorkflow: nobody is there to be asked.
            Problem: the engine cannot be reached, or did not answer in time.
        """
        return await self._ask(issue_workflow_id(number), command, Answer)

    async def ask_meeting(self, number: MeetingNumber, command: Command) -> MeetingAnswer:
        """The same of a meeting."""
        return await self._ask(meeting_workflow_id(number), command, MeetingAnswer)

    async def _ask(self, workflow_id: str, command: Command, kind: type[A]) -> A:
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            async with asyncio.timeout(self._patience):
                return await self._asked(handle, command, kind)
        except WorkflowUpdateFailedError as failure:
            raise _failed(failure.cause) from failure
        except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError) as error:
            raise Problem(ApiCode.OUTCOME_UNKNOWN) from error
        except RPCError as error:
            raise _unanswered(error) from error
        except RuntimeError as error:  # a lazy client that cannot connect says no more than this
            log.warning("temporal_unreachable", error=str(error))
            raise Problem(ApiCode.ENGINE_UNAVAILABLE) from error

    async def _asked(self, handle: WorkflowHandle[Any, Any], command: Command, kind: type[A]) -> A:
        """Asked again while a long issue begins a new run, which takes a moment."""
        while True:
            try:
                answer: A = await handle.execute_update(
                    _NAME_OF[type(command)], command, id=command.id, result_type=kind
                )
            except WorkflowUpdateFailedError as failure:
                if not _begins_anew(failure.cause):
                    raise
                await asyncio.sleep(_A_MOMENT_S)
            else:
                return answer

    async def check(self) -> None:
        """Returns when Temporal answers.

        Raises:
            RPCError, RuntimeError, TimeoutError: it does not.
        """
        async with asyncio.timeout(_QUICK.total_seconds()):
            await self._client.service_client.check_health(timeout=_QUICK)

    async def workers(self, now: datetime) -> int:
        """How many workers ask for work on our queue.

        Raises:
            RPCError, RuntimeError, TimeoutError: Temporal does not answer.
        """
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        async with asyncio.timeout(_QUICK.total_seconds()):
            service = self._client.workflow_service
            answer = await service.describe_task_queue(request, timeout=_QUICK)
        recent = (now - _POLLS_WITHIN).timestamp()
        return sum(poller.last_access_time.seconds >= recent for poller in answer.pollers)


def _begins_anew(cause: BaseException) -> bool:
    return isinstance(cause, ApplicationError) and cause.type == NEW_RUN


def _failed(cause: BaseException) -> Exception:
    """The refusal an update failed with; anything else is a fault of ours."""
    if isinstance(cause, ApplicationError) and cause.type == Refusal.__name__:
        return _refusal(cause.details)
    log.error("update_failed", error=type(cause).__name__, reason=str(cause))
    return Problem(ApiCode.INTERNAL_ERROR)


def _refusal(details: Any) -> Exception:  # noqa: ANN401 - what came over the wire
    match tuple(details):
        case (str(code), dict(params)) if code in _CODES:
            return Refusal(RefusalCode(code), **params)
        case (str(code),) if code in _CODES:
            return Refusal(RefusalCode(code))
        case _:
            log.error("refusal_not_understood", parts=len(tuple(details)))
            return Problem(ApiCode.INTERNAL_ERROR)


def _unanswered(error: RPCError) -> Exception:
    if error.status is RPCStatusCode.NOT_FOUND:
        return NoWorkflow()
    log.warning("temporal_refused", status=error.status.name, error=error.message)
    return Problem(_BY_STATUS.get(error.status, ApiCode.OVERLOADED))
