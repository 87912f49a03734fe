"""The pieces an issue's facts are made of: assignments, posts, requests, suspensions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import DeadlineId, DepartmentCode, MeetingNumber, Subject
from domain.sla import Limit
from domain.vocabulary import ConvenedBy, Level, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """Who holds the A and B posts of a department, as they were when it was dispatched.

    `a_away_from` is the instant from which no A post is there, if such an absence is known.
    """

    a: tuple[Subject, ...] = ()
    b: tuple[Subject, ...] = ()
    a_away_from: datetime | None = None


class EndReason(StrEnum):
    """Why an assignment ended before its work was done."""

    RETURNED = "returned"
    TRANSFERRED = "transferred"
    REDISPATCHED = "redispatched"
    REOPENED = "reopened"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A department's part in an issue, from its dispatch to its end."""

    ordinal: int
    part: Part
    department: DepartmentCode
    dispatched_at: datetime
    posts: Posts | None = None
    handed_to_b_at: datetime | None = None
    claimed_by: Subject | None = None
    claimed_at: datetime | None = None
    contacted_at: datetime | None = None
    reported_in_at: datetime | None = None
    completed_at: datetime | None = None
    waived_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None

    @property
    def is_active(self) -> bool:
        return self.ended_at is None

    @property
    def is_settled(self) -> bool:
        """Whether the department owes nothing more: done or waived."""
        return self.completed_at is not None or self.waived_at is not None


class RequestKind(StrEnum):
    """What may wait for a decision by another person."""

    RETURN = "return"
    SUSPENSION = "suspension"
    EXTENSION = "extension"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A department's request, open until it is decided or loses its object."""

    kind: RequestKind
    department: DepartmentCode
    asked_by: Subject
    asked_at: datetime
    until: datetime | None = None
    by: Limit | None = None
    deadline: DeadlineId | None = None
    """By when it has to be decided, if the policy promises that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Clocks stand still from `since` and run again by themselves at `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCall:
    """Something calls for a joint meeting that is not convened yet."""

    by: ConvenedBy
    level: Level
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRef:
    """The joint meeting an issue is before; decided, its tasks are still under way."""

    number: MeetingNumber
    level: Level
    since: datetime
    sits_at: datetime | None = None
    decided_at: datetime | None = None

    @property
    def is_undecided(self) -> bool:
        return self.decided_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the routing rules said at birth: the rule's name, one lead, its co-departments."""

    rule: str
    lead: DepartmentCode
    co: tuple[DepartmentCode, ...] = ()
