"""The fixtures of `tests/servers.py`, in test runs of their own: they end, fail and are killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from deploy.local.identity import Identity
from deploy.local.migrations import ROOT
from deploy.local.processes import until

FILES = {
    "pytest.ini": """
        [pytest]
        asyncio_mode = auto
        asyncio_default_fixture_loop_scope = session
        asyncio_default_test_loop_scope = session
        filterwarnings = error
        """,
    "conftest.py": """
        pytest_plugins = ["tests.servers"]
        """,
    "alembic.ini": """
        [alembic]
        script_location = %(here)s/migrations
        """,
    "migrations/env.py": """
        import asyncio, os
        from alembic import context
        from sqlalchemy.ext.asyncio import create_async_engine

        def migrate(connection):
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()

        async def main():
            engine = create_async_engine(os.environ["DISPATCH_DATABASE_URL"])
            async with engine.begin() as connection:
                await connection.run_sync(migrate)
            await engine.dispose()

        asyncio.run(main())
        """,
    "migrations/versions/first.py": """
        from alembic import op

        revision, down_revision = "first", None

        def upgrade():
            op.execute("CREATE TABLE issue (id int)")
        """,
}
SERVERS = """
    import asyncpg, pytest
    from temporalio.client import Client

    async def rows_after_insert(url):
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            await connection.execute("INSERT INTO issue VALUES (1)")
            return await connection.fetchval("SELECT count(*) FROM issue")
        finally:
            await connection.close()

    @pytest.mark.parametrize("turn", [1, 2])
    async def test_each_test_has_its_own_rows(database_url, turn):
        assert await rows_after_insert(database_url) == 1

    async def test_more_databases(databases):
        async with databases.fresh() as one, databases.fresh() as other:
            assert one != other
            assert await rows_after_insert(one) == 1
        async with databases.empty() as url:
            with pytest.raises(asyncpg.UndefinedTableError):
                await rows_after_insert(url)

    async def test_temporal(temporal_full, temporal_skipping, temporal_v1):
        for environment in (temporal_full, temporal_skipping, temporal_v1):
            await environment.client.start_workflow("Issue", id="issue/1", task_queue="none")
    """
HANGS = """
    import time

    def test_hangs(postgres, temporal_full):
        print("reached", flush=True)
        time.sleep(100)
    """

Runs = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Runs:
    """Runs pytest on one file in a folder of its own, with its servers recorded below it."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(dedent(text))
    (tmp_path / "tmp").mkdir()

    def start(code: str) -> "subprocess.Popen[str]":
        (tmp_path / "test_it.py").write_text(dedent(code))
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ALEMBIC_CONFIG": str(tmp_path / "alembic.ini"),
            "TMPDIR": str(tmp_path / "tmp"),
        }
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider"]
        return subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=-1, text=True)

    return start


def servers_below(folder: Path) -> list[Identity]:
    """The servers that test runs in this folder left running."""
    records = [Identity.from_json(path.read_text()) for path in folder.rglob("*.pid")]
    for place in folder.rglob("postgres/place"):
        lock = Path(place.read_text()) / "data" / "postmaster.pid"
        records.append(Identity.of(int(lock.read_text().split()[0])) if lock.exists() else None)
    return [one for one in records if one and one.is_alive]


def finish(run: "subprocess.Popen[str]") -> tuple[int, str]:
    output, _ = run.communicate(timeout=90)
    return run.returncode, output


def test_green_run_ends_well_and_leaves_nothing(run: Runs, tmp_path: Path) -> None:
    code, output = finish(run(SERVERS))
    assert code == 0, output
    assert "4 passed" in output
    assert not list((tmp_path / "tmp").iterdir())


def test_red_run_keeps_its_code_and_leaves_nothing(run: Runs, tmp_path: Path) -> None:
    code, output = finish(run(SERVERS + "\n    def test_red(): assert 0\n"))
    assert code == 1
    assert "1 failed, 4 passed" in output
    assert not list((tmp_path / "tmp").iterdir())


def test_killed_run_is_cleared_away_by_the_next(run: Runs, tmp_path: Path) -> None:
    with run(HANGS) as hanging:
        assert hanging.stdout
        assert any("reached" in line for line in hanging.stdout)
        hanging.send_signal(signal.SIGKILL)
    left = servers_below(tmp_path / "tmp")
    assert len(left) == 2
    code, output = finish(run(SERVERS))
    assert code == 0, output
    assert any(not any(one.is_alive for one in left) for _ in until(5))
    assert not list((tmp_path / "tmp").iterdir())
