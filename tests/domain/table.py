"""The law written down a second time, by hand, and what makes each row possible."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from domain import commands as c
from domain.actor import ENGINE, Actor
from domain.deadline import Deadline
from domain.ids import EvidenceId, IssueNumber
from domain.issue import LAW, Issue
from domain.rights import Who
from domain.vocabulary import DeadlineKind, IssueState, ItemOutcome, Satisfaction
from tests.domain import cast
from tests.domain.cast import DAY, HOUR, LIFT, POLICE, PROPERTY, urgent
from tests.domain.life import Life, a_life, breached_and_closed, resolve

S = IssueState
STATES = dict(zip("rvidhzc", IssueState, strict=True))
"""Their letters: Reported, Verifying, dIspatching, Dispatched, Handling, resolved, Closed."""

TABLE: dict[type[c.Command], tuple[str, str]] = {
    c.RequireVerification: ("r", "v"),
    c.ReferToDispatcher: ("r", "i"),
    c.VerifyIssue: ("v", "dic"),
    c.DeclineIssue: ("i", "c"),
    c.DispatchIssue: ("ridh", "d"),
    c.ClaimIssue: ("d", "h"),
    c.HandToB: ("d", ""),
    c.ContactReporter: ("dh", ""),
    c.ReportIn: ("dh", ""),
    c.ReturnIssue: ("dh", ""),
    c.DecideReturn: ("dh", "idh"),
    c.TransferIssue: ("h", "d"),
    c.AddNote: ("rvidhz", ""),
    c.RequestSuspension: ("dh", ""),
    c.DecideSuspension: ("dh", ""),
    c.ResumeIssue: ("dh", ""),
    c.RequestExtension: ("dh", ""),
    c.DecideExtension: ("dh", ""),
    c.CompletePart: ("dh", ""),
    c.WaivePart: ("dh", ""),
    c.ResolveIssue: ("h", "z"),
    c.EvaluateIssue: ("z", "cdi"),
    c.CloseUnanswered: ("z", "c"),
    c.WithdrawIssue: ("rvidh", "c"),
    c.MarkDuplicate: ("rvidh", "c"),
    c.AppealBreach: ("c", ""),
    c.DecideAppeal: ("c", ""),
    c.CloseAppealWindow: ("c", ""),
    c.UrgeIssue: ("rvidhz", ""),
    c.ConveneMeeting: ("idh", ""),
    c.CallToCouncil: ("idh", ""),
    c.ScheduleMeeting: ("idh", ""),
    c.EndMeeting: ("idhz", "idhzc"),
    c.SettleIssue: ("idh", "c"),
    c.SuperviseIssue: ("rvidhz", ""),
    c.ClimbRung: ("rvidhzc", ""),
    c.BreachDeadline: ("rvidhzc", ""),
    c.ReckonAgain: ("rvidhzc", ""),
}
"""From which states, to which (none: unchanged)."""

PAIRS = [(kind, state) for kind in TABLE for state in S]

WHO: dict[Who, set[Actor]] = {
    Who.ENGINE: {ENGINE},
    Who.CAMERA: set(),
    Who.RAISER: {cast.OFFICER, cast.RESIDENT},
    Who.EVALUATOR: {cast.OFFICER, cast.RESIDENT},
    Who.GRID_WORKER: {cast.GRID_WORKER},
    Who.DISPATCHER: {cast.DISPATCHER},
    Who.SUPERVISOR: {cast.SUPERVISOR},
    Who.LEAD: {cast.A_POST, cast.B_POST, cast.COLLEAGUE},
    Who.CO: {cast.CO_STAFF},
    Who.CALLED: {cast.A_POST, cast.B_POST, cast.COLLEAGUE, cast.CO_STAFF},
    Who.LATE: {cast.A_POST, cast.B_POST, cast.COLLEAGUE, cast.CO_STAFF},
    Who.PARTY: {
        cast.OFFICER,
        cast.RESIDENT,
        cast.A_POST,
        cast.B_POST,
        cast.COLLEAGUE,
        cast.CO_STAFF,
        cast.GRID_WORKER,
        cast.DISPATCHER,
        cast.SUPERVISOR,
    },
}
"""Who of the cast acts in which capacity on an issue of the lift company, property beside it."""

STAFF = {cast.A_POST, cast.B_POST, cast.COLLEAGUE, cast.CO_STAFF}
CALLED = {S.DISPATCHED, S.HANDLING, S.RESOLVED, S.CLOSED}
"""Before these, no department has anything to do with the issue."""

FIELDS: dict[type[c.Command], dict[str, object]] = {
    c.VerifyIssue: {"confirmed": True},
    c.DispatchIssue: {"lead": POLICE},
    c.HandToB: {"department": LIFT},
    c.DecideReturn: {"approved": True},
    c.TransferIssue: {"to": POLICE},
    c.RequestSuspension: {"until": cast.MONDAY_NINE + 30 * DAY},
    c.DecideSuspension: {"approved": True},
    c.RequestExtension: {"by": urgent(4)},
    c.DecideExtension: {"approved": True},
    c.WaivePart: {"department": PROPERTY},
    c.ResolveIssue: {"evidence": (EvidenceId("photo-1"),)},
    c.EvaluateIssue: {"satisfaction": Satisfaction.SATISFIED, "solved": True},
    c.MarkDuplicate: {"of": IssueNumber("QJ-2026-0000002")},
    c.DecideAppeal: {"approved": True},
    c.CallToCouncil: {"meeting": cast.COUNCIL},
    c.ScheduleMeeting: {
        "meeting": cast.FIRST_MEETING,
        "sits_at": cast.MONDAY_NINE + DAY,
        "decide_by": cast.MONDAY_NINE + 2 * DAY,
    },
    c.EndMeeting: {"meeting": cast.FIRST_MEETING, "outcome": ItemOutcome.PASSED_UP},
    c.SettleIssue: {"meeting": cast.FIRST_MEETING},
}


def _suspended(life: Life) -> None:
    life.give(cast.COLLEAGUE, c.RequestSuspension, until=life.now + DAY)
    life.give(cast.DISPATCHER, c.DecideSuspension, approved=True)


def _asked(kind: type[c.Command]) -> Callable[[Life], None]:
    def prepare(life: Life) -> None:
        life.give(cast.COLLEAGUE, kind, **FIELDS.get(kind, {}))

    return prepare


def _passed(kind: DeadlineKind) -> Callable[[Life], None]:
    """The window has passed, and the engine is about to notice."""

    def prepare(life: Life) -> None:
        life.now += life.left(kind) + HOUR

    return prepare


def _convened(life: Life) -> None:
    if life.issue.meeting is None:
        life.give(cast.SUPERVISOR, c.ConveneMeeting)


def _parts_done(life: Life) -> None:
    life.give(cast.CO_STAFF, c.CompletePart)


PREPARED: dict[type[c.Command], Callable[[Life], None]] = {
    c.DecideReturn: _asked(c.ReturnIssue),
    c.DecideSuspension: _asked(c.RequestSuspension),
    c.DecideExtension: _asked(c.RequestExtension),
    c.ResumeIssue: _suspended,
    c.ResolveIssue: _parts_done,
    c.CloseUnanswered: _passed(DeadlineKind.EVALUATE),
    c.CloseAppealWindow: _passed(DeadlineKind.APPEAL),
    c.DecideAppeal: _asked(c.AppealBreach),
    c.ScheduleMeeting: _convened,
    c.EndMeeting: _convened,
    c.SettleIssue: _convened,
}
"""What has to have happened before a command makes sense."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A life in a state, with everything a command asks for where the table allows it."""

    life: Life
    fields: dict[str, object]


def scene(kind: type[c.Command], state: IssueState) -> Scene:
    life = breached_and_closed() if state is S.CLOSED else a_life(state)
    if (kind, state) == (c.EndMeeting, S.RESOLVED):
        life = resolved_under_a_decision()
    if state in allowed(kind) and kind in PREPARED:
        PREPARED[kind](life)
    fields = dict(FIELDS.get(kind, {}))
    if kind in (c.ClimbRung, c.BreachDeadline):
        if state is S.CLOSED:
            life.give(cast.A_POST, c.AppealBreach)
        deadline = _some_duty(life.issue)
        fields["deadline"] = deadline.id
        assert deadline.due_by is not None
        life.now = deadline.due_by + timedelta(milliseconds=1)
    if kind is c.ClimbRung:
        fields["rung"] = 0
    return Scene(life=life, fields=fields)


def _some_duty(issue: Issue) -> Deadline:
    duties = (DeadlineKind.OVERALL, DeadlineKind.EVALUATE, DeadlineKind.DECIDE)
    return next(each for each in issue.open_deadlines if each.kind in duties)


def resolved_under_a_decision() -> Life:
    """The meeting's tasks are still under way when the lead is done."""
    life = a_life(S.HANDLING)
    _convened(life)
    decided = {"lead": LIFT, "meeting": cast.FIRST_MEETING, "with_tasks": True}
    life.give(ENGINE, c.DispatchIssue, **decided)
    resolve(life)
    return life


def allowed(kind: type[c.Command]) -> set[IssueState]:
    return {STATES[letter] for letter in TABLE[kind][0]}


def capable(kind: type[c.Command], state: IssueState) -> set[Actor]:
    """Who of the cast may give the command while the issue is in this state."""
    found: set[Actor] = set()
    for who in LAW[kind].who:
        found |= WHO[who]
    return found if state in CALLED else found - STAFF


def seeing(state: IssueState) -> set[Actor]:
    """Who of the cast may read the issue."""
    found = WHO[Who.PARTY] | {cast.ADMINISTRATOR}
    return found if state in CALLED else found - STAFF


def targets(kind: type[c.Command], state: IssueState) -> set[IssueState]:
    return {STATES[letter] for letter in TABLE[kind][1]} or {state}
