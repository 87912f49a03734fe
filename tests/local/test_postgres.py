import dataclasses
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local.accounts import ROOT, Account
from deploy.local.identity import Identity
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import Postgres
from deploy.local.processes import StartFailed, gone_within

AS_ROOT = os.geteuid() == ROOT


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """As root, its folder is closed to the account the server runs as: pytest's are 0700."""
    one = Postgres(folder=tmp_path / "postgres", settings={"fsync": "off"})
    yield one
    one.destroy()


async def ask(server: Postgres, question: str, password: str | None = None) -> object:
    url = server.url(driver="postgresql")
    connection = await asyncpg.connect(url, **({"password": password} if password else {}))
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_fresh_server_answers_and_refuses_a_wrong_password(server: Postgres) -> None:
    assert server.start()
    assert await ask(server, "SHOW data_checksums") == "on"
    assert await ask(server, "SHOW server_encoding") == "UTF8"
    assert await ask(server, "SHOW listen_addresses") == LOOPBACK
    assert await ask(server, "SHOW unix_socket_directories") == ""
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(server, "SELECT 1", password="guessed")
    assert (server.folder / "password").stat().st_mode & 0o777 == 0o600


async def test_found_again_and_kept_over_a_restart(server: Postgres) -> None:
    server.start()
    await ask(server, "CREATE TABLE issue (id int)")
    same = Postgres(folder=server.folder)
    assert not same.start()
    assert same.url() == server.url()
    same.stop()
    assert not server.is_running
    assert server.start()
    assert await ask(server, "SELECT count(*) FROM issue") == 0


def test_stop_leaves_no_process_and_destroy_no_data(server: Postgres) -> None:
    server.start()
    running, place = server.identity(), server.log.parent
    server.destroy()
    assert running
    assert not running.is_alive
    assert not place.exists()
    assert not server.folder.exists()


def test_taken_port_is_passed_over(server: Postgres) -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        taken = other.getsockname()[1]
        server = dataclasses.replace(server, preferred_port=taken)
        server.start()
        assert server.port != taken


async def test_killed_server_recovers(server: Postgres) -> None:
    server.start()
    await ask(server, "CREATE TABLE issue (id int)")
    running = server.identity()
    assert running
    os.kill(running.pid, signal.SIGKILL)
    assert gone_within(running, 10)
    assert not server.is_running
    assert server.start()
    assert await ask(server, "SELECT count(*) FROM issue") == 0


def test_stranger_under_the_stale_pid_is_left_alone(server: Postgres) -> None:
    server.start()
    server.stop()
    account = Account.for_data(server.log.parent / "data")
    uid, gid = account.steps_down_to or (None, None)  # of the same user: the server would give up
    stranger = subprocess.Popen(["sleep", "60"], user=uid, group=gid)
    try:
        lock = server.log.parent / "data" / "postmaster.pid"
        account.write(lock, f"{stranger.pid}\n/data\n0\n1\n\n{LOOPBACK}\n  1 1\nready\n")
        assert not server.is_running
        assert server.start()
        assert Identity.of(stranger.pid)
    finally:
        stranger.kill()
        stranger.wait()


def test_bad_setting_fails_with_the_servers_words(server: Postgres) -> None:
    wrong = dataclasses.replace(server, settings={"shared_buffers": "many"})
    with pytest.raises(StartFailed, match='invalid value for parameter "shared_buffers"'):
        wrong.start()
    assert not wrong.is_running


def test_half_made_cluster_is_made_anew(server: Postgres) -> None:
    server.start()
    server.stop()
    (server.log.parent / "data").rename(server.log.parent / "data.new")
    assert server.start()


def test_lost_data_are_said_not_replaced(server: Postgres) -> None:
    server.start()
    server.stop()
    shutil.rmtree(server.log.parent)
    with pytest.raises(StartFailed, match="lost its data folder"):
        server.start()


def test_database_is_made_once(server: Postgres) -> None:
    server.start()
    server.create_database("dispatch")
    server.create_database("dispatch")


@pytest.mark.skipif(not AS_ROOT, reason="taking another account needs root: setuid(2)")
def test_root_steps_down_and_opens_no_folder(server: Postgres, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    server.start()
    running = server.identity()
    assert running
    assert Path(f"/proc/{running.pid}").stat().st_uid != ROOT
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert server.log.parent.stat().st_mode & 0o777 == 0o700
