"""The facts of one issue: an immutable snapshot and the small steps its changes are made of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from domain.clock import SLAClock
from domain.deadline import Deadline
from domain.ids import (
    CalendarCode,
    CategoryCode,
    DeadlineId,
    DepartmentCode,
    DistrictCode,
    GridCode,
    IssueNumber,
    PolicyCode,
    Subject,
    WhistleKindCode,
)
from domain.parts import (
    Assignment,
    MeetingCall,
    MeetingRef,
    Proposal,
    Request,
    RequestKind,
    Suspension,
)
from domain.sla import Limit, Terms
from domain.vocabulary import DeadlineKind, IssueState, Level, Outcome, Part, Role, Satisfaction

PAUSABLE = frozenset(
    {
        DeadlineKind.CLAIM,
        DeadlineKind.CONTACT,
        DeadlineKind.REPORT_IN,
        DeadlineKind.ANSWER,
        DeadlineKind.RESOLVE,
        DeadlineKind.OVERALL,
    }
)
"""The clocks of the departments and of the issue; a dispatcher's own clocks run through a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What was in force when the issue was born; later versions never reach it by themselves."""

    policy: PolicyCode
    policy_version: int
    calendar: CalendarCode
    kinds: tuple[DeadlineKind, ...]
    terms: Terms
    resolve_limit: Limit | None = None
    """The lead's original limit: no extension is longer."""
    needs_verification: bool = False
    needs_evidence: bool = False
    rated_by: tuple[Role, ...] = ()
    """Roles that may evaluate beside who raised it, if the grid lies in their scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How the issue came in; nothing here ever changes."""

    number: IssueNumber
    district: DistrictCode
    grid: GridCode
    category: CategoryCode
    whistle_kind: WhistleKindCode
    source: Role
    raised_by: Subject
    raised_at: datetime
    resident: Subject | None = None
    """The person it was raised for, if that person has an account."""
    emergency: bool = False
    at_once: bool = False
    """Sure enough that nobody has to look before departments are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFacts:
    """Everything the law needs to know of an issue. `version` counts accepted steps."""

    origin: Origin
    pinned: Pinned
    proposal: Proposal | None = None
    version: int = 0
    stepped_at: datetime | None = None
    """The instant of the latest step; none is ever recorded before it."""
    state: IssueState = IssueState.REPORTED
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    assignments: tuple[Assignment, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    level: Level = Level.COMMUNITY
    pending: tuple[Request, ...] = ()
    suspension: Suspension | None = None
    suspensions: int = 0
    transfers: int = 0
    urges: int = 0
    notes: int = 0
    returned_by: tuple[DepartmentCode, ...] = ()
    """Departments whose return was accepted; the issue never comes back to them by itself."""
    bound: tuple[DepartmentCode, ...] = ()
    """Departments whose return was refused; they may not return it again."""
    claimed_solved: bool = False
    satisfaction: Satisfaction | None = None
    solved_says: bool | None = None
    reopened: int = 0
    awaits_meeting: bool = False
    """Unsatisfied a second time: settled by a joint meeting's or a dispatcher's decision."""
    priority: bool = False
    supervised_by: Subject | None = None
    duplicate_of: IssueNumber | None = None
    first_breach_kind: DeadlineKind | None = None
    first_breach_at: datetime | None = None
    appealed: bool = False
    exempt: bool = False
    meeting: MeetingRef | None = None
    meetings: int = 0
    """How many were convened for it."""
    meeting_called: MeetingCall | None = None
    council: MeetingRef | None = None
    """The council that talks about it; nobody's clock stands still for that."""
    beyond_county: bool = False
    """Not even the county's meeting settled it: a named leader watches, no meeting is called."""

    @property
    def number(self) -> IssueNumber:
        return self.origin.number

    @property
    def active(self) -> tuple[Assignment, ...]:
        return tuple(each for each in self.assignments if each.is_active)

    @property
    def lead(self) -> Assignment | None:
        return next((each for each in self.active if each.part is Part.LEAD), None)

    @property
    def open_deadlines(self) -> tuple[Deadline, ...]:
        return tuple(each for each in self.deadlines if each.is_open)

    @property
    def in_meeting(self) -> MeetingRef | None:
        """The meeting whose decision it waits for; the departments' clocks stand ended."""
        return self.meeting if self.meeting is not None and self.meeting.is_undecided else None

    @property
    def before_council(self) -> MeetingRef | None:
        """The council whose word it may still get."""
        return self.council if self.council is not None and self.council.is_undecided else None

    def assignment_of(self, department: DepartmentCode | None) -> Assignment | None:
        """The active assignment of a department, if it was called."""
        return next((each for each in self.active if each.department == department), None)

    def request(self, kind: RequestKind) -> Request | None:
        return next((each for each in self.pending if each.kind is kind), None)

    def deadline(
        self, kind: DeadlineKind, owed_by: DepartmentCode | None = None
    ) -> Deadline | None:
        """The open deadline of a kind; `owed_by` tells apart those owed by departments."""
        return next(
            (
                each
                for each in self.open_deadlines
                if each.kind is kind and owed_by in (None, each.department)
            ),
            None,
        )

    # --- steps -----------------------------------------------------------------------------------

    def with_assignment(self, changed: Assignment) -> Self:
        """The assignment of the same ordinal is replaced."""
        kept = tuple(
            changed if each.ordinal == changed.ordinal else each for each in self.assignments
        )
        return replace(self, assignments=kept)

    def with_deadline(self, changed: Deadline) -> Self:
        """The deadline of the same id is replaced."""
        kept = tuple(changed if each.id == changed.id else each for each in self.deadlines)
        return replace(self, deadlines=kept)

    def start(
        self, kind: DeadlineKind, at: datetime, department: DepartmentCode | None = None
    ) -> Self:
        """A clock of this kind starts, if the pinned policy promises anything for it."""
        if kind not in self.pinned.kinds:
            return self
        ordinal = 1 + sum(each.kind is kind for each in self.deadlines)
        owner = department or "issue"
        deadline = Deadline(
            id=DeadlineId(f"{kind}:{owner}#{ordinal}"),
            kind=kind,
            clock=SLAClock.started(at),
            department=department,
        )
        return replace(self, deadlines=(*self.deadlines, deadline))

    def meet(self, kind: DeadlineKind, at: datetime, owed_by: DepartmentCode | None = None) -> Self:
        """What was owed has happened; an open deadline of the kind is met."""
        deadline = self.deadline(kind, owed_by)
        return self if deadline is None else self.settled(deadline.met(at))

    def end_deadlines(self, at: datetime, *, keep: frozenset[DeadlineKind] = frozenset()) -> Self:
        """Whatever is still owed, outside `keep`, has lost its object."""
        issue = self
        for deadline in self.open_deadlines:
            if deadline.kind not in keep:
                issue = issue.settled(deadline.ended(at))
        return issue

    def end_deadlines_of(self, department: DepartmentCode, at: datetime) -> Self:
        """A department owes nothing any more."""
        issue = self
        for deadline in self.open_deadlines:
            if deadline.department == department:
                issue = issue.settled(deadline.ended(at))
        return issue

    def settled(self, deadline: Deadline) -> Self:
        """The deadline is met or ended; a breach it brings to light is noted."""
        issue = self.with_deadline(deadline)
        return issue.noting_breach(deadline)

    def noting_breach(self, deadline: Deadline) -> Self:
        """The first breach of the issue is kept for ever, whatever comes later."""
        if deadline.breached_at is None or self.first_breach_at is not None:
            return self
        return replace(self, first_breach_kind=deadline.kind, first_breach_at=deadline.breached_at)

    def raised_to(self, level: Level | None) -> Self:
        """At `level` or where it already is, whichever is higher; a level never falls."""
        if level is None or level.rank <= self.level.rank:
            return self
        return replace(self, level=level)

    def asked(self, request: Request) -> Self:
        """A request waits for its decision, which has a deadline of its own."""
        issue = self.start(DeadlineKind.DECIDE, request.asked_at)
        if len(issue.deadlines) > len(self.deadlines):
            request = replace(request, deadline=issue.deadlines[-1].id)
        return replace(issue, pending=(*self.pending, request))

    def decided(self, kind: RequestKind, at: datetime) -> Self:
        """The request is off the table; the decision was made at `at`."""
        return self._without(kind, lambda deadline: deadline.met(at))

    def lapsed(self, kind: RequestKind, at: datetime) -> Self:
        """The request is off the table; there was nothing left to decide at `at`."""
        return self._without(kind, lambda deadline: deadline.ended(at))

    def _without(self, kind: RequestKind, settle: Callable[[Deadline], Deadline]) -> Self:
        gone = [each.deadline for each in self.pending if each.kind is kind]
        issue = replace(self, pending=tuple(each for each in self.pending if each.kind is not kind))
        for deadline in self.open_deadlines:
            if deadline.id in gone:
                settled = settle(deadline)
                issue = issue.with_deadline(settled).noting_breach(settled)
        return issue
