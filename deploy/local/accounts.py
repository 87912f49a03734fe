"""Under whose account PostgreSQL runs: it refuses to run as root, so root steps down."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from deploy.local.files import write_atomically

ROOT = 0
_SHARED = (Path("/var/lib/dispatch-local"), Path("/var/tmp/dispatch-local"))  # noqa: S108 - see shared_folder


class _User(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """Who child processes run as; without a step down, whoever runs this."""

    steps_down_to: tuple[int, int] | None = None  # user id, group id

    @classmethod
    def for_data(cls, data: Path) -> "Account":
        """The owner of the data when it exists; for new data oneself, or `nobody` for root."""
        if os.geteuid() != ROOT:
            return cls()
        if data.exists() and (stat := data.stat()).st_uid != ROOT:
            return cls((stat.st_uid, stat.st_gid))
        nobody = pwd.getpwnam("nobody")
        return cls((nobody.pw_uid, nobody.pw_gid))

    def run(
        self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs to the end as this account, from a folder every account can enter."""
        user: _User = {}
        if self.steps_down_to:
            uid, gid = self.steps_down_to
            user = {"user": uid, "group": gid, "extra_groups": []}
        return subprocess.run(  # noqa: S603 - commands come from this package
            [str(word) for word in command],
            cwd="/",
            # Not the caller's environment: its PG* variables would interfere.
            env={"PATH": os.defpath, "LC_ALL": "C", **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **user,
        )

    def can_run(self, program: Path) -> bool:
        """Whether the account may execute it, and it finds its libraries."""
        try:
            return self.run([program, "--version"]).returncode == 0
        except OSError:
            return False

    def can_enter(self, folder: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0

    def own(self, path: Path) -> None:
        """Makes a folder this account's own, closed to all others."""
        path.chmod(0o700)
        self._take(path)

    def write(self, path: Path, text: str) -> None:
        """Writes a file that only this account can read."""
        write_atomically(path, text)
        self._take(path)

    def _take(self, path: Path) -> None:
        if self.steps_down_to:
            os.chown(path, *self.steps_down_to, follow_symlinks=False)


def shared_folder() -> Path:
    """A root-owned folder every account can enter and only root can change.

    Used when root's own folders are closed to the account that PostgreSQL runs as: opening a
    parent folder, even a home, would be the worse cure.
    """
    for folder in _SHARED:
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
            stat = folder.lstat()
        except OSError:
            continue
        # In a folder open to all, somebody else may have made this name first.
        if stat.st_uid == os.geteuid() and not folder.is_symlink():
            folder.chmod(0o755)
            return folder
    raise PermissionError(f"none of {', '.join(map(str, _SHARED))} can be made")
