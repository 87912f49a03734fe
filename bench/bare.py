"""The baseline of a life: a workflow with as many Updates, activities and timers, and no content.

Sandboxed as ours, on the same server, asked straight over gRPC. It has no HTTP, no tokens, no
PostgreSQL, no law, no reckoning of clocks, and payloads of a few bytes. `python -m bench.bare`
is its worker.
"""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Callable
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

QUEUE = "bench-bare"
ACTS = 3
_LONG = timedelta(days=3)
_SHORT = timedelta(seconds=15)


@activity.defn(name="bare_nothing")
async def nothing() -> None:
    """An activity that does nothing."""


@workflow.defn
class BareWorkflow:
    """Two activities at its birth, one for each Update, and a timer that moves after each."""

    def __init__(self) -> None:
        self._acts = 0
        self._born = False

    @workflow.run
    async def run(self) -> None:
        for _ in range(2):
            await workflow.execute_activity(nothing, start_to_close_timeout=_SHORT)
        self._born = True
        while self._acts < ACTS:
            await workflow.wait_condition(self._moved_on(self._acts), timeout=_LONG)
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _moved_on(self, seen: int) -> Callable[[], bool]:
        return lambda: self._acts != seen

    @workflow.update
    async def act(self) -> int:
        await workflow.wait_condition(lambda: self._born)
        await workflow.execute_activity(nothing, start_to_close_timeout=_SHORT)
        self._acts += 1
        return self._acts


async def life(client: Client) -> str:
    """One bare life, from start to the answer of its last Update; its workflow's id."""
    handle = await client.start_workflow(
        BareWorkflow.run, id=f"bare/{secrets.token_hex(8)}", task_queue=QUEUE
    )
    for _ in range(ACTS):
        await handle.execute_update(BareWorkflow.act)
    return handle.id


async def main() -> None:
    """Works until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    client = await Client.connect(os.environ["DISPATCH_TEMPORAL_ADDRESS"])
    async with Worker(client, task_queue=QUEUE, workflows=[BareWorkflow], activities=[nothing]):
        await stopping.wait()


if __name__ == "__main__":
    asyncio.run(main())
    # The SDK's threads can abort the interpreter while it is torn down.
    sys.stdout.flush()
    os._exit(0)
