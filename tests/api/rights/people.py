"""What is asked about accounts and persons, and what asks for no row at all."""

from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from domain.rights import Act, Within
from domain.vocabulary import Role
from tests.api.rights.ask import API, Ask, S, Verdict
from tests.api.rights.standings import OWN, PLACED, Cell
from tests.api.rights.world import CLERK, LEAVER, World
from tests.api.town import ADMINISTRATOR, Json
from tests.builders import RESIDENT

_POST: Json = {"roles": ["staff"], "department": "police"}
_KEEPS: dict[str, Any] = {"rows": (Act.KEEP_ACCOUNTS,), "guarded": True}
_ACCOUNT: dict[str, Any] = {
    **_KEEPS,
    "beyond": Verdict.NOT_FOUND,
    "names": lambda world: {"subject": CLERK, "appointment_id": world.appointment},
}
_ONE = f"{API}/accounts/{{subject}}"


def _open(world: World) -> str:
    return f'"{world.issues[S.DISPATCHED]}"'


@dataclass(frozen=True, kw_only=True)
class OfPerson(Ask):
    """Administrators are answered about anybody, with no more than lies in their grids."""

    @override
    def expected(self, cell: Cell | None) -> Verdict:
        told = super().expected(cell)
        keeps = cell is not None and Role.ADMINISTRATOR in cell.roles
        return Verdict.EMPTY if keeps and told is Verdict.FORBIDDEN else told


def _held(cell: Cell) -> set[Within]:
    reaches = {OWN: {Within.OWN}, PLACED: {Within.GRID}}
    return reaches.get(cell.standing, set())


PEOPLE = (
    Ask(route=f"GET {API}/accounts", beyond=Verdict.EMPTY, marker=lambda _: f'"{CLERK}"', **_KEEPS),
    Ask(
        route=f"POST {API}/accounts",
        body=lambda _: {"appointments": [_POST]},
        **_KEEPS,
    ),
    Ask(route=f"GET {_ONE}", **_ACCOUNT),
    Ask(route=f"PATCH {_ONE}", body=lambda _: {"phone": None}, **_ACCOUNT),
    *(
        Ask(route=f"POST {_ONE}/{act}", body=lambda _, body=body: body, **_ACCOUNT)  # type: ignore[misc]
        for act, body in (
            ("reset-password", {}),
            ("sign-out", {}),
            ("link", {"provider": "city", "external_id": "of-the-clerk"}),
            ("unlink", {"provider": "elsewhere"}),
            ("bind-code", {}),
            ("appointments", _POST),
            ("appointments/{appointment_id}/end", {}),
        )
    ),
    OfPerson(
        route=f"POST {API}/persons/export",
        rows=(Act.EXPORT_PERSON,),
        held=_held,
        body=lambda _: {"subject": RESIDENT.subject},
        marker=_open,
    ),
    Ask(
        route=f"POST {API}/persons/erase",
        rows=(Act.ERASE_PERSON,),
        held=_held,
        beyond=Verdict.EMPTY,
        guarded=True,
        body=lambda _: {"subject": LEAVER},
        marker=lambda world: f'"{world.waiting}"',
    ),
)
_ON_RECORD: dict[str, Any] = {"rows": (Act.READ_AUDIT,), "guarded": True}
RECORD = (
    Ask(
        route=f"GET {API}/audit",
        query=f"?subject={ADMINISTRATOR.subject}",
        beyond=Verdict.EMPTY,
        marker=lambda world: f'"{world.waiting}"',
        **_ON_RECORD,
    ),
    Ask(  # within the same grids; what is in a file is told where exports are tested
        route=f"GET {API}/audit/export",
        query="?from=2026-11-22T00:00:00Z&until=2026-11-24T00:00:00Z",
        beyond=Verdict.ALLOWED,
        **_ON_RECORD,
    ),
)
_HOSTS: dict[str, Any] = {
    "rows": (Act.HOST_VISITORS,),
    "sight": Act.LIST_ISSUES,
    "held": lambda cell: cell.standing.of_issue(S.HANDLING),
}
_LINKS = f"{API}/issues/{{number}}/links"


def _link(place: int) -> dict[str, Any]:
    return {
        **_HOSTS,
        "names": lambda world: {
            "number": world.issues[S.HANDLING],
            "link_id": world.links[place],
            "image": "svg",
        },
    }


@dataclass(frozen=True, kw_only=True)
class OfBoard(Ask):
    """A link for the notice board is handed out by staff, not by who raised the issue."""

    @override
    def expected(self, cell: Cell | None) -> Verdict:
        is_raiser = cell is not None and cell.standing is OWN
        return Verdict.FORBIDDEN if is_raiser else super().expected(cell)


VISITORS = (
    Ask(route=f"POST {_LINKS}", body=lambda _: {}, **_link(0)),
    Ask(route=f"GET {_LINKS}", **_link(0)),
    Ask(route=f"DELETE {_LINKS}/{{link_id}}", **_link(0)),
    OfBoard(route=f"GET {_LINKS}/{{link_id}}/qr.{{image}}", **_link(1)),
)
BY_RESIDENT_LINK = tuple(
    f"{method} /r/{{token}}{page}"
    for page in ("", "/code", "/mine", "/send")
    for method in ("GET", "POST")
)
"""Who has the unguessable link; no role opens one."""
OWN_SESSION: dict[str, Json] = {
    "POST /api/v1/me/appointment": {"appointment": "0" * 32},
    "POST /api/v1/me/password": {"password": "x", "new_password": "another good one"},
    "POST /api/v1/sign-out": {},
    "POST /api/v1/sign-out-everywhere": {},
}
"""For who signed in here, about their own session, whatever their roles."""
ABOUT_ONESELF = "GET /api/v1/me"
INWARDS: dict[str, Json] = {
    "POST /api/v1/sign-in": {},
    "POST /api/v1/refresh": {"refresh_token": "x" * 40},
    "GET /api/v1/sign-in/oidc": {},
    "GET /api/v1/sign-in/oidc/callback": {},
    "GET /api/v1/sign-in/oidc/sign-out": {},
    "POST /api/v1/sign-in/oidc/session": {"code": "x" * 40, "verifier": "x" * 43},
    "POST /api/v1/sign-in/oidc/signed-out": {},
    "POST /api/v1/sign-in/wechat": {},
    "POST /api/v1/sign-in/wechat/bind": {},
}
"""Ways in: who comes by them is nobody yet, and a token changes nothing."""
