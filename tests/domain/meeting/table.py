"""The law of meetings written down a second time, by hand, and what makes each row possible."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from domain.actor import ENGINE, Actor
from domain.command import Command
from domain.ids import CategoryCode
from domain.meeting import commands as m
from domain.meeting.words import MeetingState
from domain.rights import MeetingWho
from domain.vocabulary import ItemOutcome
from tests.domain.cast import HERE, POLICE
from tests.domain.meeting.life import (
    A_DAY,
    AN_HOUR,
    CONVENOR,
    ISSUE,
    OTHER,
    PARTIES,
    POLICEMAN,
    SUPERVISOR,
    MeetingLife,
    a_meeting,
    an_item,
    uninvited,
)

S = MeetingState
STATES = dict(zip("pxdrc", MeetingState, strict=True))
"""Their letters: Proposed, discussing (x), Decided, Reviewing, Closed."""

TABLE: dict[type[Command], tuple[str, str]] = {
    m.InviteParties: ("p", ""),
    m.AcknowledgeInvitation: ("px", ""),
    m.ReportInToMeeting: ("px", ""),
    m.RemindParties: ("px", ""),
    m.RecordAbsences: ("px", ""),
    m.InviteDepartments: ("px", ""),
    m.PostponeMeeting: ("p", ""),
    m.MissSitting: ("p", "pc"),
    m.OpenSitting: ("p", "x"),
    m.AddMinutes: ("xdr", ""),
    m.AddToAgenda: ("px", ""),
    m.TakeOffAgenda: ("pxdr", "pxdrc"),
    m.DecideItem: ("x", "xdrc"),
    m.AdjournMeeting: ("x", "drc"),
    m.MissDecision: ("x", "drc"),
    m.CompleteTask: ("xdr", "xr"),
    m.ReviewTask: ("xr", "xrc"),
    m.RemindTask: ("xdr", ""),
    m.LapseReview: ("xr", "xrc"),
    m.MissTask: ("xdr", "xdrc"),
}
"""From which states, to which (none: unchanged)."""

PAIRS = [(kind, state) for kind in TABLE for state in S]
LEADS = {CONVENOR, SUPERVISOR}
WHO: dict[MeetingWho, set[Actor]] = {
    MeetingWho.ENGINE: {ENGINE},
    MeetingWho.CONVENOR: {CONVENOR},
    MeetingWho.INVITED: set(PARTIES.values()),
    MeetingWho.SUPERVISOR: {SUPERVISOR},
    MeetingWho.TASKED: {POLICEMAN},
    MeetingWho.REVIEWER: {CONVENOR},
}
"""Who acts in which capacity, once the police have a task the convenor reviews."""
LATECOMER = next(iter(PARTIES))

FIELDS: dict[type[Command], dict[str, object]] = {
    m.RemindParties: {"parties": (LATECOMER,)},
    m.RecordAbsences: {"parties": (LATECOMER,)},
    m.AddToAgenda: {
        "issue": OTHER,
        "grid": HERE,
        "category": CategoryCode("noise"),
        "departments": (POLICE,),
    },
    m.InviteDepartments: {"invites": (POLICE,)},
    m.TakeOffAgenda: {"issue": ISSUE},
    m.DecideItem: {"issue": ISSUE, "outcome": ItemOutcome.PASSED_UP},
    m.CompleteTask: {"task": "T1"},
    m.ReviewTask: {"task": "T1", "accepted": True},
    m.RemindTask: {"task": "T1"},
    m.LapseReview: {"task": "T1"},
    m.MissTask: {"task": "T1"},
}

_REPORTING = (m.AcknowledgeInvitation, m.ReportInToMeeting, m.RemindParties, m.RecordAbsences)
_OF_TASKS = (m.CompleteTask, m.ReviewTask, m.RemindTask, m.LapseReview, m.MissTask)
_AFTER_DONE = (m.ReviewTask, m.LapseReview)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A life in a state, with everything a command asks for where the table allows it."""

    life: MeetingLife
    fields: dict[str, object]


def scene(kind: type[Command], state: MeetingState) -> Scene:
    life = _begun(kind, state)
    if state in allowed(kind) and kind in _PREPARED:
        _PREPARED[kind](life)
    fields = dict(FIELDS.get(kind, {}))
    if kind is m.PostponeMeeting:
        fields["to"] = (life.meeting.sits_at or life.now) + A_DAY
    return Scene(life=life, fields=fields)


def _begun(kind: type[Command], state: MeetingState) -> MeetingLife:
    if kind is m.InviteParties and state is S.PROPOSED:
        return uninvited()
    if kind in _REPORTING and state is S.DISCUSSING:
        return sitting_without(LATECOMER)
    if kind in _OF_TASKS and state is S.DISCUSSING:
        return sitting_with_a_task(done=kind in _AFTER_DONE)
    life = a_meeting(state)
    if state is S.REVIEWING and kind in _OF_TASKS and kind not in _AFTER_DONE:
        life.give(CONVENOR, m.ReviewTask, task="T1", accepted=False)
    return life


def sitting_without(code: str) -> MeetingLife:
    """Opened in time with a quorum; one party has not said a word."""
    life = a_meeting()
    life.report_in(*(each for each in PARTIES if each != code))
    life.now += 2 * A_DAY
    life.give(CONVENOR, m.OpenSitting)
    return life


def sitting_with_a_task(*, done: bool = False) -> MeetingLife:
    """Two issues: the first has its decision and a task, the second is being discussed."""
    life = a_meeting(S.DISCUSSING, an_item(), an_item(OTHER))
    life.dispatch(life.order(after=AN_HOUR))
    if done:
        life.give(POLICEMAN, m.CompleteTask, task="T1")
    return life


def _late_for_report(life: MeetingLife) -> None:
    party = life.meeting.party(LATECOMER)
    assert party is not None
    assert party.report_in_by is not None
    life.now = party.report_in_by + timedelta(milliseconds=1)


def _late_for_sitting(life: MeetingLife) -> None:
    assert life.meeting.sits_at is not None
    life.now = life.meeting.sits_at + life.meeting.terms.grace + timedelta(milliseconds=1)


def _everybody(life: MeetingLife) -> None:
    life.report_in(*PARTIES)


def _late_for_decision(life: MeetingLife) -> None:
    assert life.meeting.decide_by is not None
    life.now = life.meeting.decide_by + timedelta(milliseconds=1)


def _past(life: MeetingLife) -> None:
    life.now += 30 * A_DAY


_PREPARED: dict[type[Command], Callable[[MeetingLife], None]] = {
    m.RecordAbsences: _late_for_report,
    m.MissSitting: _late_for_sitting,
    m.OpenSitting: _everybody,
    m.MissDecision: _late_for_decision,
    m.LapseReview: _past,
    m.MissTask: _past,
}


def allowed(kind: type[Command]) -> set[MeetingState]:
    return {STATES[letter] for letter in TABLE[kind][0]}


def targets(kind: type[Command], state: MeetingState) -> set[MeetingState]:
    return {STATES[letter] for letter in TABLE[kind][1]} or {state}
