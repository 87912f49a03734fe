"""Signing out at the provider ends what was opened here, within two seconds."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import text

from api.ways_in.ending import Ending
from api.ways_in.sessions import WaysIn
from domain.ids import Subject
from storage.accounts.views import Because
from storage.session import Database
from tests.api.signing_in import Watchmaker
from tests.api.test_audit_entries import acts
from tests.api.town import ADMINISTRATOR, Json, Town, a_token
from tests.api.ways_in.certified import certified
from tests.api.ways_in.conftest import CLIENT, HERE, KEYCLOAK, PAGE, PEOPLE, WECOM, Visit
from tests.pictures.album import StoppedClock

FORM = "application/x-www-form-urlencoded"
_FIELD = re.compile(r'name="xsrf" value="([^"]+)"')
_ACTION = re.compile(r'action="([^"]+)"')
_PATIENCE = 20.0


@asynccontextmanager
async def letterbox() -> AsyncIterator[tuple[str, "asyncio.Queue[bytes]"]]:
    """An address on loopback that keeps what is posted to it, as the provider posts it."""
    letters: asyncio.Queue[bytes] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = re.search(rb"content-length: (\d+)", head)
        assert size, head
        assert FORM.encode() in head
        letters.put_nowait(await reader.readexactly(int(size[1])))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", letters


async def leave(visit: Visit) -> None:
    """As a person does at the provider: out, and yes, really."""
    asked = await visit.http.get(f"{HERE}/sign-out", params={"return_to": PAGE})
    page = await visit.browser.http.get(asked.headers["location"])
    field, action = _FIELD.search(page.text), _ACTION.search(page.text)
    assert field, page.text
    assert action, page.text
    said = {"xsrf": field[1], "logout": "yes"}
    answer = await visit.browser.http.post(action[1], data=said)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)


async def told(visit: Visit, body: bytes, kind: str = FORM) -> httpx.Response:
    return await visit.http.post(f"{HERE}/signed-out", content=body, headers={"Content-Type": kind})


@pytest.mark.parametrize(("mapping", "login"), [(KEYCLOAK, "kc-1"), (WECOM, "wx-1")])
async def test_leaving_at_the_provider_is_leaving_here(
    visit: Visit, database: Database, ticks: Watchmaker, mapping: object, login: str
) -> None:
    async with letterbox() as (address, letters):
        client = CLIENT | {"backchannel_logout_uri": address}
        async with certified(PEOPLE, client) as other:
            visit.through(issuer=other.issuer, mapping=mapping)
            tokens = await visit.signed_in(login)
            await leave(visit)
            async with asyncio.timeout(_PATIENCE):
                letter = await letters.get()
            assert (await told(visit, letter)).status_code == 200
    assert (await acts(database))[-1][:2] == ("signed_out", tokens["subject"])
    ticks.later()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await visit.http.get("/api/v1/me", headers=bearer)).json()["code"] == "session_over"
    again = {"refresh_token": tokens["refresh_token"]}
    answer = await visit.http.post("/api/v1/refresh", json=again)
    assert answer.json()["code"] == "session_over"


async def test_nobody_else_signs_anybody_out(visit: Visit, ticks: Watchmaker) -> None:
    tokens = await visit.signed_in("kc-1")
    for body in (
        b"",
        b"logout_token=no.token",
        b"logout_token=\xff",
        b"&".join([b"a=1"] * 11),
    ):
        answer = await told(visit, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    ours = await told(visit, urlencode({"logout_token": tokens["access_token"]}).encode())
    assert ours.status_code == 503, "of a key that the provider may have by now, or never"
    assert (await told(visit, b"{}", "application/json")).status_code == 415
    ticks.later()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await visit.http.get("/api/v1/me", headers=bearer)).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"disabled": True}),
        ("/sign-out", None),
        ("/reset-password", None),
        ("/unlink", {"provider": "oidc"}),
    ],
)
async def test_what_ends_sessions_ends_a_sign_in_that_is_under_way(
    visit: Visit, town: Town, path: str, body: Json | None
) -> None:
    """The code of before would else open what was to be ended."""
    she = (await visit.signed_in("kc-1"))["subject"]
    back = await visit.back(await visit.went("kc-1"))
    if path:
        done = await town.post(ADMINISTRATOR, f"/accounts/{she}{path}", body)
    else:
        bearer = {"Authorization": f"Bearer {a_token(ADMINISTRATOR)}"}
        done = await town.http.patch(f"/accounts/{she}", json=body, headers=bearer)
    assert done.is_success, done.text
    answer = await visit.redeemed(back)
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_stale")


async def test_signing_out_everywhere_while_a_code_is_redeemed_leaves_nothing_open(
    visit: Visit, database: Database, ways_in: WaysIn, clock: StoppedClock
) -> None:
    she = Subject((await visit.signed_in("kc-1"))["subject"])
    back = await visit.back(await visit.went("kc-1"))
    async with database.begin() as session:
        ending = Ending(session, ways_in.hasher, clock())
        assert await ending.all_of(she, Because.SIGNED_OUT_EVERYWHERE) == 1
        redeeming = asyncio.create_task(visit.redeemed(back))
        await waits(database)
    answer = await redeeming
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_stale")


async def waits(database: Database) -> None:
    """Returns when somebody waits for a lock that somebody else has."""
    asked = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(_PATIENCE):
        while True:
            async with database.single() as session:
                if (await session.execute(asked)).scalar_one():
                    return
