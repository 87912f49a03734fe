"""What people were refused goes into the audit log, after they were answered.

After, because a look at whether something exists must not be felt in how long `not_found` takes.
An entry that cannot be written changes nothing for who was refused: it is logged and counted.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

import structlog
from fastapi import Request
from starlette.background import BackgroundTask

from api.auditing import Auditing
from api.problems import ApiCode, Problem
from domain.auditing import About, Deed, ObjectKind
from observability import metrics
from storage.audit.standing import standing
from storage.session import Database, Unreachable

log = structlog.get_logger(__name__)

_NOTED = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
_HIDDEN = "out_of_scope"
"""What a `not_found` was about something that exists."""
MOST_A_MINUTE = 30
_MINUTE_S = 60


class Refusals:
    """How many entries one caller may cause in a minute by being refused, in one process."""

    def __init__(self, tick: Callable[[], float] = time.monotonic) -> None:
        self._tick = tick
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def count(self, subject: str) -> int:
        """The how-many-th of this minute it is."""
        minute = int(self._tick() // _MINUTE_S)
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        self._counts[subject] += 1
        return self._counts[subject]


def noting(request: Request, problem: Problem) -> BackgroundTask | None:
    """What is to be done once the no was said; None when it is nobody's, or of no interest."""
    told = afterwards(request)
    if told is not None:
        return told
    subject = getattr(request.state, "subject", None)
    if subject is None or not _is_of_interest(request, problem):
        return None
    return BackgroundTask(noted, partial(_note, request, problem), problem)


def afterwards(request: Request) -> BackgroundTask | None:
    """What a way in has to put on record of somebody whom it did not let in."""
    found: BackgroundTask | None = getattr(request.state, "afterwards", None)
    return found


async def noted(note: Callable[[], Awaitable[None]], problem: Problem) -> None:
    """A no stays a no where it cannot be put on record."""
    try:
        await note()
    except Unreachable as error:
        log.warning("refusal_not_audited", code=str(problem.code), error=str(error))
        metrics.AUDIT_REFUSALS_DROPPED_TOTAL.labels(why="no_database").inc()


def _is_of_interest(request: Request, problem: Problem) -> bool:
    if problem.code is ApiCode.NOT_FOUND:
        return _named(request)[0] is not ObjectKind.ROUTE
    return problem.status in _NOTED


async def _note(request: Request, problem: Problem) -> None:
    about = await _about(request.app.state.parts.database, request, problem)
    if about is None:
        return
    count = request.app.state.refusals.count(request.state.subject)
    if count > MOST_A_MINUTE:
        metrics.AUDIT_REFUSALS_DROPPED_TOTAL.labels(why="too_many").inc()
        return
    hidden = problem.code is ApiCode.NOT_FOUND
    await Auditing(request).saw(
        Deed.REFUSED,
        about,
        result=_HIDDEN if hidden else str(problem.code),
        route=_route(request),
        more_not_noted=count == MOST_A_MINUTE,
    )


async def _about(database: Database, request: Request, problem: Problem) -> About | None:
    """What it was about, if it exists; where that is not looked up, the route."""
    kind, id_ = _named(request)
    async with database.read() as session:
        found = await standing(session, kind, id_)
    if found is not None or problem.code is ApiCode.NOT_FOUND:
        return found
    return About(ObjectKind.ROUTE, _route(request))


def _named(request: Request) -> tuple[ObjectKind, str]:
    """What an address names; its other words are the caller's own and go nowhere."""
    found, path = request.path_params, getattr(request.scope.get("route"), "path", "")
    if "number" in found:
        of_meetings = path.startswith("/api/v1/meetings")
        return (ObjectKind.MEETING if of_meetings else ObjectKind.ISSUE), str(found["number"])
    if "code" in found and path.startswith("/api/v1/alert-sources/"):
        return ObjectKind.SOURCE, str(found["code"])
    if "id" in found and str(found["id"]).isdecimal() and "/raw-messages/" in path:
        return ObjectKind.RAW_MESSAGE, str(found["id"])
    return ObjectKind.ROUTE, ""


def _route(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "name", "unmatched"))
