"""Whoever loads reference data is told whom their meeting policies leave out."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.reference import load
from deploy.reference.gaps import gaps
from deploy.reference.shipped import FOLDER, read

STANDING, LEADER = {"standing": ["police"]}, {"leader": "county-leader"}


def written(folder: Path, *policies: dict[str, Any]) -> Path:
    entries = [{"code": f"p{index}", **each} for index, each in enumerate(policies)]
    (folder / "meeting_policy.json").write_text(json.dumps(entries), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("policies", "missing"),
    [
        ([{"level": "street"}], ["p0: no standing"]),
        ([{"level": "street", **STANDING}], []),
        ([{"level": "county", **STANDING}], ["p0: no leader"]),
        ([{"level": "county"}], ["p0: no standing", "p0: no leader"]),
        ([{"level": "county", **STANDING, **LEADER}], []),
        ([{"level": "community", "kind": "council"}], []),
        ([{"level": "street"}, {"level": "street", "grid": "a.b", **STANDING}], []),
        (
            [{"level": "street", **STANDING}, {"level": "street", "grid": "a.b"}],
            ["p1: no standing"],
        ),
        ([{"level": "street"}, {"level": "community", **STANDING}], ["p0: no standing"]),
    ],
)
def test_a_policy_that_leaves_somebody_out_is_named(
    tmp_path: Path, policies: list[dict[str, Any]], missing: list[str]
) -> None:
    found = list(gaps(read(written(tmp_path, *policies))))
    assert [each.partition(";")[0].partition("policy ")[2] for each in found] == [
        f"{each} parties" if each.endswith("standing") else each for each in missing
    ]


def test_the_loader_warns_and_loads(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The defaults that are shipped name nobody: who sits there only a place can say."""
    monkeypatch.setattr(load, "load", lambda *_: load.Loaded(3, 0))
    assert load.main([str(FOLDER / "default"), "--token", "x"]) == 0
    said = capsys.readouterr()
    assert said.err.count("warning: ") == said.err.count("meeting_policy joint_") == 4
    assert "joint_county: no leader" in said.err
    assert said.out == "3 written, 0 unchanged.\n"
