"""Rounds: many callers for a fixed number of jobs, interleaved so that noise meets all alike."""

import asyncio
import math
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.wire import Line

Job = Callable[[Line], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Load:
    """Who asks, how often: `jobs` in all, by `callers` at once, each on a connection of its own."""

    port: int
    job: Job
    jobs: int
    callers: int


@dataclass(slots=True)
class Round:
    """What came of one load."""

    seconds: float
    took: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds


async def run(load: Load) -> Round:
    """Returns when the last job is done."""
    left = iter(range(load.jobs))
    took: list[float] = []

    async def caller() -> None:
        line = Line(load.port)
        try:
            for _ in left:
                began = time.perf_counter()
                await load.job(line)
                took.append(time.perf_counter() - began)
        finally:
            line.close()

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(load.callers)))
    return Round(time.perf_counter() - began, took)


async def interleaved(loads: Mapping[str, Load], rounds: int) -> Mapping[str, list[float]]:
    """Jobs per second of every load in every round; one warm-up of each is not counted.

    Every other round runs backwards, so that no load always follows the same one.
    """
    found: dict[str, list[float]] = {name: [] for name in loads}
    for number in range(rounds + 1):
        turn = list(loads) if number % 2 else list(loads)[::-1]
        for name in turn:
            measured = await run(loads[name])
            if number:
                found[name].append(measured.per_second)
    return found


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def paired_ratio(ours: Sequence[float], bare: Sequence[float]) -> float:
    """Median of the ratios within rounds: what disturbs a round disturbs both of it."""
    return statistics.median([one / other for one, other in zip(ours, bare, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ranked = sorted(values)
    return ranked[max(math.ceil(share * len(ranked)) - 1, 0)]
