"""Which row of the table of rights each route asks, and what a no looks like there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api.routes.giving import path_of
from domain.commands import NAMES
from domain.issue import LAW
from domain.meeting.commands import MEETING_NAMES
from domain.meeting.meeting import MEETING_LAW
from domain.meeting.words import MeetingState
from domain.rights import Act, Row, Within, grants
from domain.vocabulary import IssueState
from tests.api.rights.standings import PLACED, Cell
from tests.api.rights.world import ANY_WHISTLE, AWAY, CAMERA, SOURCE, TOLD, World
from tests.api.town import Json, a_whistle

S, M = IssueState, MeetingState
API = "/api/v1"


class Verdict(StrEnum):
    """What a route says to who asks."""

    ALLOWED = "allowed"
    """By rights; the facts may still speak against it."""
    EMPTY = "empty"
    """A list, in which the world's matter is not."""
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"


V = Verdict


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question to one route.

    `rows` are what it takes; who has none of them there meets with `beyond`. What the role is given
    nowhere is forbidden at once with `guarded`; who lacks `sight` is told of nothing.
    """

    route: str
    """Method and template, as the application has it."""
    rows: tuple[Row, ...]
    held: Callable[[Cell], set[Within]] = lambda cell: cell.standing.of_place()
    beyond: Verdict = V.FORBIDDEN
    guarded: bool = False
    sight: Act | None = None
    names: Callable[[World], Json] = lambda _: {}
    """What stands in the path."""
    query: str = ""
    body: Callable[[World], Json] | None = None
    marker: Callable[[World], str] | None = None
    """Of a list: what is in it, if it is there for who asks."""
    in_meeting: M | None = None
    variant: str = ""

    @property
    def name(self) -> str:
        return f"{self.route}{f' ({self.variant})' if self.variant else ''}"

    def expected(self, cell: Cell | None) -> Verdict:
        """What the table says; None is nobody who is signed in."""
        if cell is None:
            return V.UNAUTHENTICATED
        if self.guarded and not any(_given(row, cell) for row in self.rows):
            return V.FORBIDDEN
        held = self.held(cell)
        if self.sight is not None and not _given(self.sight, cell) & held:
            return V.NOT_FOUND
        return V.ALLOWED if any(_given(row, cell) & held for row in self.rows) else self.beyond


def _given(row: Row, cell: Cell) -> set[Within]:
    """How far the table lets any of these roles reach; deliberately not `domain.rights.reach`."""
    return {each.within for each in grants(row) if not each.roles or {*each.roles} & {*cell.roles}}


def of_issue(state: S) -> dict[str, Any]:
    return {
        "held": lambda cell: cell.standing.of_issue(state),
        "names": lambda world: {"number": world.issues[state]},
    }


def of_meeting(state: M) -> dict[str, Any]:
    return {
        "held": lambda cell: cell.standing.of_meeting(state),
        "names": lambda world: {"number": world.meetings[state]},
        "in_meeting": state,
    }


# --- what the laws are asked ----------------------------------------------------------------------

_ORDER = (S.HANDLING, S.DISPATCHED, S.VERIFYING, S.DISPATCHING, S.RESOLVED, S.CLOSED)
_REASON: Json = {"text": "理由"}
_BODIES: dict[str, Json] = {
    "verify": {"confirmed": True},
    "decline": _REASON,
    "dispatch": {"lead": "water"},
    "hand_to_b": {"department": "police"},
    "return": _REASON,
    "decide_return": {"approved": False},
    "transfer": {"to": "water", **_REASON},
    "note": _REASON,
    "request_suspension": {"until": "2026-11-25T09:00:00+08:00", **_REASON},
    "decide_suspension": {"approved": False},
    "request_extension": {"by": {"unit": "working_day", "days": 1}, **_REASON},
    "decide_extension": {"approved": False},
    "waive_part": {"department": "water"},
    "resolve": _REASON,
    "evaluate": {"satisfaction": "satisfied", "solved": True},
    "appeal": _REASON,
    "decide_appeal": {"approved": False},
    "convene": _REASON,
}
_ISSUE = "QJ-2026-0000001"
_MEETING_BODIES: dict[str, Json] = {
    "add_minutes": _REASON,
    "decide": {"issue": _ISSUE, "outcome": "passed_up", **_REASON},
    "invite": {"invites": ["water"], **_REASON},
    "postpone": {"to": "2026-12-03T09:00:00+08:00", **_REASON},
    "adjourn": _REASON,
    "take_off": {"issue": _ISSUE, **_REASON},
    "complete_task": {"task": "T1", **_REASON},
    "review_task": {"task": "T1", "accepted": True},
}


def _body_of(name: str, world: World) -> Json:
    if name == "mark_duplicate":
        return {"of": world.issues[S.DISPATCHED]}
    return _BODIES.get(name, {})


def commands() -> Iterator[Ask]:
    for name, kind in NAMES.items():
        rule = LAW[kind]
        yield Ask(
            route=f"POST {API}/issues/{{number}}/{path_of(name)}",
            rows=rule.who,
            sight=Act.LIST_ISSUES,
            body=lambda world, name=name: _body_of(name, world),  # type: ignore[misc]
            **of_issue(next(each for each in _ORDER if each in rule.when)),
        )
    for name, kind in MEETING_NAMES.items():
        rule_ = MEETING_LAW[kind]
        yield Ask(
            route=f"POST {API}/meetings/{{number}}/{path_of(name)}",
            rows=rule_.who,
            sight=Act.SEE_MEETING,
            body=lambda _, name=name: _MEETING_BODIES.get(name, {}),  # type: ignore[misc]
            **of_meeting(
                next(each for each in (M.REVIEWING, M.DISCUSSING, M.PROPOSED) if each in rule_.when)
            ),
        )


# --- what is read and written beside --------------------------------------------------------------


def _dispatched(world: World) -> str:
    return f'"{world.issues[S.DISPATCHED]}"'


_LISTED: dict[str, Any] = {**of_issue(S.DISPATCHED), "beyond": V.EMPTY, "marker": _dispatched}
_PAGE: dict[str, Any] = {**of_issue(S.HANDLING), "beyond": V.NOT_FOUND}
_SEEN: dict[str, Any] = {**of_issue(S.HANDLING), "sight": Act.LIST_ISSUES}
_SOURCE: dict[str, Any] = {
    "guarded": True,
    "beyond": V.NOT_FOUND,
    "names": lambda world: {"code": SOURCE, "token_id": world.token},
}
_ALERTS: dict[str, Any] = {"rows": (Act.SEE_ALERTS,), "guarded": True, "beyond": V.EMPTY}
_FOLLOWED: dict[str, Any] = {
    "rows": (Act.FOLLOW,),
    "held": lambda cell: {Within.FOLLOWED} if cell.standing is PLACED else set(),
    "names": lambda world: {"number": world.issues[S.RESOLVED]},
    "beyond": V.NOT_FOUND,
}
_HERE: Json = {"lat": 26.91, "lon": 102.93, "system": "gcj02"}
_MOST = 2**31 - 1
"""A version that no entry has: what is allowed is told so, and nothing is written."""


def _kind(kind: str, code: str) -> dict[str, Any]:
    return {"names": lambda _: {"kind": kind, "code": code}, "variant": kind}


def _read(kind: str, code: str, act: Act) -> Iterator[Ask]:
    """A kind of reference data, as a list and one by one."""
    told: dict[str, Any] = {"rows": (act,), "guarded": True, **_kind(kind, code)}
    quoted = f'"{code}"'
    yield Ask(
        route=f"GET {API}/reference/{{kind}}", marker=lambda _: quoted, beyond=V.EMPTY, **told
    )
    yield Ask(route=f"GET {API}/reference/{{kind}}/{{code}}", beyond=V.NOT_FOUND, **told)


def _write(kind: str, code: str, entry: Json) -> Iterator[Ask]:
    """Everybody may know that the entry is there: who may not write it is told so."""
    told: dict[str, Any] = {
        "rows": (Act.WRITE_REFERENCE,),
        "guarded": True,
        **_kind(kind, code),
    }
    retired: Json = {"expected_version": _MOST}
    written = {**retired, "entry": entry}
    path = f"POST {API}/reference/{{kind}}/{{code}}"
    yield Ask(route=path, body=lambda _: written, **told)
    yield Ask(route=f"{path}/retire", body=lambda _: retired, **told)


ISSUES = (
    Ask(
        route=f"POST {API}/issues",
        rows=(Act.RAISE,),
        body=lambda _: a_whistle(whistle_kind=ANY_WHISTLE),
    ),
    Ask(
        route=f"GET {API}/issues",
        rows=(Act.LIST_ISSUES,),
        query="?state=dispatched",
        **_LISTED,
    ),
    Ask(
        route=f"POST {API}/issues/search",
        rows=(Act.LIST_ISSUES,),
        body=lambda _: {"state": ["dispatched"]},
        **_LISTED,
    ),
    *(
        Ask(route=f"GET {API}/issues/{{number}}{page}", rows=(Act.READ_ISSUE,), **_PAGE)
        for page in ("", "/timeline", "/deadlines")
    ),
    Ask(route=f"GET {API}/issues/{{number}}/alerts", rows=(Act.LIST_ISSUES,), **_PAGE),
    Ask(route=f"GET {API}/issues/{{number}}/reporter", rows=(Act.REACH_REPORTER,), **_SEEN),
    Ask(
        route=f"POST {API}/issues/{{number}}/erase-personal-data",
        rows=(Act.ERASE_ISSUE,),
        guarded=True,
        **_SEEN,
    ),
    Ask(
        route=f"POST {API}/issues/near",
        rows=(Act.ASK_WHAT_IS_NEAR,),
        held=lambda _: {Within.NEAR},
        body=lambda _: {"category": "standing_water", "position": _HERE},
    ),
    Ask(
        route=f"POST {API}/issues/{{number}}/me-too",
        rows=(Act.JOIN,),
        body=lambda _: {},
        **_PAGE,
    ),
    Ask(route=f"GET {API}/issues/{{number}}/me-too", **_FOLLOWED),
    Ask(route=f"DELETE {API}/issues/{{number}}/me-too", **_FOLLOWED),
    Ask(
        route=f"POST {API}/issues/{{number}}/me-too/evaluate",
        body=lambda _: {"satisfaction": "satisfied", "solved": True},
        **_FOLLOWED,
    ),
    Ask(route=f"POST {API}/pictures", rows=(Act.UPLOAD_PICTURE,), body=lambda _: {}),
)
MEETINGS = (
    Ask(
        route=f"GET {API}/meetings",
        rows=(Act.SEE_MEETING,),
        query="?state=reviewing",
        beyond=V.EMPTY,
        marker=lambda world: f'"{world.meetings[M.REVIEWING]}"',
        **of_meeting(M.REVIEWING),
    ),
    Ask(
        route=f"GET {API}/meetings/owed",
        rows=(Act.OWE_MEETINGS,),
        beyond=V.EMPTY,
        marker=lambda world: f'"{world.meetings[M.PROPOSED]}"',
        **of_meeting(M.PROPOSED),
    ),
    *(
        Ask(
            route=f"GET {API}/meetings/{{number}}{page}",
            rows=(Act.SEE_MEETING,),
            beyond=V.NOT_FOUND,
            **of_meeting(M.REVIEWING),
        )
        for page in ("", "/agenda", "/timeline")
    ),
)
ALERTS = (
    Ask(route=f"GET {API}/raw-messages", marker=lambda _: f'"{SOURCE}"', **_ALERTS),
    Ask(route=f"GET {API}/alert-events", marker=lambda _: f'"{CAMERA}"', **_ALERTS),
    Ask(route=f"GET {API}/alert-conditions", marker=lambda _: f'"{CAMERA}"', **_ALERTS),
    Ask(
        route=f"GET {API}/cameras",
        query=f"?source={SOURCE}",
        marker=lambda _: f'"{CAMERA}"',
        **_ALERTS,
    ),
    Ask(
        route=f"GET {API}/raw-messages/{{id}}",
        rows=(Act.READ_MESSAGE,),
        guarded=True,
        beyond=V.NOT_FOUND,
        names=lambda world: {"id": world.message},
    ),
    Ask(
        route=f"POST {API}/alert-sources/{{code}}/replay",
        rows=(Act.REPLAY_MESSAGES,),
        body=lambda _: {"of": "unreadable"},
        **_SOURCE,
    ),
    Ask(
        route=f"POST {API}/alert-sources/{{code}}/tokens",
        rows=(Act.GIVE_TOKENS,),
        body=lambda _: {},
        **_SOURCE,
    ),
    Ask(route=f"GET {API}/alert-sources/{{code}}/tokens", rows=(Act.GIVE_TOKENS,), **_SOURCE),
    Ask(
        route=f"POST {API}/alert-sources/{{code}}/tokens/{{token_id}}/revoke",
        rows=(Act.GIVE_TOKENS,),
        **_SOURCE,
    ),
)
_NAMED: Json = {"name": "名", "name_en": "Name"}
REFERENCE = (
    *_read("category", "standing_water", Act.READ_REFERENCE),
    *_read("absence", AWAY, Act.READ_ABSENCES),
    *_read("notice_policy", TOLD, Act.READ_NOTICE_POLICIES),
    *_read("alert_source", SOURCE, Act.READ_ALERT_SOURCES),
    *_write("department", "police", {**_NAMED, "grid": "qj"}),
    *_write("category", "standing_water", _NAMED),
    Ask(
        route=f"POST {API}/reference/staff/{{code}}/erase-personal-data",
        rows=(Act.ERASE_STAFF_NAME,),
        guarded=True,
        names=lambda _: {"code": "p.1"},
    ),
    Ask(
        route=f"POST {API}/reference/sla_policy/{{code}}/dry-run",
        rows=(Act.TRY_POLICY,),
        guarded=True,
        beyond=V.EMPTY,
        names=lambda _: {"code": "plain"},
        body=lambda _: {"entry": {"calendar": "cn", "promises": []}},
        marker=_dispatched,
    ),
    *(
        Ask(
            route=f"POST {API}/households/{act}",
            rows=(Act.COLOUR_HOUSEHOLD,),
            guarded=True,
            body=lambda _, body=body: body,  # type: ignore[misc]
        )
        for act, body in (
            ("set-colour", {"grid": "qj.bh", "colour": "red"}),
            ("clear-colour", {"grid": "qj.bh"}),
        )
    ),
)
ASKS = (*commands(), *ISSUES, *MEETINGS, *ALERTS, *REFERENCE)
OPEN = (
    "GET /openapi.json",
    "HEAD /openapi.json",
    "GET /docs",
    "GET /docs/oauth2-redirect",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
)
"""For whoever reaches the port; nothing in them is about anybody."""
BY_LINK = f"GET {API}/pictures/{{picture}}/{{variant}}"
"""Who has the signed link, which is in answers to who may see the picture."""
BY_SOURCE_TOKEN = "POST /intake/v1/{adapter}/{source_token}"
"""Cameras, by the token in their address."""
