"""Keeps the histories of the scenario tests: `pytest tests/workflows --record-histories`.

They go into the folder of the release that is being made (`histories/0.1`) and replace what lay
there. Folders of older releases are what runs in the field began with: they are never touched.
"""

import json
import os
import re
import socket
import tomllib
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle, WorkflowHistory

from tests.house.tree import ROOT

FOLDER = ROOT / "tests" / "workflows" / "histories"
_NAMES = ("identity", "stackTrace")
_CURRENT_TEST = re.compile(r"::test_(\w+)")


class Recording:
    """Off, unless the command line turned it on."""

    is_on = False
    _kept: dict[str, int] = {}  # noqa: RUF012 - one per process is meant

    @classmethod
    def path(cls) -> Path:
        """The next file of the running test."""
        found = _CURRENT_TEST.search(os.environ["PYTEST_CURRENT_TEST"])
        assert found is not None
        name = found[1]
        count = cls._kept[name] = cls._kept.get(name, 0) + 1
        return FOLDER / release() / (f"{name}.json" if count == 1 else f"{name}.{count}.json")


def release() -> str:
    """The release that is being made, by its first two numbers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return ".".join(project["version"].split(".")[:2])


async def kept(client: Client, workflow_id: str) -> None:
    """Every run of the workflow, and of its children, if histories are being recorded."""
    if not Recording.is_on:
        return
    run_id: str | None = None
    while run_id != "":
        handle = client.get_workflow_handle(workflow_id, run_id=run_id)
        history = await _written(handle)
        for event in history.events:
            child = event.child_workflow_execution_started_event_attributes.workflow_execution
            if child.workflow_id:
                await kept(client, child.workflow_id)
        started = history.events[0].workflow_execution_started_event_attributes
        run_id = started.continued_execution_run_id


async def _written(handle: WorkflowHandle[Any, Any]) -> WorkflowHistory:
    history = await handle.fetch_history()
    path = Recording.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    document = _nameless(json.loads(history.to_json()))
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    path.write_text(text.replace(socket.gethostname(), "host") + "\n", encoding="utf-8")
    return history


def _nameless(part: Any) -> Any:  # noqa: ANN401 - any JSON
    """Without the processes and machines it was recorded on."""
    if isinstance(part, dict):
        return {key: _nameless(value) for key, value in part.items() if key not in _NAMES}
    return [_nameless(each) for each in part] if isinstance(part, list) else part
