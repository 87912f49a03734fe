"""What is before any route: how often somebody may ask, and how long anything may take."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import build_app
from api.guard import Guard, Spans
from api.peers import Peers
from api.rates import Rates
from tests.api.town import a_token
from tests.builders import OFFICER, RESIDENT

SPANS = Spans(arriving=5.0, answering=5.0, taking=5.0)
AT_ONCE = 0.01


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that reads what comes, and says so."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"read"})


async def hangs(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


async def begins_and_hangs(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await asyncio.Event().wait()


def asker(
    app: ASGIApp, spans: Spans = SPANS, per_address: int = 0, address: str = "192.0.2.7"
) -> httpx.AsyncClient:
    guard = Guard(app, Rates(per_address=per_address), Peers(["192.0.2.1/32"]), spans)

    async def edged(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - httpx's own
        scope["state"] = {"request_id": "r", "locale": "zh"}
        await guard(scope, receive, send)

    transport = httpx.ASGITransport(edged, client=(address, 1234))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_an_address_that_asks_too_often_is_told_when_to_come_back() -> None:
    async with asker(answers, per_address=2) as http:
        assert [(await http.get("/api/v1/issues")).status_code for _ in range(3)] == [200, 200, 429]
        refused = await http.get("/api/v1/issues")
        assert refused.json()["code"] == "too_many_requests"
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.post("/intake/token/cloudevents")).status_code == 200


async def test_behind_a_proxy_of_ours_everybody_is_counted_alone() -> None:
    async with asker(answers, per_address=1, address="192.0.2.1") as http:
        for peer, status in (("198.51.100.1", 200), ("198.51.100.2", 200), ("198.51.100.1", 429)):
            answer = await http.get("/", headers={"X-Forwarded-For": peer})
            assert answer.status_code == status


async def test_nobody_else_says_where_a_request_came_from() -> None:
    async with asker(answers, per_address=1) as http:
        for peer, status in (("198.51.100.1", 200), ("198.51.100.2", 429)):
            answer = await http.get("/", headers={"X-Forwarded-For": peer})
            assert answer.status_code == status


async def test_what_is_not_answered_in_time_is_a_problem() -> None:
    async with asker(hangs, dataclasses.replace(SPANS, answering=AT_ONCE)) as http:
        late = await http.get("/")
    assert (late.status_code, late.json()["code"]) == (503, "too_slow")
    assert late.headers["Retry-After"] == "3"


async def test_a_request_that_never_arrives_is_a_problem_too() -> None:
    async def drips() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with asker(answers, dataclasses.replace(SPANS, arriving=AT_ONCE)) as http:
        late = await http.post("/", content=drips())
    assert (late.status_code, late.json()["code"]) == (503, "too_slow")


async def test_a_request_on_its_way_is_not_held_to_the_time_of_its_answer() -> None:
    spans = dataclasses.replace(SPANS, answering=AT_ONCE)

    async def slowly() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.sleep(AT_ONCE * 3)  # time itself is what is tested
        yield b"b"

    async with asker(answers, spans) as http:
        assert (await http.post("/", content=slowly())).text == "read"


async def test_an_answer_that_nobody_takes_ends() -> None:
    async with asker(begins_and_hangs, dataclasses.replace(SPANS, taking=AT_ONCE)) as http:
        with pytest.raises(TimeoutError):
            await http.get("/")


async def test_what_times_out_by_itself_is_not_taken_for_ours() -> None:
    async def impatient(scope: Scope, receive: Receive, send: Send) -> None:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()

    async with asker(impatient) as http:
        with pytest.raises(TimeoutError):
            await http.get("/")


@pytest.fixture
def guarded(app: FastAPI) -> FastAPI:
    """The application with a limit for each caller, and one page that may ask from a browser."""
    parts = app.state.parts
    origins = ("https://console.test",)
    built = build_app(dataclasses.replace(parts, rates=Rates(per_actor=2), origins=origins))
    built.state.engine = app.state.engine
    return built


@pytest.fixture
def http(guarded: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url="http://test/api/v1")


async def test_a_caller_who_asks_too_often_stands_in_nobodys_way(http: httpx.AsyncClient) -> None:
    mine, hers = ({"Authorization": f"Bearer {a_token(who)}"} for who in (OFFICER, RESIDENT))
    told = [(await http.get("/issues", headers=mine)).status_code for _ in range(3)]
    assert told == [200, 200, 429]
    assert (await http.get("/issues", headers=hers)).status_code == 200


@pytest.mark.parametrize(
    ("origin", "let_in"), [("https://console.test", True), ("https://console.test.evil", False)]
)
async def test_only_named_pages_may_ask_from_a_browser(
    http: httpx.AsyncClient, origin: str, let_in: bool
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = await http.options("/issues", headers=asked)
    assert ("access-control-allow-origin" in answer.headers) is let_in
    assert "access-control-allow-credentials" not in answer.headers


async def test_without_named_pages_nothing_is_said_to_browsers(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        answer = await http.get("/healthz", headers={"Origin": "https://console.test"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_every_answer_tells_browsers_what_they_may_not_do(http: httpx.AsyncClient) -> None:
    for answer in (await http.get("/nowhere"), await http.get("/issues")):
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert "geolocation=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; frame-ancestors 'none'"
        )
