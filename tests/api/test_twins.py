"""One request sent twice, at once or later, is one request."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from temporalio.service import RPCStatusCode

from domain.refusals import RefusalCode
from domain.vocabulary import IssueState
from storage.births import Births
from storage.queries import Queries
from storage.session import Database
from tests.api.temporal import FakeTemporal, rpc_error, update_refused
from tests.api.town import Town, a_whistle
from tests.builders import NOON, OFFICER, RESIDENT
from tests.storage.stories import born_in

DISPATCHED = IssueState.DISPATCHED


class Crash(BaseException):
    """The process dies here."""


async def claim(town: Town, number: str) -> httpx.Response:
    return await town.post(OFFICER, f"/issues/{number}/claim", {"text": "我来"}, "k")


async def test_two_requests_with_one_key_at_once_have_one_effect(
    town: Town, database: Database
) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(town.post(RESIDENT, "/issues", a_whistle(), "k")) for _ in range(5)
        ]
    assert len({task.result().json()["number"] for task in tasks}) == 1
    async with database.begin() as session:
        assert await Births(session).waiting() == 1


async def test_a_request_refused_while_its_twin_was_accepted_is_accepted(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    number = (await born_in(DISPATCHED, database)).number

    async def twin() -> None:
        assert (await claim(town, number)).status_code == 200
        temporal.failures = [update_refused(RefusalCode.ALREADY_CLAIMED, {"claimed_by": "p.1"})]

    temporal.meanwhile = twin
    answers = [await claim(town, number) for _ in "12"]
    assert [(each.status_code, each.json()["event"]) for each in answers] == [
        (200, "issue_claimed")
    ] * 2
    assert await last_said(town, number) == "我来"


async def test_a_request_accepted_after_its_twin_was_refused_stays_accepted(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    number = (await born_in(DISPATCHED, database)).number

    async def twin() -> None:
        temporal.failures = [update_refused(RefusalCode.WRONG_STATE, {"state": "reported"})]
        assert (await claim(town, number)).status_code == 409

    temporal.meanwhile = twin
    answers = [await claim(town, number) for _ in "12"]
    assert [each.status_code for each in answers] == [200, 200]
    assert await last_said(town, number) == "我来"


async def test_a_refusal_that_was_kept_does_not_hide_what_the_record_says(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    number = (await born_in(DISPATCHED, database)).number

    async def twin() -> None:
        temporal.failures = [update_refused(RefusalCode.WRONG_STATE, {"state": "reported"})]
        await claim(town, number)

    temporal.meanwhile, temporal.after = twin, _crash
    with pytest.raises(Crash):
        await claim(town, number)
    temporal.after = lambda: None
    assert (await claim(town, number)).status_code == 200
    assert await last_said(town, number) == "我来"


async def last_said(town: Town, number: str) -> str:
    timeline = (await town.get(OFFICER, f"/issues/{number}/timeline")).json()
    return str(timeline["items"][-1]["text"])


async def test_a_repeated_command_was_asked_when_it_was_asked_first(
    town: Town, database: Database, temporal: FakeTemporal, app: FastAPI
) -> None:
    number = (await born_in(DISPATCHED, database)).number
    temporal.failures = [rpc_error(RPCStatusCode.UNAVAILABLE)]
    assert (await claim(town, number)).status_code == 503
    object.__setattr__(app.state.parts, "now", lambda: NOON + timedelta(hours=2))
    assert (await claim(town, number)).status_code == 200
    async with database.read() as session:
        claimed = (await Queries(session).events(number))[-1]
    assert claimed.command.asked_at == NOON


def _crash() -> None:
    raise Crash
