"""The sandbox workflows run in, without a way into it that nobody needs.

Before it encodes or decodes a payload the SDK asks the workflow which context a payload codec or
an external storage should know, up to three times a payload, and each time enters the sandbox: an
eighth of all a worker does. Where there is neither of the two, nobody reads the answer.
"""

from dataclasses import dataclass

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import (
    DataConverter,
    SerializationContext,
    StorageDriverStoreContext,
)
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info
from typing_extensions import override


def sandbox(restrictions: SandboxRestrictions, converter: DataConverter) -> SandboxedWorkflowRunner:
    """The lean sandbox, or the SDK's own if the converter has somebody who wants contexts."""
    if converter.payload_codec is not None or converter.external_storage is not None:
        return SandboxedWorkflowRunner(restrictions=restrictions)
    return LeanSandbox(restrictions=restrictions)


@dataclass(frozen=True)
class LeanSandbox(SandboxedWorkflowRunner):
    """The SDK's sandbox with all its guards; only contexts of payloads are left out."""

    @override
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _WithoutContexts(super().create_instance(det))


class _WithoutContexts(WorkflowInstance):
    """A workflow in its sandbox."""

    def __init__(self, within: WorkflowInstance) -> None:
        self._within = within

    @override
    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._within.activate(act)

    @override
    def get_serialization_context(self, command_info: object) -> SerializationContext | None:
        return None

    @override
    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        return StorageDriverStoreContext(target=None)

    @override
    def get_info(self) -> Info:
        return self._within.get_info()

    @override
    def get_thread_id(self) -> int | None:
        return self._within.get_thread_id()
