"""Imports point down; the contracts in pyproject.toml say what that means."""

import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT

LINT = Path(sys.executable).with_name("lint-imports")


def test_import_contracts_are_kept() -> None:
    run = subprocess.run(
        [LINT, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]
