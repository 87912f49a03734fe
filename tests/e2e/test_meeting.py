"""A joint meeting from the call to the review: over HTTP, real workflows, the real record."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import httpx
import pytest_asyncio
from obstore.store import MemoryStore
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from api.app import build_app
from api.auth import Gate
from api.keys import FixedKey
from api.links import Links
from api.parts import Parts
from api.uploading import Uploads
from domain.actor import Actor
from domain.ids import DepartmentCode, IssueNumber, MeetingNumber
from domain.meeting.policy import MeetingPolicy
from domain.reference import Department, ReferenceKind
from domain.vocabulary import Level, Role
from intake.pictures.darkroom import Darkroom
from intake.relay import Relay
from observability import clock
from storage.pictures.album import Album
from storage.pictures.objects import StoredObjects
from storage.session import Database
from tests.activities.desk import written
from tests.api.signing_in import a_way_in
from tests.api.town import SECRET, Town
from tests.builders import COUNTY, OFFICER, PLUMBER, POLICE, WATER, an_actor
from tests.intake.yard import Yard, yard
from workflows.contracts import issue_workflow_id, meeting_workflow_id

OFFICE = DepartmentCode("office")
HOUSING, FIRE = DepartmentCode("housing"), DepartmentCode("fire")
CONVENOR = an_actor(Role.STAFF, subject="o.1", department=OFFICE)
SUPERVISOR = an_actor(Role.SUPERVISOR, subject="s.1", grids=(COUNTY,))
_PATIENCE = 100


@pytest_asyncio.fixture(loop_scope="session")
async def one(
    temporal_full: WorkflowEnvironment, database: Database, database_url: str
) -> AsyncIterator[Yard]:
    async with yard(database_url, database, temporal_full.client) as made:
        policy = MeetingPolicy(
            code="street", level=Level.STREET, standing=(POLICE, WATER), convenor=OFFICE
        )
        await written(database, ReferenceKind.MEETING_POLICY, policy)
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def town(one: Yard) -> AsyncIterator[Town]:
    async def connect() -> Client:
        return one.client

    album = Album(one.database, StoredObjects(MemoryStore()))
    parts = Parts(
        database=one.database,
        album=album,
        uploads=Uploads(album, Darkroom(), clock.now),
        links=Links(SECRET.encode(), timedelta(minutes=5)),
        connect=connect,
        gate=Gate(FixedKey.secret(SECRET)),
        ways_in=a_way_in(),
        now=clock.now,
    )
    app = build_app(parts)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as http,
    ):
        yield Town(http)


async def seen(town: Town, who: Actor, path: str, is_so: Callable[[Any], bool]) -> None:
    """Returns once what is shown there is so."""
    for _ in range(_PATIENCE):
        answer = await town.get(who, path)
        if answer.status_code == 200 and is_so(answer.json()):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(path)


async def give(town: Town, who: Actor, path: str, **body: object) -> str:
    """The state after the command."""
    answer = await town.post(who, path, body, key=token_hex(8))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["state"])


async def convened(town: Town, one: Yard, **said: object) -> IssueNumber:
    """An issue whose meeting is called for by a supervisor and stands in the record."""
    number = await one.born()
    await Relay(one.database, one.client, clock.now).drain()
    issue = f"/issues/{number}"
    await seen(town, SUPERVISOR, issue, lambda shown: shown["state"] == "dispatched")
    await give(town, SUPERVISOR, f"{issue}/convene", level="street", text="须共同商议", **said)
    await seen(town, CONVENOR, f"/meetings/{number}-M1", lambda _: True)
    return number


def a_decision(number: IssueNumber) -> dict[str, object]:
    due_by = (clock.now() + timedelta(days=2)).isoformat()
    return {
        "issue": number,
        "outcome": "dispatched",
        "lead": POLICE,
        "co": [WATER],
        "tasks": [{"department": WATER, "due_by": due_by, "text": "抢修管道"}],
    }


async def test_a_meeting_sits_decides_and_has_its_task_reviewed(town: Town, one: Yard) -> None:
    number = await convened(town, one)
    meeting = f"/meetings/{number}-M1"
    owed = (await town.get(OFFICER, "/meetings/owed")).json()["items"]
    assert [(each["meeting"], each["duty"]) for each in owed] == [(f"{number}-M1", "report_in")]
    for party in (OFFICER, PLUMBER):
        assert await give(town, party, f"{meeting}/report-in", text="已到") == "proposed"
    assert await give(town, CONVENOR, f"{meeting}/open") == "discussing"
    assert await give(town, CONVENOR, f"{meeting}/decide", **a_decision(number)) == "decided"
    assert await give(town, PLUMBER, f"{meeting}/complete-task", task="T1") == "reviewing"
    review = {"task": "T1", "accepted": True}
    assert await give(town, CONVENOR, f"{meeting}/review-task", **review) == "closed"
    shown = (await town.get(CONVENOR, meeting)).json()
    assert (shown["outcome"], shown["tasks"][0]["text"]) == ("settled", "抢修管道")
    handle = one.client.get_workflow_handle(meeting_workflow_id(MeetingNumber(f"{number}-M1")))
    await asyncio.wait_for(handle.result(), _PATIENCE)
    await seen(town, SUPERVISOR, f"/issues/{number}/timeline", has_had_its_meeting)
    assert (await town.get(OFFICER, "/meetings/owed")).json() == {"items": [], "next": None}


def has_had_its_meeting(timeline: Any) -> bool:  # noqa: ANN401 - JSON
    names = [each["name"] for each in timeline["items"]]
    told = [name for name in names if name in {"meeting_convened", "meeting_ended"}]
    return told == ["meeting_convened", "meeting_ended"]


async def histories(one: Yard, number: IssueNumber) -> bytes:
    """Everything Temporal keeps of an issue and of its meeting."""
    ids = (issue_workflow_id(number), meeting_workflow_id(MeetingNumber(f"{number}-M1")))
    kept = [await one.client.get_workflow_handle(each).fetch_history() for each in ids]
    return b"".join(event.SerializeToString() for each in kept for event in each.events)


async def test_who_convenes_says_when_where_and_who_else_comes(town: Town, one: Yard) -> None:
    for code, name in ((HOUSING, "住建"), (FIRE, "消防")):
        department = Department(code=code, name=name, name_en=name, grid=COUNTY)
        await written(one.database, ReferenceKind.DEPARTMENT, department)
    times = [(clock.now() + timedelta(days=days)).isoformat() for days in (5, 6)]
    where = "Room 3-14"
    number = await convened(town, one, proposed=times, place=where, invites=[HOUSING])
    issue, meeting = f"/issues/{number}", f"/meetings/{number}-M1"
    shown = (await town.get(CONVENOR, meeting)).json()
    instants = [datetime.fromisoformat(each) for each in (*shown["proposed"], shown["sits_at"])]
    assert instants == [datetime.fromisoformat(each) for each in (*times, times[0])]
    assert (shown["place"], shown["parties"][-1]["name"]) == (where, "住建")
    invited, not_yet = (
        an_actor(Role.STAFF, subject=f"{code}.1", department=code) for code in (HOUSING, FIRE)
    )
    assert (await town.get(invited, issue)).status_code == 200
    assert (await town.get(not_yet, issue)).status_code == 404
    assert await give(town, CONVENOR, f"{meeting}/invite", invites=[FIRE]) == "proposed"
    assert (await town.get(not_yet, f"{issue}/timeline")).status_code == 200
    assert await give(town, not_yet, f"{meeting}/report-in") == "proposed"
    kept = await histories(one, number)
    assert b"/place" in kept
    assert where.encode() not in kept
