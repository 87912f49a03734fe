"""Councils (楼栋议事会): when one sits, over what, and who comes. All of it is data."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from zlib import crc32

from domain.actor import lies_in
from domain.ids import DistrictCode, GridCode, MeetingNumber, Subject
from domain.meeting.policy import CouncilPlan, MeetingPolicy, choose_meeting_policy
from domain.meeting.words import MeetingKind
from domain.reference import District, Grid, GridLevel, Staff
from domain.vocabulary import Level

MOST_REGULARS = 200
"""Every step of a meeting carries its parties; a community has some thirty regulars."""
_LONGEST_NAME = 50
"""A meeting's number has sixty characters; a grid's code may have more."""
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")
"""What a grid's code may have and a meeting's number, which is part of paths, may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilCall:
    """What an issue is told when a council has put it on its agenda.

    `at` is when it is told, so that every telling has a name.
    """

    meeting: MeetingNumber
    level: Level
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Council:
    """A community that holds councils: by which plan, under which district's calendar."""

    community: GridCode
    district: District
    plan: CouncilPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """When a community's council is called every month, by the clock of its place.

    Not when it sits: its terms know the hour, and its calendar the day.
    """

    community: GridCode
    district: DistrictCode
    zone: str
    day: int
    at: time


def councils(
    grids: Iterable[Grid], districts: Iterable[District], policies: Iterable[MeetingPolicy]
) -> tuple[Council, ...]:
    """Every community for which a policy of councils has a plan, by its code."""
    known, offered = tuple(districts), tuple(policies)
    found = (
        council_of(each.code, known, offered)
        for each in sorted(grids, key=lambda grid: grid.code)
        if each.level is GridLevel.COMMUNITY
    )
    return tuple(each for each in found if each is not None)


def sitting(council: Council, zone: str) -> Sitting:
    """When the clock of its place calls it."""
    return Sitting(
        community=council.community,
        district=council.district.code,
        zone=zone,
        day=council.plan.day,
        at=council.plan.at,
    )


def council_of(
    community: GridCode, districts: Iterable[District], policies: Iterable[MeetingPolicy]
) -> Council | None:
    """None where no policy wants one, or no district has the community."""
    policy = choose_meeting_policy(policies, Level.COMMUNITY, community, MeetingKind.COUNCIL)
    home = max(
        (each for each in districts if lies_in(community, each.grid)),
        key=lambda district: len(district.grid),
        default=None,
    )
    if policy.council is None or home is None:
        return None
    return Council(community=community, district=home, plan=policy.council)


def number_of(community: GridCode, local: datetime) -> MeetingNumber:
    """One council a month: whoever calls it again names the same one."""
    name = _UNSAFE.sub("-", community)
    if name != community or len(name) > _LONGEST_NAME:
        checksum = f"{crc32(community.encode()):08x}"
        name = f"{name[: _LONGEST_NAME - len(checksum) - 1]}-{checksum}"
    return MeetingNumber(f"{name}-C{local:%Y-%m}")


def regulars(staff: Iterable[Staff], community: GridCode) -> tuple[Subject, ...]:
    """Who stands for a building or another place of the community: the first by their codes."""
    return tuple(sorted(_standing_for(staff, community))[:MOST_REGULARS])


def _standing_for(staff: Iterable[Staff], community: GridCode) -> Iterator[Subject]:
    for each in staff:
        if each.stands_for is not None and lies_in(each.stands_for, community):
            yield each.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a community's issues belongs before its council, as of an instant."""

    community: GridCode
    raised_before: datetime
    repeats: int
    repeated_since: datetime
    limit: int


def wanted(council: Council, at: datetime) -> Wanted:
    """The plan's spans counted back from `at`."""
    plan = council.plan
    return Wanted(
        community=council.community,
        raised_before=at - plan.open_for,
        repeats=plan.repeats,
        repeated_since=at - plan.repeated_within,
        limit=plan.most_items,
    )
