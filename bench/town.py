"""The town issues are raised in: the demo's places and people under the promises of real life."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from api.tokens import mint
from bench.arrivals import Arrivals
from bench.wire import Json, Line
from deploy.demo import town
from deploy.local.ports import LOOPBACK
from deploy.local.product import DATABASE, Product
from deploy.reference.load import load
from deploy.reference.shipped import FOLDER, ORDER, Shipped, read
from domain.actor import Actor
from domain.reference import ReferenceKind
from observability.clock import now

_LIFETIME = timedelta(hours=12)
API = "/api/v1"
_ISSUES = f"{API}/issues"
RESIDENT, STAFF = "resident_b3", "housing_a"
WHISTLE = {
    "category": "falling_objects",
    "description": "楼上经常往下扔烟头和瓶子，昨天差一点砸到人",
    "grid": "qj.bh.hp.fc.b3",
}
"""Its department is found by rule, and its promises are days long: nothing is due in a run."""


def reference() -> tuple[Shipped, ...]:
    """The demo's town, but with the default promises: the demo's last seconds."""
    chosen: dict[tuple[ReferenceKind, str], Shipped] = {
        (entry.kind, entry.code): entry
        for entry in town.reference()
        if entry.kind is not ReferenceKind.SLA_POLICY
    }
    chosen |= {(entry.kind, entry.code): entry for entry in read(FOLDER)}
    return tuple(
        sorted(
            chosen.values(),
            key=lambda entry: (ORDER.index(entry.kind), entry.code.count("."), entry.code),
        )
    )


def furnish(product: Product) -> None:
    """Loads the reference data through the API, as an administrator."""
    load(reference(), f"http://{LOOPBACK}:{product.ports.api}", administrator_of(product))


def administrator_of(product: Product) -> str:
    """A token of who may change the reference data."""
    who = town.people()["command_centre_administrator"]
    return token_of(product.home.jwt_secret, who)


@dataclass(frozen=True, slots=True)
class Cast:
    """Tokens of the two people in every measured life."""

    resident: str
    staff: str
    arrivals: Arrivals

    @classmethod
    def of(cls, product: Product) -> "Cast":
        people, secret = town.people(), product.home.jwt_secret
        arrivals = Arrivals(product.postgres.url(DATABASE, driver="postgresql"))
        return cls(token_of(secret, people[RESIDENT]), token_of(secret, people[STAFF]), arrivals)

    async def raises(self, line: Line) -> str:
        """The number of a new issue."""
        answer = await line.post(_ISSUES, self.resident, key_of_request(), WHISTLE)
        number: str = answer["number"]
        return number

    async def claims(self, line: Line, number: str) -> Json:
        """Of an issue that is with the department of this person."""
        return await line.post(f"{_ISSUES}/{number}/claim", self.staff, key_of_request(), {})

    async def lives(self, line: Line) -> str:
        """A whole happy path: raised, dispatched, claimed, resolved, evaluated."""
        number = await self.raises(line)
        await self.arrivals.of(number)
        await self.claims(line, number)
        done = {"solved": True, "evidence": [], "text": "已装朝天摄像头，查明并入户劝导"}
        await line.post(f"{_ISSUES}/{number}/resolve", self.staff, key_of_request(), done)
        said = {"satisfaction": "satisfied", "solved": True}
        await line.post(f"{_ISSUES}/{number}/evaluate", self.resident, key_of_request(), said)
        return number


def token_of(secret: str, actor: Actor) -> str:
    """Good for the whole run."""
    claims: dict[str, object] = {
        "sub": actor.subject,
        "roles": [role.value for role in actor.roles],
        "grids": list(actor.grids),
        **({"department": actor.department} if actor.department else {}),
    }
    return mint(secret, claims, at=now(), lifetime=_LIFETIME)


def key_of_request() -> str:
    """One that nothing else was asked under."""
    return secrets.token_hex(16)
