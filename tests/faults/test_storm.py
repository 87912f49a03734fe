"""All kills in random order for minutes, from a seed that is printed."""

import asyncio
import time
from random import Random

import pytest

from tests.faults.fire import Town
from tests.faults.rig import NAMES

pytestmark = [pytest.mark.faults, pytest.mark.timeout(2400)]


async def test_nothing_is_lost_in_a_storm(town: Town, pytestconfig: pytest.Config) -> None:
    seed, seconds = pytestconfig.getoption("faults_seed"), pytestconfig.getoption("faults_seconds")
    chance, end, kills = Random(seed), time.monotonic() + seconds, 0

    async def people() -> None:
        while time.monotonic() < end:
            await town.crowd.live(24)

    work = asyncio.create_task(people())
    try:
        while time.monotonic() < end:
            for name in chance.sample(NAMES, chance.choice((1, 1, 1, 2))):
                town.rig.kill(name)
                kills += 1
            await asyncio.sleep(chance.uniform(0, 2))  # how long it stays down is chance too
            await town.rig.ensure()
            await asyncio.sleep(chance.uniform(1, 6))
        await work
    finally:
        work.cancel()
    await town.check(f"storm: seed {seed}, {kills} kills")
