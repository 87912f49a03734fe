"""The page about security promises nothing without a test, and every path on it is there."""

import re

from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "security.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)`")


def threats() -> list[list[str]]:
    part = PAGE.read_text(encoding="utf-8").partition("## Threats")[2].partition("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_every_threat_has_a_control_and_a_test_that_is_there() -> None:
    assert len(threats()) >= 10
    for threat, control, tests in threats():
        named = _TEST.findall(tests)
        assert threat, control
        assert control, threat
        assert named, f"no test for: {threat}"
        assert [each for each in named if not (ROOT / each).is_file()] == [], threat


def test_no_threat_stands_there_twice() -> None:
    named = [threat for threat, _, _ in threats()]
    assert len(named) == len(set(named))
