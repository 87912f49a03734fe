"""Platforms and boxes that send alerts, each to the address that its token opens."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deploy.demo.cast import Report, waits
from deploy.demo.client import Api, Json
from domain.actor import Actor

_PAGE = 100
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Platform:
    """A source of alerts with a token, and what may be seen of its cameras."""

    api: Api
    onlooker: Actor
    keep: Callable[[Report], None]
    code: str
    address: str

    async def says(self, words: Json | Sequence[Json], content_type: str = _JSON) -> None:
        """A message as its vendor sends it."""
        await self.api.send(self.address, json.dumps(words).encode(), content_type)

    async def issues(self, camera: str) -> list[str]:
        """Numbers of all issues that a camera has opened, the first one first."""
        page = await self.api.get(self.onlooker, "/issues", source="camera", limit=_PAGE)
        by = f"{self.code}:{camera}"
        return sorted(each["number"] for each in page["items"] if each["raised_by"] == by)

    async def opens(self, camera: str, before: int = 0) -> Report:
        """The issue that a camera opens; it had opened some before."""

        async def look() -> Json:
            return {"issues": await self.issues(camera)}

        seen = await waits(look, lambda found: len(found["issues"]) > before, f"issue of {camera}")
        report = Report(self.api, self.onlooker, seen["issues"][before])
        self.keep(report)
        return report

    async def is_heard(self, camera: str, kind: str) -> None:
        """Returns when the engine has taken an alert of the kind, and judged it."""

        async def look() -> Json:
            wanted = {"source": self.code, "camera": camera, "fate": "accepted"}
            return await self.api.get(self.onlooker, "/alert-events", limit=_PAGE, **wanted)

        def so(found: Json) -> bool:
            return kind in [each["kind"] for each in found["items"]]

        await waits(look, so, f"{kind} of {camera} is taken")

    async def stands(self, camera: str, **wanted: object) -> Json:
        """How a camera stands, once it shows all of this."""

        async def look() -> Json:
            page = await self.api.get(self.onlooker, "/cameras", source=self.code)
            return next((each for each in page["items"] if each["camera"] == camera), {})

        def so(found: Json) -> bool:
            return bool(found) and all(found[name] == value for name, value in wanted.items())

        return await waits(look, so, f"{camera} stands as {wanted}")


async def condition_of(report: Report, **wanted: object) -> Json:
    """What a camera saw, once it shows all of this."""

    async def look() -> Json:
        found: Json = (await report.of_cameras())["condition"]
        return found

    def so(found: Json) -> bool:
        return all(found[name] == value for name, value in wanted.items())

    return await waits(look, so, f"condition of {report.number} becomes {wanted}")


async def notes_of(report: Report) -> list[str]:
    """What was noted of the condition, in order."""
    return [each["word"] for each in (await report.of_cameras())["notes"]]
