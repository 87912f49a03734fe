"""What storage hands out beside domain objects: plain facts as they were when they were read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from domain.commands import Command
from domain.deadline import Deadline
from domain.events import EventName
from domain.facts import Pinned
from domain.ids import (
    CategoryCode,
    CommandId,
    DepartmentCode,
    DistrictCode,
    GridCode,
    IssueNumber,
    Subject,
    WhistleKindCode,
)
from domain.issue import Issue
from domain.parts import Assignment, Request, Suspension
from domain.position import Position
from domain.reference import ReferenceKind
from domain.vocabulary import DeadlineKind, IssueState, Level, Outcome, Role, Satisfaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list; `next` asks for what follows and is None at the end."""

    items: tuple[T, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLine:
    """An issue as a list shows it: codes, instants and flags, nothing personal."""

    number: IssueNumber
    version: int
    state: IssueState
    outcome: Outcome | None
    district: DistrictCode
    grid: GridCode
    category: CategoryCode
    whistle_kind: WhistleKindCode
    source: Role
    emergency: bool
    raised_by: Subject
    resident: Subject | None
    raised_at: datetime
    lead_department: DepartmentCode | None
    departments: tuple[DepartmentCode, ...]
    """Every department that was ever called."""
    level: Level
    priority: bool
    raised_with_priority: bool
    """For who handles it; who raised it could guess at a colour."""
    warned: bool
    """A warning rung was reached on a deadline that is still open."""
    next_due_by: datetime | None
    """The earliest instant that a running, unbreached duty has."""
    overdue_since: datetime | None
    """The earliest recorded breach of a duty that is still open, paused or not."""
    first_breach_at: datetime | None
    first_breach_kind: DeadlineKind | None
    suspended_until: datetime | None
    reopened: int
    satisfaction: Satisfaction | None
    solved_says: bool | None
    awaits_meeting: bool
    exempt: bool
    duplicate_of: IssueNumber | None
    closed_at: datetime | None
    updated_at: datetime

    def is_overdue(self, at: datetime) -> bool:
        """Whether something owed is late at `at`, recorded or not yet; the filter's own rule."""
        return self.overdue_since is not None or (
            self.next_due_by is not None and self.next_due_by < at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDetail:
    """An issue as its page shows it; `snapshot` is None until its workflow took the first step.

    `position` is None when none was said, or it was erased.
    """

    line: IssueLine
    description: str | None
    description_erased_at: datetime | None
    snapshot: Issue | None
    said_at: datetime | None = None
    position: Position | None = None
    away_m: int | None = None
    followers: int = 0
    followers_say: Mapping[Satisfaction, int] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        return self.line.level

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        return self.snapshot.assignments if self.snapshot else ()

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        return self.snapshot.deadlines if self.snapshot else ()

    @property
    def pending(self) -> tuple[Request, ...]:
        return self.snapshot.pending if self.snapshot else ()

    @property
    def suspension(self) -> Suspension | None:
        return self.snapshot.suspension if self.snapshot else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who reported: personal data; all None once erased."""

    number: IssueNumber
    name: str | None
    phone: str | None
    address: str | None
    erased_at: datetime | None
    is_whole: bool = True
    """False where something sealed could not be opened, and so is None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened. Version 0 is the birth.

    `text` is what was said, None if nothing was or if it was erased; `details` are the command's
    own fields.
    """

    version: int
    name: EventName
    at: datetime
    actor: Subject
    roles: tuple[Role, ...]
    department: DepartmentCode | None
    state: IssueState
    text: str | None = None
    text_erased_at: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An accepted command as it was recorded."""

    number: IssueNumber
    version: int
    name: EventName
    at: datetime
    recorded_at: datetime
    command_id: CommandId
    state: IssueState
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedDeadlines:
    """The deadlines of an issue and what was pinned for them."""

    number: IssueNumber
    deadlines: tuple[Deadline, ...]
    pinned: Pinned


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Generic[T]):
    """One version of an entry of the reference data."""

    kind: ReferenceKind
    code: str
    version: int
    body: T
    retired: bool
    created_at: datetime
    created_by: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """An issue to be told that what it was reckoned with has changed."""

    id: int
    number: IssueNumber
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is known under an idempotency key; no status means not answered yet."""

    status: int | None
    answer: Any
    created_at: datetime
