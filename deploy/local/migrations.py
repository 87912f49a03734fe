"""The schema, brought to a database by Alembic in a process of its own.

Its own process, because the migrations run an event loop and callers may be in one already.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class MigrationFailed(Exception):
    """Alembic refused; the message holds what it said."""


@dataclass(frozen=True, slots=True)
class Migrations:
    """Alembic on one database, which it learns as the product does: from the environment."""

    url: str

    def upgrade(self) -> None:
        """Brings the database to the newest schema.

        Raises:
            MigrationFailed: a migration did not run.
        """
        answer = self.run("upgrade", "head")
        if answer.returncode != 0:
            raise MigrationFailed(f"alembic upgrade head failed:\n{answer.stdout.strip()}")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Any Alembic command; its output, errors included, is in `stdout`."""
        return subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "alembic", *words],
            cwd=ROOT,
            env={**os.environ, "DISPATCH_DATABASE_URL": self.url},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
