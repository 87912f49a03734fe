"""A PostgreSQL server of our own, on the loopback only, from the programs in the wheel."""

import shlex
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import binaries
from deploy.local.accounts import Account, shared_folder
from deploy.local.files import secret, tail, write_atomically
from deploy.local.identity import Identity
from deploy.local.lockfile import LockFile
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import StartFailed, gone_within, stop_identified, until

USER = "postgres"
_PASSING = ("Address already in use", "shared memory block")  # reasons that a second try cures
_IS_THERE = "SELECT datname FROM pg_database WHERE datname = '{}'"
_CREATE = 'CREATE DATABASE "{}"'
_SETTINGS = {"unix_socket_directories": "", "timezone": "Etc/UTC", "log_timezone": "Etc/UTC"}


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """One server whose password and data place are kept in `folder`.

    It survives the process that started it and is found again through its own lock file. The data
    lie in `place`, else in the folder, else - when root's folders are closed to the account that
    the server runs as - in a shared folder that `folder` remembers.
    """

    folder: Path
    preferred_port: int = 0
    place: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    patience: float = 60.0  # a recovery after a crash takes its time
    name: str = "postgres"

    @property
    def password(self) -> str:
        return secret(self.folder / "password")

    @property
    def port(self) -> int:
        """The port of the running server; while it is down, the preferred one."""
        return self._lock_file.port if self.is_running else self.preferred_port

    def url(
        self,
        database: str = "postgres",
        driver: str = "postgresql+asyncpg",
        user: str = USER,
        password: str = "",
    ) -> str:
        """Of the server's administrator, unless another role and its password are given."""
        who = f"{user}:{password or self.password}"
        return f"{driver}://{who}@{LOOPBACK}:{self.port}/{database}"

    @property
    def log(self) -> Path:
        return self._where() / "postgres.log"

    @property
    def is_running(self) -> bool:
        return self.identity() is not None

    def identity(self) -> Identity | None:
        """The server on our data, or None."""
        return self._lock_file.identity()

    def start(self) -> bool:
        """Returns when it accepts connections; True when this call started it.

        Raises:
            StartFailed: it did not come up; nothing is left running.
        """
        if self._found_ready():
            return False
        self._choose_place()
        account = Account.for_data(self._data)
        programs = binaries.postgres(account)
        if not self._data.exists():
            self._initialise(account, programs)
        reason = ""
        for _ in until(self.patience, pause=0.5):
            try:
                reason = self._try_to_start(account, programs)
            except BaseException:  # such as Ctrl-C while waiting
                self.stop()
                raise
            if not reason:
                return True
            if not any(passing in tail(self.log) for passing in _PASSING):
                break
        raise StartFailed(self.name, f"did not start: {reason}", self.log)

    def create_database(self, name: str) -> None:
        """Makes the database unless it is there. The server must be running.

        Raises:
            StartFailed: the server refused.
        """
        account = Account.for_data(self._data)
        client = str(binaries.postgres(account) / "psql")
        where = ["-X", "-h", LOOPBACK, "-p", str(self.port), "-U", USER]
        password = {"PGPASSWORD": self.password}
        for statement in (_IS_THERE, _CREATE):
            answer = account.run([client, *where, "-Atc", statement.format(name)], password)
            if answer.returncode != 0:
                raise StartFailed(self.name, f"has no {name}: {answer.stderr.strip()}", self.log)
            if answer.stdout.strip() == name:
                return

    def stop(self) -> None:
        """Returns when the server is gone: asked to end fast, killed only if that fails."""
        running = self.identity()
        if running is None:
            return
        account = Account.for_data(self._data)
        control = binaries.postgres(account) / "pg_ctl"
        account.run([control, "-D", self._data, "-m", "fast", "-w", "-t", "60", "stop"])
        if not gone_within(running, 1):
            stop_identified(running, grace=5)

    def destroy(self) -> None:
        """Stops the server and deletes its data and everything remembered about it."""
        self.stop()
        for folder in (self._where(), self.folder):
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._where() / "data"

    @property
    def _record(self) -> Path:
        return self.folder / "place"

    def _where(self) -> Path:
        try:
            return Path(self._record.read_text(encoding="utf-8").strip())
        except FileNotFoundError:
            return (self.place or self.folder / "server").resolve()

    def _choose_place(self) -> None:
        if self._record.exists():
            if not self._where().is_dir():
                raise StartFailed(self.name, f"lost its data folder {self._where()}", self.log)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        place, account = self._where(), Account.for_data(self._data)
        place.mkdir(parents=True, exist_ok=True)
        if not account.can_enter(place.parent):
            place.rmdir()
            place = Path(tempfile.mkdtemp(prefix="data-", dir=shared_folder()))
        account.own(place)
        write_atomically(self._record, str(place))

    def _initialise(self, account: Account, programs: Path) -> None:
        """Makes the cluster aside and moves it in place, so that half a cluster is never used."""
        fresh, password_file = self._where() / "data.new", self._where() / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        account.write(password_file, self.password)
        words = f"-U {USER} --auth=scram-sha-256 -E UTF8 --locale=C --data-checksums"
        # The built-in provider sorts the same on every system; C.UTF-8 of libc is not everywhere.
        words += " --locale-provider=builtin --builtin-locale=C.UTF-8"
        where: list[str | Path] = [f"--pwfile={password_file}", "-D", fresh]
        answer = account.run([programs / "initdb", *words.split(), *where])
        password_file.unlink()
        if answer.returncode != 0:
            raise StartFailed(self.name, f"made no cluster: {answer.stderr.strip()}", self.log)
        fresh.rename(self._data)

    def _try_to_start(self, account: Account, programs: Path) -> str:
        """Why the server did not start; empty when it did."""
        self._lock_file.put_out_stale_pid(account)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))  # a failure shows this run only
        options = ["-h", LOOPBACK, "-p", str(free_port(self.preferred_port))]
        for setting, value in {**_SETTINGS, **self.settings}.items():
            options += ["-c", f"{setting}={value}"]
        where: list[str | Path] = ["-D", self._data, "-l", self.log]
        wait = ["-w", "-t", str(int(self.patience)), "-o", shlex.join(options)]
        answer = account.run([programs / "pg_ctl", *where, *wait, "start"])
        if answer.returncode == 0:
            return ""
        self.stop()
        return answer.stderr.strip()

    def _found_ready(self) -> bool:
        """Waits for a server found running, which may be recovering; False when there is none."""
        for _ in until(self.patience):
            if not self.is_running:
                return False
            if self._lock_file.is_ready:
                return True
        raise StartFailed(self.name, f"was not ready within {self.patience:g} s", self.log)

    @property
    def _lock_file(self) -> LockFile:
        return LockFile(self._data)
