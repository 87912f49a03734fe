"""Reference data by what it is for: who is called, what is promised, when people work."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from domain.actor import lies_in
from domain.alert_source import AlertSource
from domain.alerts.policy import AlertPolicy
from domain.calendar import BusinessCalendar, CalendarDefinition
from domain.ids import CalendarCode, DepartmentCode, DistrictCode, GridCode, PolicyCode, Subject
from domain.meeting.policy import MeetingPolicy
from domain.reference import (
    Absence,
    Category,
    Department,
    District,
    Grid,
    NoticePolicy,
    ReferenceKind,
    RoutingRule,
    Staff,
    WhistleKind,
)
from domain.sla import SLAPolicy
from storage.codec import MODELS
from storage.entries import Entries, StaleVersion
from storage.entry_reads import entries_in_force, is_named
from storage.filters import in_subtree
from storage.models import ReferenceRow
from storage.views import Entry
from storage.zones import Zones

__all__ = ["MODELS", "ReferenceRepository", "StaleVersion", "UnknownReference"]

_KEPT_CALENDARS = 64


class UnknownReference(LookupError):
    """Something refers to reference data that does not exist."""


class Choices(NamedTuple):
    """What is in force when an issue is born."""

    policies: tuple[Entry[SLAPolicy], ...]
    rules: tuple[RoutingRule, ...]
    departments: frozenset[DepartmentCode]


class ReferenceRepository(Entries):
    """Typed questions. What is retired is left out, except where a version is asked for."""

    async def district(self, code: str) -> District | None:
        found: District | None = await self._one(ReferenceKind.DISTRICT, code)
        return found

    async def districts(self) -> tuple[District, ...]:
        return tuple(each.body for each in await self.in_force(ReferenceKind.DISTRICT))

    async def district_around(self, grid: GridCode) -> District | None:
        """The smallest district that the grid lies in."""
        around = [each for each in await self.districts() if lies_in(grid, each.grid)]
        return max(around, key=lambda each: len(each.grid), default=None)

    async def local_year(self, district: District, at: datetime) -> int:
        """Of a number; no whistle is refused for want of a calendar."""
        try:
            calendar = await self.calendar(district.calendar)
        except UnknownReference:
            return at.year
        return at.astimezone(calendar.zone).year

    async def grid(self, code: str) -> Grid | None:
        found: Grid | None = await self._one(ReferenceKind.GRID, code)
        return found

    async def grids_named(self, name: str, within: GridCode) -> tuple[GridCode, ...]:
        """Codes of grids of this name, in either language; of one subtree, if one is given."""
        found = entries_in_force(ReferenceKind.GRID).where(is_named(name))
        if within:
            found = found.where(in_subtree(ReferenceRow.code, within))
        rows = await self._session.execute(found.limit(2))
        return tuple(GridCode(row.code) for row in rows)

    async def category(self, code: str) -> Category | None:
        found: Category | None = await self._one(ReferenceKind.CATEGORY, code)
        return found

    async def whistle_kind(self, code: str) -> WhistleKind | None:
        found: WhistleKind | None = await self._one(ReferenceKind.WHISTLE_KIND, code)
        return found

    async def named_by_whistle(
        self, grid: str, category: str, kind: str
    ) -> tuple[Grid | None, Category | None, WhistleKind | None]:
        """All that a whistle names, in one round trip."""
        kinds = (ReferenceKind.GRID, ReferenceKind.CATEGORY, ReferenceKind.WHISTLE_KIND)
        found = await self.currents(dict(zip(kinds, (grid, category, kind), strict=True)))
        there = {of: entry.body for of, entry in found.items() if not entry.retired}
        return there.get(kinds[0]), there.get(kinds[1]), there.get(kinds[2])

    async def departments(self) -> tuple[Department, ...]:
        return tuple(each.body for each in await self.in_force(ReferenceKind.DEPARTMENT))

    async def department_codes(self) -> frozenset[DepartmentCode]:
        """Who can be called."""
        return frozenset(each.code for each in await self.departments())

    async def rules(self) -> tuple[RoutingRule, ...]:
        return tuple(each.body for each in await self.in_force(ReferenceKind.ROUTING_RULE))

    async def meeting_policies(self) -> tuple[MeetingPolicy, ...]:
        return tuple(each.body for each in await self.in_force(ReferenceKind.MEETING_POLICY))

    async def alert_policies(self) -> tuple[AlertPolicy, ...]:
        return tuple(each.body for each in await self.in_force(ReferenceKind.ALERT_POLICY))

    async def staff_of(self, department: DepartmentCode) -> tuple[Staff, ...]:
        found = await self.in_force(ReferenceKind.STAFF, belonging_to=(department,))
        return tuple(each.body for each in found)

    async def absences_of(self, subjects: Iterable[Subject]) -> tuple[Absence, ...]:
        found = await self.in_force(ReferenceKind.ABSENCE, belonging_to=tuple(subjects))
        return tuple(each.body for each in found)

    async def sources(self) -> tuple[AlertSource, ...]:
        return tuple(each.body for each in await self.in_force(ReferenceKind.ALERT_SOURCE))

    async def notice_policy(self, code: str) -> NoticePolicy | None:
        """The policy of exactly this code: a recipient, a kind of recipient, or `default`."""
        found: NoticePolicy | None = await self._one(ReferenceKind.NOTICE_POLICY, code)
        return found

    async def zone(self, district: DistrictCode) -> ZoneInfo:
        """Where the wall clocks of a district are.

        Raises:
            UnknownReference: there is no such district, or not its calendar.
        """
        zone = await Zones(self._session).of_district(district)
        if zone is None:
            raise UnknownReference(f"zone of {district}")
        return zone

    async def policies(self) -> tuple[Entry[SLAPolicy], ...]:
        """With their versions, because an issue is pinned to one."""
        return await self.in_force(ReferenceKind.SLA_POLICY)

    async def choices(self) -> Choices:
        """All that a birth chooses from, in one round trip."""
        kinds = (ReferenceKind.SLA_POLICY, ReferenceKind.ROUTING_RULE, ReferenceKind.DEPARTMENT)
        policies, rules, departments = (await self.kinds_in_force(*kinds)).values()
        codes = frozenset(each.body.code for each in departments)
        return Choices(policies, tuple(each.body for each in rules), codes)

    async def policy(self, code: PolicyCode, version: int) -> SLAPolicy:
        """A version, retired or not: running issues are pinned to it.

        Raises:
            UnknownReference: there is none.
        """
        found = await self.version(ReferenceKind.SLA_POLICY, code, version)
        if found is None:
            raise UnknownReference(f"policy {code} version {version}")
        policy: SLAPolicy = found.body
        return policy

    async def calendar(self, code: CalendarCode, version: int | None = None) -> BusinessCalendar:
        """The present version, or a given one; it knows its version.

        Raises:
            UnknownReference: there is none.
        """
        if version is None:
            found = await self.current(ReferenceKind.CALENDAR, code)
        else:
            found = await self.version(ReferenceKind.CALENDAR, code, version)
        if found is None:
            raise UnknownReference(f"calendar {code}")
        return _calendar(found.body, found.version)

    async def _one(self, kind: ReferenceKind, code: str) -> Any:  # noqa: ANN401 - one of MODELS
        found = await self.current(kind, code)
        return None if found is None or found.retired else found.body


@lru_cache(maxsize=_KEPT_CALENDARS)
def _calendar(definition: CalendarDefinition, version: int) -> BusinessCalendar:
    """Kept with the days it has worked out."""
    return BusinessCalendar(definition, ZoneInfo(definition.zone), version)
