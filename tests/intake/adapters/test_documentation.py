"""The lines of docs/connect-a-camera.md give alerts, as they stand there."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

import deploy
from domain.alert import TimeQuality
from intake.adapters.contract import RawMessage
from intake.adapters.registry import ADAPTERS
from observability.clock import now
from tests.intake.adapters.messages import a_source
from tests.intake.adapters.samples import shipped_options

PAGE = Path(deploy.__file__).parent.parent / "docs" / "connect-a-camera.md"
BLOCK = re.compile(r"```bash (send|publish)(?: options=(\w+))?\n(.*?)```", re.DOTALL)
SHELL = """
send() { printf '%s\\n%s\\n' "$1" "$2"; cat; }
publish() { printf '%s\\n%s\\n' frigate "$1"; cat; }
"""


@dataclass(frozen=True)
class Line:
    """A message as the page has it sent."""

    way: str
    options: str
    script: str

    @property
    def name(self) -> str:
        return "-".join(self.script.split()[:2])


LINES = [Line(*found) for found in BLOCK.findall(PAGE.read_text("utf-8"))]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_line_of_the_page_is_an_alert(line: Line) -> None:
    run = subprocess.run(
        ["bash", "-c", SHELL + line.script], capture_output=True, check=True, timeout=20
    )
    adapter, kind, body = run.stdout.split(b"\n", 2)
    message = RawMessage(
        body=body,
        received_at=now(),
        content_type=kind.decode() if line.way == "send" else "",
        topic=kind.decode() if line.way == "publish" else None,
    )
    options = shipped_options(line.options) if line.options else {}
    reading = ADAPTERS[adapter.decode()].read(message, a_source(options=options))
    assert (len(reading.alerts), reading.faults) == (1, ())
    assert reading.alerts[0].time_quality in {TimeQuality.DEVICE, TimeQuality.RECEIVED}
    assert not reading.alerts[0].is_late
    assert f'"{reading.alerts[0].camera}' in PAGE.read_text("utf-8").replace("\\", "")


def test_page_has_a_line_for_every_adapter() -> None:
    shown = "\n".join(line.script for line in LINES)
    assert [name for name in ADAPTERS if name not in shown] == []
