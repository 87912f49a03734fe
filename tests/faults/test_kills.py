"""`kill -9` of each process, in the middle of 500 issues in all states.

The 500 are raised once for the whole run and their clocks run on; each test adds more, kills in
the middle of them, and then checks every issue there is.
"""

import asyncio
from secrets import token_hex

import pytest

from tests.faults.fire import Town

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

MORE, KILLS = 48, 3


@pytest.mark.parametrize("name", ["worker", "api", "temporal", "postgres"])
async def test_nothing_is_lost_when_a_process_is_killed(town: Town, name: str) -> None:
    async with town.busy(MORE) as accepted:
        for kill in range(KILLS):
            await accepted(1 + kill * MORE // KILLS)
            town.rig.kill(name)
            await town.rig.start(name)
    await town.check(f"kill -9 {name}")


async def test_an_unheard_answer_is_given_again_after_the_api_was_killed(town: Town) -> None:
    rig, crowd = town.rig, town.crowd
    before = len(town.ledger.raised)
    for _ in range(5):
        killed = asyncio.Event()
        loop = asyncio.get_running_loop()

        def kill(loop: asyncio.AbstractEventLoop = loop, done: asyncio.Event = killed) -> None:
            rig.kill("api")
            loop.call_soon_threadsafe(done.set)

        rig.front.eat_next_answer(kill)
        asking = asyncio.create_task(crowd.raise_one(token_hex(16)))
        async with asyncio.timeout(30):
            await killed.wait()
        assert not asking.done(), "nobody has heard the answer"
        await rig.start("api")
        assert await asking is not None
    assert len(town.ledger.raised) == before + 5
    await town.check("kill -9 api, answer unheard")
