"""What can be asked for on the command line of pytest."""

from secrets import randbelow

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-histories",
        action="store_true",
        help="write the histories of the scenario tests into the folder of this release",
    )
    parser.addoption(
        "--faults-seed",
        type=int,
        default=randbelow(1_000_000),
        help="the order of the kills in the storm; any if not given, and printed",
    )
    parser.addoption(
        "--faults-issues", type=int, default=500, help="in the middle of how many issues"
    )
    parser.addoption("--faults-seconds", type=float, default=300.0, help="how long the storm lasts")
    parser.addoption(
        "--openapi-seed", type=int, default=20_261_125, help="which requests are made; printed"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--record-histories"):
        from tests.workflows.recording import Recording

        Recording.is_on = True
