"""One story in play: its people, its issues, and whatever is not as it should be."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field

from deploy.demo.cameras import Platform
from deploy.demo.cast import Matter, Person, Report
from deploy.demo.client import Api, Json, Refused
from domain.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an issue must have ended; what is not named must be as it is by default.

    `breached` names every deadline kind that was breached; `met` kinds that were met in time;
    `events` what must stand in the timeline, in this order.
    """

    outcome: str
    state: str = "closed"
    satisfaction: str | None = None
    level: str = "community"
    reopened: int = 0
    exempt: bool = False
    emergency: bool = False
    duplicate_of: str | None = None
    breached: Sequence[str] = ()
    met: Sequence[str] = ()
    events: Sequence[str] = ()


_SHOWN = (
    *("state", "outcome", "satisfaction", "level", "reopened"),
    *("exempt", "emergency", "duplicate_of"),
)


@dataclass(slots=True)
class Scene:
    """Expectations are collected, not raised: a story tells everything that is wrong with it."""

    api: Api
    people: Mapping[str, Actor]
    pace: float = 0.0
    reports: list[Report] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def person(self, code: str) -> Person:
        onlooker = self.people["command_centre_supervisor"]
        return Person(self.api, self.people[code], onlooker, self.reports.append, self.pace)

    async def platform(self, code: str) -> Platform:
        """A source that the administrator has just given a token."""
        administrator = self.people["command_centre_administrator"]
        issued = await self.api.post(administrator, f"/alert-sources/{code}/tokens", {})
        onlooker = self.people["command_centre_supervisor"]
        return Platform(self.api, onlooker, self.reports.append, code, issued["address"])

    def expect(self, report: Report, what: str, saw: object, wanted: object) -> None:
        """Notes it down when what was seen is not what is wanted."""
        if saw != wanted:
            self.failures.append(f"{report.number}: {what} is {saw!r}, expected {wanted!r}")

    async def refused(self, report: Report, wish: Awaitable[Json], code: str) -> Mapping[str, str]:
        """The particulars of a refusal that has to come."""
        try:
            answer = await wish
        except Refused as refusal:
            self.expect(report, "reason of the refusal", refusal.code, code)
            return refusal.params
        self.expect(report, "answer", answer.get("event"), f"refused with {code}")
        return {}

    async def ends(self, report: Report, ending: Ending) -> None:
        """Holds the issue, its deadlines and its timeline against what they must be."""
        detail = await report.detail()
        for name in _SHOWN:
            self.expect(report, name, detail[name], getattr(ending, name))
        deadlines = await report.deadlines()
        late = sorted({each["kind"] for each in deadlines if each["breached_at"]})
        self.expect(report, "breached", late, sorted(ending.breached))
        in_time = {each["kind"] for each in deadlines if each["met_at"] and not each["breached_at"]}
        missed = sorted(set(ending.met) - in_time)
        self.expect(report, "not met in time", missed, [])
        self._happened(report, [each["name"] for each in await report.events()], ending.events)

    async def went(self, report: Report, matter: Matter, wanted: Sequence[str]) -> None:
        """Holds the timeline of a meeting of the issue against what must stand in it."""
        self._happened(report, [each["name"] for each in await matter.events()], wanted)

    def _happened(self, report: Report, names: Sequence[str], wanted: Sequence[str]) -> None:
        rest = iter(names)
        for name in wanted:
            if name not in rest:
                self.expect(report, "timeline", names, f"{name} in the order of {list(wanted)}")
                return
