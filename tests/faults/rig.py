"""A town under fire: the whole product with a wire between each pair of processes."""

import asyncio
import dataclasses
import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import SystemRandom

from typing_extensions import override

from deploy.demo.day import load_entries, load_town
from deploy.local.home import Ports
from deploy.local.identity import Identity
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.postgres import Postgres
from deploy.local.processes import Process, gone_within
from deploy.local.product import DATABASE, UNCOUNTED, Product
from deploy.local.temporal import Temporal
from deploy.reference.shipped import read
from tests.faults.sink import Sink
from tests.faults.wires import Wire

NAMES = ("api", "worker", "temporal", "postgres")  # each stands on those behind it
PAIRS = ("api-postgres", "api-temporal", "worker-postgres", "worker-temporal")
TOLD_BY = ("default", "dispatcher", "subject")
_SMALL_LOG = {"max_wal_size": "96MB", "min_wal_size": "32MB"}  # the file system is small too
Service = Postgres | Temporal | Process


@dataclass(frozen=True, kw_only=True)
class Wired(Product):
    """The product whose API and worker reach PostgreSQL and Temporal over wires."""

    wires: Mapping[str, int] = field(default_factory=dict)
    place: Path | None = None
    told: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    @override
    def postgres(self) -> Postgres:
        place = self.place / "server" if self.place else None
        return dataclasses.replace(super().postgres, place=place, settings=_SMALL_LOG)

    @property
    @override
    def api(self) -> Process:
        return dataclasses.replace(super().api, environment=partial(self.wired, "api"))

    @property
    @override
    def worker(self) -> Process:
        return dataclasses.replace(super().worker, environment=partial(self.wired, "worker"))

    def wired(self, name: str) -> Mapping[str, str]:
        """What a process is told; the address behind each wire is the wire's own."""
        straight = dict(self.environment())
        url, _, path = straight["DISPATCH_DATABASE_URL"].rpartition("/")
        host = url.rpartition(":")[0]
        return {
            **straight,
            "DISPATCH_DATABASE_URL": f"{host}:{self.wires[f'{name}-postgres']}/{path}",
            "DISPATCH_TEMPORAL_ADDRESS": f"{LOOPBACK}:{self.wires[f'{name}-temporal']}",
            "DISPATCH_WEBHOOK_SECRET": self.home.jwt_secret,
            "DISPATCH_WEBHOOK_HOSTS": json.dumps([LOOPBACK]),
            **UNCOUNTED,
            **self.told.get(name, {}),
        }


class Rig:
    """Starts, kills and starts again; every process is known by its id."""

    def __init__(self, folder: Path, place: Path | None = None) -> None:
        self.place = place
        plain = Product.at(folder)
        ports = _ports()
        straight = dataclasses.replace(plain, ports=ports)
        wired = partial(Wired, home=straight.home, ports=ports, place=place)
        self._behind: dict[str, Callable[[], int]] = {
            "postgres": lambda: self.product.postgres.port,
            "temporal": lambda: ports.temporal,
        }
        self.wires = {pair: Wire(self._behind[pair.partition("-")[2]]) for pair in PAIRS}
        self.front = Wire(lambda: ports.api)
        self.sink = Sink()
        self.product = wired(wires={pair: wire.port for pair, wire in self.wires.items()})
        self.others: list[Process] = []

    def up(self) -> None:
        with self.product.home.locked():
            self.product.stack.up()
        load_town(self.product)
        self._tell_by_webhook()

    def _tell_by_webhook(self) -> None:
        """Everybody is told over the wire and at any hour, so that what arrives can be counted."""
        told = {"channels": ["log", "webhook"], "webhook_url": self.sink.url}
        document = json.dumps([{"code": code, **told} for code in TOLD_BY])
        folder = self.product.home.folder / "told"
        folder.mkdir()
        (folder / "notice_policy.json").write_text(document, encoding="utf-8")
        load_entries(self.product, read(folder))

    def down(self) -> None:
        for other in self.others:
            other.stop()
        self.product.stack.down()
        self.product.postgres.destroy()
        for wire in (*self.wires.values(), self.front):
            wire.close()
        self.sink.close()

    def service(self, name: str) -> Service:
        found: Service = getattr(self.product, name)
        return found

    def pid(self, name: str) -> Identity:
        running = self.service(name).identity()
        assert running is not None, f"{name} does not run"
        return running

    def kill(self, name: str) -> None:
        """`kill -9` by process id; with PostgreSQL's lead process its children end too."""
        running = self.pid(name)
        os.kill(running.pid, signal.SIGKILL)
        assert gone_within(running, 10)

    async def start(self, name: str) -> None:
        """Returns when it is ready again."""
        await asyncio.to_thread(self.service(name).start)

    async def ensure(self) -> None:
        """Whatever is down is started, what the others stand on first."""
        for name in reversed(NAMES):
            await self.start(name)

    def another(self, name: str) -> Process:
        """A second process of the same kind, beside the first."""
        port = free_port()
        first: Process = getattr(self.product, name)
        ports = dataclasses.replace(self.product.ports, **{_PORT_OF[name]: port})
        twin: Process = getattr(dataclasses.replace(self.product, ports=ports), name)
        other = dataclasses.replace(twin, name=f"{first.name}-2")
        self.others.append(other)
        return other

    @property
    def dsn(self) -> str:
        """Straight to the database, for those who look on."""
        return self.product.postgres.url(DATABASE, driver="postgresql")


_PORT_OF = {"api": "api", "worker": "metrics"}


def _ports() -> Ports:
    """Not the usual ones, and below those the system hands out: nobody gets a dead one's port."""
    names = [field.name for field in dataclasses.fields(Ports)]
    wanted = SystemRandom().sample(range(20_000, 30_000), len(names))
    return Ports(**{name: free_port(port) for name, port in zip(names, wanted, strict=True)})
