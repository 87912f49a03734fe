"""Shapes of one breaking change: between birth and dispatch the workflow pauses a moment.

What a release looks like before the change, with it behind a gate, with the gate deprecated, and
after the gate is gone. The recipe is docs/runbooks/change-a-workflow.md.
"""

from datetime import timedelta

from temporalio import workflow
from typing_extensions import override

from workflows.contracts import IssueInput
from workflows.issue import IssueWorkflow

GATE = "2026-12-pause-before-dispatch"
PAUSE = timedelta(milliseconds=20)


@workflow.defn(name="IssueWorkflow")
class Ungated(IssueWorkflow):
    """The change as one would write it if nothing were in flight; also what is left in the end."""

    @workflow.init
    def __init__(self, given: IssueInput) -> None:
        super().__init__(given)

    @override
    @workflow.run
    async def run(self, given: IssueInput) -> None:
        await super().run(given)

    @override
    async def _send_on_its_way(self) -> None:
        await workflow.sleep(PAUSE)
        await super()._send_on_its_way()


@workflow.defn(name="IssueWorkflow")
class Gated(IssueWorkflow):
    """First release with the change: who began before goes the old way."""

    @workflow.init
    def __init__(self, given: IssueInput) -> None:
        super().__init__(given)

    @override
    @workflow.run
    async def run(self, given: IssueInput) -> None:
        await super().run(given)

    @override
    async def _send_on_its_way(self) -> None:
        if workflow.patched(GATE):
            await workflow.sleep(PAUSE)
        await super()._send_on_its_way()


@workflow.defn(name="IssueWorkflow")
class Deprecated(IssueWorkflow):
    """A later release, when no run is left that began before the gate."""

    @workflow.init
    def __init__(self, given: IssueInput) -> None:
        super().__init__(given)

    @override
    @workflow.run
    async def run(self, given: IssueInput) -> None:
        await super().run(given)

    @override
    async def _send_on_its_way(self) -> None:
        workflow.deprecate_patch(GATE)
        await workflow.sleep(PAUSE)
        await super()._send_on_its_way()
