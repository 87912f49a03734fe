"""A person who blows a whistle every so often, whatever else goes on."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from bench.wire import Line

_MOST = 200


class Person:
    """Starts at a fixed pace and not when the one before is answered: slow answers hide none."""

    def __init__(
        self, port: int, whistle: Callable[[Line], Awaitable[object]], every_s: float
    ) -> None:
        self._every_s = every_s
        self._port = port
        self._whistle = whistle
        self._free: list[Line] = []
        self.took: list[float] = []

    async def blows(self, enough: Callable[[], bool]) -> None:
        """Until it is enough, and all are answered."""
        asked: set[asyncio.Task[None]] = set()
        due = time.monotonic()
        while not enough():
            if len(asked) < _MOST:
                task = asyncio.create_task(self._once())
                asked.add(task)
                task.add_done_callback(asked.discard)
            due += self._every_s
            await asyncio.sleep(max(due - time.monotonic(), 0))
        await asyncio.gather(*asked)
        for line in self._free:
            line.close()

    async def _once(self) -> None:
        line = self._free.pop() if self._free else Line(self._port)
        began = time.perf_counter()
        await self._whistle(line)
        self.took.append(time.perf_counter() - began)
        self._free.append(line)
