"""The network between each pair of processes is cut, silently and with resets.

Cut in the middle of more whistles, over the 500 issues of the run whose clocks go on meanwhile.
"""

import asyncio

import pytest

from tests.faults.fire import Town
from tests.faults.rig import PAIRS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

MORE, LONG, SHORT = 32, 8.0, 3.0


@pytest.mark.parametrize("pair", PAIRS)
async def test_nothing_is_lost_when_a_wire_is_cut(town: Town, pair: str) -> None:
    wire = town.rig.wires[pair]
    async with town.busy(MORE) as accepted:
        try:
            await accepted(MORE // 3)
            wire.hold()
            await asyncio.sleep(LONG)  # longer than a statement may take: the fault itself
            wire.mend()
            await accepted(2 * MORE // 3)
            wire.sever()
            await asyncio.sleep(SHORT)
        finally:
            wire.mend()
    await town.check(f"cut {pair}")
