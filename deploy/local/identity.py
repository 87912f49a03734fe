"""Who a process id belongs to. A number alone names nobody once it has been given out again."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_HAS_PROC = Path("/proc/self/stat").exists()
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_STATE, _START_TICKS = 0, 19  # fields 3 and 22 of /proc/<pid>/stat, counted after the name
_GONE = ("Z", "X")


@dataclass(frozen=True, slots=True)
class Identity:
    """One process for good: its id, and when it began."""

    pid: int
    began: str

    @property
    def is_alive(self) -> bool:
        return began(self.pid) == self.began

    @staticmethod
    def of(pid: int) -> "Identity | None":
        """The process that has this id now, or None when nobody has it."""
        moment = began(pid)
        return Identity(pid, moment) if moment else None

    def to_json(self) -> str:
        return json.dumps({"pid": self.pid, "began": self.began})

    @staticmethod
    def from_json(text: str) -> "Identity | None":
        """Reads what `to_json` wrote; None when it is something else, such as a torn file."""
        try:
            fields = json.loads(text)
            return Identity(int(fields["pid"]), str(fields["began"]))
        except (ValueError, KeyError, TypeError):
            return None


def began(pid: int) -> str | None:
    """When the process began, in words that never repeat on this machine; None when it is gone.

    A zombie is gone: it holds no port and no file, and only its parent can clear it away.
    """
    return _began_by_proc(pid) if _HAS_PROC else _began_by_ps(pid)


def command_of(pid: int) -> str:
    """The command line of a running process, or an empty string."""
    if _HAS_PROC:
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return line.replace(b"\0", b" ").decode(errors="replace").strip()
    return _ps(pid, "command=")


def _began_by_proc(pid: int) -> str | None:
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = line.rpartition(")")[2].split()  # the name before it may hold anything, even spaces
    if fields[_STATE] in _GONE:
        return None
    return f"{_boot()} {fields[_START_TICKS]}"  # ticks count from boot, so the boot is named too


def _began_by_ps(pid: int) -> str | None:
    state, _, moment = _ps(pid, "stat=,lstart=").partition(" ")
    return moment.strip() if state and not state.startswith(_GONE) else None


def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return "boot"


def _ps(pid: int, columns: str) -> str:
    answer = subprocess.run(  # noqa: S603 - a fixed tool and a number
        ["/bin/ps", "-ww", "-o", columns, "-p", str(pid)],
        env={**os.environ, "LC_ALL": "C"},  # dates are spelled by locale
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()
