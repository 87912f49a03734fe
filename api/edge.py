"""The outermost layer: every request has an id, a log line, its metrics and safe headers."""

import re
import time
from collections.abc import Callable
from uuid import uuid4  # noqa: TID251 - this is the edge where ids are made

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import problem_response
from api.body import Limits, limited
from api.intake.turns import INTAKE
from api.locale import preferred
from api.problems import ApiCode, Problem
from observability import metrics
from observability.logging import bound

log = structlog.get_logger(__name__)

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ISSUE = re.compile(r"/api/v1/issues/([A-Za-z0-9-]{1,28}-\d{4}-\d{7,})(?:/.*)?")
"""A number as births give them; nothing else of an address enters a log line."""
_UNMATCHED = "unmatched"
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_PAGES = ("/docs", "/redoc")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_DEBUG, _REFUSED, _ERROR = 10, 400, 500
_ONLY_TLS = "max-age=31536000; includeSubDomains"
"""Without TLS browsers do not heed it."""
_NO_DEVICES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
_NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""What a page may load unless it says for itself; residents' pages have a style."""


class Edge:
    """Wraps the application; the only place that sees what nobody foresaw."""

    def __init__(
        self, app: ASGIApp, limits: Limits, tick: Callable[[], float] = time.perf_counter
    ) -> None:
        self._app = app
        self._limits = limits
        self._tick = tick

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers.get("x-request-id", ""))
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["locale"] = preferred(headers.get("accept-language", ""))
        with bound(request_id=request_id, **_issue(scope["path"])):
            await _Exchange(scope, send, self._tick).run(
                self._app, limited(receive, scope, self._limits.of(scope))
            )


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send, tick: Callable[[], float]) -> None:
        self._scope = scope
        self._send = send
        self._tick = tick
        self._began = tick()
        self._status = 0

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        try:
            await app(self._scope, receive, self._dress)
        except Exception:
            log.exception("request_failed", route=self._route)
            if self._status:
                raise
            answer = problem_response(Problem(ApiCode.INTERNAL_ERROR), self._scope["state"])
            await answer(self._scope, receive, self._dress)
        finally:
            self._account()

    async def _dress(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = int(message["status"])
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._scope["state"]["request_id"]
            headers["X-Content-Type-Options"] = "nosniff"
            headers["X-Frame-Options"] = "DENY"
            headers["Referrer-Policy"] = "no-referrer"
            headers["Strict-Transport-Security"] = _ONLY_TLS
            headers["Permissions-Policy"] = _NO_DEVICES
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            headers.setdefault("Cache-Control", "no-store")
            if not self._scope["path"].startswith(_PAGES):
                headers.setdefault("Content-Security-Policy", _NOTHING)
        await self._send(message)

    @property
    def _route(self) -> str:
        """The template, never the path: paths name issues."""
        return getattr(self._scope.get("route"), "path", _UNMATCHED)

    def _account(self) -> None:
        method = self._scope["method"] if self._scope["method"] in _METHODS else "other"
        route, seconds = self._route, self._tick() - self._began
        status = self._status or _ERROR
        metrics.HTTP_REQUESTS_TOTAL.labels(method=method, route=route, status=status).inc()
        metrics.HTTP_SECONDS.labels(method=method, route=route).observe(seconds)
        if self._is_quiet(status):
            return
        log.info(
            "request_answered",
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            subject=self._scope["state"].get("subject"),
        )

    def _is_quiet(self, status: int) -> bool:
        """Probes, and what cameras said and is kept: counters tell of it, a line of each is noise.

        Whoever looks for one message asks for debugging.
        """
        path = self._scope["path"]
        taken_in = path.startswith(INTAKE) and status < _REFUSED
        return path in _QUIET or (taken_in and not log.is_enabled_for(_DEBUG))


def _issue(path: str) -> dict[str, str]:
    """The issue that an address is about, for every log line on the way."""
    named = _ISSUE.fullmatch(path)
    return {"issue": named[1]} if named else {}


def _request_id(given: str) -> str:
    return given if _SANE_ID.fullmatch(given) else uuid4().hex
