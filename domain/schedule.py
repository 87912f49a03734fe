"""What the clocks call for, in order of their instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.commands import (
    BreachDeadline,
    ClimbRung,
    CloseAppealWindow,
    CloseUnanswered,
    Command,
    ConveneMeeting,
    HandToB,
    ResumeIssue,
)
from domain.deadline import Deadline, PlannedRung
from domain.facts import IssueFacts
from domain.sla import RungAct
from domain.vocabulary import WINDOWS, DeadlineKind, IssueState, Level

PAST = timedelta(milliseconds=1)
"""A deadline is missed from the first moment after its instant; the instant itself is in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An engine command and the instant it takes effect at, which may lie in the past."""

    at: datetime
    command: Command


def next_due(issue: IssueFacts, at: datetime) -> Due | None:
    """The earliest due thing at or before `at`, or None."""
    due = min(_calls(issue), key=lambda each: each.at, default=None)
    return due if due is not None and due.at <= at else None


def next_instant(issue: IssueFacts) -> datetime | None:
    """The instant of the earliest call, past or future."""
    return min((each.at for each in _calls(issue)), default=None)


def _calls(issue: IssueFacts) -> Iterator[Due]:
    for deadline in issue.open_deadlines:
        if deadline.is_running and deadline.due_by is not None:
            yield from _rungs(deadline, issue.level)
            yield from _passing(deadline, deadline.due_by)
    yield from _resumption(issue)
    yield from _absence(issue)
    yield from _meeting(issue)


def _rungs(deadline: Deadline, level: Level) -> Iterator[Due]:
    for index, rung in enumerate(deadline.rungs):
        if rung.reached_at is None:
            fact = f"rung:{deadline.id}:{index}@{rung.at.isoformat()}"
            raised_to, acts = _told(rung, level)
            command = ClimbRung.by_engine(
                fact, deadline=deadline.id, rung=index, acts=acts, level=raised_to
            )
            yield Due(at=rung.at, command=command)


def _told(rung: PlannedRung, level: Level) -> tuple[Level | None, tuple[RungAct, ...]]:
    """What the record tells of a rung: the level the issue has after it, and whether it rose."""
    if rung.level is None or rung.level.rank > level.rank:
        return rung.level, rung.acts
    return level, tuple(each for each in rung.acts if each is not RungAct.RAISE_LEVEL)


def _passing(deadline: Deadline, due_by: datetime) -> Iterator[Due]:
    at = due_by + PAST
    if deadline.kind is DeadlineKind.MEETING:
        return  # the meeting itself says that it did not decide
    if deadline.kind is DeadlineKind.EVALUATE:
        yield Due(at=at, command=CloseUnanswered.by_engine(f"silence:{deadline.id}"))
    elif deadline.kind is DeadlineKind.APPEAL:
        yield Due(at=at, command=CloseAppealWindow.by_engine(f"lapse:{deadline.id}"))
    elif deadline.kind not in WINDOWS and deadline.breached_at is None:
        fact = f"breach:{deadline.id}"
        yield Due(at=at, command=BreachDeadline.by_engine(fact, deadline=deadline.id))


def _resumption(issue: IssueFacts) -> Iterator[Due]:
    if issue.suspension is not None:
        command = ResumeIssue.by_engine(f"resume:{issue.suspensions}")
        yield Due(at=issue.suspension.until, command=command)


def _meeting(issue: IssueFacts) -> Iterator[Due]:
    called = issue.meeting_called
    if called is not None:
        fact = f"convene:{issue.meetings + 1}"
        yield Due(
            at=called.at,
            command=ConveneMeeting.by_engine(fact, by=called.by, level=called.level),
        )


def _absence(issue: IssueFacts) -> Iterator[Due]:
    lead = issue.lead
    if issue.state is not IssueState.DISPATCHED or lead is None or lead.posts is None:
        return
    away_from = lead.posts.a_away_from
    if away_from is not None and lead.posts.b and lead.handed_to_b_at is None:
        command = HandToB.by_engine(f"away:{lead.ordinal}", department=lead.department)
        yield Due(at=max(away_from, lead.dispatched_at), command=command)
