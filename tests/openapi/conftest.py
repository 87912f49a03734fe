"""One product for the whole run, and what was asked of it."""

import dataclasses
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from schemathesis.core.result import Err, Ok

from deploy.local.home import Home, Ports
from deploy.local.ports import free_port
from deploy.local.product import UNCOUNTED, Product
from tests.openapi.asking import ASKED, Asker
from tests.openapi.kinds import Document, Operation
from tests.openapi.world import World, run


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Nobody else's ports: a product that somebody uses may be running beside."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    ports = Ports(**{each.name: free_port() for each in dataclasses.fields(Ports)})
    product = Product(home=Home(folder), ports=ports, also=UNCOUNTED)
    try:
        with product.home.locked():
            product.stack.up()
        yield product
    finally:
        product.stack.down()
        product.postgres.destroy()


@pytest.fixture(scope="session")
def world(product: Product) -> World:
    return run(product)


@pytest.fixture(scope="session")
def document(world: World) -> Document:
    return schemathesis.openapi.from_url(f"{world.url}/openapi.json")


@pytest.fixture(scope="session")
def operations(document: Document) -> list[Operation]:
    """In the order of the document, which has to be one that can be read throughout."""
    found = list(document.get_all_operations())
    unreadable = [each.err() for each in found if isinstance(each, Err)]
    assert not unreadable
    return [each.ok() for each in found if isinstance(each, Ok)]


@pytest.fixture(scope="session")
def asker(world: World) -> Asker:
    return Asker(world)


def pytest_report_header(config: pytest.Config) -> str:
    seed: int = config.getoption("openapi_seed")
    return f"openapi: these requests can be had again with --openapi-seed={seed}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not ASKED:
        return
    total = sum(ASKED.values(), Counter[int]())
    terminalreporter.section("openapi: what was asked")
    for label, statuses in sorted(ASKED.items()):
        told = " ".join(f"{status}:{count}" for status, count in sorted(statuses.items()))
        terminalreporter.write_line(f"{label:70} {told}")
    answered = " ".join(f"{status}:{count}" for status, count in sorted(total.items()))
    terminalreporter.write_line(f"{len(ASKED)} operations, {total.total()} requests: {answered}")
