"""What it costs to hold many open issues, and how long a killed worker is missed."""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence

import asyncpg

from bench.rounds import Load, run
from bench.stage import Stage, resident_bytes, restarted
from bench.town import Cast
from bench.wire import Line
from deploy.local.product import DATABASE, Product

_CALLERS = 16
_LOOK_AGAIN_S = 0.2
_WAITING = "SELECT count(*) FROM issues WHERE state = 'reported'"
_OPEN = "SELECT number FROM issues WHERE state = 'dispatched' ORDER BY id"
_MEGABYTE = 1024 * 1024


async def held(stage: Stage, cast: Cast, sizes: Sequence[int]) -> Mapping[str, object]:
    """Memory of worker and Temporal at each size; at the last, recovery from a killed worker."""
    product = stage.product
    memory = {"0": _memory(product)}
    there = len(await _numbers(product))
    for size in sizes:
        print(f"  opening up to {size} issues", file=sys.stderr, flush=True)
        began = time.monotonic()
        await _open(product, cast, size - there)
        there = max(there, size)
        memory[str(size)] = {**_memory(product), "opened_in_s": round(time.monotonic() - began, 1)}
    return {"memory": memory, "recovery": await _recovery(product, cast)}


async def all_dispatched(product: Product) -> None:
    """Returns when every issue is with its department."""
    database = await asyncpg.connect(product.postgres.url(DATABASE, driver="postgresql"))
    try:
        while await database.fetchval(_WAITING):  # noqa: ASYNC110 - another process works them off
            await asyncio.sleep(_LOOK_AGAIN_S)
    finally:
        await database.close()


async def _open(product: Product, cast: Cast, count: int) -> None:
    await run(Load(product.ports.api, cast.raises, max(count, 0), _CALLERS))
    await all_dispatched(product)


async def _numbers(product: Product) -> list[str]:
    """Open issues, the oldest first."""
    database = await asyncpg.connect(product.postgres.url(DATABASE, driver="postgresql"))
    try:
        return [row["number"] for row in await database.fetch(_OPEN)]
    finally:
        await database.close()


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
    numbers = await _numbers(product)
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
