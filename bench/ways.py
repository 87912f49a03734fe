"""The ways a life could be built: regular or local activities, one moving timer or one each.

The same happy path without content, so that nothing but the way differs. `python -m bench.ways`
is its worker.
"""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

QUEUE = "bench-ways"
ACTS = 3
_LONG = timedelta(days=3)
_SHORT = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Way:
    """How it is built; `timers` is how many clocks run at once, each with a timer of its own."""

    local: bool = False
    timers: int = 1


WAYS: Mapping[str, Way] = {
    "regular, one timer": Way(),
    "local, one timer": Way(local=True),
    "regular, four timers": Way(timers=4),
}


@activity.defn(name="ways_nothing")
async def nothing() -> None:
    """An activity that does nothing."""


@workflow.defn
class WayWorkflow:
    """Two activities at its birth, one for each Update; its clocks move after each."""

    @workflow.init
    def __init__(self, way: Way) -> None:
        self._way = way
        self._acts = 0
        self._born = False

    @workflow.run
    async def run(self, way: Way) -> None:
        for _ in range(2):
            await self._does_nothing()
        self._born = True
        while self._acts < ACTS:
            moved = self._moved_on(self._acts)
            clocks = [workflow.wait_condition(moved, timeout=_LONG) for _ in range(way.timers)]
            await asyncio.gather(*clocks)
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.update
    async def act(self) -> int:
        await workflow.wait_condition(lambda: self._born)
        await self._does_nothing()
        self._acts += 1
        return self._acts

    async def _does_nothing(self) -> None:
        if self._way.local:
            await workflow.execute_local_activity(nothing, start_to_close_timeout=_SHORT)
        else:
            await workflow.execute_activity(nothing, start_to_close_timeout=_SHORT)

    def _moved_on(self, seen: int) -> Callable[[], bool]:
        return lambda: self._acts != seen


async def life(client: Client, way: Way) -> str:
    """One life built this way, to the answer of its last Update; its workflow's id."""
    handle = await client.start_workflow(
        WayWorkflow.run, way, id=f"way/{secrets.token_hex(8)}", task_queue=QUEUE
    )
    for _ in range(ACTS):
        await handle.execute_update(WayWorkflow.act)
    return handle.id


async def main() -> None:
    """Works until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    client = await Client.connect(os.environ["DISPATCH_TEMPORAL_ADDRESS"])
    async with Worker(client, task_queue=QUEUE, workflows=[WayWorkflow], activities=[nothing]):
        await stopping.wait()


if __name__ == "__main__":
    asyncio.run(main())
    # The SDK's threads can abort the interpreter while it is torn down.
    sys.stdout.flush()
    os._exit(0)
