"""What comes in together is kept together: one statement and one commit for many messages.

A message is answered after the commit that holds it. While one statement runs, what arrives
meanwhile waits for the next; so a storm costs the database few statements, and a lone message waits
for nothing. One connection is all that cameras ever take from people.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass

from storage.alerts.raw_messages import RawMessages
from storage.alerts.views import Arrival
from storage.session import Database, Unreachable

MOST = 32
"""Messages in one statement."""
MOST_BYTES = 1_000_000
"""Of their bodies; a longer one goes alone."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    arrival: Arrival
    kept: asyncio.Future[bool]
    """Done before its time when the sender is gone; the message is kept all the same."""


class Keeper:
    """Writes what was brought to it, oldest first, a statement at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Waiting] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, arrival: Arrival) -> bool:
        """Whether it is new; in any case it is durable.

        Raises:
            Unreachable: the database cannot answer now.
            Unstorable: it refuses this message.
        """
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(arrival, kept))
        if self._writing is None:
            # In a context of its own: it belongs to no request.
            self._writing = asyncio.create_task(self._write(), context=Context())
        return await kept

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._keep(self._next())
        finally:
            self._writing = None

    def _next(self) -> list[_Waiting]:
        """The oldest that go together."""
        chosen = [self._waiting.popleft()]
        left = MOST_BYTES - len(chosen[0].arrival.body)
        while self._waiting and len(chosen) < MOST:
            left -= len(self._waiting[0].arrival.body)
            if left < 0:
                break
            chosen.append(self._waiting.popleft())
        return chosen

    async def _keep(self, chosen: Sequence[_Waiting]) -> None:
        """All of them, or, if one spoils it for the others, each alone."""
        try:
            async with self._database.single() as session:
                arrivals = [each.arrival for each in chosen]
                ids = await RawMessages(session).keep_all(arrivals)
        except Exception as error:  # noqa: BLE001 - whatever it is, senders must not wait for ever
            if len(chosen) > 1 and not isinstance(error, Unreachable):
                for each in chosen:
                    await self._keep([each])
            else:
                _tell(chosen, error)
        else:
            for each, id_ in zip(chosen, ids, strict=True):
                if not each.kept.done():
                    each.kept.set_result(id_ is not None)


def _tell(senders: Sequence[_Waiting], error: Exception) -> None:
    for each in senders:
        if not each.kept.done():
            each.kept.set_exception(error)
