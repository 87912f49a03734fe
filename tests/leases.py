"""Folders of test sessions, so that a session killed outright is cleared away by a later one."""

import getpass
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from deploy.local.files import write_atomically
from deploy.local.identity import Identity
from deploy.local.postgres import Postgres
from deploy.local.processes import stop_identified

_PREFIX = f"dispatch-tests-{getpass.getuser()}-"
_MEMORY = Path("/dev/shm")
_ROOM = 500 * 2**20
_OWNER = "owner"


def open_lease() -> Path:
    """A new folder of this process; those whose process is gone are emptied of servers first."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another session may be clearing the same one
            _clear_if_left(folder)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    owner = Identity.of(os.getpid())
    assert owner is not None
    write_atomically(folder / _OWNER, owner.to_json())
    return folder


def close_lease(folder: Path) -> None:
    """Stops, by identity, all servers recorded in the folder and deletes it."""
    for record in folder.glob("*.pid"):
        if (server := _recorded(record)) and server.is_alive:
            stop_identified(server, grace=5)
    session_postgres(folder).destroy()
    shutil.rmtree(folder, ignore_errors=True)


def session_postgres(folder: Path) -> Postgres:
    """The session's PostgreSQL: careless about crashes, in memory when there is room.

    A database per test costs some 15 ms in memory, more than ten times that on a disk.
    """
    return Postgres(
        folder=folder / "postgres",
        place=_place(folder),
        settings={
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "300",
            "shared_buffers": "64MB",
        },
    )


def recording(folder: Path, name: str, program: Path) -> Path:
    """The program behind a script that notes the process id, which the SDK does not tell."""
    script = folder / name
    record = folder / f"{name}.pid"
    script.write_text(f'#!/bin/sh\necho $$ > "{record}"\nexec "{program}" "$@"\n', encoding="utf-8")
    script.chmod(0o700)
    return script


def note_identity(folder: Path, name: str) -> Identity | None:
    """Turns the noted process id into an identity that a later session can trust."""
    record = folder / f"{name}.pid"
    identity = Identity.of(int(record.read_text(encoding="utf-8")))
    if identity:
        write_atomically(record, identity.to_json())
    return identity


def _place(folder: Path) -> Path:
    """Beside the folder, not in it: PostgreSQL runs as another account when tests run as root."""
    try:
        has_room = shutil.disk_usage(_MEMORY).free >= _ROOM
    except OSError:
        has_room = False
    return (_MEMORY if has_room else folder.parent) / f"{folder.name}-postgres"


def _clear_if_left(folder: Path) -> None:
    owner = _recorded(folder / _OWNER)
    if owner and not owner.is_alive and folder.stat().st_uid == os.getuid():
        close_lease(folder)


def _recorded(path: Path) -> Identity | None:
    try:
        return Identity.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
