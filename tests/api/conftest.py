"""The API over ASGI, on a real database, with a stand-in for Temporal."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import cast

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from temporalio.client import Client

from api.app import build_app
from api.auth import Gate
from api.body import Limits
from api.keys import FixedKey
from api.links import Links
from api.parts import IntakeParts, Parts
from api.uploading import Uploads
from api.ways_in.sessions import WaysIn
from api.ways_in.watch import Watch
from intake.adapters.registry import ADAPTERS
from intake.pictures.darkroom import Darkroom
from storage.pictures.album import Album
from storage.session import Database
from tests.api.cameras import PROXY, SIGNING_KEY
from tests.api.residents import LINK_MAKER
from tests.api.signing_in import Watchmaker, a_way_in
from tests.api.temporal import FakeTemporal
from tests.api.town import SECRET, Town, settle
from tests.audit.chains import KEYS
from tests.pictures.album import FrailObjects, StoppedClock
from tests.sealing.rings import RING


@pytest_asyncio.fixture(loop_scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, ring=RING)
    await settle(opened)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def temporal(database: Database) -> FakeTemporal:
    return FakeTemporal(database)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def objects() -> FrailObjects:
    return FrailObjects()


@pytest.fixture
def ways_in() -> WaysIn:
    return a_way_in()


@pytest.fixture
def ticks() -> Watchmaker:
    return Watchmaker()


@pytest_asyncio.fixture(loop_scope="session")
async def app(  # noqa: PLR0917 - fixtures, by name
    database: Database,
    temporal: FakeTemporal,
    clock: StoppedClock,
    objects: FrailObjects,
    ways_in: WaysIn,
    ticks: Watchmaker,
) -> AsyncIterator[FastAPI]:
    async def connect() -> Client:
        return cast("Client", temporal)

    album = Album(database, objects, most_waiting=12)

    parts = Parts(
        database=database,
        connect=connect,
        gate=Gate(FixedKey.secret(SECRET), own=Watch(ways_in.ring, database, clock, ticks)),
        ways_in=ways_in,
        now=clock,
        album=album,
        uploads=Uploads(album, Darkroom(), clock, patience=0.5),
        links=Links(SECRET.encode(), timedelta(minutes=5)),
        patience=0.3,
        limits=Limits(
            requests=16_384,
            messages=16_384,
            multipart=65_536,
            longer={"cloudevents": 32_768, "mapped_json": 1_000_000},
        ),
        intake=IntakeParts(adapters=ADAPTERS, signing_key=SIGNING_KEY, proxies=(PROXY,)),
        link_maker=LINK_MAKER,
        audit_keys=KEYS,
    )
    app = build_app(parts)
    async with app.router.lifespan_context(app):
        yield app


@pytest_asyncio.fixture(loop_scope="session")
async def town(app: FastAPI) -> AsyncIterator[Town]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as http:
        yield Town(http)
