"""The wall clock of one process jumps, forth and back, by libfaketime."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import LOOPBACK
from observability.clock import now
from tests.faults.dials import library, show
from tests.faults.fire import Town

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

MORE = 48
SECONDS = {"+90s": 90, "-90s": -90, "+0s": 0}
_NEAR = 30


async def reads(town: Town, name: str, ahead: int) -> None:
    """Returns when the process itself, by the date of its answers, is that far ahead."""
    ports = town.rig.product.ports
    port, path = {"worker": (ports.metrics, "/metrics"), "api": (ports.api, "/healthz")}[name]
    async with httpx.AsyncClient() as http, asyncio.timeout(30):
        while True:
            answer = await http.get(f"http://{LOOPBACK}:{port}{path}")
            told = parsedate_to_datetime(answer.headers["date"])
            if abs((told - now()).total_seconds() - ahead) < _NEAR:
                return
            await asyncio.sleep(0.2)


@asynccontextmanager
async def own_clock(town: Town, name: str, dial: Path) -> AsyncIterator[None]:
    """The process runs by the clock in the file, which it reads once a second."""
    rig = town.rig
    show(dial, "+0s")
    rig.product.told[name] = {
        "LD_PRELOAD": str(library()),
        "FAKETIME_TIMESTAMP_FILE": str(dial),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DISABLE_SHM": "1",  # a lock between all threads for each reading of the clock
    }
    try:
        await rig.start(name)
        yield
    finally:
        del rig.product.told[name]
        await rig.start(name)


@pytest.mark.parametrize("name", ["worker", "api"] if library() else [])
async def test_nothing_is_lost_when_a_clock_jumps(town: Town, name: str, tmp_path: Path) -> None:
    dial = tmp_path / "dial"
    async with own_clock(town, name, dial), town.busy(MORE) as accepted:
        for turn, jump in enumerate(SECONDS, start=1):
            await accepted(turn * MORE // 4)
            show(dial, jump)
            await reads(town, name, SECONDS[jump])
    await town.check(f"clock of {name} jumps")
