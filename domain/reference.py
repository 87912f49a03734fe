"""Reference data: who and what there is. Codes are for the engine, names are for people."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import IntEnum, StrEnum

from domain.actor import GRID_SEPARATOR
from domain.ids import (
    CalendarCode,
    CategoryCode,
    DepartmentCode,
    DistrictCode,
    GridCode,
    Subject,
    WhistleKindCode,
)
from domain.vocabulary import Level, Role


class ReferenceKind(StrEnum):
    """The kinds of reference data, each entry versioned by itself."""

    DISTRICT = "district"
    GRID = "grid"
    GRID_OUTLINE = "grid_outline"
    DEPARTMENT = "department"
    STAFF = "staff"
    ABSENCE = "absence"
    CATEGORY = "category"
    WHISTLE_KIND = "whistle_kind"
    CALENDAR = "calendar"
    SLA_POLICY = "sla_policy"
    ROUTING_RULE = "routing_rule"
    NOTICE_POLICY = "notice_policy"
    MEETING_POLICY = "meeting_policy"
    ALERT_MAPPING = "alert_mapping"
    ALERT_SOURCE = "alert_source"
    ALERT_POLICY = "alert_policy"


class GridLevel(IntEnum):
    """The five levels of the grid tree."""

    COUNTY = 1
    TOWNSHIP = 2
    COMMUNITY = 3
    ESTATE = 4
    MICRO = 5


_FARTHEST_M, _LONGEST_HOURS = 1_000, 30 * 24


class Post(StrEnum):
    """A holds the post, B stands in (AB岗)."""

    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A county or an independent street office: the unit of fairness and of statistics."""

    code: DistrictCode
    name: str
    name_en: str
    grid: GridCode
    calendar: CalendarCode
    prefix: str
    """Begins every issue number, e.g. `QJ`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A node of the grid tree; its code is the path from the county.

    Raises:
        ValueError: the depth of the code is not the level.
    """

    code: GridCode
    name: str
    name_en: str
    level: GridLevel
    unit: DepartmentCode | None = None
    """The office that answers for this node; told when an issue climbs to its level."""

    def __post_init__(self) -> None:
        if self.code.count(GRID_SEPARATOR) + 1 != self.level:
            raise ValueError("a grid code has as many parts as its level")


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """Whoever can be called: an office, a company, a service."""

    code: DepartmentCode
    name: str
    name_en: str
    grid: GridCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A member of a department. `code` is the subject of its tokens."""

    code: Subject
    department: DepartmentCode
    post: Post | None = None
    name: str = ""
    stands_for: GridCode | None = None
    """The place of a building head or an information officer: regulars of its council."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A member of staff is away from `since` until `until`.

    Raises:
        ValueError: it ends before it begins, or an instant has no zone.
    """

    code: str
    staff: Subject
    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("instants carry their zone")
        if self.until <= self.since:
            raise ValueError("an absence ends after it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What an issue is about; `near_m` and `near_hours` say what may be the same matter.

    Raises:
        ValueError: near is farther than a kilometre, or longer ago than a month.
    """

    code: CategoryCode
    name: str
    name_en: str
    emergency: bool = False
    needs_evidence: bool = False
    near_m: int = 50
    near_hours: int = 24

    def __post_init__(self) -> None:
        if not (0 <= self.near_m <= _FARTHEST_M and 0 <= self.near_hours <= _LONGEST_HOURS):
            raise ValueError("near is at most 1000 metres and 720 hours")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhistleKind:
    """How hard departments are called, who may blow it and who rates the result."""

    code: WhistleKindCode
    name: str
    name_en: str
    may_blow: tuple[Role, ...]
    verified_when_from: tuple[Role, ...] = (Role.CAMERA,)
    rated_by: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRule:
    """Who is called for what and where; None stands for any. Lower `order` is asked first.

    Raises:
        ValueError: a department is named twice, which the law would refuse at every dispatch.
    """

    code: str
    order: int
    lead: DepartmentCode
    co: tuple[DepartmentCode, ...] = ()
    category: CategoryCode | None = None
    whistle_kind: WhistleKindCode | None = None
    grid: GridCode | None = None

    def __post_init__(self) -> None:
        if len({self.lead, *self.co}) != 1 + len(self.co):
            raise ValueError("a rule names each department once")


class Channel(StrEnum):
    """Built-in ways a notice travels."""

    LOG = "log"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePolicy:
    """How one recipient, or everybody (`default`), is told.

    Quiet hours are local wall-clock times and may span midnight; `digest_minutes` gathers what is
    not urgent into one message.

    Raises:
        ValueError: a webhook without an HTTP address, or only one end of the quiet hours.
    """

    code: str
    channels: tuple[Channel, ...] = (Channel.LOG,)
    webhook_url: str | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_minutes: int = 0

    def __post_init__(self) -> None:
        if Channel.WEBHOOK in self.channels and not self.webhook_url:
            raise ValueError("a webhook needs its address")
        if self.webhook_url and not self.webhook_url.startswith(("https://", "http://")):
            raise ValueError("a webhook's address begins with https:// or http://")
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet hours have two ends")
        if not 0 <= self.digest_minutes <= 24 * 60:
            raise ValueError("a digest gathers for a day at most")


_LEVELS: dict[Level, GridLevel] = {
    Level.BUILDING: GridLevel.MICRO,
    Level.COMMUNITY: GridLevel.COMMUNITY,
    Level.STREET: GridLevel.TOWNSHIP,
    Level.COUNTY: GridLevel.COUNTY,
}


def grid_at(level: Level, grid: GridCode) -> GridCode:
    """The ancestor of `grid` at the ladder's level; the grid itself when it is no deeper."""
    return GridCode(GRID_SEPARATOR.join(grid.split(GRID_SEPARATOR)[: _LEVELS[level]]))
