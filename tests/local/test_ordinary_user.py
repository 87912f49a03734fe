import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import binaries
from deploy.local.accounts import ROOT, Account
from deploy.local.migrations import ROOT as PRODUCT

SCRIPT = """
import json, os, sys
from pathlib import Path
from deploy.local.postgres import Postgres
server = Postgres(folder=Path(os.environ["HOME"]) / "postgres")
started = server.start()
server.create_database("dispatch")
owner = Path(f"/proc/{server.identity().pid}").stat().st_uid
again = Postgres(folder=server.folder).start()
place = str(server.log.parent)
server.stop()
print(json.dumps([started, again, owner, place, server.is_running]))
"""

pytestmark = pytest.mark.skipif(
    os.geteuid() != ROOT, reason="the run is an ordinary user's itself; setuid(2)"
)


@pytest.fixture
def nobody() -> Account:
    return Account.for_data(Path("/does/not/exist"))


@pytest.fixture
def home(nobody: Account) -> Iterator[Path]:
    """A home of nobody's, with a copy of the package: the checkout may be closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="dispatch-home-"))
    shutil.copytree(PRODUCT / "deploy", folder / "deploy")
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    nobody.own(folder)
    yield folder
    shutil.rmtree(folder)


def test_ordinary_user_keeps_the_data_at_home(nobody: Account, home: Path) -> None:
    pythons = (sys.executable, "/usr/bin/python3")
    usable = [python for python in pythons if _is_new_enough(nobody, python)]
    if not usable:
        pytest.skip("there is no Python that another user can run")
    wheel = binaries.postgres(nobody).parents[2]
    environment = {"HOME": str(home), "PYTHONPATH": f"{home}:{wheel}"}
    answer = nobody.run([usable[0], "-c", SCRIPT], environment)
    assert answer.returncode == 0, answer.stderr
    started, again, owner, place, is_running = json.loads(answer.stdout)
    assert nobody.steps_down_to
    assert (started, again, is_running) == (True, False, False)
    assert owner == nobody.steps_down_to[0]
    assert place == str(home / "postgres" / "server")


def _is_new_enough(account: Account, python: str) -> bool:
    try:
        check = "import sys; sys.exit(sys.version_info < (3, 11))"
        return account.run([python, "-c", check]).returncode == 0
    except OSError:
        return False
