"""The facts of one meeting: an immutable snapshot and the small steps its changes are made of."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Self

from domain.actor import lies_in
from domain.ids import (
    CalendarCode,
    CategoryCode,
    DepartmentCode,
    DistrictCode,
    GridCode,
    IssueNumber,
    MeetingNumber,
    PartyCode,
    Subject,
    TaskId,
    TextId,
)
from domain.meeting.parts import AgendaItem, Party, Task
from domain.meeting.words import MeetingKind, MeetingOutcome, MeetingState
from domain.sla import Limit
from domain.vocabulary import ConvenedBy, Level

_WHOLE = 100
LEAST_NOTICE = timedelta(hours=12)
"""Longer than a night of quiet hours, through which no invitation is delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingTerms:
    """What was in force when the meeting was convened; later versions never reach it."""

    policy: str
    calendar: CalendarCode
    quorum_percent: int
    report_in: Limit
    sits_after: Limit
    decide_within: Limit
    review_within: Limit
    grace: timedelta
    max_postponements: int
    longest_postponement: timedelta
    max_minutes: int
    leader: Subject | None = None
    """Takes over what even the county's meeting does not settle."""
    hour: time | None = None
    """It sits at this one of the day that `sits_after` comes to; a council at that of its plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingOrigin:
    """How the meeting came about; nothing here ever changes."""

    number: MeetingNumber
    kind: MeetingKind
    district: DistrictCode
    grid: GridCode
    """The node of the level it sits at."""
    level: Level
    convened_by: ConvenedBy
    convened_at: datetime
    convenor: DepartmentCode | None
    """Leads the sitting; a supervisor of the grid does where no department is known."""
    terms: MeetingTerms
    proposed: tuple[datetime, ...] = ()
    """When it could sit, as who called for it proposed; the first that lies ahead is planned,
    and after a sitting that was missed the next one, where `next_proposed` allows."""
    place: TextId | None = None
    """Refers to where it sits: free text, kept where it can be erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFacts:
    """Everything the law needs to know of a meeting. `version` counts accepted steps.

    Instants that a calendar has to tell are None until a planner has reckoned them.
    """

    origin: MeetingOrigin
    version: int = 0
    stepped_at: datetime | None = None
    """The instant of the latest step; none is ever recorded before it."""
    state: MeetingState = MeetingState.PROPOSED
    outcome: MeetingOutcome | None = None
    parties: tuple[Party, ...] = ()
    agenda: tuple[AgendaItem, ...] = ()
    tasks: tuple[Task, ...] = ()
    called_at: datetime | None = None
    """When the coming sitting was called; its instants count from here."""
    sits_at: datetime | None = None
    decide_by: datetime | None = None
    opened_at: datetime | None = None
    postponements: int = 0
    minutes: int = 0
    closed_at: datetime | None = None
    put_off_to: datetime | None = None
    """The time that whoever leads it chose; meetings from before it was known do without."""

    @property
    def number(self) -> MeetingNumber:
        return self.origin.number

    @property
    def terms(self) -> MeetingTerms:
        return self.origin.terms

    @property
    def steps(self) -> tuple[tuple[MeetingState, datetime], ...]:
        """The four steps (提议, 商议, 决议, 评议) it has come to, and since when."""
        decided = [each.decision.at for each in self.agenda if each.decision is not None]
        done = [each.done_at for each in self.tasks if each.done_at is not None]
        reached = (
            (MeetingState.PROPOSED, self.origin.convened_at),
            (MeetingState.DISCUSSING, self.opened_at),
            (MeetingState.DECIDED, max(decided, default=None) if not self.awaiting else None),
            (MeetingState.REVIEWING, min(done, default=None)),
        )
        return tuple((step, since) for step, since in reached if since is not None)

    @property
    def quorum(self) -> int:
        """How many parties have to report in, rounded up: one at least where anybody is invited."""
        return -(-len(self.parties) * self.terms.quorum_percent // _WHOLE)

    @property
    def present(self) -> int:
        return sum(each.reported_in_at is not None for each in self.parties)

    @property
    def has_quorum(self) -> bool:
        return self.present >= self.quorum

    @property
    def has_chosen_hour(self) -> bool:
        """Whether somebody, or the policy, chose the hour: not just the close of a day."""
        chosen = (*self.origin.proposed, self.put_off_to)
        return self.terms.hour is not None or self.sits_at in chosen

    @property
    def awaiting(self) -> tuple[AgendaItem, ...]:
        """Items without a decision."""
        return tuple(each for each in self.agenda if each.awaits_decision)

    def next_proposed(self, at: datetime) -> datetime | None:
        """The first proposed time that a sitting missed at `at` is put off to.

        Everybody can still be told of it, and it is no further off than any postponement may be.
        """
        missed = self.sits_at
        if missed is None or self.postponements >= self.terms.max_postponements:
            return None
        latest = missed + self.terms.longest_postponement
        fitting = (each for each in self.origin.proposed if at + LEAST_NOTICE <= each <= latest)
        return next(fitting, None)

    def party(self, code: str | None) -> Party | None:
        return next((each for each in self.parties if each.code == code), None)

    def item(self, issue: IssueNumber) -> AgendaItem | None:
        """The issue's latest place on the agenda; it may have been taken off and put on again."""
        return next((each for each in reversed(self.agenda) if each.issue == issue), None)

    def task(self, wanted: TaskId) -> Task | None:
        return next((each for each in self.tasks if each.id == wanted), None)

    def tasks_of(self, issue: IssueNumber) -> tuple[Task, ...]:
        return tuple(each for each in self.tasks if each.issue == issue)

    def takes_on(self, grid: GridCode, category: CategoryCode) -> bool:
        """Whether such an issue belongs here: same place, that is, or the same matter."""
        same_matter = category in {each.category for each in self.agenda}
        return lies_in(grid, self.origin.grid) or same_matter

    # --- steps -----------------------------------------------------------------------------------

    def with_party(self, changed: Party) -> Self:
        """The party of the same code is replaced."""
        kept = tuple(changed if each.code == changed.code else each for each in self.parties)
        return replace(self, parties=kept)

    def with_item(self, changed: AgendaItem) -> Self:
        """The item of the same ordinal is replaced."""
        kept = tuple(changed if each.ordinal == changed.ordinal else each for each in self.agenda)
        return replace(self, agenda=kept)

    def with_task(self, changed: Task) -> Self:
        """The task of the same id is replaced."""
        kept = tuple(changed if each.id == changed.id else each for each in self.tasks)
        return replace(self, tasks=kept)

    def inviting(self, codes: tuple[PartyCode, ...], at: datetime) -> Self:
        """These are invited, anew if they were before; their clocks start."""
        meeting = self
        for party in self.parties:
            if party.code in codes:
                invited = replace(
                    party, invited_at=at, report_in_by=None, reminded_at=None, absent_at=None
                )
                meeting = meeting.with_party(invited)
        return meeting

    def joined_by(self, departments: tuple[DepartmentCode, ...], at: datetime) -> Self:
        """Those that are not there yet are parties from now on, with clocks of their own."""
        new = tuple(
            PartyCode(code) for code in dict.fromkeys(departments) if self.party(code) is None
        )
        parties = (*self.parties, *(Party(code=code) for code in new))
        return replace(self, parties=parties).inviting(new, at)
