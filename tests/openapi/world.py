"""A running product with a town in it, and what a stranger's program would know of it."""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from api.tokens import mint
from deploy.demo import town
from deploy.demo.cast import Report
from deploy.demo.client import Api
from deploy.demo.day import load_town
from deploy.demo.photos import a_photo
from deploy.local.ports import LOOPBACK
from deploy.local.product import Product
from intake.adapters.registry import ADAPTERS
from observability.clock import now

Json = dict[str, Any]
CALLERS = (
    "command_centre_administrator",
    "command_centre_dispatcher",
    "command_centre_supervisor",
    "property_company_a",
    "housing_a",
    "county_leader",
    "hupan_grid_worker",
    "fuchun_b4_officer_1",
    "resident_b4",
)
"""Every role; the last one's home is where the issues are."""
_REPORTER, _LEAD, _ADMINISTRATOR, _HEAD = (CALLERS[-2], CALLERS[3], CALLERS[0], CALLERS[2])
_GARBAGE = ("", "Bearer", "Bearer \xff", "Basic bm9ib2R5", "Bearer a.b.c")
_SOURCE_PER_MINUTE = 6_000


@dataclass
class World:
    """Where the product is, who asks there, and names that mean something."""

    url: str
    secret: str
    known: dict[str, Sequence[Any]]
    door: Mapping[str, str]
    """Of each adapter the token that opens the door for cameras."""
    bearers: Sequence[str] = field(default_factory=list)

    def bearer(self, turn: int, *, is_administered: bool) -> str:
        """One in sixteen has no token that is worth anything."""
        if turn % 16 == 0:
            return _GARBAGE[turn // 16 % len(_GARBAGE)]
        if is_administered and turn % 3:
            return self.bearers[0]
        return self.bearers[turn % len(self.bearers)]


def a_turn(*parts: object) -> int:
    """A number that depends on these parts alone, so that a run can be had again."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode("utf-8", "replace")).digest()[:6])


async def peopled(product: Product) -> World:
    """A town where things go on: issues in many states, a meeting, a picture, sources."""
    load_town(product)
    url = f"http://{LOOPBACK}:{product.ports.api}"
    api = Api(url, product.home.jwt_secret)
    try:
        issues = await _issues(api)
        links = await _links(api, issues)
        door, tokens = await _sources(api)
        accounts = await _accounts(api)
        people = town.people()
        picture = (await api.upload(people[_REPORTER], a_photo("fuzz")))["id"]
        meetings = (await api.get(people[_HEAD], "/meetings"))["items"]
    finally:
        await api.close()
    return World(
        url=url,
        secret=product.home.jwt_secret,
        door=door,
        bearers=[f"Bearer {_token(product, each)}" for each in CALLERS],
        known={
            **dict(_known(issues, [each["number"] for each in meetings], picture, tokens, links)),
            **_known_accounts(accounts),
        },
    )


def _token(product: Product, code: str) -> str:
    who = town.people()[code]
    claims: Json = {"sub": who.subject, "roles": [*who.roles], "grids": [*who.grids]}
    if who.department:
        claims["department"] = who.department
    return mint(product.home.jwt_secret, claims, at=now(), lifetime=timedelta(hours=2))


async def _issues(api: Api) -> list[str]:
    """Reported, dispatched, claimed, resolved, before a meeting; each twice."""
    people = town.people()
    body = {"category": "lift_lighting", "description": "电梯灯坏了", "grid": town.grid("b4")}
    reports = []
    for _ in range(10):
        number = (await api.post(people[_REPORTER], "/issues", body))["number"]
        reports.append(Report(api, people[_HEAD], number))
    for turn, report in enumerate(reports):
        await report.becomes(state="dispatched")
        if turn % 5 >= 2:
            await api.post(people[_LEAD], f"{report.path}/claim", {})
        if turn % 5 == 3:
            done = {"text": "已处理", "solved": True, "evidence": []}
            await api.post(people[_LEAD], f"{report.path}/resolve", done)
        if turn % 5 == 4:
            await api.post(
                people[_HEAD], f"{report.path}/convene", {"text": "共商", "level": "county"}
            )
            await report.goes_before("county")
    return [each.number for each in reports]


async def _links(api: Api, issues: Sequence[str]) -> list[str]:
    """One for the notice board of each issue, by their lead department."""
    lead = town.people()[_LEAD]
    made = [await api.post(lead, f"/issues/{each}/links", {"kind": "board"}) for each in issues]
    return [each["id"] for each in made]


async def _sources(api: Api) -> tuple[dict[str, str], list[str]]:
    """One source per adapter; and tokens of a source that nobody sends with, to be revoked."""
    administrator = town.people()[_ADMINISTRATOR]
    door = {}
    for adapter in ADAPTERS:
        code = f"box-{adapter.replace('_', '-')}"
        entry = {
            "name": "盒子",
            "adapter": adapter,
            "grid": town.ESTATE,
            "addresses": [f"{LOOPBACK}/32"],
            "per_minute": _SOURCE_PER_MINUTE,
        }
        await api.post(administrator, f"/reference/alert_source/{code}", {"entry": entry})
        issued = await api.post(administrator, f"/alert-sources/{code}/tokens", {})
        door[adapter] = issued["address"].rpartition("/")[2]
    spare = {"name": "备用", "adapter": "cloudevents", "grid": town.ESTATE}
    await api.post(administrator, "/reference/alert_source/spare", {"entry": spare})
    tokens = [await api.post(administrator, "/alert-sources/spare/tokens", {}) for _ in range(3)]
    return door, [each["id"] for each in tokens]


async def _accounts(api: Api) -> list[Json]:
    """Several, for some of them will be disabled."""
    administrator = town.people()[_ADMINISTRATOR]
    posts = [
        {"roles": ["staff"], "department": "housing"},
        {"roles": ["grid_worker"], "grids": [town.ESTATE]},
    ]
    made = ({"login": f"odd-{turn}", "appointments": posts} for turn in range(4))
    return [await api.post(administrator, "/accounts", each) for each in made]


def _known_accounts(accounts: Sequence[Json]) -> dict[str, Sequence[Any]]:
    """Their passwords too: one in some tries signs in."""
    posts = [post for each in accounts for post in each["appointments"]]
    return {
        "subject": [each["subject"] for each in accounts],
        "appointment_id": [each["id"] for each in posts],
        "login": [each["login"] for each in accounts],
        "password": [each["password"] for each in accounts],
        "roles": [["staff"], ["grid_worker", "staff"]],
        "grids": [[town.ESTATE], []],
        "appointments": [[{"roles": ["staff"], "department": "housing"}]],
    }


def _known(
    issues: Sequence[str],
    meetings: Sequence[str],
    picture: str,
    tokens: Sequence[str],
    links: Sequence[str],
) -> Iterator[tuple[str, Sequence[Any]]]:
    """Field by field; a path, a query and a body call the same thing by the same name."""
    near, far = (now() + each for each in (timedelta(hours=2), timedelta(days=2)))
    instants = [near.isoformat(), far.isoformat(), (now() - timedelta(days=1)).isoformat()]
    departments = ["property_company", "housing", "police", "tax_bureau_party"]
    yield "issue", issues
    yield "meeting", meetings
    yield "of", issues
    yield "duplicate_of", issues
    yield from ((name, [town.grid("b4"), town.ESTATE, town.COUNTY]) for name in ("grid", "place"))
    yield "category", ["lift_lighting", "standing_water"]
    yield from (
        (name, departments) for name in ("department", "lead", "to", "convenor", "deadline")
    )
    yield from ((name, [departments[:1], departments[2:]]) for name in ("co", "departments"))
    yield from ((name, instants) for name in ("until", "due_by", "raised_from", "raised_to", "at"))
    yield from ((name, [[], [picture]]) for name in ("evidence", "pictures"))
    yield "picture", [picture]
    yield "token_id", tokens
    yield "link_id", links
    yield "source", ["box-cloudevents", "spare"]


def run(product: Product) -> World:
    return asyncio.run(peopled(product))
