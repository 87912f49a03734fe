"""Histories of every release replay on the workflows as they are now."""

import json
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from tests.workflows.recording import FOLDER, release
from worker import WORKFLOWS

STRANDED = """
A run of release {release} does not replay on this code: issues in flight would stand still.
Release {now} is being made. Its own histories may be recorded again:
    .venv/bin/pytest tests/workflows --record-histories
For an older one put the change behind a gate: docs/runbooks/change-a-workflow.md
{error}
"""
HISTORIES = sorted(FOLDER.glob("*/*.json"))
NAMES = [str(path.relative_to(FOLDER).with_suffix("")) for path in HISTORIES]


BY_NAME = {workflow._Definition.must_from_class(each).name: each for each in WORKFLOWS}
"""A replayer imports the domain once for each workflow that it is given."""


def history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json("recorded", path.read_text(encoding="utf-8"))


def replayer(*workflows: type) -> Replayer:
    return Replayer(workflows=workflows, data_converter=pydantic_data_converter)


def type_in(path: Path) -> str:
    """The type of the workflow whose history this is."""
    started = json.loads(path.read_text(encoding="utf-8"))["events"][0]
    name: str = started["workflowExecutionStartedEventAttributes"]["workflowType"]["name"]
    return name


@pytest.mark.parametrize("path", HISTORIES, ids=NAMES)
async def test_history_replays(path: Path) -> None:
    try:
        await replayer(BY_NAME[type_in(path)]).replay_workflow(history(path))
    except NondeterminismError as stranded:
        pytest.fail(STRANDED.format(release=path.parent.name, now=release(), error=stranded))


def test_every_workflow_has_histories_in_every_release() -> None:
    newest = max(path.parent.name for path in HISTORIES)
    assert {type_in(path) for path in HISTORIES if path.parent.name == newest} >= {*BY_NAME}
