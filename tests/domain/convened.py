"""An issue before a joint meeting, and what the meeting says of it."""

from dataclasses import replace
from datetime import timedelta

from domain import commands as c
from domain.actor import ENGINE
from domain.ids import MeetingNumber, Subject
from domain.sla import Rung, RungAct, SLAPolicy
from domain.vocabulary import (
    DeadlineKind,
    IssueState,
    ItemOutcome,
    Level,
)
from tests.domain import cast
from tests.domain.cast import DAY, POLICE, urgent
from tests.domain.life import Life, a_life

S, D = IssueState, DeadlineKind
SECOND_MEETING = MeetingNumber(f"{cast.ORIGIN.number}-M2")
NOTHING = timedelta()
LEADER = Subject("leader")
CONVENES = Rung(after=urgent(1), acts=(RungAct.CONVENE,))


def convening_policy() -> SLAPolicy:
    policy = cast.the_policy()
    promises = tuple(
        replace(each, ladder=(CONVENES,)) if each.kind is D.REPORT_IN else each
        for each in policy.promises
    )
    return replace(policy, promises=promises)


def convened(state: IssueState = S.HANDLING, level: Level | None = None) -> Life:
    """Before a meeting that sits in a day and decides in two."""
    life = a_life(state)
    life.give(cast.SUPERVISOR, c.ConveneMeeting, level=level)
    scheduled(life)
    return life


def scheduled(life: Life, days: int = 1) -> None:
    meeting = life.issue.in_meeting
    assert meeting is not None
    sits_at = life.now + days * DAY
    fields = {"sits_at": sits_at, "decide_by": sits_at + DAY}
    life.give(ENGINE, c.ScheduleMeeting, meeting=meeting.number, **fields)


def ended(life: Life, outcome: ItemOutcome, **fields: object) -> None:
    meeting = life.issue.meeting
    assert meeting is not None
    life.give(ENGINE, c.EndMeeting, meeting=meeting.number, outcome=outcome, **fields)


def decided(life: Life, **fields: object) -> None:
    meeting = life.issue.meeting
    assert meeting is not None
    fields = {"lead": POLICE, "meeting": meeting.number} | fields
    life.give(ENGINE, c.DispatchIssue, rule=f"meeting:{meeting.number}", **fields)


def open_kinds(life: Life) -> set[DeadlineKind]:
    return {each.kind for each in life.issue.open_deadlines}
