"""The lines of docs/connect-a-camera.md give alerts, as they stand there."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import deploy
from domain.alert import TimeQuality
from domain.alert_source import PictureHost
from intake.adapters.contract import RawMessage, Reading
from intake.adapters.registry import ADAPTERS
from intake.fetching import _allowed
from observability.clock import now
from tests.intake.adapters.messages import a_message, a_source, only_alert
from tests.intake.adapters.samples import SAMPLES, shipped_options

ROOT = Path(deploy.__file__).parent.parent
PAGE = ROOT / "docs" / "connect-a-camera.md"
BLOCK = re.compile(r"```bash (send|publish|mosquitto)(?: options=(\w+))?\n(.*?)```", re.DOTALL)
SOURCE = re.compile(r"```bash\n(source_of (\w+) .*?)```", re.DOTALL)
SHELL = """
send() { printf '%s\\n%s\\n' "$1" "$2"; cat; }
publish() { printf '%s\\n%s\\n' frigate "$1"; cat; }
mosquitto_pub() { printf '%s\\n%s\\n%s' cloudevents "$4" "$6"; }
date() { command date -d "@$AT" "$@"; }
source_of() { printf '%s' "$2"; }
token_of() { :; }
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


def read_at(line: Line, at: datetime) -> Reading:
    """What is made of the message when it is sent at this instant."""
    run = subprocess.run(
        ["bash", "-c", SHELL + line.script],
        capture_output=True,
        check=True,
        timeout=20,
        env=os.environ | {"AT": str(at.timestamp())},
    )
    adapter, kind, body = run.stdout.split(b"\n", 2)
    message = RawMessage(
        body=body,
        received_at=at,
        content_type=kind.decode() if line.way == "send" else "",
        topic=kind.decode() if line.way != "send" else None,
    )
    options = shipped_options(line.options) if line.options else {}
    return ADAPTERS[adapter.decode()].read(message, a_source(options=options))


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_line_of_the_page_is_an_alert(line: Line) -> None:
    reading = read_at(line, now())
    assert (len(reading.alerts), reading.faults) == (1, ())
    assert reading.alerts[0].time_quality in {TimeQuality.DEVICE, TimeQuality.RECEIVED}
    assert not reading.alerts[0].is_late
    assert f'"{reading.alerts[0].camera}' in PAGE.read_text("utf-8").replace("\\", "")


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_line_of_the_page_is_news_when_it_is_sent_again(line: Line) -> None:
    at = now()
    keys = [
        only_alert(read_at(line, each)).delivery_key for each in (at, at + timedelta(seconds=2))
    ]
    assert keys[0] != keys[1]


def test_page_has_a_line_for_every_adapter() -> None:
    shown = "\n".join(line.script for line in LINES)
    assert [name for name in ADAPTERS if name not in shown] == []


def source_of_the_page(name: str) -> dict[str, Any]:
    (script,) = [script for script, code in SOURCE.findall(PAGE.read_text("utf-8")) if code == name]
    run = subprocess.run(
        ["bash", "-c", SHELL + script], capture_output=True, check=True, timeout=20, cwd=ROOT
    )
    read: dict[str, Any] = json.loads(run.stdout)
    return read


def with_a_picture(message: dict[str, Any]) -> dict[str, Any]:
    """The sample, and if it is of the one that has none, a path of the platform's own."""
    if "info" not in message:
        return message
    return message | {"info": message["info"] | {"alarmPicture": "a/2026/1.jpg"}}


@pytest.mark.parametrize("name", ["isc", "icc", "nvr"])
def test_pictures_of_a_source_of_the_page_may_be_fetched(name: str) -> None:
    source = source_of_the_page(name)
    sample: Any = SAMPLES[source["adapter"]][0]
    message = a_message(with_a_picture(sample))
    reading = ADAPTERS[source["adapter"]].read(message, a_source(options=source["options"]))
    hosts = [PictureHost(**each) for each in source["pictures_from"]]
    urls = [picture.url for alert in reading.alerts for picture in alert.pictures]
    assert urls
    for url in urls:
        assert _allowed(url or "", hosts).hostname
