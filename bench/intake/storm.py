"""A storm of alerts while a person blows whistles, and the same with kills in the middle."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bench.figures import spread
from bench.intake.cameras import Said
from bench.intake.counting import balance
from bench.intake.ledger import Ledger
from bench.intake.person import Person
from bench.rounds import Load, run
from bench.wire import Line

Say = Callable[[Line, Said], Awaitable[None]]
Whistle = Callable[[Line], Awaitable[object]]


class Acknowledged:
    """Names of what a sender was told is accepted; others wait until it is so many."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._awaited: list[tuple[int, asyncio.Event]] = []

    def add(self, name: str) -> None:
        self.names.add(name)
        for count, event in self._awaited:
            if len(self.names) >= count:
                event.set()

    async def reach(self, count: int) -> None:
        event = asyncio.Event()
        self._awaited.append((count, event))
        if len(self.names) < count:
            await event.wait()


@dataclass(slots=True)
class Storm:
    """So many alerts, said by so many at once."""

    port: int
    alerts: Iterator[Said]
    count: int
    callers: int
    settle_s: float
    acknowledged: Acknowledged = field(default_factory=Acknowledged)

    async def rages(self, ledger: Ledger, say: Say, person: Person) -> Mapping[str, object]:
        """Until everything is kept; then it is counted as soon as all is sorted."""
        page, is_over = await ledger.page(), asyncio.Event()
        whistles = asyncio.create_task(person.blows(is_over.is_set))
        began = time.monotonic()
        try:
            said = await self.said(say)
            await ledger.kept(page, self.count, self.settle_s)
            kept_s = time.monotonic() - began
        finally:
            is_over.set()
            await whistles
        await ledger.all_sorted(self.settle_s)
        sorted_s = time.monotonic() - began
        return {
            "alerts": self.count,
            "acknowledged_per_second": round(said, 1),
            "kept_per_second": round(self.count / kept_s, 1),
            "sorted_per_second": round(self.count / sorted_s, 1),
            "whistles": {"asked": len(person.took), **spread(person.took)},
            "counted": balance(self.acknowledged.names, await ledger.found(page)),
        }

    async def said(self, say: Say) -> float:
        """Until each has been acknowledged; how many a second."""

        async def job(line: Line) -> None:
            alert = next(self.alerts)
            await say(line, alert)
            self.acknowledged.add(alert.id)

        return (await run(Load(self.port, job, self.count, self.callers))).per_second
