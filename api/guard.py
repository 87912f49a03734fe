"""Before any route: how often an address may ask, and how long anything may take.

A request has so long to arrive, from then on so long to be answered, and its answer so long to be
taken. What the time ends with was not done, or is found done by whoever asks again with its key.
"""

import asyncio
from dataclasses import dataclass

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import problem_response
from api.peers import Peers, of_one
from api.problems import ApiCode, Problem
from api.rates import Rates

log = structlog.get_logger(__name__)

_INTAKE = "/intake/"
_UNCOUNTED = frozenset({"/healthz", "/readyz", "/metrics"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Seconds: for a request to arrive whole, to be answered, and for the answer to be taken."""

    arriving: float = 120.0
    answering: float = 30.0
    taking: float = 300.0


class Guard:
    """Wraps the routes; cameras are counted by their own source, at their own door."""

    def __init__(self, app: ASGIApp, rates: Rates, peers: Peers, spans: Spans) -> None:
        self._app = app
        self._rates = rates
        self._peers = peers
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._count(scope)
        except Problem as problem:
            await problem_response(problem, scope["state"])(scope, receive, send)
            return
        await _Timed(self._spans, scope).run(self._app, scope, receive, send)

    def _count(self, scope: Scope) -> None:
        if scope["path"] not in _UNCOUNTED and not scope["path"].startswith(_INTAKE):
            self._rates.of_addresses.require_room(of_one(self._peers.of(scope)))


class _Timed:
    """One request on its way through three spans."""

    def __init__(self, spans: Spans, scope: Scope) -> None:
        self._spans = spans
        self._until = asyncio.timeout(spans.arriving if _has_body(scope) else spans.answering)
        self._has_begun = False

    async def run(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def arriving() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body"):
                self._begin(self._spans.answering)
            return message

        async def taking(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._begin(self._spans.taking)
                self._has_begun = True
            await send(message)

        try:
            async with self._until:
                await app(scope, arriving, taking)
        except TimeoutError:
            if not self._until.expired() or self._has_begun:
                raise
            log.warning("request_too_slow")
            late = problem_response(Problem(ApiCode.TOO_SLOW), scope["state"])
            await late(scope, receive, send)

    def _begin(self, seconds: float) -> None:
        if not self._has_begun:
            self._until.reschedule(asyncio.get_running_loop().time() + seconds)


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
