"""A TCP proxy of the tests' own: a wire between two processes that can be cut and mended."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from deploy.local.ports import LOOPBACK

_AT_ONCE = 65_536
T = TypeVar("T")


class Wire:
    """Listens on a port of its own and passes on to whatever port `target` names just then.

    It runs in a thread of its own: those that use it may wait for a process without starving it.
    """

    def __init__(self, target: Callable[[], int]) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._passes = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._eaten: Callable[[], None] | None = None
        self._refuses = False
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]

    def hold(self) -> None:
        """Nothing comes through any more and nobody is told: what a cut cable looks like."""
        self._do(self._set(passes=False, refuses=False))

    def sever(self) -> None:
        """All connections are reset and new ones are closed at once: what a firewall does."""
        self._do(self._set(passes=True, refuses=True))

    def mend(self) -> None:
        """What was held back arrives; connections can be made again."""
        self._do(self._set(passes=True, refuses=False))

    def eat_next_answer(self, then: Callable[[], None]) -> None:
        """The next bytes that come back from the target are lost, after `then` was called."""
        self._eaten = then

    def close(self) -> None:
        """Nothing of it is left: no connection, no task, no thread."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> asyncio.Server:
        self._passes.set()
        return await asyncio.start_server(self._connected, LOOPBACK, 0)

    async def _end(self) -> None:
        self._server.close()
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _set(self, *, passes: bool, refuses: bool) -> None:
        self._refuses = refuses
        if refuses:
            for writer in self._writers:
                writer.transport.abort()
        if passes:
            self._passes.set()
        else:
            self._passes.clear()

    async def _connected(
        self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter
    ) -> None:
        ends = [near_out]
        self._writers.add(near_out)
        try:
            await self._passes.wait()
            if self._refuses:
                return
            far_in, far_out = await asyncio.open_connection(LOOPBACK, self._target())
            ends.append(far_out)
            self._writers.add(far_out)
            pumps = (self._pump(near_in, far_out), self._pump(far_in, near_out, is_answer=True))
            tasks = [asyncio.ensure_future(each) for each in pumps]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
        except OSError:
            return  # nobody listens there: the near end sees its connection closed
        finally:
            for end in ends:
                self._writers.discard(end)
                end.transport.abort()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_answer: bool = False
    ) -> None:
        with suppress(OSError):
            while data := await source.read(_AT_ONCE):
                await self._passes.wait()
                if is_answer and (eaten := self._eaten):
                    self._eaten = None
                    await asyncio.to_thread(eaten)
                    return
                sink.write(data)
                await sink.drain()
