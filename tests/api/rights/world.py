"""What is asked about: an issue in every state, three meetings, a camera, reference data."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import cast

import httpx
from fastapi import FastAPI
from temporalio.client import Client

from api.app import build_app
from api.auth import Gate
from api.keys import FixedKey
from api.links import Links
from api.parts import IntakeParts, Parts
from api.uploading import Uploads
from api.ways_in.wechat import WeChatWay
from api.ways_in.wechat_client import WeChat
from domain import commands as c
from domain.alert import AlertKind
from domain.alerts.policy import AlertPolicy
from domain.ids import CategoryCode, IssueNumber, MeetingNumber, PartyCode, Subject, WhistleKindCode
from domain.meeting import commands as m
from domain.meeting.words import MeetingState
from domain.reference import Absence, NoticePolicy, ReferenceKind, WhistleKind
from domain.vocabulary import IssueState, Role
from intake.adapters.registry import ADAPTERS
from intake.conditions import Conditions
from intake.pictures.darkroom import Darkroom
from intake.sorting import Sorter
from storage.followers import Followers
from storage.pictures.album import Album
from storage.session import Database
from tests.activities.desk import written
from tests.api.cameras import PROXY, SIGNING_KEY, Box, an_event, source_made, token_of
from tests.api.residents import LINK_MAKER
from tests.api.rights.judge import Judge
from tests.api.rights.standings import PLACED, REVIEWER, ROLES
from tests.api.signing_in import a_way_in
from tests.api.town import ADMINISTRATOR, SECRET, Json, Town, settle
from tests.builders import DISPATCHER, NOON, PLUMBER, POLICE, WATER, asked, the_way_to
from tests.databases import Databases
from tests.domain.meeting.life import POLICEMAN, MeetingLife, a_meeting
from tests.pictures.album import FrailObjects, StoppedClock
from tests.sealing.rings import RING
from tests.storage.sittings import recorded_life
from tests.storage.stories import born, recorded

ANY_WHISTLE = "any"
SOURCE, CAMERA = "box", "b5-bins"
AWAY, TOLD = "away-1", "department:police"
CLERK, LEAVER = "clerk-1", "r.77"


@dataclass
class World:
    """The names of everything that can be asked for."""

    town: Town
    app: FastAPI
    database: Database
    issues: dict[IssueState, IssueNumber] = field(default_factory=dict)
    meetings: dict[MeetingState, MeetingNumber] = field(default_factory=dict)
    waiting: str = ""
    """The open issue of somebody else, who is to be erased."""
    links: list[str] = field(default_factory=list)
    """For the notice board: one to be revoked, one to be drawn."""
    message: int = 0
    token: str = ""
    appointment: str = ""
    """A further one, which may be ended again and again."""


class NoWeChat:
    """Nobody signs in by it here; that there is one lets codes for it be asked for."""

    async def close(self) -> None:
        return None


@asynccontextmanager
async def a_world(databases: Databases) -> AsyncIterator[World]:
    """In a database of its own; nothing in it changes by being asked for."""
    async with databases.fresh() as url:
        database = Database(url, ring=RING)
        await settle(database)
        app = build_app(_parts(database))
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),  # closes the database
            httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as http,
        ):
            world = World(Town(http), app, database)
            await _furnish(world)
            yield world


def _parts(database: Database) -> Parts:
    async def connect() -> Client:
        return cast("Client", Judge(database))

    clock, ways_in = StoppedClock(), a_way_in()
    album = Album(database, FrailObjects(), most_waiting=12)
    return Parts(
        database=database,
        connect=connect,
        gate=Gate(FixedKey.secret(SECRET)),
        ways_in=ways_in,
        wechat=WeChatWay(wechat=cast("WeChat", NoWeChat()), database=database, ways_in=ways_in),
        now=clock,
        album=album,
        uploads=Uploads(album, Darkroom(), clock),
        link_maker=LINK_MAKER,
        links=Links(SECRET.encode(), timedelta(minutes=5)),
        intake=IntakeParts(adapters=ADAPTERS, signing_key=SIGNING_KEY, proxies=(PROXY,)),
    )


async def _furnish(world: World) -> None:
    for state in IssueState:
        number = await born(world.database)
        await recorded(world.database, number, _way_to(state))
        world.issues[state] = number
    world.waiting = await born(world.database, raised_by=Subject(LEAVER))
    await _put_on_record(world)
    await _appoint(world)
    await _convene(world)
    await _write_entries(world.database)
    await _watch(world)


async def follow(world: World) -> None:
    """Everybody who is in scope follows the resolved issue."""
    resolved = world.issues[IssueState.RESOLVED]
    async with world.database.begin() as session:
        for roles in ROLES:
            await Followers(session).follow(resolved, PLACED.actor(roles).subject, NOON)


def _way_to(state: IssueState) -> Iterator[c.Command]:
    """With the water department beside the police, which has done its part when that is over."""
    for command in the_way_to(state):
        if isinstance(command, c.ResolveIssue):
            yield asked(c.CompletePart, PLUMBER)
        if isinstance(command, c.DispatchIssue):
            yield replace(command, co=(WATER,))
        else:
            yield command


async def _put_on_record(world: World) -> None:
    """An administrator erased something, and a dispatcher made links."""
    town, number = world.town, world.issues[IssueState.HANDLING]
    erased = await town.post(ADMINISTRATOR, f"/issues/{world.waiting}/erase-personal-data")
    assert erased.status_code == 200, erased.text
    for _ in range(2):
        made = await town.post(DISPATCHER, f"/issues/{number}/links", {"kind": "board"})
        world.links.append(made.json()["id"])


async def _appoint(world: World) -> None:
    """Somebody of the police has an account, and appointments that may be ended."""
    post: Json = {"roles": ["staff"], "department": POLICE}
    body: Json = {"subject": CLERK, "login": CLERK, "appointments": [post]}
    made = await world.town.post(ADMINISTRATOR, "/accounts", body)
    assert made.status_code == 201, made.text
    path = f"/accounts/{CLERK}/appointments"
    world.appointment = (await world.town.post(ADMINISTRATOR, path, post)).json()["id"]


async def _convene(world: World) -> None:
    for place, state in enumerate((MeetingState.PROPOSED, MeetingState.DISCUSSING), 1):
        await _met(world, place, a_meeting(state))
    await _met(world, 3, _reviewed())


def _reviewed() -> MeetingLife:
    """Two tasks were done: the convenor looks at one, at the other a person."""
    life = a_meeting(MeetingState.DISCUSSING)
    by_person = replace(life.order(), reviewer=PartyCode(REVIEWER), reviewer_is_person=True)
    life.dispatch(life.order(), by_person)
    for task in ("T1", "T2"):
        life.give(POLICEMAN, m.CompleteTask, task=task)
    return life


async def _met(world: World, place: int, life: MeetingLife) -> None:
    number = MeetingNumber(f"QJ-2026-0000001-M{place}")
    meeting = await recorded_life(world.database, life, number)
    world.meetings[meeting.state] = number


async def _write_entries(database: Database) -> None:
    whistle = WhistleKind(
        code=WhistleKindCode(ANY_WHISTLE),
        name="任意",
        name_en="Any",
        may_blow=tuple(role for role in Role if role is not Role.ENGINE),
    )
    away = Absence(code=AWAY, staff=Subject("p.1"), since=NOON, until=NOON + timedelta(days=1))
    policy = AlertPolicy(
        code="bins", kind=AlertKind.GARBAGE_OVERFLOW, category=CategoryCode("standing_water")
    )
    for kind, body in (
        (ReferenceKind.WHISTLE_KIND, whistle),
        (ReferenceKind.ABSENCE, away),
        (ReferenceKind.NOTICE_POLICY, NoticePolicy(code=TOLD)),
        (ReferenceKind.ALERT_POLICY, policy),
    ):
        await written(database, kind, body)


async def _watch(world: World) -> None:
    """A camera has sent something, which was read, and something else, which was not."""
    town = world.town
    await source_made(town, SOURCE)
    issued = await token_of(town, SOURCE)
    world.token = issued["id"]
    box = Box(world.app, issued["address"])
    for body in ([an_event(), an_event(data={"zone": "bin-3"})], b"{"):
        await box.send(body)
    law = Conditions(world.database, lambda: NOON)
    await Sorter(world.database, ADAPTERS, law, lambda: NOON).drain()
    listed: Json = (await town.get(ADMINISTRATOR, "/raw-messages")).json()
    world.message = listed["items"][0]["id"]
