"""Every log line of a request says which issue and which request it belongs to."""

import pytest
import structlog
from fastapi import FastAPI
from structlog.testing import capture_logs
from structlog.typing import EventDict

from api import edge
from domain.vocabulary import IssueState
from observability.metrics import REGISTRY
from storage.session import Database
from tests.api.cameras import STRANGER_BOX, Box, an_event, source_made, token_of
from tests.api.temporal import FakeTemporal
from tests.api.town import Town
from tests.builders import OFFICER, RESIDENT
from tests.storage.stories import born_in


async def lines_of(town: Town, method: str, path: str) -> list[EventDict]:
    town.headers = {"X-Request-ID": "request-1"}
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        await (town.get(OFFICER, path) if method == "GET" else town.post(OFFICER, path, {}))
    return logs


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/timeline"), ("GET", "/reporter"), ("POST", "/claim"), ("GET", "/x/y")],
)
async def test_every_line_names_issue_and_request(
    town: Town, database: Database, temporal: FakeTemporal, method: str, path: str
) -> None:
    number = (await born_in(IssueState.DISPATCHED, database)).number
    temporal.failures = [RuntimeError("down")]
    lines = await lines_of(town, method, f"/issues/{number}{path}")
    assert "request_answered" in {line["event"] for line in lines}
    assert {(line["issue"], line["request_id"]) for line in lines} == {(number, "request-1")}


@pytest.mark.parametrize(
    "path", ["/issues", "/issues/search", "/issues/13800138000", "/reference/grid"]
)
async def test_nothing_else_of_an_address_is_told(town: Town, path: str) -> None:
    (line,) = await lines_of(town, "GET", path)
    assert "issue" not in line
    assert "13800138000" not in str(line)


async def test_the_issue_of_a_request_is_not_that_of_the_next(
    town: Town, database: Database
) -> None:
    number = (await born_in(IssueState.DISPATCHED, database)).number
    await town.get(RESIDENT, f"/issues/{number}")
    assert all("issue" not in line for line in await lines_of(town, "GET", "/issues"))


async def test_what_is_kept_is_counted_and_has_no_line(
    town: Town, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    await source_made(town)
    box = Box(app, (await token_of(town))["address"])
    wrapper = structlog.make_filtering_bound_logger("info")
    monkeypatch.setattr(edge, "log", structlog.wrap_logger(None, wrapper_class=wrapper))
    labels = {"adapter": "cloudevents", "outcome": "kept"}
    before = REGISTRY.get_sample_value("dispatch_raw_messages_total", labels) or 0
    with capture_logs() as logs:
        await box.send(an_event())
        await Box(box.app, box.path, STRANGER_BOX).send(an_event())
    assert [line["status"] for line in logs] == [404]
    assert REGISTRY.get_sample_value("dispatch_raw_messages_total", labels) == before + 1
