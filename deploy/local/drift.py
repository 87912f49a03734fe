"""Whether the models and the migrations say the same, on a database made for the question."""

import tempfile
from pathlib import Path

from deploy.local.migrations import Migrations
from deploy.local.postgres import Postgres

_CARELESS = {"fsync": "off", "full_page_writes": "off"}  # it lives for seconds


def check_drift() -> int:
    """Migrates a throw-away database and compares; prints Alembic's words, returns its code.

    Raises:
        MigrationFailed: the migrations themselves do not run.
    """
    with tempfile.TemporaryDirectory(prefix="dispatch-drift-") as name:
        server = Postgres(folder=Path(name) / "postgres", settings=_CARELESS)
        try:
            server.start()
            migrations = Migrations(server.url())
            migrations.upgrade()
            answer = migrations.run("check")
        finally:
            server.destroy()
    print(answer.stdout.strip())
    return answer.returncode
