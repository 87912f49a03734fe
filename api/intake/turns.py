"""People before cameras: while somebody is served, messages of cameras wait outside.

The outermost layer of all, before ids, headers and bodies. A camera does not mind a tenth of a
second; a person's request takes a dozen turns of the event loop, and in each of them dozens of a
storm's messages would be before it. Nobody is refused here, and nobody waits long: a person holds
cameras up for `HELD_S` at most, and a message waits for `PATIENCE_S` at most, however many people
come.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from observability import metrics

INTAKE = "/intake/"
HELD_S = 0.15
PATIENCE_S = 0.15
AT_ONCE = 2
"""Messages let in in one turn of the event loop: a person who comes now is behind so many."""
MOST_IN = 4
"""Messages inside at a time, as they are still to be answered when a person comes."""
MOST_WAITING = 1_000
"""Beyond it the oldest goes in, whoever is served: what waits takes memory."""
_UNCOUNTED = frozenset({"/healthz", "/readyz", "/metrics"})


class Timer(Protocol):
    """Rings once, unless it is cancelled before."""

    def cancel(self) -> None: ...


class Loop(Protocol):
    """What of an event loop is needed: its clock, its turns and its timers."""

    def time(self) -> float: ...

    def call_soon(self, callback: Callable[[], object], /) -> object: ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer: ...


class _Guest:
    """Somebody inside, or a message before the door; whoever stays long is not counted any more."""

    def __init__(self, patient_until: float = 0.0) -> None:
        self.patient_until = patient_until
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.timer: Timer | None = None


class Turns:
    """Who may come in now."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._people: set[_Guest] = set()
        self._cameras: set[_Guest] = set()
        self._waiting: deque[_Guest] = deque()
        self._is_looking = False
        self._timer: Timer | None = None

    async def person(self, serve: Callable[[], Awaitable[None]]) -> None:
        """At once; cameras wait until it is done, or for as long as anybody may hold them up."""
        guest = _Guest()
        self._enters(self._people, guest)
        try:
            await serve()
        finally:
            self._leaves(self._people, guest)

    async def camera(self, serve: Callable[[], Awaitable[None]]) -> None:
        """When no person is served and few others are in, in the order in which they came."""
        began = self._loop.time()
        guest = _Guest(began + PATIENCE_S)
        self._waiting.append(guest)
        self._look_soon()
        try:
            await guest.turn
            metrics.RAW_WAIT_SECONDS.observe(self._loop.time() - began)
            await serve()
        finally:
            self._leaves(self._cameras, guest)

    def _enters(self, among: set[_Guest], guest: _Guest) -> None:
        among.add(guest)
        guest.timer = self._loop.call_later(HELD_S, lambda: self._leaves(among, guest))

    def _leaves(self, among: set[_Guest], guest: _Guest) -> None:
        if guest.timer is not None:
            guest.timer.cancel()
        among.discard(guest)
        if self._may_come():
            self._look_soon()

    def _look_soon(self) -> None:
        if not self._is_looking:
            self._is_looking = True
            self._loop.call_soon(self._look)

    def _look(self) -> None:
        """Lets a few in, and looks again in the next turn if there are more."""
        self._is_looking = False
        let_in = 0
        while let_in < AT_ONCE and self._may_come():
            guest = self._waiting.popleft()
            if not guest.turn.done():  # its sender may be gone
                self._enters(self._cameras, guest)
                guest.turn.set_result(None)
                let_in += 1
        if self._may_come():
            self._look_soon()
        elif self._waiting:
            self._look_when_patience_ends()

    def _may_come(self) -> bool:
        if not self._waiting or len(self._cameras) >= MOST_IN:
            return False
        crowded = len(self._waiting) > MOST_WAITING
        patient = self._waiting[0].patient_until > self._loop.time()
        return crowded or not (self._people and patient)

    def _look_when_patience_ends(self) -> None:
        """Those who leave look as well; this is for when people follow each other without end."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        left = self._waiting[0].patient_until - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._look_soon)


class PeopleFirst:
    """The layer: tells people and cameras apart by the address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._turns: Turns | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _UNCOUNTED:
            await self._app(scope, receive, send)
            return
        if self._turns is None:  # not before there is a loop
            self._turns = Turns(asyncio.get_running_loop())
        of_camera = scope["path"].startswith(INTAKE)
        take = self._turns.camera if of_camera else self._turns.person
        await take(lambda: self._app(scope, receive, send))
