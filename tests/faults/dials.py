"""Wall clocks that a test can turn, for one process: libfaketime, which is a system package."""

from functools import cache
from pathlib import Path

NO_DIALS = "libfaketime is not installed (apt-get install -y faketime); no clock was made to jump"


@cache
def library() -> Path | None:
    """What is loaded into the process, where the system has it."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return found[0] if found else None


def show(dial: Path, jump: str) -> None:
    """From now on, or within a second, the process reads this: seconds ahead, or behind."""
    dial.write_text(jump, encoding="ascii")
