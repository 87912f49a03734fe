"""Ways to leave PostgreSQL without room: a small file system filled up, or a limit of file size."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from deploy.local.accounts import Account, shared_folder
from deploy.local.postgres import Postgres

SIZE = "700m"
_BALLAST, _PIECE = "ballast", b"\0" * 65_536
_SMALL = "8192:"  # bytes: the first page of a file, and nothing after it
NO_MOUNT = "no small file system can be mounted here; only the limit of file size was tried"


@contextmanager
def small_file_system() -> Iterator[Path | None]:
    """A file system of its own, or None where none may be mounted."""
    if os.geteuid() != 0:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="small-", dir=shared_folder()))
    folder.chmod(0o755)
    options = ["-t", "tmpfs", "-o", f"size={SIZE},mode=755", "dispatch-faults", str(folder)]
    is_mounted = (
        subprocess.run(["mount", *options], check=False, capture_output=True).returncode == 0
    )
    try:
        yield folder if is_mounted else None
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@cache
def may_mount() -> bool:
    """Tried, not guessed: containers forbid it even to root."""
    with small_file_system() as folder:
        return folder is not None


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Not a byte is left."""
    ballast = folder / _BALLAST
    try:
        with ballast.open("wb", buffering=0) as file:
            _write_all(file.write)
        yield
    finally:
        ballast.unlink()


def _write_all(write: Callable[[bytes], int]) -> None:
    piece = _PIECE
    while piece:
        try:
            write(piece)
        except OSError:
            piece = piece[: len(piece) // 2]  # down to the last byte


@contextmanager
def limited(server: Postgres) -> Iterator[None]:
    """No process of this server may write past the first page of a file; works without rights."""
    running = server.identity()
    assert running is not None
    _limit(server, running.pid, _SMALL)
    try:
        yield
    finally:
        _limit(server, running.pid, "unlimited:")


def _limit(server: Postgres, lead: int, size: str) -> None:
    """Asked under the server's own account: even root may not always ask it of another's."""
    account = Account.for_data(server._data)
    for pid in (lead, *_children(lead)):
        answer = account.run(["prlimit", f"--pid={pid}", f"--fsize={size}"])
        is_gone = not Path(f"/proc/{pid}").exists()
        assert answer.returncode == 0 or is_gone, answer.stderr


def _children(lead: int) -> list[int]:
    try:
        listed = Path(f"/proc/{lead}/task/{lead}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return []  # it has given up
    return [int(word) for word in listed.split()]
