"""The pieces a meeting's facts are made of: parties, agenda items, decisions, tasks."""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import (
    CategoryCode,
    DepartmentCode,
    GridCode,
    IssueNumber,
    PartyCode,
    TaskId,
    TextId,
)
from domain.vocabulary import ItemOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whoever is invited: a department, or in a council a person. Its own clock runs.

    An absence is recorded at the instant the report-in was due and is never taken back, not even
    by a late report-in or at a sitting of another day.
    """

    code: PartyCode
    standing: bool = False
    is_person: bool = False
    invited_at: datetime | None = None
    report_in_by: datetime | None = None
    reminded_at: datetime | None = None
    acknowledged_at: datetime | None = None
    reported_in_at: datetime | None = None
    proposed_at: datetime | None = None
    """The time it would rather sit at."""
    position: TextId | None = None
    """Where it said it is: personal data, kept where it can be erased."""
    arrived_at: datetime | None = None
    """Since when it said it is there."""
    absent_at: datetime | None = None
    """Of the present call; all of them stand in `absences`."""
    absences: tuple[datetime, ...] = ()

    @property
    def owes_report(self) -> bool:
        return self.invited_at is not None and self.reported_in_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the meeting says of one issue."""

    outcome: ItemOutcome
    at: datetime
    lead: DepartmentCode | None = None
    co: tuple[DepartmentCode, ...] = ()
    text: TextId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """An issue on the agenda, until it has its decision and the decision is carried out."""

    ordinal: int
    """Tells apart two places of an issue that was taken off and put on again."""
    issue: IssueNumber
    grid: GridCode
    category: CategoryCode
    added_at: datetime
    decision: Decision | None = None
    taken_off_at: datetime | None = None
    outcome: ItemOutcome | None = None
    """How it ended; None while it waits for a decision or for tasks."""
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome is None

    @property
    def awaits_decision(self) -> bool:
        return self.is_open and self.decision is None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOrder:
    """A task as it is decided; what is to be done is a text."""

    department: DepartmentCode
    due_by: datetime
    reviewer: PartyCode | None = None
    """A department or a person; the convenor when nobody is named."""
    reviewer_is_person: bool = False
    text: TextId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Part of a decision, with its own deadline and reviewer."""

    id: TaskId
    issue: IssueNumber
    department: DepartmentCode
    due_by: datetime
    set_at: datetime
    reviewer: PartyCode | None = None
    reviewer_is_person: bool = False
    text: TextId | None = None
    reminded_at: datetime | None = None
    done_at: datetime | None = None
    review_by: datetime | None = None
    reviewed_at: datetime | None = None
    accepted: bool | None = None
    """None: not reviewed yet, or the review lapsed."""
    rejections: int = 0
    missed_at: datetime | None = None
    dropped_at: datetime | None = None
    """Lost its object: its item left the agenda, or failed by another task."""
    lapsed_at: datetime | None = None
    """Nobody reviewed it in time; it stands as done."""

    @property
    def is_settled(self) -> bool:
        """Whether nobody owes anything for it any more."""
        return self.accepted is True or any((self.missed_at, self.dropped_at, self.lapsed_at))

    @property
    def is_owed(self) -> bool:
        """Whether its department still has to do it."""
        return self.done_at is None and not self.is_settled

    @property
    def awaits_review(self) -> bool:
        return self.done_at is not None and not self.is_settled
