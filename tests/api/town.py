"""A small town: reference data, and people who speak to the API with their own tokens."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, cast

import httpx

from api.auditing import Auditing
from api.tokens import mint
from domain.actor import Actor
from domain.ids import (
    CategoryCode,
    DepartmentCode,
    DistrictCode,
    GridCode,
    Subject,
    WhistleKindCode,
)
from domain.reference import (
    Category,
    Department,
    District,
    Grid,
    GridLevel,
    Post,
    ReferenceKind,
    Staff,
    WhistleKind,
)
from domain.vocabulary import Role
from observability.clock import now
from storage.reference import ReferenceRepository
from storage.session import Database
from tests.builders import COUNTY, GRID, NOON, POLICE, WATER, a_policy, an_actor
from tests.domain.calendars import china_definition

SECRET = "not-a-secret-but-long-enough-for-tests"
ADMINISTRATOR = an_actor(Role.ADMINISTRATOR, subject="a.1", grids=(COUNTY,))
STRANGER = an_actor(Role.RESIDENT, subject="r.9")
LEADER = an_actor(Role.LEADER, subject="l.1")
_keys = count(1)
Json = dict[str, Any]

_BLOWERS = (Role.RESIDENT, Role.GRID_WORKER, Role.CAMERA, Role.STAFF)
_BODIES: tuple[tuple[ReferenceKind, Any], ...] = (
    (ReferenceKind.CALENDAR, china_definition()),
    (ReferenceKind.GRID, Grid(code=COUNTY, name="巧家", name_en="Qiaojia", level=GridLevel.COUNTY)),
    (
        ReferenceKind.GRID,
        Grid(code=GridCode("qj.bh"), name="白鹤", name_en="Baihe", level=GridLevel.TOWNSHIP),
    ),
    (ReferenceKind.GRID, Grid(code=GRID, name="3号楼", name_en="No. 3", level=GridLevel.MICRO)),
    (
        ReferenceKind.GRID,
        Grid(code=GridCode("yj"), name="盐津", name_en="Yanjin", level=GridLevel.COUNTY),
    ),
    (
        ReferenceKind.DISTRICT,
        District(
            code=DistrictCode("qj"),
            name="巧家",
            name_en="Qiaojia",
            grid=COUNTY,
            calendar=china_definition().code,
            prefix="QJ",
        ),
    ),
    *(
        (ReferenceKind.DEPARTMENT, Department(code=code, name=code, name_en=code, grid=COUNTY))
        for code in (POLICE, WATER)
    ),
    (
        ReferenceKind.STAFF,
        Staff(code=Subject("p.1"), department=POLICE, post=Post.A, name="李警官"),
    ),
    (
        ReferenceKind.CATEGORY,
        Category(code=CategoryCode("standing_water"), name="积水", name_en="Standing water"),
    ),
    (
        ReferenceKind.WHISTLE_KIND,
        WhistleKind(
            code=WhistleKindCode("ordinary"), name="普通哨", name_en="Plain", may_blow=_BLOWERS
        ),
    ),
    (
        ReferenceKind.WHISTLE_KIND,
        WhistleKind(
            code=WhistleKindCode("hard"), name="攻坚克难哨", name_en="Hard", may_blow=(Role.LEADER,)
        ),
    ),
    (ReferenceKind.SLA_POLICY, a_policy()),
)


async def settle(database: Database) -> None:
    """Writes the reference data of the town."""
    async with database.begin() as session:
        reference = ReferenceRepository(session)
        for kind, body in _BODIES:
            await reference.write(
                kind, body.code, body, expected_version=None, actor=Subject("test"), at=NOON
            )


UNAUDITED = cast("Auditing", None)
"""For what never comes to be put on record."""


def a_key() -> str:
    return f"key-{next(_keys)}"


def a_token(actor: Actor, **claims: object) -> str:
    said: dict[str, object] = {
        "sub": actor.subject,
        "roles": list(actor.roles),
        "grids": list(actor.grids),
        **({"department": actor.department} if actor.department else {}),
        **claims,
    }
    return mint(SECRET, said, at=now(), lifetime=timedelta(hours=1))


@dataclass
class Town:
    """Asks the API as somebody."""

    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)

    async def get(
        self, who: Actor, path: str, **params: str | int | bool | list[str]
    ) -> httpx.Response:
        return await self.http.get(path, params=params, headers=_bearer(who) | self.headers)

    async def post(
        self, who: Actor, path: str, body: Json | None = None, key: str | None = None
    ) -> httpx.Response:
        headers = _bearer(who) | {"Idempotency-Key": key or a_key()} | self.headers
        return await self.http.post(path, json=body, headers=headers)

    async def delete(self, who: Actor, path: str, key: str | None = None) -> httpx.Response:
        headers = _bearer(who) | {"Idempotency-Key": key or a_key()} | self.headers
        return await self.http.delete(path, headers=headers)

    async def raised(self, who: Actor, **fields: object) -> str:
        """The number of an issue that this person raised."""
        answer = await self.post(who, "/issues", a_whistle(**fields))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["number"])


def _bearer(who: Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {a_token(who)}"}


def a_whistle(**fields: object) -> Json:
    whistle: Json = {"grid": GRID, "category": "standing_water", "description": "楼道积水"}
    return whistle | fields


def fields_of(answer: httpx.Response) -> dict[str, str]:
    """The rules that were broken, by field."""
    return {error["field"]: error["rule"] for error in answer.json()["errors"]}


FIRE = DepartmentCode("fire")
"""A department that does not exist."""
