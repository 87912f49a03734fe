"""A loop whose clock and turns are moved by hand, and people and cameras before a door in it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from api.intake.turns import Turns


@dataclass
class Hands:
    """A clock that goes when it is told to, and turns of a loop one by one."""

    at: float = 100.0
    soon: list[Callable[[], object]] = field(default_factory=list)
    timers: list["Timer"] = field(default_factory=list)

    def time(self) -> float:
        return self.at

    def call_soon(self, callback: Callable[[], object], /) -> object:
        self.soon.append(callback)
        return None

    def call_later(self, delay: float, callback: Callable[[], object], /) -> "Timer":
        timer = Timer(self.at + delay, callback)
        self.timers.append(timer)
        return timer

    def turn(self) -> None:
        due, self.soon = self.soon, []
        for each in due:
            each()

    def move(self, seconds: float) -> None:
        self.at += seconds
        due = [each for each in self.timers if each.at <= self.at]
        self.timers = [each for each in self.timers if each.at > self.at]
        for each in due:
            each.ring()
        self.turn()


@dataclass
class Timer:
    at: float
    callback: Callable[[], object]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True

    def ring(self) -> None:
        if not self.is_cancelled:
            self.callback()


@dataclass
class House:
    """A door with both kinds of callers before it."""

    hands: Hands = field(default_factory=Hands)
    served: list[str] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.turns = Turns(self.hands)

    async def person(self) -> asyncio.Event:
        """Served until the event is set."""
        leaves = asyncio.Event()

        async def served() -> None:
            self.served.append("person")
            await leaves.wait()

        self.tasks.append(asyncio.create_task(self.turns.person(served)))
        await asyncio.sleep(0)
        return leaves

    async def camera(self, name: str = "camera", leaves: asyncio.Event | None = None) -> None:
        async def served() -> None:
            self.served.append(name)
            if leaves is not None:
                await leaves.wait()

        self.tasks.append(asyncio.create_task(self.turns.camera(served)))
        await asyncio.sleep(0)

    async def turn(self) -> None:
        self.hands.turn()
        await settled()

    async def move(self, seconds: float) -> None:
        self.hands.move(seconds)
        await settled()


async def settled() -> None:
    """Tasks whose turn it is do what they do at once."""
    for _ in range(5):
        await asyncio.sleep(0)
