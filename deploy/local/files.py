"""Small files that are whole or absent, and private where they must be."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

_LAST_BYTES = 16_384


def write_atomically(path: Path, text: str) -> None:
    """Puts the text in place at once, readable by its owner only."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)


def _random() -> str:
    return secrets.token_urlsafe(32)


def secret(path: Path, make: Callable[[], str] = _random) -> str:
    """The random secret kept in this file; made on first use."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, make())
    return path.read_text(encoding="utf-8").strip()


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log that may still grow, or an empty string."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LAST_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
