"""Carries the id of an HTTP request along: from the API's Update to the activity that records it.

A header of Temporal's, so neither commands nor the record know of it; only logs do.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import structlog
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.client import OutboundInterceptor as ClientOutbound
from temporalio.client import StartWorkflowUpdateInput, WorkflowUpdateHandle
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    HandleUpdateInput,
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from typing_extensions import override

from observability.logging import bound

_HEADER = "dispatch-request-id"
_LONGEST = 128
_under_way: ContextVar[Payload | None] = ContextVar("request_id", default=None)


def _headers(given: Mapping[str, Payload], payload: Payload | None) -> Mapping[str, Payload]:
    return given if payload is None else {**given, _HEADER: payload}


class FromRequest(ClientInterceptor):
    """For the API's client: what is bound to the log goes along with every Update."""

    @override
    def intercept_client(self, next: ClientOutbound) -> ClientOutbound:
        return _FromRequest(next)


class _FromRequest(ClientOutbound):
    @override
    async def start_workflow_update(
        self, input: StartWorkflowUpdateInput
    ) -> WorkflowUpdateHandle[Any]:
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        if request_id:
            data = str(request_id)[:_LONGEST].encode()
            payload = Payload(metadata={"encoding": b"binary/plain"}, data=data)
            input.headers = _headers(input.headers, payload)
        return await super().start_workflow_update(input)


class ToActivity(Interceptor):
    """For the worker: from the Update to the activities its handler calls, and to their logs."""

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _InActivity(next)

    @override
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        return _InWorkflow


class _InWorkflow(WorkflowInboundInterceptor):
    @override
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_OutOfWorkflow(outbound))

    @override
    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:
        _under_way.set(input.headers.get(_HEADER))  # each handler runs in a context of its own
        return await super().handle_update_handler(input)


class _OutOfWorkflow(WorkflowOutboundInterceptor):
    @override
    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        input.headers = _headers(input.headers, _under_way.get())
        return super().start_activity(input)


class _InActivity(ActivityInboundInterceptor):
    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        payload = input.headers.get(_HEADER)
        known = {} if payload is None else {"request_id": payload.data.decode(errors="replace")}
        with bound(workflow_id=activity.info().workflow_id, **known):
            return await super().execute_activity(input)
