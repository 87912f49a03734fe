"""Two workers (and with them two relays and two couriers) and two API processes at once."""

import asyncio

import pytest

from deploy.demo.client import Api
from deploy.local.ports import LOOPBACK
from tests.faults.fire import Town
from tests.faults.traffic import PATIENCE, Crowd

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

MORE = 32


async def test_two_of_each_do_nothing_twice(town: Town) -> None:
    rig = town.rig
    worker, front = rig.another("worker"), rig.another("api")
    api = Api(f"http://{LOOPBACK}:{front.port}", rig.product.home.jwt_secret, PATIENCE)
    crowd = Crowd(api, town.ledger)
    try:
        await asyncio.gather(asyncio.to_thread(worker.start), asyncio.to_thread(front.start))
        keys = [f"both-{number}" for number in range(MORE)]
        at_both = (side.raise_one(key) for key in keys for side in (town.crowd, crowd))
        lives = (side.live(MORE) for side in (town.crowd, crowd))
        await asyncio.gather(*at_both, *lives)
        rig.kill("worker")
        await crowd.live(MORE)
        await rig.start("worker")
        await town.check("two of each, one killed")
    finally:
        await api.close()
        worker.stop()
        front.stop()
