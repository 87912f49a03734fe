"""Which row of the table of rights each route asks, and what a no looks like there."""

from collections.abc import Iterator
from typing import Any

from domain.rights import Act, Within
from tests.api.rights.ask import API, Ask, M, S, Verdict, of_issue, of_meeting
from tests.api.rights.laws import commands
from tests.api.rights.people import PEOPLE, RECORD, VISITORS
from tests.api.rights.standings import PLACED
from tests.api.rights.world import ANY_WHISTLE, AWAY, CAMERA, SOURCE, TOLD, World
from tests.api.town import Json, a_whistle

V = Verdict


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
ASKS = (*commands(), *ISSUES, *MEETINGS, *ALERTS, *REFERENCE, *PEOPLE, *RECORD, *VISITORS)
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
