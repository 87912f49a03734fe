"""PostgreSQL has no room left to write, and then has it again.

In the middle of more whistles, over the 500 issues of the run whose clocks go on meanwhile.
"""

import asyncio
from contextlib import AbstractContextManager

import asyncpg
import pytest

from tests.faults.disks import filled, limited, may_mount
from tests.faults.fire import Town

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

MORE, LONG = 32, 8.0
WAYS = ["limit of file size", *(["small file system"] if may_mount() else [])]


def cramped(town: Town, way: str) -> AbstractContextManager[None]:
    if way == "limit of file size":
        return limited(town.rig.product.postgres)
    assert town.rig.place is not None
    return filled(town.rig.place)


async def refuses(town: Town) -> None:
    """Returns when PostgreSQL cannot write: it says so, or has given up."""
    async with asyncio.timeout(60):
        while True:
            try:
                record = await asyncpg.connect(town.rig.dsn, timeout=5)
                try:
                    tried = record.transaction()
                    await tried.start()
                    await record.execute("CREATE TABLE probe AS SELECT generate_series(1, 100000)")
                    await tried.rollback()
                finally:
                    await record.close(timeout=5)
            except (asyncpg.PostgresError, OSError, TimeoutError):
                return


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_is_lost_when_the_disk_is_full(town: Town, way: str) -> None:
    async with town.busy(MORE) as accepted:
        await accepted(MORE // 3)
        with cramped(town, way):
            await refuses(town)
            await asyncio.sleep(LONG)  # the fault itself
        await town.rig.ensure()  # a server that could not write its log has given up
    await town.check(f"disk full: {way}")
