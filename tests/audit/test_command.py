"""`python -m deploy.audit`: exit codes and words an operator can act on."""

import json
from pathlib import Path

import pytest

from deploy.audit.__main__ import main
from storage.session import Database
from tests.audit.chains import KEYS, chained, tamper


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("DISPATCH_DATABASE_URL", database_url)
    monkeypatch.setenv("DISPATCH_AUDIT_KEY", KEYS.current.decode())
    monkeypatch.setenv("DISPATCH_JWT_SECRET", "not-a-secret-but-long-enough-for-tests")


async def run(*words: str) -> int:
    """In a thread: it has a loop of its own."""
    import asyncio

    return await asyncio.to_thread(main, words)


@pytest.mark.usefixtures("environment")
async def test_a_whole_log_is_said_to_be_whole_and_a_bad_one_where_it_is_bad(
    database: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    await chained(database)
    anchors = tmp_path / "anchors"
    assert await run("anchor", str(anchors)) == 0
    assert await run("verify", "--anchor", str(anchors)) == 0
    assert "5 links verified, up to link 5: 5 rows unchanged" in capsys.readouterr().out
    assert json.loads(anchors.read_text())["seq"] == 5
    await tamper(database, "DELETE FROM audit_links WHERE seq > 4")
    assert await run("verify") == 0
    assert await run("verify", "--anchor", str(anchors)) == 1
    assert "FAULTY: tail_missing at link 5" in capsys.readouterr().err
    await tamper(database, "UPDATE audit_entries SET subject = 'p.2' WHERE id = 3")
    assert await run("verify") == 1
    assert "FAULTY: row_changed at link 3, entry 3" in capsys.readouterr().err
    assert await run("anchor", str(anchors)) == 1
    assert "nothing was anchored" in capsys.readouterr().err


@pytest.mark.usefixtures("environment")
async def test_a_part_of_the_log_is_verified_by_instants(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await chained(database)
    assert await run("verify", "--from", "2026-11-01", "--until", "2100-01-01") == 0
    assert "5 links verified" in capsys.readouterr().out
    assert await run("verify", "--from", "2100-01-01") == 0
    assert "0 links verified" in capsys.readouterr().out


@pytest.mark.usefixtures("environment")
async def test_nothing_younger_than_the_policy_is_closed_off(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await chained(database)
    assert await run("close", "--before", "2100-01-01") == 1
    assert "DISPATCH_KEEP_AUDIT_YEARS" in capsys.readouterr().err
    assert await run("close") == 0
    assert "Nothing is that old" in capsys.readouterr().out


@pytest.mark.usefixtures("environment")
async def test_without_a_key_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPATCH_AUDIT_KEY")
    assert await run("verify") == 1
    assert capsys.readouterr().err == "DISPATCH_AUDIT_KEY is not set\n"
