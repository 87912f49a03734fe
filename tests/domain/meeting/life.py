"""A meeting's life: commands, time, and whatever the clocks call for in between."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from domain.actor import ENGINE, Actor
from domain.commands import Command
from domain.ids import (
    CalendarCode,
    CategoryCode,
    CommandId,
    DepartmentCode,
    DistrictCode,
    IssueNumber,
    MeetingNumber,
    Subject,
)
from domain.meeting import commands as m
from domain.meeting.convening import SummonedItem, Summons, convene
from domain.meeting.meeting import Meeting
from domain.meeting.parts import TaskOrder
from domain.meeting.planning import plan
from domain.meeting.policy import MeetingPolicy
from domain.meeting.results import MeetingResult, results
from domain.meeting.words import MeetingState
from domain.reference import grid_at
from domain.refusals import Refusal, RefusalCode
from domain.vocabulary import ConvenedBy, ItemOutcome, Level, Role
from tests.domain.cast import (
    DAY,
    HERE,
    HOUR,
    LIFT,
    MONDAY_NINE,
    POLICE,
    PROPERTY,
    always,
    official,
    person,
    staff,
    urgent,
)

S = MeetingState
ISSUE, OTHER = IssueNumber("QJ-2026-0000001"), IssueNumber("QJ-2026-0000002")
STREET = grid_at(Level.STREET, HERE)
OFFICE = DepartmentCode("street_office")
FIVE = tuple(
    DepartmentCode(code) for code in ("bureaus", "partners", "street", "community", "estate")
)

CONVENOR, SUPERVISOR = staff("office-a", OFFICE), official(Role.SUPERVISOR, STREET, "overseer")
LEADER = Subject("county-leader")
PARTIES = {code: staff(f"{code}-a", code) for code in (*FIVE, LIFT, PROPERTY)}
STRANGER, POLICEMAN = person("stranger"), staff("police-a", POLICE)

POLICY = MeetingPolicy(
    code="street",
    level=Level.STREET,
    standing=FIVE,
    convenor=OFFICE,
    leader=LEADER,
    quorum_percent=60,
    report_in=urgent(24),
    sits_after=urgent(48),
    decide_within=urgent(24),
    review_within=urgent(12),
    max_postponements=1,
    longest_postponement=7 * DAY,
    max_minutes=3,
)
"""Five standing parties and two concerned: five of the seven are a quorum."""


def an_item(issue: IssueNumber = ISSUE, **changes: object) -> SummonedItem:
    item = SummonedItem(
        issue=issue, grid=HERE, category=CategoryCode("traffic"), departments=(LIFT, PROPERTY)
    )
    return replace(item, **changes)  # type: ignore[arg-type]  # the class checks the names


def a_summons(*items: SummonedItem) -> Summons:
    return Summons(
        number=MeetingNumber(f"{ISSUE}-M1"),
        district=DistrictCode("qj"),
        grid=HERE,
        level=Level.STREET,
        calendar=CalendarCode("always"),
        convened_by=ConvenedBy.LADDER,
        convened_at=MONDAY_NINE,
        items=items or (an_item(),),
    )


@dataclass
class MeetingLife:
    """A meeting on a clock of its own."""

    meeting: Meeting
    policy: MeetingPolicy = POLICY
    now: datetime = MONDAY_NINE
    told: list[MeetingResult] = field(default_factory=list)
    steps: list[tuple[Command, datetime]] = field(default_factory=list)
    _ids: "count[int]" = field(default_factory=count)

    def carry_out(self, command: Command, at: datetime) -> Meeting:
        before = self.meeting
        self.meeting = plan(before.handle(command, at), always())
        self.told += results(before, self.meeting)
        self.steps.append((command, at))
        return self.meeting

    def command(self, actor: Actor, kind: type[Command], **fields: object) -> Command:
        return kind(actor=actor, id=CommandId(f"m{next(self._ids)}"), **fields)  # type: ignore[arg-type]  # the class checks the names

    def give(self, actor: Actor, kind: type[Command], **fields: object) -> Meeting:
        return self.carry_out(self.command(actor, kind, **fields), self.now)

    def refused(self, actor: Actor, kind: type[Command], **fields: object) -> Refusal:
        """Why not.

        Raises:
            AssertionError: it was allowed.
        """
        try:
            self.meeting.handle(self.command(actor, kind, **fields), self.now)
        except Refusal as refusal:
            return refusal
        raise AssertionError(f"allowed: {kind.__name__}")

    def why_not(self, actor: Actor, kind: type[Command], **fields: object) -> RefusalCode:
        return self.refused(actor, kind, **fields).code

    def wait(self, span: timedelta) -> Meeting:
        """Time passes; what the clocks call for happens at its own instant."""
        self.now += span
        while (due := self.meeting.due(self.now)) is not None:
            self.carry_out(due.command, due.at)
        return self.meeting

    def done(self, kind: type[Command]) -> list[datetime]:
        """When commands of this kind took effect."""
        return [at for command, at in self.steps if isinstance(command, kind)]

    def report_in(self, *codes: DepartmentCode) -> Meeting:
        for code in codes:
            self.give(PARTIES[code], m.ReportInToMeeting)
        return self.meeting

    def open(self) -> Meeting:
        """Everybody comes, and the convenor opens at once."""
        self.report_in(*PARTIES)
        return self.give(CONVENOR, m.OpenSitting)

    def order(self, department: DepartmentCode = POLICE, after: timedelta = 5 * DAY) -> TaskOrder:
        return TaskOrder(department=department, due_by=self.now + after)

    def dispatch(self, *tasks: TaskOrder, issue: IssueNumber = ISSUE) -> Meeting:
        return self.give(
            CONVENOR,
            m.DecideItem,
            issue=issue,
            outcome=ItemOutcome.DISPATCHED,
            lead=POLICE,
            co=(PROPERTY,),
            tasks=tasks,
        )

    @property
    def outcomes(self) -> list[ItemOutcome]:
        return [each.outcome for each in self.told]


def uninvited(*items: SummonedItem, policy: MeetingPolicy = POLICY) -> MeetingLife:
    """As a summons makes it: nobody knows of it yet."""
    return MeetingLife(convene(a_summons(*items), policy, None), policy)


def a_meeting(
    state: MeetingState = S.PROPOSED,
    *items: SummonedItem,
    policy: MeetingPolicy = POLICY,
) -> MeetingLife:
    """A meeting that has come to `state` by the shortest way; one task for the police by then."""
    life = uninvited(*items, policy=policy)
    life.carry_out(m.InviteParties.by_engine("invite"), life.now)
    if state is not S.PROPOSED:
        life.open()
    if state in (S.DECIDED, S.REVIEWING, S.CLOSED):
        life.dispatch(life.order())
    if state in (S.REVIEWING, S.CLOSED):
        life.give(POLICEMAN, m.CompleteTask, task="T1")
    if state is S.CLOSED:
        life.give(CONVENOR, m.ReviewTask, task="T1", accepted=True)
    assert life.meeting.state is state
    return life


EVERYBODY = (ENGINE, CONVENOR, SUPERVISOR, *PARTIES.values(), POLICEMAN, STRANGER)
A_DAY, AN_HOUR = DAY, HOUR
