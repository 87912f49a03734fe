"""Ways to leave PostgreSQL without room: a small file system filled up, or a limit of file size."""

import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from deploy.local.accounts import shared_folder

SIZE = "700m"
_BALLAST, _PIECE = "ballast", b"\0" * 65_536
_SMALL = 8192  # bytes: the first page of a file, and nothing after it
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
def limited(lead: int) -> Iterator[None]:
    """No process of this server may write past the first page of a file; works without rights."""
    _limit(lead, _SMALL)
    try:
        yield
    finally:
        _limit(lead, resource.RLIM_INFINITY)


def _limit(lead: int, size: int) -> None:
    for pid in (lead, *_children(lead)):
        try:
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
        except ProcessLookupError:
            continue  # a backend that has just gone


def _children(lead: int) -> list[int]:
    listed = Path(f"/proc/{lead}/task/{lead}/children")
    return (
        [int(word) for word in listed.read_text(encoding="ascii").split()]
        if listed.exists()
        else []
    )
