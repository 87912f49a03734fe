"""The wall clock of one process jumps, forth and back, by libfaketime."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.fire import Town

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MORE = 48
INSTALL = "libfaketime is not installed: apt-get install -y faketime"


def library() -> Path:
    found = sorted(Path("/usr/lib").glob("**/faketime/libfaketime.so.1"))
    assert found, INSTALL
    return found[0]


def show(dial: Path, jump: str) -> None:
    dial.write_text(jump, encoding="ascii")


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


@pytest.mark.parametrize("name", ["worker", "api"])
async def test_nothing_is_lost_when_a_clock_jumps(town: Town, name: str, tmp_path: Path) -> None:
    dial = tmp_path / "dial"
    async with own_clock(town, name, dial), town.busy(MORE) as accepted:
        for turn, jump in enumerate(("+90s", "-90s", "+0s"), start=1):
            await accepted(turn * MORE // 4)
            show(dial, jump)
    await town.check(f"clock of {name} jumps")
