"""What it costs to hold many open issues, and how long a killed worker is missed."""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence

from bench.rounds import Load, run
from bench.stage import Stage, resident_bytes, restarted
from bench.town import Cast
from bench.wire import Line
from deploy.local.product import Product

_CALLERS = 16
_AT_ONCE = 250
_MEGABYTE = 1024 * 1024


async def held(
    stage: Stage, cast: Cast, sizes: Sequence[int], within_s: float
) -> Mapping[str, object]:
    """Memory of worker and Temporal at each size; at the last, recovery from a killed worker.

    A slow machine gets no further than it comes in time; the results say how far that was.
    """
    product = stage.product
    memory = {"0": _memory(product)}
    ends = time.monotonic() + within_s
    for size in sizes:
        print(f"  opening up to {size} issues", file=sys.stderr, flush=True)
        there = await _open(product, cast, size, ends)
        memory[str(there)] = _memory(product)
    return {"memory": memory, "recovery": await _recovery(product, cast)}


async def _open(product: Product, cast: Cast, size: int, ends: float) -> int:
    """Raises until so many are open, or the time is over; how many are."""
    there = len(await cast.arrivals.open())
    while there < size and time.monotonic() < ends:
        count = min(size - there, _AT_ONCE)
        await run(Load(product.ports.api, cast.raises, count, _CALLERS))
        await cast.arrivals.of_all()
        there = len(await cast.arrivals.open())
    return there


def _memory(product: Product) -> Mapping[str, float]:
    return {
        "worker_mb": round(resident_bytes(product.worker.identity()) / _MEGABYTE, 1),
        "temporal_mb": round(resident_bytes(product.temporal.identity()) / _MEGABYTE, 1),
    }


async def _recovery(product: Product, cast: Cast) -> Mapping[str, object]:
    """Seconds from the kill to the answer of a claim, for issues of both kinds.

    An issue that the killed worker held in its cache is first offered to that worker again;
    one that it had dropped goes to whoever asks for work.
    """
    numbers = await cast.arrivals.open()
    began = time.monotonic()

    async def claimed(number: str) -> float:
        line = Line(product.ports.api)
        try:
            await cast.claims(line, number)
        finally:
            line.close()
        return round(time.monotonic() - began, 2)

    restart = asyncio.create_task(restarted(product.worker))
    await asyncio.sleep(0)
    dropped, cached = await asyncio.gather(claimed(numbers[0]), claimed(numbers[-1]))
    await restart
    return {
        "open": len(numbers),
        "dropped_from_cache_s": dropped,
        "in_cache_s": cached,
        "first_claim_s": min(dropped, cached),
    }
