import asyncio

import httpx
import pytest
from fastapi import FastAPI
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCStatusCode

from api.problems import STATUS
from domain.ids import IssueNumber
from domain.refusals import RefusalCode
from domain.vocabulary import IssueState
from storage.session import Database
from tests.api.temporal import FakeTemporal, rpc_error, update_refused
from tests.api.town import Town, a_whistle
from tests.builders import OFFICER, RESIDENT
from tests.storage.stories import born, born_in
from workflows.contracts import NEW_RUN

DISPATCHED = IssueState.DISPATCHED


class Crash(BaseException):
    """The process dies here."""


async def claim(town: Town, number: str, key: str = "k") -> httpx.Response:
    return await town.post(OFFICER, f"/issues/{number}/claim", {"text": "我来"}, key)


@pytest.mark.parametrize("code", RefusalCode)
async def test_every_refusal_of_the_law_has_its_status_and_code(
    town: Town, database: Database, temporal: FakeTemporal, code: RefusalCode
) -> None:
    issue = await born_in(DISPATCHED, database)
    temporal.failures = [update_refused(code, {"department": "police"})]
    answer = await claim(town, issue.number)
    assert answer.status_code == STATUS[code]
    assert answer.status_code in {403, 409}
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["params"]) == (code, {"department": "police"})


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (rpc_error(RPCStatusCode.UNAVAILABLE), (503, "engine_unavailable")),
        (RuntimeError("Failed client connect"), (503, "engine_unavailable")),
        (rpc_error(RPCStatusCode.DEADLINE_EXCEEDED), (503, "outcome_unknown")),
        (WorkflowUpdateRPCTimeoutOrCancelledError(), (503, "outcome_unknown")),
        (TimeoutError(), (503, "outcome_unknown")),
        (rpc_error(RPCStatusCode.RESOURCE_EXHAUSTED), (503, "overloaded")),
        (rpc_error(RPCStatusCode.FAILED_PRECONDITION), (503, "overloaded")),
        (WorkflowUpdateFailedError(ApplicationError("x")), (500, "internal_error")),
        (update_refused("unheard_of", {}), (500, "internal_error")),
        (ValueError("unforeseen"), (500, "internal_error")),
    ],
)
async def test_a_failing_engine_is_told_and_leaves_the_key_open(
    town: Town,
    database: Database,
    temporal: FakeTemporal,
    failure: BaseException,
    said: tuple[int, str],
) -> None:
    issue = await born_in(DISPATCHED, database)
    temporal.failures = [failure]
    refused = await claim(town, issue.number)
    assert (refused.status_code, refused.json()["code"]) == said
    assert ("Retry-After" in refused.headers) == (said[0] == 503)
    assert (await claim(town, issue.number)).status_code == 200


async def test_an_engine_that_never_answers_is_given_up_in_time(
    town: Town, database: Database, temporal: FakeTemporal, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = await born_in(DISPATCHED, database)

    async def forever(*_: object, **__: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr("tests.api.temporal.FakeHandle.execute_update", forever)
    answer = await asyncio.wait_for(claim(town, issue.number), 5)
    assert answer.json()["code"] == "outcome_unknown"


async def test_a_crash_before_the_answer_was_kept_does_not_lose_it(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    issue = await born_in(DISPATCHED, database)
    temporal.after = _crash
    with pytest.raises(Crash):
        await claim(town, issue.number)
    temporal.after = lambda: None
    again = await claim(town, issue.number)
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert again.json() == (await claim(town, issue.number)).json()
    assert len(temporal.asked) == 1, "the record answers, nobody is asked again"


async def test_a_crash_before_the_effect_is_finished_by_the_same_request(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    issue = await born_in(DISPATCHED, database)
    temporal.failures = [Crash()]
    with pytest.raises(Crash):
        await claim(town, issue.number)
    assert (await claim(town, issue.number)).status_code == 200


async def test_an_issue_whose_workflow_has_not_started_is_asked_for_again(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    number = await born(database)
    temporal.is_gone = True
    answer = await town.post(RESIDENT, f"/issues/{number}/withdraw")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_yet_started")
    assert answer.headers["Retry-After"] == "1"


async def test_a_workflow_that_starts_meanwhile_is_waited_for(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    number = await born(database)
    temporal.failures = [rpc_error(RPCStatusCode.NOT_FOUND)]
    answer = await town.post(RESIDENT, f"/issues/{number}/withdraw")
    assert (answer.status_code, answer.json()["state"]) == (200, "closed")


async def test_of_a_workflow_that_is_over_the_law_still_knows_why_not(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    issue = await born_in(IssueState.CLOSED, database)
    temporal.is_gone = True
    answer = await town.post(RESIDENT, f"/issues/{issue.number}/urge")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


async def test_a_workflow_that_ought_to_run_and_does_not_is_no_refusal(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    issue = await born_in(DISPATCHED, database)
    temporal.is_gone = True
    answer = await claim(town, issue.number)
    assert (answer.status_code, answer.json()["code"]) == (503, "engine_unavailable")


async def test_a_command_that_ended_the_workflow_is_answered_from_the_record(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    number = await town.raised(RESIDENT)
    temporal.after = _crash
    with pytest.raises(Crash):
        await town.post(RESIDENT, f"/issues/{number}/withdraw", key="w")
    temporal.after, temporal.is_gone = (lambda: None), True
    answer = await town.post(RESIDENT, f"/issues/{number}/withdraw", key="w")
    assert (answer.status_code, answer.json()["event"]) == (200, "issue_withdrawn")


async def test_issues_are_raised_while_temporal_is_down(town: Town, temporal: FakeTemporal) -> None:
    temporal.failures = [RuntimeError("down")] * 9
    assert IssueNumber(await town.raised(RESIDENT)).startswith("QJ-2026-")


async def test_a_database_that_cannot_be_reached_is_told(town: Town, app: FastAPI) -> None:
    parts = app.state.parts
    unreachable = Database("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    object.__setattr__(parts, "database", unreachable)
    for answer in (
        await town.get(RESIDENT, "/issues"),
        await town.post(RESIDENT, "/issues", a_whistle()),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        assert answer.headers["Retry-After"] == "3"


def _crash() -> None:
    raise Crash


async def test_command_is_asked_again_while_a_new_run_begins(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    issue = await born_in(DISPATCHED, database)
    begins = WorkflowUpdateFailedError(ApplicationError("a new run begins", type=NEW_RUN))
    temporal.failures = [begins, begins]
    assert (await claim(town, issue.number)).status_code == 200
    assert len(temporal.asked) == 3
