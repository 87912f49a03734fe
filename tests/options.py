"""What can be asked for on the command line of pytest."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-histories",
        action="store_true",
        help="write the histories of the scenario tests into the folder of this release",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--record-histories"):
        from tests.workflows.recording import Recording

        Recording.is_on = True
