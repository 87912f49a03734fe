"""The product on one machine: which services it has, where they listen, what they are told."""

import http.client
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.home import Home, Ports
from deploy.local.migrations import ROOT, Migrations
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import Postgres
from deploy.local.processes import Process
from deploy.local.roles import Roles
from deploy.local.stack import Stack
from deploy.local.temporal import NAMESPACE, Temporal

DATABASE = "dispatch"
ENGINE = ("postgres", "temporal")  # what the product stands on
_OK = 200
UNCOUNTED = {"DISPATCH_API_PER_MINUTE_OF_ACTOR": "0", "DISPATCH_API_PER_MINUTE_OF_ADDRESS": "0"}
"""For loads that come from a few callers at one address."""


def search_attributes() -> Mapping[str, str]:
    """What the product's workflows are found by, as the server's command line spells it."""
    keys = importlib.import_module("workflows.contracts").SEARCH_ATTRIBUTES
    return {key.name: key.indexed_value_type.name.title().replace("_", "") for key in keys}


@dataclass(frozen=True, slots=True)
class Schema:
    """The product's database with the newest schema. A step, not a process: never running.

    The rights follow the migrations, which may have made tables, and precede them, because the
    owner has to be there.
    """

    postgres: Postgres
    name: str = "schema"
    is_running: bool = False

    def start(self) -> bool:
        self.postgres.create_database(DATABASE)
        roles = Roles(self.postgres, DATABASE)
        roles.make()
        Migrations(roles.owner_url).upgrade()
        roles.make()
        return False

    def stop(self) -> None:
        """Nothing runs between two migrations."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """All services of one home, with their ports; `stack` is what can be brought up."""

    home: Home
    ports: Ports
    search_attributes: Callable[[], Mapping[str, str]] = search_attributes
    api_command: Sequence[str] = ()
    worker_command: Sequence[str] = (sys.executable, "worker.py")
    also: Mapping[str, str] = field(default_factory=dict)
    """What the processes are told beside the rest."""

    @classmethod
    def at(cls, folder: Path) -> "Product":
        """The product as it was last brought up in this folder; chooses and changes nothing."""
        home = Home(folder.resolve())
        return cls(home=home, ports=home.ports())

    @property
    def postgres(self) -> Postgres:
        return Postgres(folder=self.home.folder / "postgres", preferred_port=self.ports.postgres)

    @property
    def temporal(self) -> Temporal:
        return Temporal(
            folder=self.home.folder / "temporal",
            port=self.ports.temporal,
            ui_port=self.ports.temporal_ui,
            search_attributes=self.search_attributes,
        )

    @property
    def api(self) -> Process:
        listen = ["--host", LOOPBACK, "--port", str(self.ports.api)]
        # Who sends is what the connection says; proxies are named in our own settings.
        factory = ["-m", "uvicorn", "api.main:create_app", "--factory", "--no-proxy-headers"]
        command = self.api_command or [sys.executable, *factory, *listen]
        return self._process("api", command, self.ports.api, "/readyz")

    @property
    def worker(self) -> Process:
        return self._process("worker", self.worker_command, self.ports.metrics, "/metrics")

    @property
    def servers(self) -> Sequence[Postgres | Temporal | Process]:
        return [self.postgres, self.temporal, self.api, self.worker]

    @property
    def stack(self) -> Stack:
        return Stack([self.postgres, self.temporal, Schema(self.postgres), self.worker, self.api])

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where a person or a program finds what."""
        return {
            "API": f"http://{LOOPBACK}:{self.ports.api}/docs",
            "Temporal": self.temporal.ui_url,
            "Worker metrics": f"http://{LOOPBACK}:{self.ports.metrics}/metrics",
            "Temporal gRPC": self.temporal.address,
            "PostgreSQL": f"{LOOPBACK}:{self.postgres.port} (database {DATABASE})",
        }

    def environment(self) -> Mapping[str, str]:
        """What the processes of the product are told; the only place that says so."""
        return {
            "DISPATCH_DATABASE_URL": Roles(self.postgres, DATABASE).app_url,
            "DISPATCH_TEMPORAL_ADDRESS": self.temporal.address,
            "DISPATCH_TEMPORAL_NAMESPACE": NAMESPACE,
            "DISPATCH_JWT_SECRET": self.home.jwt_secret,
            "DISPATCH_INTAKE_SECRET": self.home.intake_secret,
            "DISPATCH_OBJECTS_FOLDER": str(self.home.folder / "objects"),
            "DISPATCH_SEAL_KEYS": self.home.seal_keys,
            "DISPATCH_HOUSEHOLD_KEY": self.home.household_key,
            "DISPATCH_RESIDENT_LINK_SECRET": self.home.resident_link_secret,
            "DISPATCH_PUBLIC_URL": f"http://{LOOPBACK}:{self.ports.api}",
            "DISPATCH_AUDIT_KEY": self.home.audit_key,
            "DISPATCH_API_PORT": str(self.ports.api),
            "DISPATCH_WORKER_METRICS_PORT": str(self.ports.metrics),
            "PYTHONUNBUFFERED": "1",
            **self.also,
        }

    def _process(self, name: str, command: Sequence[str], port: int, path: str) -> Process:
        return Process(
            name=name,
            command=command,
            folder=self.home.folder,
            environment=self.environment,
            cwd=ROOT,
            port=port,
            is_ready=lambda: answers(port, path),
        )


def answers(port: int, path: str) -> bool:
    """Whether a GET there is answered with 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
