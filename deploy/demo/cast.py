"""Who acts in a story and what they act on; every word goes through the public API."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from deploy.demo.client import Api, Json
from deploy.demo.doorstep import evaluate_by_link
from deploy.demo.photos import a_photo
from deploy.demo.town import grid
from domain.actor import Actor

_LOOK_AGAIN = 0.4
_PAGE = 200
WITHIN = 60.0


class NeverHappened(Exception):
    """A story waited for something that did not come."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What people act on, as somebody who may see everything finds it."""

    api: Api
    onlooker: Actor
    number: str
    kind: ClassVar[str]

    @property
    def path(self) -> str:
        return f"/{self.kind}/{self.number}"

    async def detail(self) -> Json:
        return await self.api.get(self.onlooker, self.path)

    async def events(self, after: int = -1) -> list[Json]:
        """The whole timeline, or what followed a version."""
        found: list[Json] = []
        cursor: int | None = after
        while cursor is not None:
            answer = await self.api.get(
                self.onlooker, f"{self.path}/timeline", after=cursor, limit=_PAGE
            )
            found += answer["items"]
            cursor = answer["next"]
        return found

    async def becomes(self, **wanted: object) -> Json:
        """Returns when it shows all of this."""

        def so(detail: Json) -> bool:
            return all(detail[name] == value for name, value in wanted.items())

        return await waits(self.detail, so, f"{self.number} becomes {wanted}")


class Meeting(Matter):
    """One joint meeting."""

    __slots__ = ()
    kind = "meetings"


class Report(Matter):
    """One issue."""

    __slots__ = ()
    kind = "issues"

    async def deadlines(self) -> list[Json]:
        answer = await self.api.get(self.onlooker, f"{self.path}/deadlines")
        found: list[Json] = answer["items"]
        return found

    async def deadline(self, kind: str) -> Json:
        """The latest deadline of a kind."""
        return [each for each in await self.deadlines() if each["kind"] == kind][-1]

    async def of_cameras(self) -> Json:
        """The condition it was raised for, and what was noted of that."""
        return await self.api.get(self.onlooker, f"{self.path}/alerts")

    async def is_with(self, department: str) -> Json:
        """Returns when the department has it to claim."""
        return await self.becomes(state="dispatched", lead_department=department)

    async def meetings(self) -> list[Json]:
        """Every meeting it is or was before, the first one first."""
        answer = await self.api.get(self.onlooker, "/meetings", issue=self.number)
        found: list[Json] = answer["items"]
        return found[::-1]

    async def goes_before(self, level: str) -> Meeting:
        """Returns when a meeting of the level has called its parties."""

        async def latest() -> Json:
            return next(iter((await self.meetings())[::-1]), {})

        def so(found: Json) -> bool:
            return found.get("level") == level and found["sits_at"] is not None

        found = await waits(latest, so, f"{self.number} goes before a meeting of the {level}")
        return Meeting(self.api, self.onlooker, found["number"])


async def waits(look: Callable[[], Awaitable[Json]], so: Callable[[Json], bool], what: str) -> Json:
    """What is seen once it is so.

    Raises:
        NeverHappened: it was not so in all our patience.
    """
    seen: Json = {}
    try:
        async with asyncio.timeout(WITHIN):
            while not so(seen := await look()):  # noqa: ASYNC110 - HTTP rings no bell
                await asyncio.sleep(_LOOK_AGAIN)
    except TimeoutError as late:
        stands = {name: seen.get(name) for name in ("state", "lead_department", "level")}
        raise NeverHappened(f"{what} within {WITHIN:g} s; it is {stands}") from late
    return seen


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a token, who takes `pace` seconds before each act."""

    api: Api
    actor: Actor
    onlooker: Actor
    keep: Callable[[Report], None]
    pace: float

    @property
    def code(self) -> str:
        return self.actor.subject

    async def reports(self, category: str, says: str, at: str = "", **more: object) -> Report:
        """Blows a whistle at a place of the estate."""
        body = {"category": category, "description": says, "grid": grid(at), **more}
        await asyncio.sleep(self.pace)
        answer = await self.api.post(self.actor, "/issues", body)
        report = Report(self.api, self.onlooker, answer["number"])
        self.keep(report)
        return report

    async def does(self, command: str, to: Matter, says: str | None = None, **more: object) -> Json:
        """Gives a command of the law."""
        body = {**more, **({"text": says} if says else {})}
        await asyncio.sleep(self.pace)
        return await self.api.post(self.actor, f"{to.path}/{command}", body)

    async def claims(self, report: Report) -> Json:
        return await self.does("claim", report)

    async def photographs(self, times: int = 1) -> list[str]:
        """Ids of photos as a phone takes them, place and all."""
        photos = [a_photo(f"{self.code} {each}") for each in range(times)]
        return [(await self.api.upload(self.actor, photo))["id"] for photo in photos]

    async def resolves(self, report: Report, says: str, photos: int = 0) -> Json:
        evidence = await self.photographs(photos)
        return await self.does("resolve", report, says, solved=True, evidence=evidence)

    async def evaluates(self, report: Report, satisfaction: str, says: str | None = None) -> Json:
        solved = satisfaction != "unsatisfied"
        return await self.does("evaluate", report, says, satisfaction=satisfaction, solved=solved)

    async def evaluates_by_link(self, report: Report, satisfaction: str, says: str) -> None:
        """Through the page that a link opens, as who has no account."""
        link = await self.api.post(self.actor, f"{report.path}/links", {"kind": "own"})
        await asyncio.sleep(self.pace)
        await evaluate_by_link(link["url"], satisfaction, says)
