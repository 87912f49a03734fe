import dataclasses
import http.client
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.home import Home, Ports
from deploy.local.migrations import Migrations
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import StartFailed, gone_within
from deploy.local.product import Product
from deploy.local.roles import Roles

NO_WORD = (sys.executable, "-c", "print('no route to the moon'); raise SystemExit(7)")


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Product]:
    """Real servers; the API and the worker are stand-ins, the schema is empty."""
    monkeypatch.setattr(Migrations, "upgrade", lambda _: None)
    ports = Ports(**{field.name: free_port() for field in dataclasses.fields(Ports)})
    stand_in = (sys.executable, "-m", "tests.local.stand_in")
    one = Product(
        home=Home(tmp_path),
        ports=ports,
        search_attributes=lambda: {"District": "Keyword"},
        api_command=(*stand_in, str(ports.api), "/readyz"),
        worker_command=(*stand_in, str(ports.metrics), "/metrics"),
    )
    yield one
    one.stack.down()
    one.postgres.destroy()


def told(port: int, path: str) -> dict[str, str]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    connection.request("GET", path)
    environment: dict[str, str] = json.loads(connection.getresponse().read())
    connection.close()
    return environment


def test_everything_comes_up_once_and_goes_without_a_trace(product: Product) -> None:
    assert product.stack.up() == ["postgres", "temporal", "worker", "api"]
    assert product.stack.up() == []
    assert all(server.is_running for server in product.servers)
    for port, path in ((product.ports.api, "/readyz"), (product.ports.metrics, "/metrics")):
        environment = told(port, path)
        assert environment["DISPATCH_DATABASE_URL"] == Roles(product.postgres, "dispatch").app_url
        assert environment["DISPATCH_TEMPORAL_ADDRESS"] == product.temporal.address
        assert environment["DISPATCH_JWT_SECRET"] == product.home.jwt_secret
    running = [server.identity() for server in product.servers]
    product.stack.down()
    assert not any(one and one.is_alive for one in running)


def test_killed_worker_is_brought_back_alone(product: Product) -> None:
    product.stack.up()
    api, worker = product.api.identity(), product.worker.identity()
    assert worker
    os.kill(worker.pid, signal.SIGKILL)
    assert gone_within(worker, 10)
    assert product.stack.up() == ["worker"]
    assert product.api.identity() == api


def test_half_failed_start_says_who_and_leaves_nothing(product: Product) -> None:
    broken = dataclasses.replace(product, worker_command=NO_WORD)
    with pytest.raises(StartFailed, match=r"worker ended by itself with 7.*\n.*\nno route to the"):
        broken.stack.up()
    assert not any(server.is_running for server in product.servers)


def test_engine_alone(product: Product) -> None:
    assert product.stack.only("postgres", "temporal").up() == ["postgres", "temporal"]
    assert not product.api.is_running
