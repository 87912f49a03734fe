"""The folder that remembers a local engine: its ports, its secrets, its processes, its data."""

import base64
import fcntl
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.files import secret, write_atomically
from deploy.local.ports import free_port


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The ports of a local engine; these are the usual ones."""

    postgres: int = 55432
    temporal: int = 7233
    temporal_ui: int = 8233
    api: int = 8000
    metrics: int = 9464


_USUAL = asdict(Ports())
_USED_BY = {"temporal_ui": "temporal", "metrics": "worker"}  # else the service of the same name
_SECRETS = (
    "jwt-secret",
    "intake-secret",
    "household-key",
    "resident-link-secret",
    "seal-keys",
    "audit-key",
)
_OURS = ("state.json", *_SECRETS, "lock", "objects", "temporal", "*.pid", "*.log", "*.log.1")


@dataclass(frozen=True, slots=True)
class Home:
    """Everything of one local engine lies here, except data that root had to put elsewhere."""

    folder: Path

    @property
    def jwt_secret(self) -> str:
        return secret(self.folder / "jwt-secret")

    @property
    def household_key(self) -> str:
        return secret(self.folder / "household-key")

    @property
    def seal_keys(self) -> str:
        """A ring of one key, as the settings take it."""
        return secret(self.folder / "seal-keys", _ring_of_one)

    @property
    def audit_key(self) -> str:
        return secret(self.folder / "audit-key")

    @property
    def intake_secret(self) -> str:
        return secret(self.folder / "intake-secret")

    @property
    def resident_link_secret(self) -> str:
        return secret(self.folder / "resident-link-secret")

    def ports(self) -> Ports:
        """The ports last chosen; the usual ones before that."""
        try:
            recorded = json.loads(self._state.read_text(encoding="utf-8"))["ports"]
        except (FileNotFoundError, ValueError, KeyError):
            return Ports()
        return Ports(**{name: recorded.get(name, usual) for name, usual in _USUAL.items()})

    def choose_ports(self, running: set[str], *, usual: bool = True) -> Ports:
        """Keeps the ports of running services; the others get their usual port or a free one.

        Without `usual` they get any free one, and leave the usual ones to whoever wants them.
        """
        chosen: dict[str, int] = {}
        for name, recorded in asdict(self.ports()).items():
            if _USED_BY.get(name, name) in running:
                chosen[name] = recorded
                continue
            # Where it was last time, if it can: bookmarks and shells remember.
            port = free_port(recorded if usual else 0)
            if usual and port != recorded:
                port = free_port(_USUAL[name])
            while port in chosen.values():
                port = free_port()
            chosen[name] = port
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._state, json.dumps({"ports": chosen}, indent=2))
        return Ports(**chosen)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One command at a time; the lock goes with its process, however that ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def delete(self) -> None:
        """Deletes what the local engine keeps here, and the folder when nothing else is in it."""
        for pattern in _OURS:
            for path in self.folder.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        with suppress(OSError):  # a folder named by mistake holds more than ours
            self.folder.rmdir()

    @property
    def _state(self) -> Path:
        return self.folder / "state.json"


def _ring_of_one() -> str:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return json.dumps({"local": key})
