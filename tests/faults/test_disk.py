"""PostgreSQL has no room left to write, and then has it again.

In the middle of more whistles, over the 500 issues of the run whose clocks go on meanwhile.
"""

import asyncio
from contextlib import AbstractContextManager

import pytest

from tests.faults.disks import filled, limited, may_mount
from tests.faults.fire import Town

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MORE, LONG = 32, 8.0
WAYS = ["limit of file size", *(["small file system"] if may_mount() else [])]


def cramped(town: Town, way: str) -> AbstractContextManager[None]:
    if way == "limit of file size":
        return limited(town.rig.product.postgres)
    assert town.rig.place is not None
    return filled(town.rig.place)


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_is_lost_when_the_disk_is_full(town: Town, way: str) -> None:
    async with town.busy(MORE) as accepted:
        await accepted(MORE // 3)
        with cramped(town, way):
            await asyncio.sleep(LONG)  # the fault itself
        await town.rig.ensure()  # a server that could not write its log has given up
    await town.check(f"disk full: {way}")
