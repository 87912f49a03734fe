import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest

from deploy.local.identity import Identity
from deploy.local.migrations import ROOT
from deploy.local.product import Product


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "local"
    product = Product.at(tmp_path / "local")
    product.stack.down()
    product.postgres.destroy()


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.local", "--folder", str(folder), *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def test_engine_up_status_down_reset(folder: Path) -> None:
    first = run(folder, "up", "--only", "postgres", "temporal")
    assert first.returncode == 0, first.stderr
    assert "Started: postgres, temporal." in first.stdout
    assert "/docs" in first.stdout
    assert "nothing, all was running" in run(folder, "up", "--only", "postgres", "temporal").stdout
    status = run(folder, "status")
    assert status.returncode == 1  # the API and the worker are not running
    assert status.stdout.count("running, pid") == 2
    assert run(folder, "restart", "temporal").returncode == 0
    pids = [int(word) for word in status.stdout.split() if word.isdigit()]
    assert run(folder, "down").returncode == 0
    assert not any(Identity.of(pid) for pid in pids)
    assert run(folder, "reset").returncode == 0
    assert not folder.exists()


def test_mistakes_are_told_in_words(folder: Path) -> None:
    answer = run(folder, "restart", "wroker")
    assert answer.returncode == 1
    assert answer.stderr.startswith("no wroker; there are api,")


def test_token_is_for_the_local_secret(folder: Path) -> None:
    answer = run(folder, "token", "--role", "dispatcher", "d-1")
    secret = (folder / "jwt-secret").read_text()
    claims = jwt.decode(answer.stdout.strip(), secret, algorithms=["HS256"])
    assert (claims["sub"], claims["roles"]) == ("d-1", ["dispatcher"])
