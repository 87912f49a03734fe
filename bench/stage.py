"""The servers of a run: the product's own stack, more workers, and the bare things beside it."""

import asyncio
import dataclasses
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.town import furnish
from deploy.demo.stage import fresh_engine
from deploy.local.identity import Identity
from deploy.local.migrations import ROOT, Migrations
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Process
from deploy.local.product import Product, answers

FOLDER = ROOT / ".local" / "bench"
_APART = "dispatch_bench_raise"


@dataclass(frozen=True, slots=True)
class Stage:
    """A running, furnished engine that has nothing to do yet."""

    product: Product

    @contextmanager
    def worker_of(self, module: str) -> Iterator[Process]:
        """The worker of a workflow of the benchmark's own."""
        process = Process(
            name=module,
            command=(sys.executable, "-m", module),
            folder=self.product.home.folder,
            environment=self.product.environment,
            cwd=ROOT,
        )
        with running(process):
            yield process

    @contextmanager
    def workers(self, count: int) -> Iterator[None]:
        """As many worker processes as this; there is one already."""
        more = [self._another_worker(number) for number in range(2, count + 1)]
        with _all_running(more):
            yield

    @contextmanager
    def raising_apart(self, bare_app: str = "bench.endpoint") -> Iterator[tuple[Product, int]]:
        """Our API and a bare endpoint over a database of their own, which no relay watches.

        Otherwise every measured raise would start a workflow, and what was left of one round
        would slow down the next. Yields the product as that API knows it, and the bare port.
        """
        self.product.postgres.create_database(_APART)
        url = self.product.postgres.url(_APART)
        Migrations(url).upgrade()
        ports = dataclasses.replace(self.product.ports, api=free_port())
        apart = dataclasses.replace(self.product, ports=ports)
        environment = {**apart.environment(), "DISPATCH_DATABASE_URL": url}
        bare_port = free_port()
        ours = self._server("api.main", "/readyz", ports.api, environment)
        bare = self._server(bare_app, "/ready", bare_port, environment)
        with _all_running([ours, bare]):
            furnish(apart)
            yield apart, bare_port

    def _another_worker(self, number: int) -> Process:
        port = free_port()
        environment = {
            **self.product.environment(),
            "DISPATCH_WORKER_METRICS_PORT": str(port),
        }
        return Process(
            name=f"worker-{number}",
            command=self.product.worker_command,
            folder=self.product.home.folder,
            environment=lambda: environment,
            cwd=ROOT,
            port=port,
            is_ready=lambda: answers(port, "/metrics"),
        )

    def _server(self, app: str, ready: str, port: int, told: Mapping[str, str]) -> Process:
        listen = ("--host", LOOPBACK, "--port", str(port), "--no-access-log", "--no-proxy-headers")
        return Process(
            name=app,
            command=(sys.executable, "-m", "uvicorn", f"{app}:create_app", "--factory", *listen),
            folder=self.product.home.folder,
            environment=lambda: told,
            cwd=ROOT,
            port=port,
            is_ready=lambda: answers(port, ready),
        )


@contextmanager
def staged(folder: Path = FOLDER) -> Iterator[Stage]:
    """A fresh engine with the town in it, gone at the end."""
    with fresh_engine(folder, usual_ports=False) as product:
        furnish(product)
        yield Stage(product)


@contextmanager
def running(process: Process) -> Iterator[Process]:
    """Stopped again however the block ends."""
    process.start()
    try:
        yield process
    finally:
        process.stop()


@contextmanager
def _all_running(processes: list[Process]) -> Iterator[None]:
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            process.stop()


def resident_bytes(who: Identity | None) -> int:
    """Resident memory of a process, as the kernel counts it."""
    assert who is not None
    status = Path(f"/proc/{who.pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:", 1)[1].split()[0]) * 1024


async def restarted(process: Process) -> None:
    """Killed without warning, then started as a supervisor would, without blocking the loop."""
    process.kill()
    await asyncio.to_thread(process.start)
