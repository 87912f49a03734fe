"""One product under fire for the whole run, and the table of counts at its end."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.dials import NO_DIALS, library
from tests.faults.disks import NO_MOUNT, may_mount, small_file_system
from tests.faults.fire import REFUSALS, TABLE, Town, under_fire
from tests.faults.rig import Rig


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("fire")
    with small_file_system() as place:
        rig = Rig(folder, place)
        try:
            rig.up()
            yield rig
        finally:
            rig.down()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town(rig: Rig, pytestconfig: pytest.Config) -> AsyncIterator[Town]:
    """500 issues in all states; every test adds some and checks them all."""
    population: int = pytestconfig.getoption("faults_issues")
    async with under_fire(rig) as town:
        await town.crowd.live(population)
        yield town


def pytest_report_header(config: pytest.Config) -> str:
    seed: int = config.getoption("faults_seed")
    return f"faults: the storm can be had again with --faults-seed={seed}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not TABLE:
        return
    terminalreporter.section("faults: counts at the end of each test")
    columns = list(TABLE[0][1])
    terminalreporter.write_line(" ".join([f"{'fault':34}", *(f"{c:>9}" for c in columns)]))
    for name, row in TABLE:
        numbers = (f"{row[column]:>9}" for column in columns)
        terminalreporter.write_line(" ".join([f"{name:34}", *numbers]))
    terminalreporter.write_line(f"refused by the law: {dict(REFUSALS.most_common())}")
    for is_tried, otherwise in ((may_mount(), NO_MOUNT), (library() is not None, NO_DIALS)):
        if not is_tried:
            terminalreporter.write_line(otherwise, red=True)
