"""PostgreSQL's own record of who serves a data folder: `postmaster.pid`."""

from dataclasses import dataclass
from pathlib import Path

from deploy.local.accounts import Account
from deploy.local.identity import Identity, command_of
from deploy.local.ports import is_open

_NO_PID = 2**31 - 1  # above any limit of process ids, so it never exists
_PID, _PORT, _STATUS = 0, 3, 7  # line numbers


@dataclass(frozen=True, slots=True)
class LockFile:
    """Says whether the server on these data runs, where, and whether it accepts connections."""

    data: Path

    def identity(self) -> Identity | None:
        """The server on the data, or None. A stranger under a stale pid is not it."""
        pid = self._line(_PID)
        identity = Identity.of(int(pid)) if pid else None
        command = command_of(identity.pid) if identity else ""
        is_ours = "/bin/postgres " in command and f"-D {self.data} " in command
        return identity if is_ours else None

    @property
    def port(self) -> int:
        """The port that the server took; 0 when it has not said so."""
        return int(self._line(_PORT) or 0)

    @property
    def is_ready(self) -> bool:
        return self._line(_STATUS) == "ready" and is_open(self.port)

    def put_out_stale_pid(self, account: Account) -> None:
        """Takes a pid that is not the server's out of the file: it would keep it from starting.

        The pid may have been given to a stranger, or be a zombie that nobody clears away. The
        file itself stays: its shared-memory line guards against backends that outlived a killed
        server.
        """
        lines = self._lines()
        if lines and not self.identity():
            account.write(self._path, "\n".join([str(_NO_PID), *lines[1:], ""]))

    @property
    def _path(self) -> Path:
        return self.data / "postmaster.pid"

    def _line(self, number: int) -> str:
        lines = self._lines()
        return lines[number].strip() if number < len(lines) else ""

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
