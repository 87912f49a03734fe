"""Tells callers that their issue has reached its department, as a notice would tell a person.

One question for all of them at once: if every caller asked the API again and again, half of its
work would be to answer that nothing has happened yet.
"""

import asyncio

import asyncpg

_LOOK_AGAIN_S = 0.05
_ARRIVED = "SELECT number FROM issues WHERE number = ANY($1) AND state = 'dispatched'"
_WAITING = "SELECT count(*) FROM issues WHERE state = 'reported'"
_OPEN = "SELECT number FROM issues WHERE state = 'dispatched' ORDER BY id"


class Arrivals:
    """Watches the record while somebody waits for it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._awaited: dict[str, asyncio.Future[None]] = {}
        self._watching: asyncio.Task[None] | None = None

    async def of(self, number: str) -> None:
        """Returns when the issue is dispatched."""
        arrival = asyncio.get_running_loop().create_future()
        self._awaited[number] = arrival
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        await arrival

    async def of_all(self) -> None:
        """Returns when no issue waits for its dispatch."""
        database = await asyncpg.connect(self._url)
        try:
            while await database.fetchval(_WAITING):  # noqa: ASYNC110 - others work them off
                await asyncio.sleep(_LOOK_AGAIN_S)
        finally:
            await database.close()

    async def open(self) -> list[str]:
        """Numbers of issues to be claimed, the oldest first."""
        database = await asyncpg.connect(self._url)
        try:
            return [row["number"] for row in await database.fetch(_OPEN)]
        finally:
            await database.close()

    async def _watch(self) -> None:
        database = await asyncpg.connect(self._url)
        try:
            while self._awaited:
                for row in await database.fetch(_ARRIVED, list(self._awaited)):
                    self._awaited.pop(row["number"]).set_result(None)
                await asyncio.sleep(_LOOK_AGAIN_S)
        finally:
            await database.close()
