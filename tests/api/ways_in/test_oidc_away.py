"""A provider that is away, slow to change, or not what it says: a reason to come again, typed."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from typing_extensions import override

from api.problems import Problem
from api.ways_in.oidc_provider import Granted, Provider
from api.ways_in.oidc_settings import OidcSettings
from tests.api.ways_in.certified import certified
from tests.api.ways_in.conftest import CLIENT, HERE, PEOPLE, Visit
from tests.api.ways_in.test_oidc_claims import SAFE
from tests.builders import NOON
from tests.pictures.album import StoppedClock

ISSUER = "https://idp.example"
SAID: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
}
Answer = Callable[[httpx.Request], httpx.Response]


class Wire(httpx.AsyncBaseTransport):
    """What the provider answers, and how often it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[httpx.Request] = []

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer(request)


def says(body: object, status: int = 200) -> Answer:
    return lambda _: httpx.Response(status, text=json.dumps(body))


def is_down(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("the provider's own words")


def a_provider(wire: Wire, now: Callable[[], datetime], **said: object) -> Provider:
    return Provider(OidcSettings.model_validate(SAFE | said), now, wire)


async def verdict(provider: Provider) -> str:
    try:
        return (await provider.metadata()).issuer
    except Problem as problem:
        return str(problem.code)


async def test_it_is_asked_once_an_hour_and_believed_while_it_is_away() -> None:
    clock, wire = StoppedClock(NOON), Wire(says(SAID))
    provider = a_provider(wire, clock)
    for _ in range(3):
        assert await verdict(provider) == ISSUER
    assert len(wire.asked) == 1
    wire.answer = is_down
    for _ in range(2):
        clock.at += timedelta(minutes=61)
        assert await verdict(provider) == ISSUER
        assert await verdict(provider) == ISSUER
    assert len(wire.asked) == 3


async def test_a_provider_that_never_answered_is_not_hammered() -> None:
    clock, wire = StoppedClock(NOON), Wire(is_down)
    provider = a_provider(wire, clock)
    for _ in range(5):
        assert await verdict(provider) == "provider_unavailable"
    assert len(wire.asked) == 1
    clock.at += timedelta(seconds=3)
    wire.answer = says(SAID)
    assert await verdict(provider) == ISSUER


@pytest.mark.parametrize(
    "answer",
    [
        says(SAID | {"issuer": "https://idp.example/other"}),
        says(SAID | {"token_endpoint": "http://idp.example/token"}),
        says(SAID | {"end_session_endpoint": "javascript:alert(1)"}),
        says({"issuer": ISSUER}),
        says([SAID]),
        says(SAID, 500),
        says(SAID, 404),
        lambda _: httpx.Response(200, text="<html>"),
        lambda _: httpx.Response(200, content=b" " * (513 * 1024) + b"{}"),
        lambda _: httpx.Response(302, headers={"Location": "http://127.0.0.1:1/"}),
    ],
)
async def test_what_is_no_provider(answer: Answer) -> None:
    assert await verdict(a_provider(Wire(answer), StoppedClock(NOON))) == "provider_unavailable"


async def test_the_client_proves_itself_as_the_provider_can_take_it() -> None:
    for methods, header in ((["client_secret_basic"], True), (["client_secret_post"], False)):
        said = SAID | {"token_endpoint_auth_methods_supported": methods}
        wire = Wire(says(said))
        provider = a_provider(wire, StoppedClock(NOON), client_secret="odd: +/")
        await provider.metadata()
        wire.answer = says({"id_token": "i", "access_token": "a", "more": 1})
        assert await provider.exchange("c", "v") == Granted(id_token="i", access_token="a")
        asked = wire.asked[-1]
        assert ("Authorization" in asked.headers) is header
        assert (b"client_secret=odd%3A+%2B%2F" in asked.content) is not header


async def test_the_start_says_when_to_come_again(visit: Visit) -> None:
    visit.through(issuer="http://127.0.0.1:1")
    answer = await visit.began()
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")
    assert answer.headers["retry-after"] == "5"
    assert "127.0.0.1:1" not in answer.text


async def test_a_provider_that_dies_on_the_way(visit: Visit) -> None:
    async with certified(PEOPLE, CLIENT) as other:
        visit.through(issuer=other.issuer)
        address = await visit.browser.sign_in((await visit.began()).headers["location"], "kc-1")
    answer = await visit.back(address)
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")
    assert answer.headers["retry-after"] == "5"
    assert (await visit.http.get(f"{HERE}/callback?state=x")).status_code == 400
