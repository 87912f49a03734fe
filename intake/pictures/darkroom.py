"""Has pictures drawn anew, each in a process of its own and only so many at once."""

import asyncio
import json
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_PROGRAM = Path(__file__).with_name("redraw.py")
_COMMAND = (sys.executable, "-I", "-B", str(_PROGRAM))
"""Isolated: no environment, no folder of ours, no secret to be found."""


class Fault(StrEnum):
    """Why there is no picture."""

    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"
    BROKEN = "broken"
    TOO_COSTLY = "too_costly"
    """It took more time or memory than a picture may; or the process died of it."""


class Undrawable(Exception):
    """What came in is not kept as a picture."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


class DarkroomFull(Exception):
    """Too many pictures wait already, or this one got no time from a busy machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one picture may cost.

    Its own fault is counted at the processor; that it waited too long on the wall is ours.
    """

    pixels: int = 25_000_000
    memory_bytes: int = 768 * 1024 * 1024
    processor_seconds: int = 10
    patience: float = 60.0
    thumbnail_side: int = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture of which nothing is left but its pixels, as JPEG."""

    full: bytes = field(repr=False)
    thumbnail: bytes = field(repr=False)
    width: int
    height: int


class Darkroom:
    """At most `at_once` processes; `waiting` more pictures may queue, the rest is sent away."""

    def __init__(
        self,
        bounds: Bounds = Bounds(),
        at_once: int = 2,
        waiting: int = 30,
    ) -> None:
        self._bounds = bounds
        self._free = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._inside = 0

    async def redraw(self, body: bytes) -> Drawn:
        """The picture, drawn anew.

        Raises:
            Undrawable: it is none, or costs more than a picture may.
            DarkroomFull: come back later.
        """
        if self._inside >= self._most:
            raise DarkroomFull
        self._inside += 1
        try:
            async with self._free:
                return await self._drawn(body)
        finally:
            self._inside -= 1

    async def _drawn(self, body: bytes) -> Drawn:
        bounds = self._bounds
        limits = (bounds.memory_bytes, bounds.processor_seconds, bounds.pixels)
        process = await asyncio.create_subprocess_exec(
            *_COMMAND,
            *map(str, (*limits, bounds.thumbnail_side)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        try:
            async with asyncio.timeout(bounds.patience):
                said, _ = await process.communicate(body)
        except TimeoutError as error:
            raise DarkroomFull from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise Undrawable(Fault.TOO_COSTLY)
        return _read(said)


def _read(said: bytes) -> Drawn:
    line, _, rest = said.partition(b"\n")
    told = json.loads(line)
    if "refused" in told:
        raise Undrawable(Fault(told["refused"]))
    length, _ = told["lengths"]
    return Drawn(
        full=rest[:length],
        thumbnail=rest[length:],
        width=told["width"],
        height=told["height"],
    )
