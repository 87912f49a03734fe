"""Writes the command order of every workflow: `python -m tests.house.write_fingerprints`.

What each asks Temporal for, read from the source: from every entry point through all helpers in
`workflows/`, with the conditions and loops on the way. Runs in flight replay the new code, so a
change here strands them unless it stands behind a gate.
"""

import json
import sys

from tests.house.command_order import Order
from tests.house.tree import ROOT
from worker import WORKFLOWS

PATH = ROOT / "tests" / "house" / "workflow_fingerprints.json"
Fingerprints = dict[str, dict[str, list[str]]]
"""Of each workflow its entry points, and of each of those the commands."""


def fingerprints() -> Fingerprints:
    return {each.__name__: Order.of(each).entries() for each in WORKFLOWS}


def written() -> Fingerprints:
    given: Fingerprints = json.loads(PATH.read_text(encoding="utf-8"))
    return given


if __name__ == "__main__":
    PATH.write_text(json.dumps(fingerprints(), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(f"{PATH.relative_to(ROOT)}\n")
